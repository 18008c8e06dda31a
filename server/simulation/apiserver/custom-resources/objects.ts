/**
 * Custom resources as they are read: fields that the schema does not have go, absent ones get their defaults
 * (`apiextensions-apiserver/pkg/apiserver/schema/{pruning,defaulting}`). Everything that stays the same is shared.
 */
import { fieldSchema, isObject, own, type CustomKind, type Json, type JsonSchema } from './types.ts';
import type { KubeObject } from '../types.ts';

const META: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

interface Place {
  path: string;
  /** Around it is something that keeps unknown fields. */
  keep?: boolean;
  /** It is an object with metadata of its own. */
  resource?: boolean;
}

/** A value without the fields that its schema does not have. @param unknown receives their paths. */
export function prune(schema: JsonSchema, object: Json, unknown: string[]): Json {
  return pruned(object, schema, { path: '', resource: true }, unknown) as Json;
}

function pruned(value: unknown, schema: JsonSchema | undefined, place: Place, unknown: string[]): unknown {
  const keep = place.keep || schema?.['x-kubernetes-preserve-unknown-fields'] === true;
  if (Array.isArray(value)) {
    if (keep && !schema?.items) return value;
    return shared(value, (item, index) => pruned(item, schema?.items, { path: `${place.path}[${index}]`, keep }, unknown));
  }
  if (!isObject(value)) return value;
  const resource = place.resource || schema?.['x-kubernetes-embedded-resource'] === true;
  const result: Json = {};
  let changed = false;
  for (const name of Object.keys(value)) {
    const path = place.path === '' ? name : `${place.path}.${name}`;
    const before = value[name];
    const inner = fieldSchema(schema, name);
    let after: unknown = before;
    if (resource && META.has(name)) after = before;
    else if (inner || schema?.additionalProperties === true) after = pruned(before, inner, { path }, unknown);
    else if (!keep) {
      unknown.push(path);
      changed = true;
      continue;
    }
    if (after !== before) changed = true;
    result[name] = after;
  }
  return changed ? result : value;
}

function shared(list: unknown[], change: (item: unknown, index: number) => unknown): unknown[] {
  const after = list.map(change);
  return after.some((item, index) => item !== list[index]) ? after : list;
}

/** Whether a null stands where none may. */
function forbiddenNull(value: unknown, schema: JsonSchema | undefined): boolean {
  return value === null && schema !== undefined && schema.nullable !== true;
}

/** A value with the defaults of its schema. Nulls that may not be are as if absent. */
export function withSchemaDefaults(value: unknown, schema: JsonSchema | undefined): unknown {
  if (!schema) return value;
  if (Array.isArray(value)) {
    const { items } = schema;
    return shared(value, (item) => withSchemaDefaults(forbiddenNull(item, items) && items?.default !== undefined ? items.default : item, items));
  }
  if (!isObject(value)) return value;
  const result: Json = {};
  let changed = false;
  for (const name of Object.keys(value)) {
    const inner = fieldSchema(schema, name);
    const before = value[name];
    if (forbiddenNull(before, inner)) {
      changed = true;
      if (inner?.default !== undefined) result[name] = withSchemaDefaults(inner.default, inner);
      continue;
    }
    const after = withSchemaDefaults(before, inner);
    if (after !== before) changed = true;
    result[name] = after;
  }
  for (const name of Object.keys(schema.properties ?? {}).sort()) {
    const property = own(schema.properties, name) as JsonSchema;
    if (property.default === undefined || Object.hasOwn(value, name)) continue;
    changed = true;
    result[name] = withSchemaDefaults(property.default, property);
  }
  return changed ? result : value;
}

const readings = new WeakMap<JsonSchema, WeakMap<KubeObject, KubeObject>>();

/** A stored object in a served version: pruned and with defaults by the schema of today, which may not be the one that it was written by. */
export function readAs(kind: CustomKind, apiVersion: string, object: KubeObject): KubeObject {
  let known = readings.get(kind.schema);
  if (!known) readings.set(kind.schema, (known = new WeakMap()));
  let reading = known.get(object);
  if (!reading || reading.apiVersion !== apiVersion) {
    const fitting = withSchemaDefaults(prune(kind.schema, object, []), kind.schema) as KubeObject;
    reading = fitting.apiVersion === apiVersion ? fitting : { ...fitting, apiVersion };
    known.set(object, reading);
  }
  return reading;
}
