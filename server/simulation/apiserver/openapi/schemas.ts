/** The schema table as JSON schemas: what the `definitions` of OpenAPI v2 and the `components.schemas` of v3 hold. */
import { definitionNamed, definitionNames, groupVersionKindsOf, schemaFor, type Definition, type Field, type FieldType } from '../schema.ts';
import { groupVersion, parseGroupVersion, type ServedResource } from '../discovery.ts';
import type { JsonSchema } from '../custom-resources/types.ts';
import { resourcesDefinedBy } from '../served-resources.ts';
import type { KubeObject } from '../types.ts';

export type Json = Record<string, unknown>;
export type Dialect = 'v2' | 'v3';

const PREFIX: Record<Dialect, string> = { v2: '#/definitions/', v3: '#/components/schemas/' };
const METADATA = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const LIST_METADATA = 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta';

export function reference(dialect: Dialect, definition: string): Json {
  return { $ref: `${PREFIX[dialect]}${definition}` };
}

function typeOf(dialect: Dialect, type: FieldType): Json {
  switch (type.kind) {
    case 'scalar':
      return { type: type.name, ...(type.format ? { format: type.format } : {}) };
    case 'list':
      return { type: 'array', items: typeOf(dialect, type.items) };
    case 'map':
      return { type: 'object', additionalProperties: typeOf(dialect, type.values) };
    case 'reference':
      return reference(dialect, type.definition);
  }
}

function extensionsOf(field: Field): Json {
  return {
    ...(field.listMapKeys ? { 'x-kubernetes-list-map-keys': field.listMapKeys } : {}),
    ...(field.listType ? { 'x-kubernetes-list-type': field.listType } : {}),
    ...(field.mapType ? { 'x-kubernetes-map-type': field.mapType } : {}),
    ...(field.patchMergeKey ? { 'x-kubernetes-patch-merge-key': field.patchMergeKey } : {}),
    ...(field.patchStrategy.length > 0 ? { 'x-kubernetes-patch-strategy': field.patchStrategy.join(',') } : {}),
  };
}

function property(dialect: Dialect, field: Field): Json {
  const type = typeOf(dialect, field.type);
  const more: Json = { ...(field.default === undefined ? {} : { default: field.default }), ...(field.enum ? { enum: field.enum } : {}), ...extensionsOf(field) };
  // In v3 a reference may have nothing beside it.
  if (dialect === 'v3' && '$ref' in type && Object.keys(more).length > 0) return { allOf: [type], ...more };
  return { ...type, ...more };
}

/** Types that are no plain objects, by the text that schema.json has for them. */
function special(text: string, dialect: Dialect): Json {
  const [names = '', format] = text.split(':') as [string, string | undefined];
  const types = names.split('|');
  if (names === 'any') return {};
  if (types.length === 1) return { type: names, ...(format ? { format } : {}) };
  // v2 knows one type for a value; the real document says string.
  if (dialect === 'v2') return { type: 'string', ...(format ? { format } : {}) };
  return { oneOf: types.map((type) => ({ type })), ...(format ? { format } : {}) };
}

function kindsExtension(kinds: readonly string[]): Json {
  if (kinds.length === 0) return {};
  const list = kinds.map((kind) => {
    const slash = kind.lastIndexOf('/');
    return { ...parseGroupVersion(kind.slice(0, slash)), kind: kind.slice(slash + 1) };
  });
  return { 'x-kubernetes-group-version-kind': list };
}

function schemaOf(dialect: Dialect, definition: Definition): Json {
  const kinds = kindsExtension(groupVersionKindsOf(definition.name));
  if (definition.special !== undefined) return { ...special(definition.special, dialect), ...kinds };
  const properties: Json = {};
  const required: string[] = [];
  for (const field of definition.fields.values()) {
    properties[field.name] = property(dialect, field);
    if (field.required) required.push(field.name);
  }
  return { type: 'object', ...(definition.fields.size > 0 ? { properties } : {}), ...(required.length > 0 ? { required } : {}), ...(definition.mapType ? { 'x-kubernetes-map-type': definition.mapType } : {}), ...kinds };
}

/** Every definition of the schema table. */
export function builtInSchemas(dialect: Dialect): Map<string, Json> {
  return new Map(definitionNames().map((name) => [name, schemaOf(dialect, definitionNamed(name) as Definition)]));
}

/** Name of a resource's definition: of a custom one, its group reversed. */
export function definitionOf({ group, version, kind, custom }: Pick<ServedResource, 'group' | 'version' | 'kind' | 'custom'>): string | undefined {
  if (custom) return [...group.split('.').reverse(), version, kind].join('.');
  return schemaFor(groupVersion(group, version), kind)?.name;
}

/**
 * A schema as v2 can say it (`structuraldefaulting.ToStructuralOpenAPIV2`): without alternatives and defaults, and without a type where
 * that would be too narrow, because kubectl validates by it.
 */
function narrowed(schema: JsonSchema): JsonSchema {
  const { allOf: _allOf, anyOf: _anyOf, oneOf: _oneOf, not: _not, nullable, default: _default, type, items, properties, additionalProperties, ...rest } = schema;
  const open = nullable === true || schema['x-kubernetes-preserve-unknown-fields'] === true || schema['x-kubernetes-int-or-string'] === true;
  return {
    ...rest,
    ...(open || type === undefined ? {} : { type }),
    ...(open || !items ? {} : { items: narrowed(items) }),
    ...(properties ? { properties: Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, narrowed(property)])) } : {}),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: narrowed(additionalProperties) } : additionalProperties === undefined ? {} : { additionalProperties }),
  };
}

/** The schemas of a CustomResourceDefinition's kinds and their lists; none before it is established. */
export function customSchemas(dialect: Dialect, definition: KubeObject): Map<string, Json> {
  const schemas = new Map<string, Json>();
  for (const { group, version, kind, definedBy } of resourcesDefinedBy(definition)) {
    if (!definedBy) continue;
    const { listKind, schema } = definedBy;
    const own = (dialect === 'v2' ? narrowed(schema) : schema) as Json;
    const envelope: Json = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: dialect === 'v3' ? { allOf: [reference(dialect, METADATA)] } : reference(dialect, METADATA) };
    const item = definitionOf({ group, version, kind, custom: true }) as string;
    schemas.set(item, { ...own, properties: { ...(own.properties as Json | undefined), ...envelope }, 'x-kubernetes-group-version-kind': [{ group, version, kind }] });
    schemas.set(definitionOf({ group, version, kind: listKind, custom: true }) as string, {
      type: 'object',
      required: ['items'],
      properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: reference(dialect, LIST_METADATA), items: { type: 'array', items: reference(dialect, item) } },
      'x-kubernetes-group-version-kind': [{ group, version, kind: listKind }],
    });
  }
  return schemas;
}

/** The definitions that some schemas refer to, and those they refer to, in turn. */
export function closure(roots: Iterable<string>, all: ReadonlyMap<string, Json>, dialect: Dialect): Map<string, Json> {
  const found = new Map<string, Json>();
  const waiting = [...roots];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const schema = all.get(name);
    if (!schema || found.has(name)) continue;
    found.set(name, schema);
    collect(schema, PREFIX[dialect], waiting);
  }
  return new Map([...found].sort(([x], [y]) => (x < y ? -1 : 1)));
}

function collect(value: unknown, prefix: string, into: string[]): void {
  if (Array.isArray(value)) for (const item of value) collect(item, prefix, into);
  else if (value !== null && typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) {
      if (key === '$ref' && typeof item === 'string') into.push(item.slice(prefix.length));
      else collect(item, prefix, into);
    }
  }
}
