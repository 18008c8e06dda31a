/** JSON values as CEL has them, typed by their schema (`apiserver/pkg/cel/common/values.go`). */
import { Duration } from './library.ts';
import { fieldSchema, isObject, own, type JsonSchema } from '../custom-resources/types.ts';

/** Words that CEL keeps for itself: fields of these names are written `__in__`. */
const RESERVED = new Set(['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while']);
const ESCAPES: Record<string, string> = { __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' };

/** The name of a field in expressions. */
export function fieldName(name: string): string {
  if (RESERVED.has(name)) return `__${name}__`;
  return name.replace(/__|[./-]/g, (part) => ESCAPES[part] as string);
}

/** Of the object itself, an expression sees its type and its names. */
export function rootValue(schema: JsonSchema, object: unknown): unknown {
  if (!isObject(object)) return object;
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const names = Object.fromEntries(['name', 'generateName'].filter((key) => typeof metadata[key] === 'string').map((key) => [key, metadata[key]]));
  const { apiVersion, kind, metadata: _more, ...rest } = object;
  const value = celValue(schema, rest) as Map<string, unknown>;
  for (const [name, given] of Object.entries({ apiVersion, kind, metadata: new Map(Object.entries(names)) })) value.set(name, given);
  return value;
}

export function celValue(schema: JsonSchema | undefined, value: unknown): unknown {
  if (typeof value === 'number') return schema?.type === 'number' || !Number.isInteger(value) ? value : BigInt(value);
  if (typeof value === 'string') return textValue(schema?.format, value);
  if (Array.isArray(value)) return value.map((item) => celValue(schema?.items, item));
  if (!isObject(value)) return value;
  return new Map(Object.keys(value).map((name) => [own(schema?.properties, name) ? fieldName(name) : name, celValue(fieldSchema(schema, name), value[name])]));
}

function textValue(format: string | undefined, text: string): unknown {
  if (format === 'date-time' || format === 'datetime' || format === 'date') {
    const time = Date.parse(text);
    return Number.isNaN(time) ? text : new Date(time);
  }
  return format === 'duration' ? (Duration.parse(text) ?? text) : text;
}

/** How many items the longest list or map in a value has. */
export function longest(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((most, item) => Math.max(most, longest(item)), value.length);
  if (value instanceof Map) return [...value.values()].reduce<number>((most, item) => Math.max(most, longest(item)), value.size);
  return 0;
}

/** The type of a schema for a check of field names: nested for objects with properties, `dyn` where anything may be. */
export type CelType = string | { [field: string]: CelType };

export function celType(schema: JsonSchema, root = false): CelType {
  if (schema.nullable || schema['x-kubernetes-int-or-string'] || schema['x-kubernetes-preserve-unknown-fields']) return 'dyn';
  if (schema.type !== 'object' || schema['x-kubernetes-embedded-resource'] || schema.additionalProperties || !schema.properties) return 'dyn';
  const fields: Record<string, CelType> = {};
  for (const [name, property] of Object.entries(schema.properties)) fields[fieldName(name)] = celType(property);
  return root ? { ...fields, apiVersion: 'string', kind: 'string', metadata: { name: 'string', generateName: 'string' } } : fields;
}
