/** `x-kubernetes-validations`: rules in CEL about objects and how they may change (`apiextensions-apiserver/pkg/apiserver/schema/cel`). */
import { ExpressionCompiler, failureOf, messageOf } from '../expressions/compiler.ts';
import { expressionEnvironment, Optional, prepared } from '../expressions/library.ts';
import { celType, celValue, rootValue } from '../expressions/values.ts';
import { semanticEqual } from '../registry/equal.ts';
import { duplicate, forbidden, invalid, required, type FieldError } from '../validation/errors.ts';
import { correlated } from './correlation.ts';
import { fieldSchema, isObject, own, type JsonSchema, type ValidationRule } from './types.ts';

const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';
const NO_FIELD = '<nil>';

const compiler = new ExpressionCompiler(['self', 'oldSelf']);

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
  const { problem: broken, type, uses } = compiler.compile(rule);
  const problem = broken ?? (type !== 'bool' && type !== 'dyn' ? 'cel expression must evaluate to a bool' : undefinedField(schema, root, rule.trim()));
  const message = messageExpression === undefined ? undefined : compiler.compile(messageExpression).problem;
  return { ...(problem === undefined ? {} : { rule: problem }), ...(message === undefined ? {} : { messageExpression: `messageExpression ${message}` }), usesOldSelf: uses('oldSelf') };
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
    const program = compiler.compile(rule.rule);
    const usesOldSelf = program.uses('oldSelf');
    if (program.problem !== undefined) {
      errors.push(invalid(place, typeOf(schema), `rule compile error: ${program.problem}`));
      continue;
    }
    if (usesOldSelf && old === undefined && !rule.optionalOldSelf) continue;
    if (program.exceedsBudget(self)) return [...errors, invalid(place, typeOf(schema), OUT_OF_BUDGET)];
    const before = old === undefined ? undefined : convert(old);
    const variables = { self, oldSelf: rule.optionalOldSelf ? (before === undefined ? Optional.none() : Optional.of(before)) : (before ?? null) };
    try {
      if (program.run(variables) === true || (unchanged && !usesOldSelf)) continue;
    } catch (error) {
      errors.push(invalid(place, typeOf(schema), `${failureOf(error)} evaluating rule: ${rule.message?.trim() || rule.rule.trim()}`));
      continue;
    }
    errors.push(errorFor(`${path}${rule.fieldPath ?? ''}`.replace(/^\./, '') || NO_FIELD, schema, wordsOf(rule, variables), rule.reason));
  }
  return errors;
}

function wordsOf({ rule, message, messageExpression }: ValidationRule, variables: Record<string, unknown>): string {
  const made = messageExpression ? messageOf(compiler.compile(messageExpression), variables) : undefined;
  return made ?? (message?.trim() || `failed rule: ${rule.trim()}`);
}
