/** The Status objects of the HTTP layer itself, as `k8s.io/apiserver` answers before any resource is looked at. */
import type { ApiResponse, Status } from '../simulation/apiserver/types.ts';

function failure(code: number, reason: string, message: string, details?: Status['details']): ApiResponse {
  const body: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, ...(details ? { details } : {}), code };
  return { status: code, body };
}

export function unauthorized(): ApiResponse {
  return failure(401, 'Unauthorized', 'Unauthorized');
}

export function tooManyRequests(retryAfterSeconds: number): ApiResponse {
  return failure(429, 'TooManyRequests', 'Too many requests, please try again later.', { retryAfterSeconds });
}

export function tooManyStreams(limit: number): ApiResponse {
  return failure(429, 'TooManyRequests', `Too many open watches, logs and sessions: a participant may have ${limit}. Close some and try again.`, { retryAfterSeconds: 10 });
}

export function bodyTooLarge(limit: number): ApiResponse {
  return failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);
}

export function unsupportedBody(): ApiResponse {
  return failure(415, 'UnsupportedMediaType', 'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf');
}

export function notAcceptable(): ApiResponse {
  return failure(406, 'NotAcceptable', 'only the following media types are accepted: application/json, application/yaml');
}

export function badRequest(message: string): ApiResponse {
  return failure(400, 'BadRequest', message);
}

export function methodNotAllowed(): ApiResponse {
  return failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

export function internalError(message: string): ApiResponse {
  return failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}
