/** Which part of an older object is the one before a part of a newer (`apiserver/pkg/cel/common.CorrelatedObject`). */
import { semanticEqual } from '../registry/equal.ts';
import { isObject, own, type JsonSchema } from './types.ts';

export interface Correlation {
  field(name: string): unknown;
  item(item: unknown): unknown;
}

const NONE: Correlation = { field: () => undefined, item: () => undefined };

/** Fields by their names, items of lists of type map by their keys; nothing else is known again. */
export function correlated(schema: JsonSchema, old: unknown): Correlation {
  if (isObject(old)) return schema['x-kubernetes-map-type'] === 'atomic' ? NONE : { field: (name) => own(old, name), item: () => undefined };
  if (!Array.isArray(old) || schema['x-kubernetes-list-type'] !== 'map') return NONE;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  return {
    field: () => undefined,
    item: (item) => old.find((other) => isObject(item) && isObject(other) && keys.every((key) => semanticEqual(own(item, key), own(other, key)))),
  };
}
