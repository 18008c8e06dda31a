/** Expressions in CEL, compiled once, with the failures worded as cel-go words them. */
import type { Environment } from '@marcbachmann/cel-js';
import { isObject } from '../custom-resources/types.ts';
import { expressionEnvironment, inAuthorsWords, prepared } from './library.ts';
import { longest } from './values.ts';

/** Turns of loops that one expression may take. Real API servers estimate a cost; here loops within loops over long lists are refused when they would run. */
const MAX_TURNS = 1_000_000;
const LOOPS = new Set(['all', 'exists', 'exists_one', 'existsOne', 'filter', 'map', 'transformList', 'transformMap']);
/** More compiled expressions than this are forgotten and compiled again. */
const MAX_KEPT = 2_000;

export interface Compiled {
  /** Why it cannot be run. */
  problem?: string;
  /** Of its answer: `bool`, or `dyn` when it is only known then. */
  type: string;
  run(variables: Record<string, unknown>): unknown;
  uses(variable: string): boolean;
  /** Whether it would take too long over these values. */
  exceedsBudget(...values: unknown[]): boolean;
}

/** Compiles expressions over some variables. */
export class ExpressionCompiler {
  readonly #environment: Environment;
  readonly #kept = new Map<string, Compiled>();

  constructor(variables: readonly string[]) {
    this.#environment = variables.reduce((environment, name) => environment.registerVariable(name, 'dyn'), expressionEnvironment());
  }

  compile(expression: string): Compiled {
    const text = expression.trim();
    let known = this.#kept.get(text);
    if (!known) {
      if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
      this.#kept.set(text, (known = this.#compiled(text)));
    }
    return known;
  }

  #compiled(expression: string): Compiled {
    const never = { type: '', run: () => undefined, uses: () => false, exceedsBudget: () => false };
    try {
      const text = prepared(expression);
      const program = this.#environment.parse(text);
      const { valid, error, type } = this.#environment.check(text);
      if (!valid) return { ...never, problem: problemOf(expression, error) };
      const depth = depthOf(program.ast);
      return {
        type: String(type),
        run: (variables) => program(variables),
        uses: (variable) => mentions(program.ast, variable),
        exceedsBudget: (...values) => depth > 0 && longest(values) ** depth > MAX_TURNS,
      };
    } catch (error) {
      return { ...never, problem: problemOf(expression, error) };
    }
  }
}

/** The message that an expression makes; undefined when it makes none that can be shown. */
export function messageOf(program: Compiled, variables: Record<string, unknown>): string | undefined {
  try {
    const text = program.run(variables);
    return typeof text === 'string' && text.trim() !== '' && !/[\n\r]/.test(text) ? text : undefined;
  } catch {
    // A fixed message has to do.
    return undefined;
  }
}

/** What went wrong, in one line. */
export function failureOf(error: unknown): string {
  const text = inAuthorsWords((error instanceof Error ? error.message : String(error)).split('\n')[0] as string);
  return text
    .replace(/^No such key: index out of bounds, index (\d+).*/, 'index out of bounds: $1')
    .replace(/^No such key: (.*)$/, 'no such key: $1')
    .replace(/^Unknown variable: (.*)$/, "undeclared reference to '$1' (in container '')");
}

function problemOf(expression: string, error: unknown): string {
  return `compilation failed: ERROR: <input>:1:1: ${failureOf(error)}\n | ${expression}\n | ^`;
}

function nodesOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : isObject(value) && 'op' in value ? [value.args] : [];
}

function mentions(node: unknown, name: string): boolean {
  if (isObject(node) && node.op === 'id' && node.args === name) return true;
  return nodesOf(node).some((inner) => mentions(inner, name));
}

function depthOf(node: unknown): number {
  if (isObject(node) && node.op === 'rcall' && Array.isArray(node.args) && LOOPS.has(node.args[0] as string)) {
    const [, target, body] = node.args as unknown[];
    return Math.max(depthOf(target), 1 + depthOf(body));
  }
  return nodesOf(node).reduce<number>((most, inner) => Math.max(most, depthOf(inner)), 0);
}
