/** Paths that are no resources: discovery, version and health. */
import { apiGroup, apiGroupList, apiResourceList, apiVersions, groupDiscoveryList, groupVersion, ROOT_PATHS, VERSION_INFO, type ResourceTable } from '../discovery.ts';
import { openApi } from '../openapi/documents.ts';
import type { Store } from '../store.ts';
import type { ApiRequest, ApiResponse } from '../types.ts';
import { formOf } from './representation.ts';

const HEALTH = ['healthz', 'livez', 'readyz'];

function json(body: unknown): ApiResponse {
  return { status: 200, body };
}

/** `ok`, or with `?verbose` one line for every check. */
function health(segments: string[], query: Record<string, string> | undefined): ApiResponse | undefined {
  const [root = '', ...check] = segments;
  if (!HEALTH.includes(root)) return undefined;
  const checks = ROOT_PATHS.filter((path) => path.startsWith(`/${root}/`)).map((path) => path.slice(root.length + 2));
  if (check.length > 0) return checks.includes(check.join('/')) ? { status: 200, body: 'ok' } : undefined;
  if (query?.verbose === undefined) return { status: 200, body: 'ok' };
  return { status: 200, body: `${checks.map((name) => `[+]${name} ok\n`).join('')}${root} check passed\n` };
}

/** Answers a GET of a path that is no resource; undefined when there is no such path. @param server `host:port`. */
export function plainPath(store: Store, table: ResourceTable, request: ApiRequest, server: string): ApiResponse | undefined {
  const segments = request.path.split('/').filter((segment) => segment !== '');
  const [root, group, version] = segments;
  const aggregated = formOf(request.accept) === 'discovery';
  if (segments.length === 0) return json({ paths: ROOT_PATHS });
  if (root === 'version' && segments.length === 1) return json(VERSION_INFO);
  if (root === 'api') {
    if (segments.length === 1) return json(aggregated ? groupDiscoveryList(table, '/api') : apiVersions(server));
    const list = segments.length === 2 ? apiResourceList(table, group as string) : undefined;
    return list && json(list);
  }
  if (root === 'apis') {
    if (segments.length === 1) return json(aggregated ? groupDiscoveryList(table, '/apis') : apiGroupList(table));
    const document = segments.length === 2 ? apiGroup(table, group as string) : segments.length === 3 ? apiResourceList(table, groupVersion(group as string, version as string)) : undefined;
    return document && json(document);
  }
  if (root === 'openapi') {
    const document = openApi(store, table, segments);
    return document === undefined ? undefined : json(document);
  }
  return health(segments, request.query);
}
