/** What makes a schema structural (`apiextensions-apiserver/pkg/apiserver/schema/{validation,complete}.go`). */
import { forbidden, formatFieldError, invalid, required, type FieldError } from '../validation/errors.ts';
import { patternProblem } from '../expressions/patterns.ts';
import { own, type JsonSchema } from './types.ts';

type Level = 'root' | 'item' | 'field';

const TYPE_MISSING: Record<Level, string> = { root: 'must not be empty at the root', item: 'must not be empty for specified array items', field: 'must not be empty for specified object fields' };

/** Fields that only the schema itself may have, and not what stands under allOf, anyOf, oneOf or not: with what they must be there. */
const ONLY_OUTSIDE: [keyof JsonSchema, string][] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['externalDocs', 'must be undefined to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
];

/** Everything that keeps a schema from being structural, in the order of the messages. */
export function structuralErrors(schema: JsonSchema, path: string): FieldError[] {
  return [...invariants(schema, 'root', path), ...completeness(schema, path)].map((error): [string, FieldError] => [formatFieldError(error), error]).sort(([x], [y]) => (x < y ? -1 : x > y ? 1 : 0)).map(([, error]) => error);
}

function entries(map: Record<string, JsonSchema> | undefined): [string, JsonSchema][] {
  return Object.keys(map ?? {}).sort().map((name) => [name, (map as Record<string, JsonSchema>)[name] as JsonSchema]);
}

function invariants(schema: JsonSchema, level: Level, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { type = '', items, properties, additionalProperties } = schema;
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  const preserves = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const intOrString = schema['x-kubernetes-int-or-string'] === true;
  if (type === 'array' && !items) errors.push(required(`${path}.items`, 'must be specified'));
  if (items) errors.push(...invariants(items, 'item', `${path}.items`));
  for (const [name, property] of entries(properties)) errors.push(...invariants(property, 'field', `${path}.properties[${name}]`));
  if (additionalProperties !== undefined) {
    if (level === 'root') errors.push(forbidden(`${path}.additionalProperties`, 'must not be used at the root'));
    if (typeof additionalProperties === 'object') errors.push(...invariants(additionalProperties, 'field', `${path}.additionalProperties`));
  }
  if (intOrString && preserves) errors.push(invalid(`${path}.x-kubernetes-preserve-unknown-fields`, true, 'must be false if x-kubernetes-int-or-string is true'));
  if (intOrString && embedded) errors.push(invalid(`${path}.x-kubernetes-embedded-resource`, true, 'must be false if x-kubernetes-int-or-string is true'));
  errors.push(...valueErrors(schema, isIntOrString(schema.anyOf), isIntOrString(schema.allOf?.[0]?.anyOf), path));

  if (embedded && type !== 'object') {
    const rule = 'must be object if x-kubernetes-embedded-resource is true';
    errors.push(type === '' ? required(`${path}.type`, rule) : invalid(`${path}.type`, type, rule));
  } else if (type === '' && !intOrString && !preserves) errors.push(required(`${path}.type`, TYPE_MISSING[level]));
  if (embedded && additionalProperties !== undefined) errors.push(forbidden(`${path}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set'));
  if (level === 'root' && type !== '' && type !== 'object') errors.push(invalid(`${path}.type`, type, 'must be object at the root'));
  const ofResource = level === 'root' || embedded;
  for (const name of ['kind', 'apiVersion']) {
    const property = own(properties, name);
    if (property && ofResource && property.type !== 'string') errors.push(invalid(`${path}.properties[${name}].type`, property.type ?? '', 'must be string'));
  }
  const metadata = own(properties, 'metadata');
  if (metadata) errors.push(...metadataErrors(metadata, ofResource, level, `${path}.properties[metadata]`));
  if (embedded && !preserves && Object.keys(properties ?? {}).length === 0) errors.push(required(`${path}.properties`, 'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'));
  return errors;
}

function metadataErrors(metadata: JsonSchema, ofResource: boolean, level: Level, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (ofResource && metadata.type !== 'object') errors.push(invalid(`${path}.type`, metadata.type ?? '', 'must be object'));
  if (level !== 'root') return errors;
  const { type: _type, default: _default, properties, ...rest } = metadata;
  const others = Object.keys(properties ?? {}).filter((name) => name !== 'name' && name !== 'generateName');
  if (others.length > 0 || Object.keys(rest).length > 0) errors.push(forbidden(path, 'must not specify anything other than name and generateName, but metadata is implicitly specified'));
  return errors;
}

/** The two alternatives that say what `x-kubernetes-int-or-string` says. */
function isIntOrString(anyOf: JsonSchema[] | undefined): boolean {
  return anyOf?.length === 2 && JSON.stringify(anyOf) === '[{"type":"integer"},{"type":"string"}]';
}

function valueErrors(schema: JsonSchema, skipAnyOf: boolean, skipFirstAllOf: boolean, path: string): FieldError[] {
  const { anyOf = [], allOf = [], oneOf = [], not, pattern } = schema;
  const errors: FieldError[] = [];
  if (!skipAnyOf) for (const [index, each] of anyOf.entries()) errors.push(...nestedErrors(each, false, `${path}.anyOf[${index}]`));
  for (const [index, each] of allOf.entries()) errors.push(...nestedErrors(each, skipFirstAllOf && index === 0, `${path}.allOf[${index}]`));
  for (const [index, each] of oneOf.entries()) errors.push(...nestedErrors(each, false, `${path}.oneOf[${index}]`));
  if (not) errors.push(...nestedErrors(not, false, `${path}.not`));
  const problem = pattern ? patternProblem(pattern) : undefined;
  if (problem !== undefined) errors.push(invalid(`${path}.pattern`, pattern, `must be a valid regular expression, but isn't: ${problem}`));
  return errors;
}

function nestedErrors(schema: JsonSchema, skipAnyOf: boolean, path: string): FieldError[] {
  const errors = valueErrors(schema, skipAnyOf, false, path);
  if (schema.items) errors.push(...nestedErrors(schema.items, false, `${path}.items`));
  for (const [name, property] of entries(schema.properties)) errors.push(...nestedErrors(property, false, `${path}.properties[${name}]`));
  for (const [field, rule] of ONLY_OUTSIDE) {
    const value = schema[field];
    if (value === undefined || value === false || value === '' || (Array.isArray(value) && value.length === 0)) continue;
    errors.push(forbidden(`${path}.${field}`, rule));
  }
  if (own(schema.properties, 'metadata')) errors.push(forbidden(`${path}.properties[metadata]`, 'must not be specified in a nested context'));
  return errors;
}

/** Fields that are only spoken of under allOf, anyOf, oneOf and not. */
function completeness(schema: JsonSchema, path: string): FieldError[] {
  return junctors(schema, path).flatMap(([nested, place]) => incomplete(nested, schema, path, place));
}

function junctors({ not, allOf = [], anyOf = [], oneOf = [] }: JsonSchema, path: string): [JsonSchema, string][] {
  const each = (list: JsonSchema[], name: string): [JsonSchema, string][] => list.map((schema, index) => [schema, `${path}.${name}[${index}]`]);
  return [...(not ? [[not, `${path}.not`] as [JsonSchema, string]] : []), ...each(allOf, 'allOf'), ...each(anyOf, 'anyOf'), ...each(oneOf, 'oneOf')];
}

function incomplete(nested: JsonSchema, schema: JsonSchema | undefined, path: string, place: string): FieldError[] {
  if (!schema) return [required(path, `because it is defined in ${place}`)];
  const errors = junctors(nested, place).flatMap(([inner, where]) => incomplete(inner, schema, path, where));
  if (nested.items) errors.push(...incomplete(nested.items, schema.items, `${path}.items`, `${place}.items`));
  for (const [name, property] of entries(nested.properties)) {
    const where = `${place}.properties[${name}]`;
    errors.push(...incomplete(property, own(schema.properties, name), `${path}.properties[${name}]`, where));
  }
  return errors;
}
