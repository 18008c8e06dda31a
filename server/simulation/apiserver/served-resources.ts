/** Resources that CustomResourceDefinitions and APIServices add to the built-in ones. Derived from what is stored, and from nothing else. */
import { metricsResources } from './aggregation/metrics.ts';
import { DEFINITIONS, isTrueOf, specOf, type CustomKind, type DefinedVersion, type DefinitionStatus, type JsonSchema } from './custom-resources/types.ts';
import { BUILT_IN, isCustom, RESOURCES, resourceKey, ResourceTable, type ServedResource, type Subresource } from './discovery.ts';
import type { Store } from './store.ts';
import type { KubeObject } from './types.ts';
import { compareVersions } from './versions.ts';

const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const SUBRESOURCE_VERBS = ['get', 'patch', 'update'];
/** Without a schema nothing is known of the objects, and everything kept. */
const ANYTHING: JsonSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** Made anew only when a definition has changed; objects are immutable, so identity tells. */
const tables = new WeakMap<Store, { definitions: KubeObject[]; metrics: readonly ServedResource[]; table: ResourceTable }>();
/** Of each definition, as long as it does not change, so that what is compiled from it is kept too. */
const served = new WeakMap<KubeObject, ServedResource[]>();

/** The resources of a definition that are served: one for each version, once it is established. */
export function resourcesDefinedBy(definition: KubeObject): ServedResource[] {
  let resources = served.get(definition);
  // A definition of what is built in changes nothing: that is served already.
  if (!resources) served.set(definition, (resources = isTrueOf(definition, 'Established') && isCustom(definition.metadata.name) ? made(definition) : []));
  return resources;
}

function made(definition: KubeObject): ServedResource[] {
  const { group, scope, versions } = specOf(definition);
  const { acceptedNames: names } = definition.status as DefinitionStatus;
  const storedAs = `${group}/${versions.find(({ storage }) => storage)?.name ?? ''}`;
  const listKind = names.listKind ?? `${names.kind}List`;
  return versions
    .filter((version) => version.served)
    .sort((x, y) => compareVersions(x.name, y.name))
    .map((version) => {
      const definedBy: CustomKind = { definition, listKind, version, schema: version.schema?.openAPIV3Schema ?? ANYTHING, storedAs };
      const subresourceInfo = subresourcesOf(version, { group, version: version.name, kind: names.kind });
      return {
        group,
        version: version.name,
        kind: names.kind,
        plural: names.plural,
        singular: names.singular ?? names.kind.toLowerCase(),
        shortNames: names.shortNames ?? [],
        categories: names.categories ?? [],
        namespaced: scope === 'Namespaced',
        verbs: VERBS,
        subresources: Object.keys(subresourceInfo),
        key: resourceKey(group, names.plural),
        subresourceInfo,
        custom: true,
        definedBy,
      };
    });
}

function subresourcesOf({ subresources }: DefinedVersion, own: Omit<Subresource, 'verbs'>): Record<string, Subresource> {
  return {
    ...(subresources?.status ? { status: { ...own, verbs: SUBRESOURCE_VERBS } } : {}),
    ...(subresources?.scale ? { scale: { kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: SUBRESOURCE_VERBS } } : {}),
  };
}

/** The resources served now. */
export function servedResources(store: Store): ResourceTable {
  const metrics = metricsResources(store);
  if (store.count(DEFINITIONS) === 0 && metrics.length === 0) return BUILT_IN;
  const definitions = store.list(DEFINITIONS);
  const known = tables.get(store);
  if (known && known.metrics === metrics && known.definitions.length === definitions.length && known.definitions.every((definition, index) => definition === definitions[index])) return known.table;
  const table = new ResourceTable([...RESOURCES, ...metrics, ...definitions.flatMap(resourcesDefinedBy)]);
  tables.set(store, { definitions, metrics, table });
  return table;
}

