/** What a request path means (`k8s.io/apiserver/pkg/endpoints/request.RequestInfo`). */
import { groupVersion, type ResourceTable, type ServedResource } from '../discovery.ts';
import type { ApiRequest } from '../types.ts';

export interface ResourceRequest {
  resource: ServedResource;
  namespace?: string;
  name?: string;
  subresource?: string;
  query: Record<string, string>;
  request: ApiRequest;
}

/** A resource path taken apart; undefined when the path is of another kind or nothing serves it. */
export function parseResourcePath(table: ResourceTable, request: ApiRequest): ResourceRequest | undefined {
  const segments = request.path.split('/').filter((segment) => segment !== '').map(decode);
  const legacy = segments[0] === 'api';
  if (!legacy && segments[0] !== 'apis') return undefined;
  const apiVersion = legacy ? segments[1] : groupVersion(segments[1] ?? '', segments[2] ?? '');
  const rest = segments.slice(legacy ? 2 : 3);
  if (apiVersion === undefined || rest.length === 0) return undefined;
  const query = request.query ?? {};

  if (rest[0] === 'namespaces' && rest.length > 2) {
    const namespaces = table.byPath(apiVersion, 'namespaces');
    const [, namespace, third = '', name, subresource] = rest;
    if (namespaces && rest.length === 3 && namespaces.subresources.includes(third)) {
      return { resource: namespaces, name: namespace as string, subresource: third, query, request };
    }
    const resource = table.byPath(apiVersion, third);
    if (!resource?.namespaced) return undefined;
    return { resource, namespace: namespace as string, ...(name === undefined ? {} : { name }), ...(subresource === undefined ? {} : { subresource }), query, request };
  }
  const [plural = '', name, subresource] = rest;
  const resource = table.byPath(apiVersion, plural);
  // Objects of namespaces are only reached through them; without one there are lists.
  if (!resource || (resource.namespaced && name !== undefined)) return undefined;
  return { resource, ...(name === undefined ? {} : { name }), ...(subresource === undefined ? {} : { subresource }), query, request };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Whether a query parameter is set to a true value, as Go's `strconv.ParseBool` has it. */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && ['1', 't', 'T', 'true', 'True', 'TRUE'].includes(value);
}
