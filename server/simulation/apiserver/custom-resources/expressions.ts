/**
 * `x-kubernetes-validations`: rules in CEL about objects and how they may change (`apiextensions-apiserver/pkg/apiserver/schema/cel`).
 * Instead of the cost that the real server estimates, loops within loops over long lists are refused when they would run.
 */
import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import { semanticEqual } from '../registry/equal.ts';
import { duplicate, forbidden, invalid, required, type FieldError } from '../validation/errors.ts';
import { correlated } from './correlation.ts';
import { expressionEnvironment, inAuthorsWords, Optional, prepared } from './expression-library.ts';
import { celType, celValue, longest, rootValue } from './expression-values.ts';
import { fieldSchema, isObject, own, type JsonSchema, type ValidationRule } from './types.ts';

/** Turns of loops that one rule may take on one value. */
const MAX_TURNS = 1_000_000;
const LOOPS = new Set(['all', 'exists', 'exists_one', 'existsOne', 'filter', 'map', 'transformList', 'transformMap']);
const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

interface Compiled {
  /** Why it cannot be run. */
  problem?: string;
  run(variables: Record<string, unknown>): unknown;
  usesOldSelf: boolean;
  /** How deep loops stand within loops. */
  depth: number;
}

const environment: Environment = expressionEnvironment().registerVariable('self', 'dyn').registerVariable('oldSelf', 'dyn');
const MAX_KEPT = 2_000;
const kept = new Map<string, Compiled>();

function compiled(expression: string): Compiled {
  let known = kept.get(expression);
  if (!known) {
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(expression, (known = compile(expression)));
  }
  return known;
}

function compile(expression: string): Compiled {
  const none = { run: () => undefined, usesOldSelf: false, depth: 0 };
  try {
    const text = prepared(expression);
    const program = environment.parse(text);
    const { valid, error } = environment.check(text);
    if (!valid) return { ...none, problem: problemOf(expression, error) };
    return { run: (variables) => program(variables), usesOldSelf: mentions(program.ast, 'oldSelf'), depth: depthOf(program.ast) };
  } catch (error) {
    return { ...none, problem: problemOf(expression, error) };
  }
}

/** The first line of what the engine says, as cel-go words it. */
function firstLine(error: unknown): string {
  const text = inAuthorsWords((error instanceof Error ? error.message : String(error)).split('\n')[0] as string);
  return text
    .replace(/^No such key: index out of bounds, index (\d+).*/, 'index out of bounds: $1')
    .replace(/^No such key: (.*)$/, 'no such key: $1')
    .replace(/^Unknown variable: (.*)$/, "undeclared reference to '$1' (in container '')");
}

function problemOf(expression: string, error: unknown): string {
  return `compilation failed: ERROR: <input>:1:1: ${firstLine(error)}\n | ${expression}\n | ^`;
}

function nodesOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : isObject(value) && 'op' in value ? [value.args] : [];
}

function mentions(node: unknown, name: string): boolean {
  if (isObject(node) && node.op === 'id' && node.args === name) return true;
  return nodesOf(node).some((inner) => mentions(inner, name));
}

function depthOf(node: ASTNode | unknown): number {
  if (isObject(node) && node.op === 'rcall' && Array.isArray(node.args) && LOOPS.has(node.args[0] as string)) {
    const [, target, body] = node.args as unknown[];
    return Math.max(depthOf(target), 1 + depthOf(body));
  }
  return nodesOf(node).reduce<number>((most, inner) => Math.max(most, depthOf(inner)), 0);
}

/** A field that a rule names and its schema does not have. */
function undefinedField(schema: JsonSchema, root: boolean, expression: string): string | undefined {
  const type = celType(schema, root);
  if (typeof type === 'string') return undefined;
  try {
    const { valid, error } = expressionEnvironment().registerVariable({ name: 'self', schema: type as never }).registerVariable('oldSelf', 'dyn').check(prepared(expression));
    const missing = valid ? null : /^No such key: (\w+)/.exec(error?.message ?? '');
    return missing ? `compilation failed: ERROR: <input>:1:${expression.indexOf(`.${missing[1]}`) + 1}: undefined field '${missing[1]}'\n | ${expression}\n | ${'.'.repeat(Math.max(expression.indexOf(`.${missing[1]}`), 0))}^` : undefined;
  } catch {
    return undefined;
  }
}

export interface RuleProblems {
  rule?: string;
  messageExpression?: string;
  usesOldSelf: boolean;
}

/** What is wrong with a rule itself. */
export function ruleProblems(schema: JsonSchema, { rule, messageExpression }: ValidationRule, root: boolean): RuleProblems {
  const program = compiled(rule.trim());
  const type = program.problem === undefined ? environment.check(prepared(rule.trim())).type : undefined;
  const problem = program.problem ?? (type !== 'bool' && type !== 'dyn' ? 'cel expression must evaluate to a bool' : undefinedField(schema, root, rule.trim()));
  const message = messageExpression === undefined ? undefined : compiled(messageExpression.trim()).problem;
  return { ...(problem === undefined ? {} : { rule: problem }), ...(message === undefined ? {} : { messageExpression: `messageExpression ${message}` }), usesOldSelf: program.usesOldSelf };
}

const typeOf = (schema: JsonSchema): string => schema.type ?? '';

function errorFor(path: string, schema: JsonSchema, detail: string, reason: string | undefined): FieldError {
  switch (reason) {
    case 'FieldValueForbidden':
      return forbidden(path, detail);
    case 'FieldValueRequired':
      return required(path, detail);
    case 'FieldValueDuplicate':
      return duplicate(path, typeOf(schema));
    default:
      return invalid(path, typeOf(schema), detail);
  }
}

/** Everything that the rules of a schema say against a value. @param old what was there before the update, if there is one. */
export function ruleErrors(schema: JsonSchema | undefined, value: unknown, old: unknown, path = '', root = true): FieldError[] {
  if (!schema || value === null || value === undefined) return [];
  const errors = rulesHere(schema, value, old, path, root);
  const before = correlated(schema, old);
  if (Array.isArray(value)) return [...errors, ...value.flatMap((item, index) => ruleErrors(schema.items, item, before.item(item), `${path}[${index}]`, false))];
  if (!isObject(value)) return errors;
  const inside = (name: string): string => (own(schema.properties, name) ? (path === '' ? name : `${path}.${name}`) : `${path}[${name}]`);
  return [...errors, ...Object.keys(value).sort().flatMap((name) => ruleErrors(fieldSchema(schema, name), value[name], before.field(name), inside(name), false))];
}

/** The rules of this schema alone. */
function rulesHere(schema: JsonSchema, value: unknown, old: unknown, path: string, root: boolean): FieldError[] {
  const rules = schema['x-kubernetes-validations'] ?? [];
  if (rules.length === 0) return [];
  const place = path === '' ? NO_FIELD : path;
  const convert = (given: unknown): unknown => (root ? rootValue(schema, given) : celValue(schema, given));
  const self = convert(value);
  const unchanged = old !== undefined && !root && semanticEqual(old, value);
  const errors: FieldError[] = [];
  for (const rule of rules) {
    const program = compiled(rule.rule.trim());
    if (program.problem !== undefined) {
      errors.push(invalid(place, typeOf(schema), `rule compile error: ${program.problem}`));
      continue;
    }
    if (program.usesOldSelf && old === undefined && !rule.optionalOldSelf) continue;
    if (program.depth > 0 && longest(self) ** program.depth > MAX_TURNS) return [...errors, invalid(place, typeOf(schema), OUT_OF_BUDGET)];
    const before = old === undefined ? undefined : convert(old);
    const variables = { self, oldSelf: rule.optionalOldSelf ? (before === undefined ? Optional.none() : Optional.of(before)) : (before ?? null) };
    try {
      if (program.run(variables) === true || (unchanged && !program.usesOldSelf)) continue;
    } catch (error) {
      errors.push(invalid(place, typeOf(schema), `${firstLine(error)} evaluating rule: ${rule.message?.trim() || rule.rule.trim()}`));
      continue;
    }
    errors.push(errorFor(`${path}${rule.fieldPath ?? ''}`.replace(/^\./, '') || NO_FIELD, schema, messageOf(rule, variables), rule.reason));
  }
  return errors;
}

const NO_FIELD = '<nil>';

function messageOf({ rule, message, messageExpression }: ValidationRule, variables: Record<string, unknown>): string {
  if (messageExpression) {
    try {
      const text = compiled(messageExpression.trim()).run(variables);
      if (typeof text === 'string' && text.trim() !== '' && !/[\n\r]/.test(text)) return text;
    } catch {
      // Then the message of the rule has to do.
    }
  }
  return message?.trim() || `failed rule: ${rule.trim()}`;
}
