/** Which resources the API server serves: the built-in ones, and what aggregated discovery has besides them. */
import { BUILT_IN, groupVersion, ResourceTable, type ServedResource } from '../../../simulation/apiserver/discovery.ts';
import type { ShellHost } from '../../types.ts';

const DISCOVERY = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

/** Aggregated discovery, as far as it is read here. */
interface GroupDiscoveryList {
  items: { metadata: { name: string }; versions: { version: string; resources: ResourceDiscovery[] }[] }[];
}

interface ResourceDiscovery {
  resource: string;
  responseKind: { group: string; version: string; kind: string };
  scope: 'Namespaced' | 'Cluster';
  singularResource: string;
  verbs: string[];
  shortNames?: string[];
  categories?: string[];
  subresources?: { subresource: string; responseKind: { group: string; version: string; kind: string }; verbs: string[] }[];
}

/** The resources of a group that are not built in. */
function furtherResources({ metadata: { name: group }, versions }: GroupDiscoveryList['items'][number]): ServedResource[] {
  return versions.flatMap(({ version, resources }) =>
    resources
      .filter(({ resource }) => !BUILT_IN.byPath(groupVersion(group, version), resource))
      .map(({ resource, responseKind, scope, singularResource, verbs, shortNames = [], categories = [], subresources = [] }) => ({
        group,
        version,
        kind: responseKind.kind,
        plural: resource,
        singular: singularResource,
        shortNames,
        categories,
        namespaced: scope === 'Namespaced',
        verbs,
        subresources: subresources.map(({ subresource }) => subresource),
        key: `${resource}.${group}`,
        subresourceInfo: Object.fromEntries(subresources.map((info) => [info.subresource, { ...info.responseKind, verbs: info.verbs }])),
        custom: true,
      })),
  );
}

/** The resources served now. Without an answer there are the built-in ones. */
export async function discoverResources(host: Pick<ShellHost, 'request'>, userAgent?: string): Promise<ResourceTable> {
  try {
    const { status, body } = await host.request({ ...(userAgent === undefined ? {} : { userAgent }), method: 'GET', path: '/apis', accept: DISCOVERY });
    const further = status === 200 ? (body as GroupDiscoveryList).items.flatMap(furtherResources) : [];
    return further.length > 0 ? new ResourceTable([...BUILT_IN.resources, ...further]) : BUILT_IN;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ConnectionError') throw error;
    return BUILT_IN;
  }
}
