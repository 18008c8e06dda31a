/**
 * Where the request path meets the schema: decoding, defaults, validation and patches, with their failures turned into
 * API errors.
 */
import { prune, withSchemaDefaults } from './custom-resources/objects.ts';
import { appliedErrors } from './custom-resources/applied.ts';
import { customResourceErrors } from './custom-resources/validation.ts';
import { applyDefaults } from './defaulting/registry.ts';
import { badRequest, invalidValue, unprocessable, untypedFailure } from './errors.ts';
import { groupVersion, type ServedResource } from './discovery.ts';
import { applyJsonPatch, JsonPatchError, MAX_OPERATIONS, type Operation } from './patch/json-patch.ts';
import { applyMergePatch } from './patch/json-merge.ts';
import { applyStrategicPatch, goMap, StrategicPatchError } from './patch/strategic-merge.ts';
import { decode, DecodeError, decodeMetadata, type Decoded } from './schema.ts';
import type { KubeObject } from './types.ts';
import { invalidError, type FieldError } from './validation/errors.ts';
import { validateCreate, validateUpdate } from './validation/registry.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';
export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

export interface PatchRequest {
  resource: ServedResource;
  /** In the served version; absent when there is no object yet. */
  current: KubeObject | undefined;
  patch: unknown;
  type: Exclude<PatchType, 'apply'>;
  fieldValidation: FieldValidation;
  warnings: string[];
  subresource?: string;
  /** Virtual time, ms. */
  now: number;
}

type Json = Record<string, unknown>;

/** Errors about a patch name no kind. */
const NO_KIND = { group: '', kind: '' };

/** An object with the defaults of its kind. Shares what does not change. */
export function withDefaults(resource: ServedResource, object: KubeObject): KubeObject {
  return resource.definedBy ? (withSchemaDefaults(object, resource.definedBy.schema) as KubeObject) : applyDefaults(object);
}

/** @throws ApiError 422 */
export function checkCreate(resource: ServedResource, object: KubeObject): void {
  const { definedBy, namespaced } = resource;
  refuseInvalid(resource, object, definedBy ? customResourceErrors(definedBy, object, namespaced) : validateCreate(object, namespaced));
}

/** @throws ApiError 422 */
export function checkUpdate(resource: ServedResource, object: KubeObject, existing: KubeObject): void {
  const { definedBy, namespaced } = resource;
  refuseInvalid(resource, object, definedBy ? customResourceErrors(definedBy, object, namespaced, existing) : validateUpdate(object, existing, namespaced));
}

/** @throws ApiError 422 */
export function checkStatusUpdate(resource: ServedResource, object: KubeObject, existing: KubeObject): void {
  const { definedBy, namespaced } = resource;
  if (definedBy) refuseInvalid(resource, object, customResourceErrors(definedBy, object, namespaced, existing, 'status'));
}

function refuseInvalid(resource: ServedResource, object: KubeObject, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalidError(resource.group, resource.kind, object.metadata.name, errors);
}

/** As decode(); unknown fields come in the order that they have in a request of kubectl, which sorts its keys. */
function decodeSorted(resource: ServedResource, json: unknown): Decoded {
  const { object, unknownFields } = resource.definedBy ? decodeCustom(resource, json) : decode(groupVersion(resource.group, resource.version), resource.kind, json);
  return { object, unknownFields: unknownFields.sort() };
}

/** Custom resources are read by their own schema; only metadata is the same for all. */
function decodeCustom({ definedBy }: ServedResource, json: unknown): Decoded {
  const { metadata, ...body } = json as Json;
  const unknownFields: string[] = [];
  const read = definedBy ? prune(definedBy.schema, body, unknownFields) : body;
  return { object: metadata === undefined ? read : { ...read, metadata: decodeMetadata(metadata, unknownFields) }, unknownFields };
}

function unknownField(path: string): string {
  return `unknown field "${path}"`;
}

/**
 * Reads an object that a client sent.
 * @param warnings receives the unknown fields when they are only warned of.
 * @throws ApiError 400 when it does not fit the schema, or has unknown fields and validation is strict.
 */
export function decodeObject(resource: ServedResource, body: Json, validation: FieldValidation, warnings: string[]): KubeObject {
  const { kind, version } = resource;
  try {
    const { object, unknownFields } = decodeSorted(resource, body);
    if (unknownFields.length > 0 && validation === 'Strict') throw new DecodeError(`strict decoding error: ${unknownFields.map(unknownField).join(', ')}`);
    if (validation === 'Warn') warnings.push(...unknownFields.map(unknownField));
    return withDefaults(resource, withMetadata(object));
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${error.message}`);
    throw error;
  }
}

/**
 * Reads what a client applies: only what it says, without defaults.
 * @throws ApiError 400 for what has another kind or its own managed fields, 500 for what the schema does not know.
 */
export function decodeApplied(resource: ServedResource, body: Json, namespace: string): Json {
  const apiVersion = groupVersion(resource.group, resource.version);
  if (body.apiVersion !== apiVersion || body.kind !== resource.kind) throw badRequest(`the object provided (${String(body.apiVersion ?? '')}, Kind=${String(body.kind ?? '')}) is not of the kind of the request (${apiVersion}, Kind=${resource.kind})`);
  const metadata = (body.metadata ?? {}) as Json;
  if (Array.isArray(metadata.managedFields) && metadata.managedFields.length > 0) throw badRequest('metadata.managedFields must be nil');
  const refuse = (problems: readonly string[]): never => {
    throw untypedFailure(`failed to create typed patch object (${namespace}/${String(metadata.name ?? '')}; ${apiVersion}, Kind=${resource.kind}): ${problems.length === 1 ? (problems[0] as string) : `errors:\n${problems.map((problem) => `  ${problem}`).join('\n')}`}`);
  };
  try {
    const { object, unknownFields } = decodeSorted(resource, body);
    const problems = [...unknownFields.map((path) => `.${path}: field not declared in schema`), ...(resource.definedBy ? appliedErrors(resource.definedBy.schema, object) : [])];
    if (problems.length > 0) refuse(problems);
    return object;
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(error.message);
    throw error;
  }
}

function withMetadata(object: Json): KubeObject {
  return (object.metadata ? object : { ...object, metadata: {} }) as KubeObject;
}

function requireMap(patch: unknown): Json {
  if (patch !== null && typeof patch === 'object' && !Array.isArray(patch)) return patch as Json;
  const type = Array.isArray(patch) ? 'array' : typeof patch;
  throw badRequest(`json: cannot unmarshal ${type} into Go value of type map[string]interface {}`);
}

function requireOperations(patch: unknown): Operation[] {
  if (!Array.isArray(patch)) throw badRequest(`json: cannot unmarshal ${patch !== null && typeof patch === 'object' ? 'object' : typeof patch} into Go value of type jsonpatch.Patch`);
  if (patch.length > MAX_OPERATIONS) throw badRequest(`The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`);
  return patch as Operation[];
}

/** A strategic patch as the server prints it after it has been applied: ordered lists are used up by then. */
function spentPatch(patch: Json): Json {
  const result: Json = {};
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$setElementOrder/') || `$setElementOrder/${key}` in patch) continue;
    result[key] = value !== null && typeof value === 'object' && !Array.isArray(value) ? spentPatch(value as Json) : value;
  }
  return result;
}

/**
 * The object that a patch makes, with defaults.
 * @throws ApiError 400 for a patch that cannot be read, 422 for one that cannot be applied.
 */
export function patchObject(request: PatchRequest): KubeObject {
  const { resource, current, fieldValidation, warnings } = request;
  if (!current) throw badRequest('there is no object to patch');
  const apiVersion = groupVersion(resource.group, resource.version);
  const { json, printed } = applied(request, current, apiVersion);
  const refuse = (problem: string): never => {
    throw invalidValue(NO_KIND, '', 'patch', printed(), problem);
  };
  try {
    const { object, unknownFields } = decodeSorted(resource, json);
    if (unknownFields.length > 0 && fieldValidation === 'Strict') refuse(`strict decoding error: ${unknownFields.map(unknownField).join(', ')}`);
    if (fieldValidation === 'Warn') warnings.push(...unknownFields.map(unknownField));
    return withDefaults(resource, withMetadata(object));
  } catch (error) {
    if (error instanceof DecodeError) return refuse(error.message);
    throw error;
  }
}

/** The patched JSON, and how an error about it shows the patch. */
function applied({ patch, type, resource }: PatchRequest, current: KubeObject, apiVersion: string): { json: unknown; printed: () => string } {
  try {
    switch (type) {
      case 'json': {
        const json = applyJsonPatch(current, requireOperations(patch));
        return { json, printed: () => JSON.stringify(json) };
      }
      case 'merge': {
        const json = applyMergePatch(current, requireMap(patch));
        return { json, printed: () => JSON.stringify(json) };
      }
      default: {
        const map = requireMap(patch);
        return { json: applyStrategicPatch(current, map, apiVersion, resource.kind), printed: () => goMap(spentPatch(map)) };
      }
    }
  } catch (error) {
    if (error instanceof JsonPatchError) throw unprocessable();
    if (error instanceof StrategicPatchError) throw badRequest(error.message);
    throw error;
  }
}
