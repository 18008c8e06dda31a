/** What a request path means (`k8s.io/apiserver/pkg/endpoints/request.RequestInfo`). */
import { groupVersion, type ResourceTable, type ServedResource } from '../discovery.ts';
import type { ApiRequest } from '../types.ts';

export interface ResourceRequest {
  resource: ServedResource;
  namespace?: string;
  name?: string;
  subresource?: string;
  /** What follows the subresource, of proxies: `/index.html`, or ''. */
  rest?: string;
  query: Record<string, string>;
  request: ApiRequest;
}

/** A resource path taken apart; undefined when the path is of another kind or nothing serves it. */
export function parseResourcePath(table: ResourceTable, request: ApiRequest): ResourceRequest | undefined {
  const segments = request.path.split('/').filter((segment) => segment !== '').map(decode);
  const legacy = segments[0] === 'api';
  if (!legacy && segments[0] !== 'apis') return undefined;
  const apiVersion = legacy ? segments[1] : groupVersion(segments[1] ?? '', segments[2] ?? '');
  let rest = segments.slice(legacy ? 2 : 3);
  if (apiVersion === undefined || rest.length === 0) return undefined;
  let query = request.query ?? {};
  // The old form of a watch, `/api/v1/watch/…`.
  if (rest[0] === 'watch' && rest.length > 1) {
    rest = rest.slice(1);
    query = { ...query, watch: 'true' };
  }

  if (rest[0] === 'namespaces' && rest.length > 2) {
    const namespaces = table.byPath(apiVersion, 'namespaces');
    const [, namespace, third = '', name, subresource, ...more] = rest;
    if (namespaces && rest.length === 3 && namespaces.subresources.includes(third)) {
      return { resource: namespaces, name: namespace as string, subresource: third, query, request };
    }
    const resource = table.byPath(apiVersion, third);
    if (!resource?.namespaced) return undefined;
    return { resource, namespace: namespace as string, ...(name === undefined ? {} : { name }), ...tail(subresource, more, request), query, request };
  }
  const [plural = '', name, subresource, ...more] = rest;
  const resource = table.byPath(apiVersion, plural);
  // Objects of namespaces are only reached through them; without one there are lists.
  if (!resource || (resource.namespaced && name !== undefined)) return undefined;
  return { resource, ...(name === undefined ? {} : { name }), ...tail(subresource, more, request), query, request };
}

/** Only proxies have anything after the name of a subresource. */
function tail(subresource: string | undefined, more: readonly string[], { path }: ApiRequest): Pick<ResourceRequest, 'subresource' | 'rest'> {
  if (subresource === undefined) return {};
  if (subresource !== 'proxy') return { subresource: [subresource, ...more].join('/') };
  return { subresource, rest: path.slice(path.indexOf('/proxy') + '/proxy'.length) };
}

/** Whether a request is for a stream of changes. */
export function isWatch({ method, path, query }: Pick<ApiRequest, 'method' | 'path' | 'query'>): boolean {
  if (method !== 'GET') return false;
  const segments = path.split('/').filter((segment) => segment !== '');
  const rest = segments.slice(segments[0] === 'api' ? 2 : 3);
  if (rest[0] === 'watch') return rest.length > 1;
  if (!isTrue(query?.watch) || (segments[0] !== 'api' && segments[0] !== 'apis')) return false;
  // An object that is got by its name is got, whatever else is asked.
  return rest.length === 1 || (rest.length === 3 && rest[0] === 'namespaces');
}

/** Whether a request looks and changes nothing: every GET but those that a proxy carries on to a program. */
export function onlyReads({ method, path }: Pick<ApiRequest, 'method' | 'path'>): boolean {
  return method === 'GET' && !isProxied(path);
}

/** Whether a path leads through the API server to something else. */
export function isProxied(path: string): boolean {
  return /^\/api\/v1\/(namespaces\/[^/]+\/(pods|services)|nodes)\/[^/]+\/proxy(\/|$)/.test(path);
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
