import { ExpansionError } from '../errors.ts';
import { stderrOf } from '../io.ts';
import { exists, resolvePath } from '../paths.ts';
import type { Shell } from '../shell.ts';
import type { Builtin } from './types.ts';

class TestError extends ExpansionError {}

const NUMERIC: Record<string, (a: bigint, b: bigint) => boolean> = {
  '-eq': (a, b) => a === b, '-ne': (a, b) => a !== b, '-lt': (a, b) => a < b, '-le': (a, b) => a <= b, '-gt': (a, b) => a > b, '-ge': (a, b) => a >= b,
};
const UNARY = new Set(['-n', '-z', '-e', '-a', '-f', '-d', '-r', '-w', '-x', '-s', '-v', '-t', '-h', '-L', '-p', '-S', '-b', '-c', '-u', '-g', '-k', '-O', '-G', '-N']);
const BINARY = new Set(['=', '==', '!=', '<', '>', '-nt', '-ot', '-ef', ...Object.keys(NUMERIC)]);

/** Evaluates the expression of `test`. @throws ExpansionError when it is malformed */
export function evaluateTest(args: string[], shell: Shell): boolean {
  if (args.length === 3 && BINARY.has(args[1] as string)) return binary(args[0] as string, args[1] as string, args[2] as string);
  if (args.length === 2 && UNARY.has(args[0] as string)) return unary(args[0] as string, args[1] as string, shell);
  const parser = new TestParser(args, shell);
  return parser.whole();
}

class TestParser {
  #at = 0;
  constructor(
    private readonly args: string[],
    private readonly shell: Shell,
  ) {}

  whole(): boolean {
    if (this.args.length === 0) return false;
    const value = this.#or();
    if (this.#at < this.args.length) {
      throw new TestError(this.args.length === 2 ? `${this.args[0]}: unary operator expected` : this.args.length === 3 ? `${this.args[1]}: binary operator expected` : 'too many arguments');
    }
    return value;
  }

  #or(): boolean {
    let value = this.#and();
    while (this.args[this.#at] === '-o') {
      this.#at++;
      value = this.#and() || value;
    }
    return value;
  }

  #and(): boolean {
    let value = this.#primary();
    while (this.args[this.#at] === '-a') {
      this.#at++;
      value = this.#primary() && value;
    }
    return value;
  }

  #primary(): boolean {
    const [first, second, third] = this.args.slice(this.#at);
    if (first === undefined) throw new TestError('argument expected');
    if (second !== undefined && third !== undefined && BINARY.has(second)) {
      this.#at += 3;
      return binary(first, second, third);
    }
    if (first === '!') {
      this.#at++;
      return !this.#primary();
    }
    if (first === '(' && this.args.length > 1) {
      this.#at++;
      const value = this.#or();
      if (this.args[this.#at] !== ')') throw new TestError("`)' expected");
      this.#at++;
      return value;
    }
    if (second !== undefined && UNARY.has(first)) {
      this.#at += 2;
      return unary(first, second, this.shell);
    }
    this.#at++;
    return first !== '';
  }
}

function unary(operator: string, operand: string, shell: Shell): boolean {
  const path = resolvePath(shell.cwd, operand);
  switch (operator) {
    case '-n':
      return operand !== '';
    case '-z':
      return operand === '';
    case '-f':
      return shell.files.read(path) !== undefined;
    case '-d':
      return shell.files.isDirectory(path);
    case '-s':
      return (shell.files.read(path) ?? '') !== '';
    case '-v':
      return shell.variables.find(operand)?.value !== undefined;
    case '-t':
      return shell.environment.size() !== undefined && Number(operand) <= 2;
    case '-e':
    case '-a':
    case '-r':
    case '-w':
    case '-O':
    case '-G':
      return exists(shell.files, path);
    case '-x':
      return shell.files.isDirectory(path);
    default:
      return false;
  }
}

function binary(left: string, operator: string, right: string): boolean {
  const numeric = NUMERIC[operator];
  if (numeric) return numeric(integer(left), integer(right));
  switch (operator) {
    case '=':
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    default:
      return false;
  }
}

function integer(text: string): bigint {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new TestError(`${text}: integer expression expected`);
  return BigInt(text.trim().replace(/^\+/, ''));
}

export const test: Builtin = {
  names: ['test', '['],
  run({ shell, args, io, name }) {
    const fail = (message: string): number => {
      stderrOf(io).write(`bash: ${name}: ${message}\n`);
      return 2;
    };
    if (name === '[' && args.at(-1) !== ']') return fail("missing `]'");
    try {
      return evaluateTest(name === '[' ? args.slice(0, -1) : args, shell) ? 0 : 1;
    } catch (error) {
      if (error instanceof TestError) return fail(error.message);
      throw error;
    }
  },
};
