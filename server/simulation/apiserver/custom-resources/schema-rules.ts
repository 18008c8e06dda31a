/** What a schema of a CustomResourceDefinition may hold, besides being structural (`apiextensions/validation.ValidateCustomResourceDefinitionOpenAPISchema`). */
import { forbidden, invalid, notSupported, required, type FieldError } from '../validation/errors.ts';
import { ruleProblems } from './expressions.ts';
import { withSchemaDefaults, prune } from './objects.ts';
import { isObject, own, type JsonSchema, type ValidationRule } from './types.ts';
import { schemaErrors } from './values.ts';

/** Where in the schema a part stands. */
interface Place {
  path: string;
  root?: boolean;
  /** Why defaults are forbidden here. */
  noDefaults?: string;
  /** Around it is what cannot be found again in an older object. */
  uncorrelatable?: string;
  /** Under allOf and its like nothing is said about changes. */
  nested?: boolean;
}

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const META = new Set(['metadata', 'kind', 'apiVersion']);
const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const NOT_SUPPORTED = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'];

/** Errors of the schema, then those of its rules, which are only looked at when the schema is right. @param rules whether the schema is structural. */
export function schemaRuleErrors(schema: JsonSchema, path: string, rules: boolean): FieldError[] {
  const found = { schema: [] as FieldError[], rules: [] as FieldError[] };
  visit(schema, { path, root: true }, found);
  if (rules && found.schema.length === 0) visitRules(schema, { path, root: true }, found.rules);
  return [...found.schema, ...found.rules];
}

/** The parts of a schema with their places. */
function children(schema: JsonSchema, place: Place): [JsonSchema, Place][] {
  const { path, root, noDefaults, uncorrelatable, nested } = place;
  const kept = { ...(noDefaults === undefined ? {} : { noDefaults }), ...(uncorrelatable === undefined ? {} : { uncorrelatable }), ...(nested ? { nested } : {}) };
  const parts: [JsonSchema, Place][] = [];
  if (typeof schema.additionalProperties === 'object') parts.push([schema.additionalProperties, { ...kept, path: `${path}.additionalProperties` }]);
  for (const name of Object.keys(schema.properties ?? {}).sort()) {
    const lost = schema['x-kubernetes-map-type'] === 'atomic' ? { uncorrelatable: uncorrelatable ?? path } : {};
    parts.push([own(schema.properties, name) as JsonSchema, { ...kept, ...lost, path: `${path}.properties[${name}]`, ...(root && META.has(name) ? { noDefaults: `in top-level ${name}` } : {}) }]);
  }
  const inner = { ...kept, nested: true };
  if (schema.not) parts.push([schema.not, { ...inner, path: `${path}.not` }]);
  for (const field of ['allOf', 'oneOf', 'anyOf'] as const) for (const [index, each] of (schema[field] ?? []).entries()) parts.push([each, { ...inner, path: `${path}.${field}[${index}]` }]);
  if (isObject(schema.items)) parts.push([schema.items as JsonSchema, { ...kept, ...(schema['x-kubernetes-list-type'] === 'map' ? {} : { uncorrelatable: uncorrelatable ?? path }), path: `${path}.items` }]);
  return parts;
}

function visit(schema: JsonSchema, place: Place, found: { schema: FieldError[] }): void {
  const { path } = place;
  const add = (...errors: FieldError[]): void => {
    found.schema.push(...errors);
  };
  const { type = '', properties, additionalProperties } = schema;
  if (type !== '' && !TYPES.includes(type)) add(notSupported(`${path}.type`, type, TYPES));
  if (schema.default !== undefined && place.noDefaults !== undefined) add(forbidden(`${path}.default`, `must not be set ${place.noDefaults}`));
  for (const field of NOT_SUPPORTED) if (field in schema) add(forbidden(`${path}.${field}`, `${field} is not supported`));
  if (type === 'null') add(forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative'));
  if (Array.isArray(schema.items)) add(forbidden(`${path}.items`, 'items must be a schema object and not an array'));
  if (schema.uniqueItems) add(forbidden(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'));
  if (additionalProperties !== undefined && additionalProperties !== true && Object.keys(properties ?? {}).length > 0) add(forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'));
  for (const [part, where] of children(schema, place)) visit(part, where, found);
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) add(invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'));
  add(...mapTypeErrors(schema, path), ...listTypeErrors(schema, path));
  for (const [index, rule] of (schema['x-kubernetes-validations'] ?? []).entries()) add(...ruleFormErrors(rule, `${path}.x-kubernetes-validations[${index}]`));
}

function typeRule(type: string, wanted: string, path: string, rule: string): FieldError[] {
  if (type === wanted) return [];
  return [type === '' ? required(`${path}.type`, rule) : invalid(`${path}.type`, type, rule)];
}

function mapTypeErrors({ type = '', 'x-kubernetes-map-type': mapType }: JsonSchema, path: string): FieldError[] {
  if (mapType === undefined) return [];
  const errors = typeRule(type, 'object', path, 'must be object if x-kubernetes-map-type is specified');
  if (mapType !== 'atomic' && mapType !== 'granular') errors.push(notSupported(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']));
  return errors;
}

function listTypeErrors(schema: JsonSchema, path: string): FieldError[] {
  const { type = '', items, 'x-kubernetes-list-type': listType, 'x-kubernetes-list-map-keys': keys = [] } = schema;
  const errors: FieldError[] = [];
  if (listType !== undefined) errors.push(...typeRule(type, 'array', path, 'must be array if x-kubernetes-list-type is specified'));
  if (listType === 'set' && errors.length === 0 && items) {
    const rule = 'must be atomic as item of a list with x-kubernetes-list-type=set';
    const inner = items['x-kubernetes-list-type'];
    if (items.type === 'array' && inner !== undefined && inner !== 'atomic') errors.push(invalid(`${path}.items.x-kubernetes-list-type`, inner, rule));
    if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic') errors.push(invalid(`${path}.items.x-kubernetes-map-type`, null, rule));
  }
  if (listType !== undefined && !['atomic', 'set', 'map'].includes(listType)) errors.push(notSupported(`${path}.x-kubernetes-list-type`, listType, ['atomic', 'set', 'map']));
  if (keys.length > 0 && listType !== 'map') {
    const rule = 'must be map if x-kubernetes-list-map-keys is non-empty';
    errors.push(listType === undefined ? required(`${path}.x-kubernetes-list-type`, rule) : invalid(`${path}.x-kubernetes-list-type`, listType, rule));
  }
  if (listType === 'map') errors.push(...listMapErrors(items, keys, path));
  if ((listType === 'map' || listType === 'set') && items?.nullable) errors.push(forbidden(`${path}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${listType}`));
  if (listType === 'map') errors.push(...listKeyErrors(items, keys, path));
  return errors;
}

function listMapErrors(items: JsonSchema | undefined, keys: readonly string[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (keys.length === 0) errors.push(required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'));
  if (!items) return [...errors, required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map')];
  if (items.type !== 'object') return [...errors, invalid(`${path}.items.type`, items.type ?? '', "must be object if parent array's x-kubernetes-list-type is map")];
  for (const [index, key] of keys.entries()) {
    const property = own(items.properties, key);
    if (!property) errors.push(invalid(`${path}.x-kubernetes-list-map-keys`, keys, 'entries must all be names of item properties'));
    else if (property.type === 'array' || property.type === 'object') errors.push(invalid(`${path}.items.properties[${key}].type`, items.type, "must be a scalar type if parent array's x-kubernetes-list-type is map"));
    if (keys.indexOf(key) < index) errors.push(invalid(`${path}.x-kubernetes-list-map-keys`, keys, 'must not contain duplicate entries'));
  }
  return errors;
}

function listKeyErrors(items: JsonSchema | undefined, keys: readonly string[], path: string): FieldError[] {
  return keys.flatMap((key) => {
    const property = own(items?.properties, key);
    if (!property) return [];
    const place = `${path}.items.properties[${key}]`;
    return [
      ...(items?.required?.includes(key) || property.default !== undefined ? [] : [required(`${place}.default`, 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property')]),
      ...(property.nullable ? [forbidden(`${place}.nullable`, 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable')] : []),
    ];
  });
}

const hasNewlines = (text: string): boolean => /[\n\r]/.test(text);

function ruleFormErrors({ rule = '', message = '', messageExpression = '', reason, fieldPath = '' }: ValidationRule, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (rule.trim() === '') errors.push(required(`${path}.rule`, 'rule is not specified'));
  else if (message !== '' && message.trim() === '') errors.push(invalid(`${path}.message`, message, 'message must be non-empty if specified'));
  else if (hasNewlines(message.trim())) errors.push(invalid(`${path}.message`, message, 'message must not contain line breaks'));
  else if (hasNewlines(rule.trim()) && message.trim() === '') errors.push(required(`${path}.message`, 'message must be specified if rule contains line breaks'));
  if (messageExpression !== '' && messageExpression.trim() === '') errors.push(required(`${path}.messageExpression`, 'messageExpression must be non-empty if specified'));
  if (reason !== undefined && !REASONS.includes(reason)) errors.push(notSupported(`${path}.reason`, reason, REASONS));
  if (fieldPath !== '' && fieldPath.trim() === '') errors.push(invalid(`${path}.fieldPath`, fieldPath, 'fieldPath must be non-empty if specified'));
  if (hasNewlines(fieldPath)) errors.push(invalid(`${path}.fieldPath`, fieldPath, 'fieldPath must not contain line breaks'));
  return errors;
}

/** A rule with the names of its Go struct, as errors show it. */
function inGo({ rule, message = '', messageExpression = '', reason, fieldPath = '', optionalOldSelf }: ValidationRule): object {
  return { Rule: rule, Message: message, MessageExpression: messageExpression, Reason: reason ?? null, FieldPath: fieldPath, OptionalOldSelf: optionalOldSelf ?? null };
}

function visitRules(schema: JsonSchema, place: Place, errors: FieldError[]): void {
  if (place.nested) return;
  for (const [part, where] of children(schema, place)) visitRules(part, where, errors);
  for (const [index, rule] of (schema['x-kubernetes-validations'] ?? []).entries()) {
    const path = `${place.path}.x-kubernetes-validations[${index}]`;
    const problems = ruleProblems(schema, rule, place.root === true);
    if (problems.rule !== undefined) errors.push(invalid(`${path}.rule`, inGo(rule), problems.rule));
    if (problems.messageExpression !== undefined) errors.push(invalid(`${path}.messageExpression`, inGo(rule), problems.messageExpression));
    if (problems.usesOldSelf && place.uncorrelatable !== undefined) errors.push(invalid(`${path}.rule`, rule.rule, `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.uncorrelatable}`));
    if (!problems.usesOldSelf && rule.optionalOldSelf !== undefined) errors.push(invalid(`${path}.optionalOldSelf`, rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule'));
  }
}

/** Defaults that do not fit the schema which they are of (`structuraldefaulting.ValidateDefaults`). */
export function defaultErrors(schema: JsonSchema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (schema.default !== undefined) {
    const unknown: string[] = [];
    if (isObject(schema.default) && !schema['x-kubernetes-embedded-resource']) prune({ ...schema, 'x-kubernetes-embedded-resource': false }, schema.default, unknown);
    if (unknown.length > 0) errors.push(invalid(`${path}.default`, schema.default, 'must not have unknown fields'));
    else for (const error of schemaErrors(schema, withSchemaDefaults(schema.default, schema))) errors.push({ ...error, field: error.field === '' ? `${path}.default` : `${path}.default.${error.field}`, detail: error.field === '' ? error.detail.replace(/^ in body/, `${path}.default in body`) : error.detail });
  }
  for (const [part, where] of children(schema, { path })) if (!where.nested) errors.push(...defaultErrors(part, where.path));
  return errors;
}
