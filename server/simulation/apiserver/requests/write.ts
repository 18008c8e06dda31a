/** Create, update, patch and delete requests: from the body of the request to the registry. */
import type { DeleteOptions } from '../client.ts';
import { groupVersion, parseGroupVersion, type ServedResource } from '../discovery.ts';
import { badRequest, conflict, methodNotAllowed, modified, unsupportedMediaType, untypedFailure } from '../errors.ts';
import { fromStorageVersion, toStorageVersion } from '../registry/conversion.ts';
import type { WriteOptions } from '../registry/types.ts';
import { apply as applyConfiguration } from '../managed-fields/managers.ts';
import { ShapeError } from '../managed-fields/typed.ts';
import { ignoredFields, resourceShape } from '../registry/tracking.ts';
import { decodeApplied, decodeObject, patchObject, withDefaults, type FieldValidation, type PatchType } from '../rules.ts';
import { objectKey } from '../store.ts';
import type { HandlerContext } from '../subresources/types.ts';
import { rfc3339 } from '../tables/duration.ts';
import type { ApiResponse, KubeObject } from '../types.ts';
import { forbidden, invalidError, required, tooLong, type FieldError } from '../validation/errors.ts';
import type { Representation } from './representation.ts';
import { isTrue, type ResourceRequest } from './request-info.ts';
import { Selection } from './selection.ts';

const PATCH_TYPES: Record<string, PatchType> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};
/** Kinds whose deletion answers with the object instead of a Status (`ReturnDeletedObject`). */
const RETURNS_DELETED: ReadonlySet<string> = new Set(['pods', 'podtemplates', 'resourcequotas', 'serviceaccounts', 'services', 'persistentvolumes', 'persistentvolumeclaims']);

export function fieldValidationOf(query: Record<string, string>): FieldValidation {
  const value = query.fieldValidation ?? 'Warn';
  if (value === '' || value === 'Warn') return 'Warn';
  if (value === 'Strict' || value === 'Ignore') return value;
  throw badRequest(`Invalid value: "${value}": fieldValidation parameter must be one of Ignore, Warn, Strict`);
}

/** `kubectl-create` for field ownership. */
export function fieldManagerOf(info: ResourceRequest): string {
  return info.query.fieldManager || (info.request.userAgent ?? 'unknown').split('/')[0] || 'unknown';
}

function requireBody(body: unknown): Record<string, unknown> {
  if (body === undefined || body === null || body === '') throw badRequest('an empty body was sent');
  if (typeof body !== 'object' || Array.isArray(body)) throw badRequest(`json: cannot unmarshal ${Array.isArray(body) ? 'array' : typeof body} into Go value of type struct`);
  return body as Record<string, unknown>;
}

/** What the decoder of the real server says of a body that is no JSON or YAML (`transformDecodeError`). @throws ApiError 400 */
function refuseMalformed({ request, resource }: ResourceRequest): void {
  if (!request.malformed) return;
  throw badRequest(`the object provided is unrecognized (must be of type ${resource.kind}): ${request.malformed.problem} (${request.malformed.summary})`);
}

/** The request's object with its kind checked and defaulted, decoded by the schema, with defaults, in the served version. */
export function decodeBody(info: ResourceRequest, options: WriteOptions): KubeObject {
  refuseMalformed(info);
  const body = requireBody(info.request.body);
  const { resource } = info;
  const apiVersion = groupVersion(resource.group, resource.version);
  const given = { apiVersion: (body.apiVersion as string) || apiVersion, kind: (body.kind as string) || resource.kind };
  if (given.apiVersion !== apiVersion) {
    const { group, version } = parseGroupVersion(given.apiVersion);
    throw badRequest(`the API version in the data (${groupVersion(group, version)}) does not match the expected API version (${apiVersion})`);
  }
  if (given.kind !== resource.kind) throw badRequest(`${given.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: converting (${given.kind}) to (${resource.kind}): unknown conversion`);
  const object = decodeObject(resource, { ...body, ...given }, fieldValidationOf(info.query), options.warnings ?? []);
  return checkPlace(info, object);
}

/** The object's namespace and name against those of the path. */
function checkPlace(info: ResourceRequest, object: KubeObject): KubeObject {
  const { namespace, name } = object.metadata;
  if (namespace && namespace !== info.namespace) throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  if (info.name !== undefined && name && name !== info.name) throw badRequest(`the name of the object (${name}) does not match the name on the URL (${info.name})`);
  return {
    ...object,
    metadata: { ...object.metadata, ...(info.namespace === undefined ? {} : { namespace: info.namespace }), ...(info.name === undefined ? {} : { name: info.name }) },
  };
}

export function create(info: ResourceRequest, context: HandlerContext, representation: Representation, options: WriteOptions): ApiResponse {
  const { resource } = info;
  if (resource.namespaced && info.namespace === undefined) throw methodNotAllowed();
  const object = toStorageVersion(resource, decodeBody(info, options));
  return { status: 201, body: representation.one(context.registry.createObject(resource, object, options)) };
}

export function update(info: ResourceRequest, context: HandlerContext, representation: Representation, options: WriteOptions): ApiResponse {
  const { resource } = info;
  const object = toStorageVersion(resource, decodeBody(info, options));
  const existed = context.store.get(resource.key, objectKey(info.namespace, info.name as string)) !== undefined;
  return { status: existed ? 200 : 201, body: representation.one(context.registry.updateObject(resource, object, options)) };
}

/** Longest name of a field manager (`validation.FieldManagerMaxLength`). */
const MAX_MANAGER_CHARACTERS = 128;

/** The kind of patch by content type. @throws ApiError 415 */
export function patchTypeOf(resource: ServedResource, contentType: string | undefined): PatchType {
  const type = PATCH_TYPES[(contentType ?? '').split(';')[0]?.trim() ?? ''];
  if (type && !(type === 'strategic' && resource.custom)) return type;
  const accepted = Object.keys(PATCH_TYPES).filter((name) => !(resource.custom && PATCH_TYPES[name] === 'strategic'));
  throw unsupportedMediaType(accepted);
}

/** @throws ApiError 422 (`validation.ValidatePatchOptions`) */
function checkPatchOptions({ query }: ResourceRequest, type: PatchType): void {
  const errors: FieldError[] = [];
  const manager = query.fieldManager ?? '';
  if (type === 'apply' && manager === '') errors.push(required('fieldManager', 'is required for apply patch'));
  if (type !== 'apply' && query.force !== undefined) errors.push(forbidden('force', 'may not be specified for non-apply patch'));
  if (manager.length > MAX_MANAGER_CHARACTERS) errors.push(tooLong('fieldManager', MAX_MANAGER_CHARACTERS));
  if (errors.length > 0) throw invalidError('meta.k8s.io', 'PatchOptions', '', errors);
}

/** @throws ApiError 500 for a configuration whose lists have items that cannot be told apart. */
function refusingShapes<T>({ group, version, kind }: ServedResource, { namespace = '', name = '' }: ResourceRequest, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw untypedFailure(`failed to create typed patch object (${namespace}/${name}; ${groupVersion(group, version)}, Kind=${kind}): ${error.message}`);
  }
}

/** Server-side apply: the object as it will be, with its managed fields among the options of the write. */
function applied(info: ResourceRequest, resource: ServedResource, current: KubeObject | undefined, { store, kernel }: HandlerContext, options: WriteOptions): KubeObject {
  const apiVersion = groupVersion(resource.group, resource.version);
  if (resource.kind !== info.resource.kind) throw badRequest(`server-side apply is not supported on the subresource ${info.subresource ?? ''}`);
  const config = decodeApplied(resource, requireBody(info.request.body), info.namespace ?? '');
  const { resourceVersion, uid } = (config.metadata ?? {}) as { resourceVersion?: string; uid?: string };
  if (current && ((resourceVersion && resourceVersion !== current.metadata.resourceVersion) || (uid && uid !== current.metadata.uid))) throw modified(resource, current.metadata.name);
  if (!current && uid) throw conflict(resource, info.name ?? '', `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`);
  const { object, managedFields } = refusingShapes(resource, info, () => applyConfiguration(current, config, {
    shape: resourceShape(store, resource),
    manager: { name: fieldManagerOf(info), operation: 'Apply', apiVersion, ...(info.subresource === undefined ? {} : { subresource: info.subresource }) },
    now: rfc3339(kernel.now),
    ignored: ignoredFields(resource, info.subresource),
  }, isTrue(info.query.force)));
  options.managedFields = managedFields;
  const { resourceVersion: _asked, ...metadata } = (object.metadata ?? {}) as unknown as KubeObject['metadata'];
  return withDefaults(resource, { ...object, metadata: { ...metadata, ...(current ? { resourceVersion: current.metadata.resourceVersion } : {}) } } as KubeObject);
}

/**
 * What a patch makes of an object, decoded and with defaults.
 * @param current absent when there is no object yet, which only server-side apply accepts.
 */
export function patched(info: ResourceRequest, resource: ServedResource, current: KubeObject | undefined, context: HandlerContext, options: WriteOptions): KubeObject {
  if (info.request.malformed) throw badRequest(`error decoding patch: ${info.request.malformed.problem}`);
  const type = patchTypeOf(resource, info.request.contentType);
  checkPatchOptions(info, type);
  if (type === 'apply') return checkPlace(info, applied(info, resource, current, context, options));
  const object = patchObject({
    resource,
    current,
    patch: info.request.body,
    type,
    fieldValidation: fieldValidationOf(info.query),
    warnings: options.warnings ?? [],
    ...(info.subresource === undefined ? {} : { subresource: info.subresource }),
    now: context.kernel.now,
  });
  return checkPlace(info, object);
}

export function patch(info: ResourceRequest, context: HandlerContext, representation: Representation, options: WriteOptions): ApiResponse {
  const { resource } = info;
  const type = patchTypeOf(resource, info.request.contentType);
  const stored = context.store.get(resource.key, objectKey(info.namespace, info.name as string));
  if (!stored && type !== 'apply') context.registry.mustGet(resource, info.namespace, info.name as string);
  if (!stored && resource.namespaced && info.namespace === undefined) throw methodNotAllowed();
  const object = patched(info, resource, stored && fromStorageVersion(resource, stored), context, options);
  const next = toStorageVersion(resource, object);
  if (!stored) return { status: 201, body: representation.one(context.registry.createObject(resource, next, options)) };
  return { status: 200, body: representation.one(context.registry.updateObject(resource, next, options)) };
}

/** DeleteOptions from the body and the query. @throws ApiError 400 */
export function deleteOptionsOf(info: ResourceRequest): DeleteOptions & { dryRun: boolean } {
  if (info.request.malformed) throw badRequest(`the object provided is unrecognized (must be of type DeleteOptions): ${info.request.malformed.problem} (${info.request.malformed.summary})`);
  const body = (info.request.body ?? {}) as DeleteOptions & { orphanDependents?: boolean; dryRun?: string[] };
  const { query } = info;
  const options: DeleteOptions & { dryRun: boolean } = { dryRun: body.dryRun?.includes('All') ?? query.dryRun === 'All' };
  const grace = body.gracePeriodSeconds ?? (query.gracePeriodSeconds ? Number(query.gracePeriodSeconds) : undefined);
  if (grace !== undefined && grace !== null) {
    if (!Number.isInteger(grace)) throw badRequest(`strconv.ParseInt: parsing "${query.gracePeriodSeconds}": invalid syntax`);
    options.gracePeriodSeconds = grace;
  }
  const policy = body.propagationPolicy ?? query.propagationPolicy;
  if (policy) {
    if (!['Background', 'Foreground', 'Orphan'].includes(policy)) throw badRequest(`invalid deletion propagation policy: "${policy}"`);
    options.propagationPolicy = policy as NonNullable<DeleteOptions['propagationPolicy']>;
  } else if (body.orphanDependents !== undefined || query.orphanDependents !== undefined) {
    options.propagationPolicy = (body.orphanDependents ?? isTrue(query.orphanDependents)) ? 'Orphan' : 'Background';
  }
  if (body.preconditions) options.preconditions = body.preconditions;
  return options;
}

export function remove(info: ResourceRequest, context: HandlerContext, representation: Representation, options: WriteOptions): ApiResponse {
  const { resource, namespace } = info;
  const name = info.name as string;
  const { dryRun, ...request } = deleteOptionsOf(info);
  const { deleted, object } = context.registry.deleteObject(resource, namespace, name, request, { ...options, dryRun: dryRun || Boolean(options.dryRun) });
  if (!deleted || RETURNS_DELETED.has(resource.key)) return { status: 200, body: representation.one(object) };
  const details = { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.plural, uid: object.metadata.uid };
  return { status: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } };
}

export function removeCollection(info: ResourceRequest, context: HandlerContext, representation: Representation, options: WriteOptions): ApiResponse {
  const { resource } = info;
  const { dryRun, preconditions: _single, ...request } = deleteOptionsOf(info);
  const objects = new Selection(info).list(context.store);
  for (const object of objects) {
    context.registry.deleteObject(resource, object.metadata.namespace, object.metadata.name, request, { ...options, dryRun: dryRun || Boolean(options.dryRun) });
  }
  return { status: 200, body: representation.list(objects, { resourceVersion: String(context.store.revision) }) };
}
