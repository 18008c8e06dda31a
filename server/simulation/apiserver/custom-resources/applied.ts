/** Whether what is applied can be merged by the schema: values of the wrong kind cannot (`structured-merge-diff/typed`). */
import { fieldSchema, isObject, type Json, type JsonSchema } from './types.ts';

/** Problems in the words of the merge library, with their paths. */
export function appliedErrors(schema: JsonSchema, object: Json): string[] {
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...body } = object;
  return problems(schema, body, '');
}

const WANTED: Record<string, [what: string, fits: (value: unknown) => boolean]> = {
  object: ['map', isObject],
  array: ['list', Array.isArray],
  string: ['string', (value) => typeof value === 'string'],
  boolean: ['boolean', (value) => typeof value === 'boolean'],
  integer: ['numeric (int or float)', (value) => typeof value === 'number'],
  number: ['numeric (int or float)', (value) => typeof value === 'number'],
};

function given(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  if (isObject(value)) return 'map';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return typeof value === 'boolean' ? 'boolean' : 'string';
}

function problems(schema: JsonSchema | undefined, value: unknown, path: string): string[] {
  if (!schema || value === null) return [];
  const wanted = schema.type && !schema['x-kubernetes-int-or-string'] ? WANTED[schema.type] : undefined;
  if (wanted && !wanted[1](value)) return [`${path}: expected ${wanted[0]}, got ${given(value) === 'map' || given(value) === 'list' ? `&{${JSON.stringify(value)}}` : given(value)}`];
  if (Array.isArray(value)) return value.flatMap((item, index) => problems(schema.items, item, `${path}[${index}]`));
  return isObject(value) ? Object.keys(value).sort().flatMap((name) => problems(fieldSchema(schema, name), value[name], `${path}.${name}`)) : [];
}
