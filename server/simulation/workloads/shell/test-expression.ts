/** test(1) and `[`. */
import { resolvePath } from '../../paths.ts';
import type { ProcessContext } from '../types.ts';

class TestProblem extends Error {}

/** @returns 0 for true, 1 for false, 2 after a message about a bad expression. */
export function evaluateTest(process: Pick<ProcessContext, 'files' | 'cwd' | 'interactive'>, args: string[], complain: (message: string) => void): number {
  let at = 0;
  const integer = (text: string): number => {
    if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new TestProblem(`${text}: bad number`);
    return Number(text);
  };
  const unary = (operator: string, operand: string): boolean => {
    const path = resolvePath(process.cwd, operand);
    switch (operator) {
      case '-n':
        return operand !== '';
      case '-z':
        return operand === '';
      case '-e':
      case '-a':
      case '-r':
        return process.files.exists(path);
      case '-f':
        return process.files.exists(path) && !process.files.isDirectory(path);
      case '-d':
        return process.files.isDirectory(path);
      case '-s':
        return (process.files.info(path)?.size ?? 0) > 0;
      case '-x':
        return process.files.info(path)?.executable ?? false;
      case '-w':
        return process.files.exists(path) && !(process.files.info(path)?.readOnly ?? true);
      case '-t':
        return process.interactive;
      default:
        return false;
    }
  };
  const binary = (x: string, operator: string, y: string): boolean => {
    switch (operator) {
      case '=':
      case '==':
        return x === y;
      case '!=':
        return x !== y;
      case '<':
        return x < y;
      case '>':
        return x > y;
      case '-eq':
        return integer(x) === integer(y);
      case '-ne':
        return integer(x) !== integer(y);
      case '-lt':
        return integer(x) < integer(y);
      case '-le':
        return integer(x) <= integer(y);
      case '-gt':
        return integer(x) > integer(y);
      case '-ge':
        return integer(x) >= integer(y);
      default: {
        const left = process.files.info(resolvePath(process.cwd, x));
        const right = process.files.info(resolvePath(process.cwd, y));
        return operator === '-nt' ? (left?.modified ?? 0) > (right?.modified ?? 0) : (left?.modified ?? 0) < (right?.modified ?? 0);
      }
    }
  };
  const BINARY = new Set(['=', '==', '!=', '<', '>', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot']);
  const UNARY = new Set(['-n', '-z', '-e', '-a', '-r', '-f', '-d', '-s', '-x', '-w', '-t', '-L', '-h', '-p', '-S']);
  const primary = (): boolean => {
    const word = args[at];
    if (word === undefined) throw new TestProblem('argument expected');
    const next = args[at + 1];
    if (next !== undefined && BINARY.has(next) && args[at + 2] !== undefined) {
      at += 3;
      return binary(word, next, args[at - 1] as string);
    }
    if (word === '!') {
      at++;
      return !primary();
    }
    if (word === '(') {
      at++;
      const value = either();
      if (args[at] !== ')') throw new TestProblem('closing paren expected');
      at++;
      return value;
    }
    if (UNARY.has(word) && next !== undefined) {
      at += 2;
      return unary(word, next);
    }
    at++;
    return word !== '';
  };
  const both = (): boolean => {
    let value = primary();
    while (args[at] === '-a') {
      at++;
      value = primary() && value;
    }
    return value;
  };
  const either = (): boolean => {
    let value = both();
    while (args[at] === '-o') {
      at++;
      value = both() || value;
    }
    return value;
  };
  if (args.length === 0) return 1;
  try {
    const value = either();
    if (at < args.length) throw new TestProblem(`${args[at] as string}: unknown operand`);
    return value ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestProblem)) throw error;
    complain(error.message);
    return 2;
  }
}
