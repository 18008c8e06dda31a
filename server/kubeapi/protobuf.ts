/**
 * Request bodies in protobuf, as the typed clients of Go send them (kubectl from 1.32 on, for what it creates itself): `k8s\0`, then a
 * `runtime.Unknown` that holds the object. Field numbers are in facts/protobuf.json, as the descriptors in a kubectl 1.33 have them.
 */
import { definitionNamed, schemaFor } from '../simulation/apiserver/schema.ts';
import facts from './facts/protobuf.json' with { type: 'json' };
import { NESTING_LEVELS } from './limits.ts';

type Json = Record<string, unknown>;

/** Message → field number → `name type`; a type is `string`, `@Message`, `[]…` or `{}…`. */
const MESSAGES = facts as Record<string, Record<string, string>>;
const MAGIC = Buffer.from('k8s\0', 'latin1');
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.';
const DELETE_OPTIONS = `${META}DeleteOptions`;

/**
 * Numbers and booleans that are always on the wire are left out when they are zero, as in JSON; these are there only when somebody
 * set them (pointers in Go), so that zero means something.
 */
const SET_ON_PURPOSE: ReadonlySet<string> = new Set([
  'activeDeadlineSeconds', 'allowPrivilegeEscalation', 'allocateLoadBalancerNodePorts', 'automountServiceAccountToken', 'backoffLimit', 'backoffLimitPerIndex',
  'blockOwnerDeletion', 'completions', 'controller', 'defaultMode', 'enableServiceLinks', 'expirationSeconds', 'failedJobsHistoryLimit', 'fsGroup', 'gracePeriodSeconds',
  'hostUsers', 'immutable', 'maxFailedIndexes', 'minReplicas', 'mode', 'optional', 'orphanDependents', 'parallelism', 'podFailurePolicy', 'priority', 'privileged',
  'progressDeadlineSeconds', 'readOnlyRootFilesystem', 'replicas', 'revisionHistoryLimit', 'runAsGroup', 'runAsNonRoot', 'runAsUser', 'seconds', 'setHostnameAsFQDN',
  'shareProcessNamespace', 'stabilizationWindowSeconds', 'startingDeadlineSeconds', 'storageClassName', 'successfulJobsHistoryLimit', 'suspend',
  'terminationGracePeriodSeconds', 'timeoutSeconds', 'tolerationSeconds', 'ttlSecondsAfterFinished', 'volumeName', 'xDescriptors',
]);

export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

type Value = { kind: 'number'; value: bigint } | { kind: 'bytes'; value: Buffer };

/** The fields of a message as they are on the wire. */
function* wire(bytes: Buffer): Generator<[number, Value]> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 63n) throw new ProtobufError('unexpected EOF');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new ProtobufError('unexpected EOF');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    switch (tag & 7) {
      case 0:
        yield [tag >> 3, { kind: 'number', value: varint() }];
        break;
      case 1:
        yield [tag >> 3, { kind: 'bytes', value: take(8) }];
        break;
      case 2:
        yield [tag >> 3, { kind: 'bytes', value: take(Number(varint())) }];
        break;
      case 5:
        yield [tag >> 3, { kind: 'bytes', value: take(4) }];
        break;
      default:
        throw new ProtobufError(`illegal wireType ${tag & 7}`);
    }
  }
}

/** Types that are written otherwise in JSON than as an object of their fields. Undefined: nothing. */
const SPECIAL: Record<string, (fields: Json, bytes: Buffer) => unknown> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': ({ string }) => string ?? '0',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': ({ type, intVal, strVal }) => (type === 1 ? (strVal ?? '') : (intVal ?? 0)),
  [`${META}Time`]: ({ seconds }) => (seconds === undefined ? undefined : `${new Date(Number(seconds) * 1_000).toISOString().slice(0, 19)}Z`),
  [`${META}MicroTime`]: ({ seconds, nanos }) =>
    seconds === undefined ? undefined : `${new Date(Number(seconds) * 1_000).toISOString().slice(0, 19)}.${String(Math.floor(Number(nanos ?? 0) / 1_000)).padStart(6, '0')}Z`,
  [`${META}FieldsV1`]: (_fields, bytes) => embeddedJson(bytes),
  'io.k8s.apimachinery.pkg.runtime.RawExtension': (_fields, bytes) => embeddedJson(bytes),
};
/** Lists that protobuf wraps into a message (`ExtraValue`). */
const WRAPPED_LIST = /\.(ExtraValue|Verbs)$/;

function embeddedJson(bytes: Buffer): unknown {
  for (const [number, field] of wire(bytes)) if (number === 1 && field.kind === 'bytes') return JSON.parse(field.value.toString('utf8')) as unknown;
  return undefined;
}

function scalar(type: string, field: Value): unknown {
  if (field.kind === 'number') {
    if (type === 'bool') return field.value !== 0n;
    return Number(BigInt.asIntN(64, field.value));
  }
  if (type === 'bytes') return field.value.toString('base64');
  return type === 'double' ? field.value.readDoubleLE(0) : field.value.toString('utf8');
}

function value(type: string, field: Value, depth: number): unknown {
  if (!type.startsWith('@')) return scalar(type, field);
  if (field.kind !== 'bytes') throw new ProtobufError('wrong wireType');
  return message(type.slice(1), field.value, depth + 1);
}

function mapEntry(type: string, entry: Buffer, depth: number): [string, unknown] {
  let key = '';
  let item: unknown = type === 'string' || type === 'bytes' ? '' : type.startsWith('@') ? message(type.slice(1), Buffer.alloc(0), depth + 1) : 0;
  for (const [number, field] of wire(entry)) {
    if (number === 1) key = String(scalar('string', field));
    else if (number === 2) item = value(type, field, depth);
  }
  return [key, item];
}

function message(name: string, bytes: Buffer, depth: number): unknown {
  if (depth > NESTING_LEVELS) throw new ProtobufError('exceeded max depth');
  const numbers = MESSAGES[name];
  if (!numbers) throw new ProtobufError(`no kind of protobuf message is named ${name}`);
  const definition = definitionNamed(name);
  const special = SPECIAL[name];
  const result: Json = {};
  for (const [number, field] of wire(bytes)) {
    const known = numbers[String(number)];
    if (known === undefined) continue;
    const space = known.indexOf(' ');
    const field_ = known.slice(0, space);
    const type = known.slice(space + 1);
    if (type.startsWith('[]')) {
      const list = (result[field_] ??= []) as unknown[];
      list.push(value(type.slice(2), field, depth));
    } else if (type.startsWith('{}')) {
      const map = (result[field_] ??= Object.create(null) as Json) as Json;
      if (field.kind === 'bytes') {
        const [key, item] = mapEntry(type.slice(2), field.value, depth);
        map[key] = item;
      }
    } else {
      const item = value(type, field, depth);
      if (item === undefined) continue;
      const own = special || !definition ? undefined : definition.fields.get(field_);
      // What Go embeds has no name of its own in JSON.
      if (!special && definition && !own && type.startsWith('@')) Object.assign(result, item);
      else if (special || keeps(item, field_, own?.required ?? false)) result[field_] = item;
    }
  }
  if (special) return special(result, bytes);
  return WRAPPED_LIST.test(name) ? (result.items ?? []) : result;
}

function keeps(item: unknown, name: string, required: boolean): boolean {
  if (required || SET_ON_PURPOSE.has(name)) return true;
  return item !== '' && item !== 0 && item !== false;
}

/** The object that a body holds. @throws ProtobufError */
export function decodeProtobuf(bytes: Buffer): unknown {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  let apiVersion = '';
  let kind = '';
  let raw = Buffer.alloc(0);
  for (const [number, field] of wire(bytes.subarray(MAGIC.length))) {
    if (field.kind !== 'bytes') continue;
    if (number === 2) raw = Buffer.from(field.value);
    if (number !== 1) continue;
    for (const [part, text] of wire(field.value)) {
      if (part === 1) apiVersion = String(scalar('string', text));
      if (part === 2) kind = String(scalar('string', text));
    }
  }
  const name = kind === 'DeleteOptions' ? DELETE_OPTIONS : schemaFor(apiVersion, kind)?.name;
  if (name === undefined || !MESSAGES[name]) throw new ProtobufError(`no kind "${kind}" is registered for version "${apiVersion}"`);
  return { apiVersion, kind, ...(message(name, raw, 0) as Json) };
}
