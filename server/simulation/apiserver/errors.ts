/**
 * The API server's errors: one builder a reason, with the messages and details of
 * `k8s.io/apimachinery/pkg/api/errors`. `Invalid` (422) for several fields comes from validation/.
 */
import { ApiError, type Status } from './types.ts';
import { invalid, invalidError } from './validation/errors.ts';

/** Group and plural of a resource, as messages name them. */
export interface GroupResource {
  group: string;
  plural: string;
}

export type StatusCause = { reason?: string; message?: string; field?: string };

/** `deployments.apps`, `pods`. */
export function qualified(resource: GroupResource): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

function failure(code: number, reason: string, message: string, details?: Status['details']): ApiError {
  return new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, ...(details ? { details } : {}), code });
}

function detailsOf(resource: GroupResource, name?: string): NonNullable<Status['details']> {
  return { ...(name ? { name } : {}), ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.plural };
}

/** 404 (`NewNotFound`). */
export function notFound(resource: GroupResource, name: string): ApiError {
  return failure(404, 'NotFound', `${qualified(resource)} "${name}" not found`, detailsOf(resource, name));
}

/** 404 for a path that nothing serves (`NewGenericServerResponse`). */
export function pathNotFound(): ApiError {
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

/** 409 (`NewAlreadyExists`). */
export function alreadyExists(resource: GroupResource, name: string): ApiError {
  return failure(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`, detailsOf(resource, name));
}

/** 409 for a create while an object of that name is still being deleted. */
export function beingDeleted(resource: GroupResource, name: string): ApiError {
  return failure(409, 'AlreadyExists', `object is being deleted: ${qualified(resource)} "${name}" already exists`, detailsOf(resource, name));
}

/** 409 (`NewConflict`). */
export function conflict(resource: GroupResource, name: string, problem: string): ApiError {
  return failure(409, 'Conflict', `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${problem}`, detailsOf(resource, name));
}

/** 409 of optimistic locking (`registry.OptimisticLockErrorMsg`). */
export function modified(resource: GroupResource, name: string): ApiError {
  return conflict(resource, name, 'the object has been modified; please apply your changes to the latest version and try again');
}

/** 400 (`NewBadRequest`). */
export function badRequest(message: string): ApiError {
  return failure(400, 'BadRequest', message);
}

/** 401 (`NewUnauthorized`). */
export function unauthorized(): ApiError {
  return failure(401, 'Unauthorized', 'Unauthorized');
}

/** 403 (`NewForbidden`). */
export function forbidden(resource: GroupResource, name: string, problem: string, causes?: StatusCause[]): ApiError {
  const subject = name === '' ? qualified(resource) : `${qualified(resource)} "${name}"`;
  return failure(403, 'Forbidden', `${subject} is forbidden: ${problem}`, { ...detailsOf(resource, name), ...(causes ? { causes } : {}) });
}

/** 403 for a path that is no resource. */
export function forbiddenPath(problem: string): ApiError {
  return failure(403, 'Forbidden', `forbidden: ${problem}`, {});
}

/** 403 for a create in a namespace that is going away (`plugin/namespace/lifecycle`). */
export function namespaceTerminating(resource: GroupResource, name: string, namespace: string): ApiError {
  return forbidden(resource, name, `unable to create new content in namespace ${namespace} because it is being terminated`, [
    { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' },
  ]);
}

/** 405 (`NewMethodNotSupported`). */
export function methodNotSupported(resource: GroupResource, action: string): ApiError {
  return failure(405, 'MethodNotAllowed', `${action} is not supported on resources of kind "${qualified(resource)}"`, detailsOf(resource));
}

/** 405 for a method that a path does not have. */
export function methodNotAllowed(): ApiError {
  return failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

/** 406: no representation that the client accepts. */
export function notAcceptable(): ApiError {
  return failure(
    406,
    'NotAcceptable',
    'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf, application/cbor',
  );
}

/** 410 for a watch or a list that wants a revision no longer kept (`NewResourceExpired`). */
export function expired(message: string): ApiError {
  return failure(410, 'Expired', message);
}

/** 504 for a revision that has not come yet (`NewTooLargeResourceVersionError`). */
export function tooLargeRevision(wanted: number, current: number): ApiError {
  const message = `Too large resource version: ${wanted}, current: ${current}`;
  return failure(504, 'Timeout', `Timeout: ${message}`, { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 });
}

/** 415 for a patch of an unknown content type. */
export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  return failure(415, 'UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`);
}

/** 429 (`NewTooManyRequests`). */
export function tooManyRequests(message: string, retryAfterSeconds: number, causes?: StatusCause[]): ApiError {
  return failure(429, 'TooManyRequests', message, {
    ...(causes ? { causes } : {}),
    ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}),
  });
}

/** 500 (`NewInternalError`). */
export function internalError(message: string): ApiError {
  return failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}

/** 500 for an error that has no reason of its own (`responsewriters.ErrorToAPIStatus`). */
export function untypedFailure(message: string): ApiError {
  return failure(500, '', message);
}

/** 422 for one field whose value was refused after validation, such as a port that is taken. */
export function invalidValue(kind: { group: string; kind: string }, name: string, field: string, value: unknown, problem: string): ApiError {
  return invalidError(kind.group, kind.kind, name, [invalid(field, value, problem)]);
}

/** 422 for a JSON patch that does not apply (`NewGenericServerResponse`); it says no more than that. */
export function unprocessable(): ApiError {
  return failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}

/** 503 when the server behind an APIService or a proxy does not answer. */
export function serviceUnavailable(message?: string): ApiError {
  return message === undefined ? failure(503, 'ServiceUnavailable', 'the server is currently unable to handle the request', {}) : failure(503, 'ServiceUnavailable', message);
}
