/** How values merge: what the schema says of a field, for server-side apply (`structured-merge-diff/schema`). */
import { definitionNamed, schemaFor, type Definition, type Field, type FieldType } from '../schema.ts';
import type { KubeObject } from '../types.ts';

export type Shape =
  /** Taken as one: scalars, and what is atomic. */
  | { kind: 'leaf' }
  | { kind: 'struct'; fields(name: string): ShapedField | undefined; names(): Iterable<string> }
  | { kind: 'map'; values: Shape }
  /** A list whose items are told apart by some of their fields. */
  | { kind: 'keyed'; keys: readonly string[]; defaults: Readonly<Record<string, unknown>>; items: Shape }
  /** A list of different scalars. */
  | { kind: 'set' }
  /** No schema: objects merge, everything else is taken as one. */
  | { kind: 'untyped' };

export interface ShapedField {
  shape: Shape;
  /** It is there, empty, in an object of which nothing has been said: in Go a struct and no pointer, or a list that is never left out. */
  always: boolean;
}

const LEAF: Shape = { kind: 'leaf' };
const UNTYPED: Shape = { kind: 'untyped' };
const METADATA = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

const structs = new Map<string, Shape>();

function ofDefinition(name: string): Shape {
  const known = structs.get(name);
  if (known) return known;
  const definition = definitionNamed(name);
  const shape: Shape = !definition ? UNTYPED : definition.special !== undefined ? (/^(object|any)$/.test(definition.special) ? UNTYPED : LEAF) : definition.mapType === 'atomic' ? LEAF : struct(definition);
  structs.set(name, shape);
  return shape;
}

function struct(definition: Definition): Shape {
  const shapes = new Map<string, ShapedField>();
  return {
    kind: 'struct',
    names: () => definition.fields.keys(),
    fields(name) {
      const field = definition.fields.get(name);
      if (!field) return undefined;
      let shaped = shapes.get(name);
      if (!shaped) shapes.set(name, (shaped = { shape: ofField(field), always: (field.type.kind === 'reference' && field.emptyDefault) || (field.type.kind === 'list' && field.required) }));
      return shaped;
    },
  };
}

function ofField(field: Field): Shape {
  if (field.mapType === 'atomic') return LEAF;
  if (field.type.kind !== 'list') return ofType(field.type);
  if (field.listType === 'set') return { kind: 'set' };
  if (field.listType !== 'map' || !field.listMapKeys) return LEAF;
  const items = ofType(field.type.items);
  const definition = field.type.items.kind === 'reference' ? definitionNamed(field.type.items.definition) : undefined;
  const defaults = Object.fromEntries(field.listMapKeys.map((key) => [key, definition?.fields.get(key)?.default]).filter(([, value]) => value !== undefined));
  return { kind: 'keyed', keys: [...field.listMapKeys].sort(), defaults, items };
}

function ofType(type: FieldType): Shape {
  switch (type.kind) {
    case 'scalar':
    case 'list':
      return LEAF;
    case 'map':
      return { kind: 'map', values: ofType(type.values) };
    case 'reference':
      return ofDefinition(type.definition);
  }
}

interface JsonSchema {
  type?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
  default?: unknown;
  [extension: `x-kubernetes-${string}`]: unknown;
}

function ofJsonSchema(schema: JsonSchema, root = false): Shape {
  if (schema['x-kubernetes-map-type'] === 'atomic') return LEAF;
  if (schema.properties) {
    const { properties } = schema;
    const open = schema['x-kubernetes-preserve-unknown-fields'] === true || root;
    return {
      kind: 'struct',
      names: () => Object.keys(properties),
      fields(name) {
        if (root && name === 'metadata') return { shape: ofDefinition(METADATA), always: true };
        const property = properties[name];
        return property ? { shape: ofJsonSchema(property), always: false } : open ? { shape: UNTYPED, always: false } : undefined;
      },
    };
  }
  if (schema.type === 'array') {
    if (schema['x-kubernetes-list-type'] === 'set') return { kind: 'set' };
    const keys = schema['x-kubernetes-list-map-keys'];
    if (schema['x-kubernetes-list-type'] === 'map' && Array.isArray(keys)) return { kind: 'keyed', keys: [...(keys as string[])].sort(), defaults: keyDefaults(schema.items, keys as string[]), items: schema.items ? ofJsonSchema(schema.items) : UNTYPED };
    return LEAF;
  }
  if (schema.additionalProperties && typeof schema.additionalProperties === 'object') return { kind: 'map', values: ofJsonSchema(schema.additionalProperties) };
  return schema.type === 'object' || schema.type === undefined ? (root ? ofJsonSchema({ properties: {} }, true) : UNTYPED) : LEAF;
}

function keyDefaults(items: JsonSchema | undefined, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.map((key) => [key, items?.properties?.[key]?.default]).filter(([, value]) => value !== undefined));
}

const customShapes = new WeakMap<object, Shape>();

/** The shape of a kind. @param definition the CustomResourceDefinition of a custom one. */
export function shapeOf(apiVersion: string, kind: string, definition?: KubeObject): Shape {
  if (!definition) {
    const built = schemaFor(apiVersion, kind);
    return built ? ofDefinition(built.name) : ofJsonSchema({ properties: {} }, true);
  }
  const version = (definition.spec.versions as { name: string; schema?: { openAPIV3Schema?: JsonSchema } }[]).find(({ name }) => name === apiVersion.split('/')[1]);
  const schema = version?.schema?.openAPIV3Schema;
  if (!schema) return ofJsonSchema({ properties: {} }, true);
  let shape = customShapes.get(schema);
  if (!shape) customShapes.set(schema, (shape = ofJsonSchema({ properties: {}, ...schema }, true)));
  return shape;
}

/** The shape of what is below a branch of an object without a schema. */
export const untyped = UNTYPED;
