/** What a request wants, read off its path alone (`k8s.io/apiserver/pkg/endpoints/request.RequestInfoFactory`): authorization comes before it is known whether anything serves that path. */
import { isTrue } from '../requests/request-info.ts';
import type { ApiRequest } from '../types.ts';
import type { Attributes, ResourceAttributes } from './rules.ts';

/** Subresources of namespaces; anything else after a namespace's name is a resource in it. */
const NAMESPACE_SUBRESOURCES: ReadonlySet<string> = new Set(['status', 'finalize']);
const VERBS = { GET: 'get', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' } as const;

export function attributesOf(request: Pick<ApiRequest, 'method' | 'path' | 'query'>): Attributes {
  const { method, path, query = {} } = request;
  const plain = path.split('/').filter((segment) => segment !== '');
  const segments = path.includes('%') ? plain.map(decode) : plain;
  const prefix = segments[0] === 'api' ? 2 : segments[0] === 'apis' ? 3 : undefined;
  let verb: string = VERBS[method];
  if (prefix === undefined || segments.length <= prefix) return { verb, path };
  const group = prefix === 3 ? (segments[1] as string) : '';
  let parts = segments.slice(prefix);
  let watching = isTrue(query.watch);
  if (parts[0] === 'watch' && parts.length > 1) {
    parts = parts.slice(1);
    watching = true;
  }
  let namespace: string | undefined;
  if (parts[0] === 'namespaces' && parts.length > 1) {
    namespace = parts[1];
    if (parts.length > 2 && !NAMESPACE_SUBRESOURCES.has(parts[2] as string)) parts = parts.slice(2);
  }
  const [resource = '', named, subresource] = parts;
  const name = named ?? selected(query.fieldSelector, 'metadata.name');
  if (named === undefined && verb === 'get') verb = watching ? 'watch' : 'list';
  if (named === undefined && verb === 'delete') verb = 'deletecollection';
  const nodeName = selected(query.fieldSelector, 'spec.nodeName');
  return {
    verb,
    group,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined || verb === 'create' && named === undefined ? {} : { name }),
    ...(nodeName === undefined ? {} : { nodeName }),
  } satisfies ResourceAttributes;
}

/** The value that a field selector demands of a field. */
function selected(selector: string | undefined, field: string): string | undefined {
  for (const part of selector?.split(',') ?? []) {
    const match = /^([^=!]+)==?([^=].*)$/.exec(part);
    if (match?.[1] === field) return match[2];
  }
  return undefined;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
