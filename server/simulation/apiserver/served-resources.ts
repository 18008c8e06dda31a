/** Resources that CustomResourceDefinitions and APIServices add to the built-in ones. */
import { metricsResources } from './aggregation/metrics.ts';
import { BUILT_IN, RESOURCES, resourceKey, ResourceTable, type ServedResource } from './discovery.ts';
import type { Store } from './store.ts';
import type { KubeObject } from './types.ts';

export const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];

/** Made anew only when a definition has changed; objects are immutable, so identity tells. */
const tables = new WeakMap<Store, { definitions: KubeObject[]; metrics: readonly ServedResource[]; table: ResourceTable }>();

function resourcesOf(definition: KubeObject): ServedResource[] {
  const { group, names, scope, versions } = definition.spec as {
    group: string;
    names: { plural: string; kind: string; singular?: string; shortNames?: string[]; categories?: string[] };
    scope: string;
    versions: { name: string; served?: boolean; subresources?: Record<string, object> }[];
  };
  return versions
    .filter((version) => version.served !== false)
    .map((version) => ({
      group,
      version: version.name,
      kind: names.kind,
      plural: names.plural,
      singular: names.singular ?? names.kind.toLowerCase(),
      shortNames: names.shortNames ?? [],
      categories: names.categories ?? [],
      namespaced: scope === 'Namespaced',
      verbs: VERBS,
      subresources: Object.keys(version.subresources ?? {}),
      key: resourceKey(group, names.plural),
      subresourceInfo: Object.fromEntries(
        Object.keys(version.subresources ?? {}).map((name) => [
          name,
          name === 'scale' ? { kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get', 'patch', 'update'] } : { kind: names.kind, group, version: version.name, verbs: ['get', 'patch', 'update'] },
        ]),
      ),
      custom: true,
    }));
}

/** The resources served now. */
export function servedResources(store: Store): ResourceTable {
  const metrics = metricsResources(store);
  if (store.count(DEFINITIONS) === 0 && metrics.length === 0) return BUILT_IN;
  const definitions = store.list(DEFINITIONS);
  const known = tables.get(store);
  if (known && known.metrics === metrics && known.definitions.length === definitions.length && known.definitions.every((definition, index) => definition === definitions[index])) return known.table;
  const table = new ResourceTable([...RESOURCES, ...metrics, ...definitions.flatMap(resourcesOf)]);
  tables.set(store, { definitions, metrics, table });
  return table;
}
