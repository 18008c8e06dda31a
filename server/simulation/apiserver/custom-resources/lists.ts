/** Lists whose items must differ (`apiextensions-apiserver/pkg/apiserver/schema/listtype`). */
import { duplicate, invalid, type FieldError } from '../validation/errors.ts';
import { sortedKeys } from '../validation/internal-form.ts';
import { fieldSchema, isObject, own, type JsonSchema } from './types.ts';

/** Items that occur twice in lists of type set, or keys in those of type map. */
export function listErrors(schema: JsonSchema | undefined, value: unknown, path = ''): FieldError[] {
  if (!schema) return [];
  if (isObject(value)) return Object.keys(value).sort().flatMap((name) => listErrors(fieldSchema(schema, name), value[name], path === '' ? name : own(schema.properties, name) ? `${path}.${name}` : `${path}[${name}]`));
  if (!Array.isArray(value)) return [];
  return [...repeated(schema, value, path), ...value.flatMap((item, index) => listErrors(schema.items, item, `${path}[${index}]`))];
}

function repeated(schema: JsonSchema, value: unknown[], path: string): FieldError[] {
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return secondOnes(value).map((index) => duplicate(`${path}[${index}]`, value[index]));
    case 'map': {
      const stranger = value.findIndex((item) => item !== null && !isObject(item));
      if (stranger >= 0) return [invalid(`${path}[${stranger}]`, value[stranger], 'must be an object for an array of list-type map')];
      const keys = value.map((item) => Object.fromEntries((schema['x-kubernetes-list-map-keys'] ?? []).filter((key) => isObject(item) && Object.hasOwn(item, key)).map((key) => [key, (item as Record<string, unknown>)[key]])));
      return secondOnes(keys).map((index) => duplicate(`${path}[${index}]`, keys[index]));
    }
    default:
      return [];
  }
}

/** Where a value occurs for the second time. */
function secondOnes(values: readonly unknown[]): number[] {
  const times = new Map<string, number>();
  return values.flatMap((value, index) => {
    const text = JSON.stringify(sortedKeys(value));
    const before = times.get(text) ?? 0;
    times.set(text, before + 1);
    return before === 1 ? [index] : [];
  });
}
