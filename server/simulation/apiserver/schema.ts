/**
 * The schema of every kind, from facts/schema.json: what fields there are, of which type, and how lists merge. Decoding,
 * unknown-field errors, patches, `kubectl explain` and OpenAPI all read this one table.
 */
import facts from './facts/schema.json' with { type: 'json' };
import { QuantityError, parseQuantity } from './quantity.ts';

/** How a value is typed. */
export type FieldType =
  | { kind: 'scalar'; name: 'string' | 'integer' | 'number' | 'boolean'; format?: string }
  | { kind: 'reference'; definition: string }
  | { kind: 'list'; items: FieldType }
  | { kind: 'map'; values: FieldType };

export interface Field {
  name: string;
  type: FieldType;
  required: boolean;
  /** In Go no pointer: without a value it is empty, and not absent. */
  emptyDefault: boolean;
  /** Allowed values, where the schema lists them. */
  enum?: string[];
  default?: unknown;
  /** Strategic merge: `merge`, `replace`, `retainKeys`. */
  patchStrategy: string[];
  patchMergeKey?: string;
  /** Server-side apply: `atomic`, `set`, `map`. */
  listType?: string;
  listMapKeys?: string[];
  mapType?: string;
}

export interface Definition {
  /** e.g. `io.k8s.api.core.v1.Pod`. */
  name: string;
  fields: Map<string, Field>;
  /** Set for types that are no plain objects, e.g. `string|number`. */
  special?: string;
  /** Server-side apply: `atomic` when the whole is owned as one. */
  mapType?: string;
}

type Raw = Record<string, unknown>;
const RAW = facts as unknown as Record<string, Raw>;
const definitions = new Map<string, Definition>();
const byKind = new Map<string, string>();
for (const name of Object.keys(RAW)) {
  for (const gvk of (RAW[name]?.$gvk ?? []) as string[]) if (!byKind.has(gvk) || !name.includes('pkg.apis.meta')) byKind.set(gvk, name);
}

function parseType(text: string): FieldType {
  if (text.startsWith('[]')) return { kind: 'list', items: parseType(text.slice(2)) };
  if (text.startsWith('{}')) return { kind: 'map', values: parseType(text.slice(2)) };
  if (text.startsWith('@')) return { kind: 'reference', definition: text.slice(1) };
  const [name, format] = text.split(':') as [string, string | undefined];
  const scalar = name === 'integer' || name === 'number' || name === 'boolean' ? name : 'string';
  return format ? { kind: 'scalar', name: scalar, format } : { kind: 'scalar', name: scalar };
}

function parseField(name: string, raw: unknown): Field {
  const [text, more] = (Array.isArray(raw) ? raw : [raw, {}]) as [string, { en?: string[]; d?: unknown; ps?: string; pk?: string; lt?: string; lk?: string[]; mt?: string }];
  const required = /!~?$/.test(text);
  const emptyDefault = text.endsWith('~');
  const field: Field = { name, type: parseType(text.replace(/[!~]+$/, '')), required, emptyDefault, patchStrategy: more.ps ? more.ps.split(',') : [] };
  if (more.en) field.enum = more.en;
  if (more.d !== undefined) field.default = more.d;
  if (more.pk) field.patchMergeKey = more.pk;
  if (more.lt) field.listType = more.lt;
  if (more.lk) field.listMapKeys = more.lk;
  if (more.mt) field.mapType = more.mt;
  return field;
}

/** A definition by its full name. */
export function definitionNamed(name: string): Definition | undefined {
  const known = definitions.get(name);
  if (known) return known;
  const raw = RAW[name];
  if (!raw) return undefined;
  const definition: Definition = { name, fields: new Map() };
  if (typeof raw.$type === 'string') definition.special = raw.$type;
  if (typeof raw.$mt === 'string') definition.mapType = raw.$mt;
  for (const key of Object.keys(raw)) if (!key.startsWith('$')) definition.fields.set(key, parseField(key, raw[key]));
  definitions.set(name, definition);
  return definition;
}

/** The definition of a kind, or undefined when the schema does not know it. */
export function schemaFor(apiVersion: string, kind: string): Definition | undefined {
  const name = byKind.get(`${apiVersion}/${kind}`);
  return name === undefined ? undefined : definitionNamed(name);
}

/** The names of all definitions. */
export function definitionNames(): string[] {
  return Object.keys(RAW);
}

/** The kinds that a definition is for, as `apps/v1/Deployment`; none for those that every group has. */
export function groupVersionKindsOf(name: string): readonly string[] {
  const kinds = RAW[name]?.$gvk;
  return Array.isArray(kinds) ? (kinds as string[]) : [];
}

/** Fields of a definition in alphabetical order. */
export function fieldsOf(definitionName: string): Field[] {
  return [...(definitionNamed(definitionName)?.fields.values() ?? [])];
}

/** The value does not have the type that its field has; the message is that of Go's JSON decoder. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** Go's name of the type of a field, as decoding errors give it. */
function goType(type: FieldType): string {
  switch (type.kind) {
    case 'list':
      return `[]${goType(type.items)}`;
    case 'map':
      return `map[string]${goType(type.values)}`;
    case 'reference':
      return shortName(type.definition);
    case 'scalar':
      if (type.name === 'boolean') return 'bool';
      if (type.name === 'integer') return type.format ?? 'int64';
      if (type.name === 'number') return 'float64';
      return type.format === 'byte' ? '[]uint8' : 'string';
  }
}

/** `v1.PodSpec` of `io.k8s.api.core.v1.PodSpec`. */
function shortName(definition: string): string {
  return definition.split('.').slice(-2).join('.');
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

export interface Decoded {
  object: Record<string, unknown>;
  /** Paths of fields that the kind does not have, e.g. `spec.template.spec.containers[0].port`. */
  unknownFields: string[];
}

/**
 * Checks a JSON value against the schema of a kind. Unknown fields and nulls are left out; quantities become canonical.
 * A kind without schema (a custom resource) passes as it is.
 * @throws DecodeError
 */
export function decode(apiVersion: string, kind: string, json: unknown): Decoded {
  const definition = schemaFor(apiVersion, kind);
  if (!definition) return { object: json as Record<string, unknown>, unknownFields: [] };
  const unknownFields: string[] = [];
  const object = decodeObject(definition, json, { path: '', goPath: '', struct: kind }, unknownFields) as Record<string, unknown>;
  return { object, unknownFields };
}

/**
 * Metadata, which is the same for all kinds.
 * @param unknown receives the paths of fields that it does not have.
 * @throws DecodeError
 */
export function decodeMetadata(metadata: unknown, unknown: string[]): unknown {
  return metadata === null ? {} : decodeObject(definitionNamed(METADATA) as Definition, metadata, { path: 'metadata', goPath: 'metadata', struct: 'ObjectMeta' }, unknown);
}

const METADATA = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

interface Place {
  /** With indexes, for unknown fields. */
  path: string;
  /** Without indexes, as Go's decoder tells it. */
  goPath: string;
  /** Name of the Go struct that holds the field. */
  struct: string;
}

function mismatch(value: unknown, type: string, { struct, goPath }: Place): DecodeError {
  const what = typeof value === 'number' && !Number.isInteger(value) ? `number ${value}` : jsonType(value);
  return new DecodeError(`json: cannot unmarshal ${what} into Go ${goPath === '' ? `value of type ${type}` : `struct field ${struct}.${goPath} of type ${type}`}`);
}

function decodeObject(definition: Definition, value: unknown, place: Place, unknown: string[]): unknown {
  if (definition.special !== undefined) return decodeSpecial(definition, value, place, unknown);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw mismatch(value, shortName(definition.name), place);
  const struct = definition.name.split('.').pop() as string;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const field = definition.fields.get(key);
    const path = place.path ? `${place.path}.${key}` : key;
    if (!field) {
      unknown.push(path);
      continue;
    }
    const item = (value as Record<string, unknown>)[key];
    if (item === null || item === undefined) continue;
    const goPath = place.goPath ? `${place.goPath}.${key}` : key;
    result[key] = decodeValue(field.type, item, { path, goPath, struct }, unknown);
  }
  return result;
}

function decodeValue(type: FieldType, value: unknown, place: Place, unknown: string[]): unknown {
  switch (type.kind) {
    case 'scalar':
      return decodeScalar(type, value, place);
    case 'list':
      if (!Array.isArray(value)) throw mismatch(value, goType(type), place);
      return value.map((item, i) => (item === null && type.items.kind !== 'scalar' ? {} : decodeValue(type.items, item, { ...place, path: `${place.path}[${i}]` }, unknown)));
    case 'map': {
      if (typeof value !== 'object' || Array.isArray(value)) throw mismatch(value, goType(type), place);
      const result: Record<string, unknown> = {};
      for (const key of Object.keys(value as object)) {
        const item = (value as Record<string, unknown>)[key];
        if (item === null) {
          // A null in a map of strings is an empty string to Go.
          if (type.values.kind === 'scalar' && type.values.name === 'string') result[key] = '';
          continue;
        }
        result[key] = decodeValue(type.values, item, { ...place, path: `${place.path}.${key}` }, unknown);
      }
      return result;
    }
    case 'reference': {
      const definition = definitionNamed(type.definition);
      return definition ? decodeObject(definition, value, place, unknown) : value;
    }
  }
}

function decodeScalar(type: Extract<FieldType, { kind: 'scalar' }>, value: unknown, place: Place): unknown {
  switch (type.name) {
    case 'string':
      if (typeof value !== 'string') throw mismatch(value, goType(type), place);
      if (type.format === 'byte' && !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(value)) throw new DecodeError(`illegal base64 data at input byte ${firstIllegal(value)}`);
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw mismatch(value, 'bool', place);
      return value;
    case 'integer':
      if (typeof value !== 'number' || !Number.isInteger(value)) throw mismatch(value, goType(type), place);
      return value;
    case 'number':
      if (typeof value !== 'number') throw mismatch(value, 'float64', place);
      return value;
  }
}

function firstIllegal(text: string): number {
  const index = [...text].findIndex((character) => !/[A-Za-z0-9+/=\s]/.test(character));
  return index < 0 ? text.length : index;
}

/** Where a schema stands in a schema, or what may stand there in its place. */
const NESTED_SCHEMAS: Record<string, (value: unknown) => boolean> = {
  JSONSchemaPropsOrArray: Array.isArray,
  JSONSchemaPropsOrBool: (value) => typeof value === 'boolean',
  JSONSchemaPropsOrStringArray: Array.isArray,
};
const JSON_SCHEMA = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';

function decodeSpecial(definition: Definition, value: unknown, place: Place, unknown: string[]): unknown {
  const union = NESTED_SCHEMAS[definition.name.split('.').pop() as string];
  if (union) {
    if (Array.isArray(value) && union(value)) return value.map((item, index) => (typeof item === 'string' ? item : decodeObject(definitionNamed(JSON_SCHEMA) as Definition, item, { ...place, path: `${place.path}[${index}]` }, unknown)));
    return union(value) ? value : decodeObject(definitionNamed(JSON_SCHEMA) as Definition, value, place, unknown);
  }
  switch (definition.special) {
    case 'integer|string:int-or-string':
      if (typeof value !== 'string' && !(typeof value === 'number' && Number.isInteger(value))) throw mismatch(value, 'intstr.IntOrString', place);
      return value;
    case 'string|number':
      if (typeof value !== 'string' && typeof value !== 'number') throw mismatch(value, 'resource.Quantity', place);
      try {
        return parseQuantity(value).toString();
      } catch (error) {
        if (error instanceof QuantityError) throw new DecodeError(error.message);
        throw error;
      }
    case 'string:date-time':
      if (typeof value !== 'string') throw mismatch(value, 'v1.Time', place);
      if (Number.isNaN(Date.parse(value))) throw new DecodeError(`parsing time "${value}" as "2006-01-02T15:04:05Z07:00": cannot parse "${value}" as "2006"`);
      return value;
    default:
      return value;
  }
}
