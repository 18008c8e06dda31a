/**
 * Objects against their schema, with the errors of `kube-openapi/pkg/validation/validate` as the API server words them. What an update
 * leaves as it was is not held against it (validation ratcheting).
 */
import { matchesPattern } from '../expressions/patterns.ts';
import { semanticEqual } from '../registry/equal.ts';
import { goQuote, invalid, notSupported, required, tooLong, tooMany, type FieldError } from '../validation/errors.ts';
import { correlated } from './correlation.ts';
import { hasFormat } from './formats.ts';
import { isObject, own, type JsonSchema } from './types.ts';

/** What one schema says of a value. */
interface Result {
  errors: FieldError[];
  /** How many checks were made: of alternatives that all fail, the one that went furthest is told. */
  checks: number;
}

/** Errors that are about no field in particular. */
const NO_FIELD = '<nil>';

const typeInvalid = (path: string, value: unknown, wanted: string): FieldError => ({ type: 'TypeInvalid', field: path, value, detail: `${path} in body must be of type ${wanted}${typeof value === 'string' ? `: ${goQuote(value)}` : ''}` });
const whole = (message: string): FieldError => invalid(NO_FIELD, '', message);

/** Everything that is wrong with a value. @param old what was there before, when that is known. */
export function schemaErrors(schema: JsonSchema, value: unknown, old?: unknown): FieldError[] {
  return check(schema, value, '', old).errors;
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function typesOf(schema: JsonSchema): string[] {
  if (schema['x-kubernetes-int-or-string']) return ['integer', 'string'];
  return schema.type ? [schema.type] : [];
}

function check(schema: JsonSchema, value: unknown, path: string, old: unknown): Result {
  const result: Result = { errors: [], checks: 0 };
  if (old !== undefined && path !== '' && semanticEqual(old, value)) return result;
  const add = (...errors: FieldError[]): void => {
    result.checks++;
    result.errors.push(...errors);
  };
  add(...typeErrors(schema, value, path));
  if (value !== null) {
    merge(result, combined(schema, value, path, old));
    if (typeof value === 'string') add(...stringErrors(schema, value, path));
    if (typeof value === 'number') add(...numberErrors(schema, value, path));
    if (Array.isArray(value)) merge(result, items(schema, value, path, old));
  }
  add(...enumErrors(schema, value, path));
  if (isObject(value)) merge(result, properties(schema, value, path, old));
  return result;
}

function merge(into: Result, other: Result): void {
  into.errors.push(...other.errors);
  into.checks += other.checks + 1;
}

function typeErrors(schema: JsonSchema, value: unknown, path: string): FieldError[] {
  const types = typesOf(schema);
  if (types.length === 0) return [];
  if (value === null) return schema.nullable ? [] : [typeInvalid(path, 'null', types.join(','))];
  const type = typeOf(value);
  if (types.includes(type) || (type === 'integer' && types.includes('number'))) return [];
  return [typeInvalid(path, type, types.join(','))];
}

function enumErrors({ enum: allowed }: JsonSchema, value: unknown, path: string): FieldError[] {
  if (!allowed?.length || allowed.some((item) => semanticEqual(item, value) && (item === null) === (value === null))) return [];
  return [notSupported(path, value, allowed.map((item) => (typeof item === 'string' ? item : JSON.stringify(item))))];
}

/** The first thing that is wrong with a text, and its format. */
function stringErrors({ maxLength, minLength, pattern, format }: JsonSchema, value: string, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const length = [...value].length;
  if (maxLength !== undefined && length > maxLength) errors.push(tooLong(path, maxLength));
  else if (minLength !== undefined && length < minLength) errors.push(invalid(path, value, `${path} in body should be at least ${minLength} chars long`));
  else if (pattern && !matchesPattern(pattern, value)) errors.push(invalid(path, value, `${path} in body should match '${pattern}'`));
  if (format && !hasFormat(format, value)) errors.push(typeInvalid(path, value, format));
  return errors;
}

function numberErrors({ multipleOf, minimum, exclusiveMinimum, maximum, exclusiveMaximum }: JsonSchema, value: number, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const refuse = (rule: string): void => {
    errors.push(invalid(path, value, `${path} in body should be ${rule}`));
  };
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) refuse(`a multiple of ${multipleOf}`);
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) refuse(exclusiveMinimum ? `greater than ${minimum}` : `greater than or equal to ${minimum}`);
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) refuse(exclusiveMaximum ? `less than ${maximum}` : `less than or equal to ${maximum}`);
  return errors;
}

function items(schema: JsonSchema, value: unknown[], path: string, old: unknown): Result {
  const result: Result = { errors: [], checks: 0 };
  const before = correlated(schema, old);
  if (schema.items) for (const [index, item] of value.entries()) merge(result, check(schema.items, item, `${path}[${index}]`, before.item(item)));
  if (schema.minItems !== undefined && value.length < schema.minItems) result.errors.push(invalid(path, value.length, `${path} in body should have at least ${schema.minItems} items`));
  if (schema.maxItems !== undefined && value.length > schema.maxItems) result.errors.push(tooMany(path, value.length, schema.maxItems));
  return result;
}

function properties(schema: JsonSchema, value: Record<string, unknown>, path: string, old: unknown): Result {
  const result: Result = { errors: [], checks: 0 };
  const names = Object.keys(value).sort();
  const { minProperties, maxProperties, additionalProperties } = schema;
  if (minProperties !== undefined && names.length < minProperties) return { errors: [invalid(path, names.length, `${path} in body should have at least ${minProperties} properties`)], checks: 0 };
  if (maxProperties !== undefined && names.length > maxProperties) return { errors: [tooMany(path, names.length, maxProperties)], checks: 0 };
  const before = correlated(schema, old);
  const inside = (name: string): string => (path === '' ? name : `${path}.${name}`);
  for (const name of names) {
    if (own(schema.properties, name)) continue;
    if (additionalProperties === false) result.errors.push(invalid(path, name, `${path}.${name} in body is a forbidden property`));
    else if (typeof additionalProperties === 'object') merge(result, check(additionalProperties, value[name], inside(name), before.field(name)));
  }
  for (const name of names) {
    const property = own(schema.properties, name);
    if (property) merge(result, check(property, value[name], inside(name), before.field(name)));
  }
  for (const name of schema.required ?? []) if (!Object.hasOwn(value, name)) result.errors.push(required(inside(name)));
  return result;
}

/** anyOf, oneOf, allOf and not. */
function combined({ anyOf, oneOf, allOf, not }: JsonSchema, value: unknown, path: string, old: unknown): Result {
  const result: Result = { errors: [], checks: 0 };
  const failed = (message: string): void => {
    result.errors.push(whole(`"${path}" ${message}`));
  };
  const furthest = (results: readonly Result[]): Result | undefined => results.reduce<Result | undefined>((best, next) => (best && best.checks >= next.checks ? best : next), undefined);
  if (anyOf?.length) {
    const results = anyOf.map((schema) => check(schema, value, path, old));
    if (results.every(({ errors }) => errors.length > 0)) {
      failed('must validate at least one schema (anyOf)');
      merge(result, furthest(results) as Result);
    }
  }
  if (oneOf?.length) {
    const results = oneOf.map((schema) => check(schema, value, path, old));
    const valid = results.filter(({ errors }) => errors.length === 0).length;
    if (valid !== 1) failed(`must validate one and only one schema (oneOf). ${valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`}`);
    if (valid === 0) merge(result, furthest(results) as Result);
  }
  if (allOf?.length) {
    const results = allOf.map((schema) => check(schema, value, path, old));
    for (const each of results) merge(result, each);
    const valid = results.filter(({ errors }) => errors.length === 0).length;
    if (valid < results.length) failed(`must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`);
  }
  if (not && check(not, value, path, undefined).errors.length === 0) failed('must not validate the schema (not)');
  return result;
}
