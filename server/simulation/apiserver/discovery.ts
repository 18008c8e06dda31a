/**
 * What the API server serves: the table of resources, read from facts/resources.json, and the discovery documents
 * made from it. Resources of CustomResourceDefinitions are not in it; they are added by a ResourceTable of their own.
 */
import facts from './facts/resources.json' with { type: 'json' };
import type { CustomKind } from './custom-resources/types.ts';
import { isTrueOf } from './custom-resources/types.ts';
import type { Resource } from './types.ts';
import { compareVersions } from './versions.ts';

/** A subresource as discovery describes it. */
export interface Subresource {
  kind: string;
  group: string;
  version: string;
  verbs: string[];
}

/** A served resource with what only discovery and routing need. */
export interface ServedResource extends Resource {
  /** Storage key throughout the simulation: `plural`, or `plural.group`. */
  key: string;
  subresourceInfo: Record<string, Subresource>;
  /** `storageVersionHash` of the discovery document. */
  hash?: string;
  /** Not among the facts: of a CustomResourceDefinition, or of another server behind the aggregation layer. */
  custom?: boolean;
  /** The CustomResourceDefinition, in the version of this resource. */
  definedBy?: CustomKind;
}

export interface GroupFacts {
  group: string;
  versions: string[];
  preferred: string;
}

interface RawResource {
  group: string;
  version: string;
  kind: string;
  plural: string;
  singular: string;
  short: string[];
  categories: string[];
  namespaced: boolean;
  verbs: string[];
  hash?: string;
  subresources?: Record<string, Subresource>;
}

/** The key of a resource in storage and in the simulation: `pods`, `deployments.apps`. */
export function resourceKey(group: string, plural: string): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** `v1` or `apps/v1`. */
export function groupVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Splits `apps/v1` or `v1`. */
export function parseGroupVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? { group: '', version: apiVersion } : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

function fromFacts(raw: RawResource): ServedResource {
  return {
    group: raw.group,
    version: raw.version,
    kind: raw.kind,
    plural: raw.plural,
    singular: raw.singular,
    shortNames: raw.short,
    categories: raw.categories,
    namespaced: raw.namespaced,
    verbs: raw.verbs,
    subresources: Object.keys(raw.subresources ?? {}),
    // Events are one storage with two faces; every other resource has its own.
    key: raw.plural === 'events' ? 'events' : resourceKey(raw.group, raw.plural),
    subresourceInfo: raw.subresources ?? {},
    ...(raw.hash === undefined ? {} : { hash: raw.hash }),
  };
}

/** Every built-in resource, in the order of discovery. */
export const RESOURCES: readonly ServedResource[] = (facts.resources as unknown as RawResource[]).map(fromFacts);
export const GROUPS: readonly GroupFacts[] = facts.groups;
export const VERSION_INFO: Record<string, unknown> = facts.version;
export const ROOT_PATHS: readonly string[] = facts.rootPaths;
const LEGACY_GROUP_ORDER: readonly string[] = facts.legacyGroupOrder;

/** The version in which objects of a group's resource are stored and handed to components. */
function preferredOf(candidates: ServedResource[]): ServedResource | undefined {
  return candidates[0];
}

/** A set of served resources that can be looked up by path, kind or any of the names that kubectl accepts. */
export class ResourceTable {
  readonly #byPath = new Map<string, ServedResource>();
  readonly #byKey = new Map<string, ServedResource[]>();
  readonly #byKind = new Map<string, ServedResource>();
  readonly #byName = new Map<string, ServedResource[]>();

  constructor(readonly resources: readonly ServedResource[]) {
    for (const resource of resources) {
      this.#byPath.set(`${groupVersion(resource.group, resource.version)}/${resource.plural}`, resource);
      this.#byKind.set(`${groupVersion(resource.group, resource.version)}/${resource.kind}`, resource);
      push(this.#byKey, resource.key, resource);
      for (const name of new Set([resource.plural, resource.singular, ...resource.shortNames])) push(this.#byName, name, resource);
    }
  }

  /** @param apiVersion `v1`, `apps/v1`. */
  byPath(apiVersion: string, plural: string): ServedResource | undefined {
    return this.#byPath.get(`${apiVersion}/${plural}`);
  }

  /** The resource of a key in its preferred version. `events` is the core one. */
  byKey(key: string): ServedResource | undefined {
    const candidates = this.#byKey.get(key);
    return candidates && preferredOf(candidates);
  }

  byKind(apiVersion: string, kind: string): ServedResource | undefined {
    return this.#byKind.get(`${apiVersion}/${kind}`);
  }

  /**
   * By plural, singular or short name, optionally qualified: `deploy`, `deployments.apps`, `deployments.v1.apps`.
   * The first in discovery order wins, as in kubectl's mapper.
   */
  byName(name: string): ServedResource | undefined {
    const lower = name.toLowerCase();
    const dot = lower.indexOf('.');
    if (dot < 0) return this.#byName.get(lower)?.[0];
    const candidates = this.#byName.get(lower.slice(0, dot)) ?? [];
    const qualifier = lower.slice(dot + 1);
    for (const candidate of candidates) {
      if (qualifier === candidate.group || qualifier === `${candidate.version}.${candidate.group}` || (candidate.group === '' && qualifier === candidate.version)) return candidate;
    }
    return undefined;
  }

  /** Resources of a category such as `all`, each in its preferred version, in discovery order. */
  inCategory(category: string): ServedResource[] {
    return this.resources.filter((resource) => resource.categories.includes(category) && this.byKey(resource.key) === resource);
  }

  /** Resources of one group version, in discovery order. */
  inGroupVersion(apiVersion: string): ServedResource[] {
    return this.resources.filter((resource) => groupVersion(resource.group, resource.version) === apiVersion);
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** The built-in resources. */
export const BUILT_IN = new ResourceTable(RESOURCES);

/** Whether a resource key is one of a CustomResourceDefinition. */
export function isCustom(resource: string): boolean {
  return BUILT_IN.byKey(resource) === undefined;
}

// ---- discovery documents ----

/** What can still be done with the objects of a definition that goes away. */
const TERMINATING_VERBS = ['delete', 'deletecollection', 'get', 'list', 'watch'];

function verbsOf({ verbs, definedBy }: ServedResource): string[] {
  return definedBy && isTrueOf(definedBy.definition, 'Terminating') ? TERMINATING_VERBS : verbs;
}

function apiResource(resource: ServedResource): Record<string, unknown> {
  return {
    name: resource.plural,
    singularName: resource.singular,
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs: verbsOf(resource),
    ...(resource.shortNames.length > 0 ? { shortNames: resource.shortNames } : {}),
    ...(resource.categories.length > 0 ? { categories: resource.categories } : {}),
    ...(resource.hash === undefined ? {} : { storageVersionHash: resource.hash }),
  };
}

function apiSubresource(resource: ServedResource, name: string, info: Subresource): Record<string, unknown> {
  const own = info.group === resource.group && info.version === resource.version;
  return {
    name: `${resource.plural}/${name}`,
    singularName: '',
    namespaced: resource.namespaced,
    ...(own ? {} : { group: info.group, version: info.version }),
    kind: info.kind,
    verbs: info.verbs,
  };
}

/** `GET /api/v1` or `GET /apis/GROUP/VERSION`; undefined when the group version is not served. */
export function apiResourceList(table: ResourceTable, apiVersion: string): Record<string, unknown> | undefined {
  const served = table.inGroupVersion(apiVersion);
  if (served.length === 0) return undefined;
  const resources: Record<string, unknown>[] = [];
  for (const resource of served) {
    resources.push(apiResource(resource));
    for (const [name, info] of Object.entries(resource.subresourceInfo)) resources.push(apiSubresource(resource, name, info));
  }
  return { kind: 'APIResourceList', ...(apiVersion === 'v1' ? {} : { apiVersion: 'v1' }), groupVersion: apiVersion, resources };
}

/** `GET /api`. @param server `host:port`. */
export function apiVersions(server: string): Record<string, unknown> {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: server }] };
}

function groupsOf(table: ResourceTable): GroupFacts[] {
  const ordered = LEGACY_GROUP_ORDER.map((name) => GROUPS.find((group) => group.group === name)).filter((group) => group !== undefined);
  const known = new Set(ordered.map((group) => group.group));
  const extra = new Map<string, GroupFacts>();
  for (const resource of table.resources) {
    if (resource.group === '' || known.has(resource.group)) continue;
    const group = extra.get(resource.group);
    if (!group) extra.set(resource.group, { group: resource.group, versions: [resource.version], preferred: resource.version });
    else if (!group.versions.includes(resource.version)) group.versions.push(resource.version);
  }
  const added = [...extra.values()].sort((x, y) => (x.group < y.group ? -1 : 1));
  for (const group of added) {
    group.versions.sort(compareVersions);
    group.preferred = group.versions[0] as string;
  }
  return [...ordered, ...added];
}

function apiGroupOf(group: GroupFacts): Record<string, unknown> {
  const version = (name: string): Record<string, string> => ({ groupVersion: `${group.group}/${name}`, version: name });
  return { name: group.group, versions: group.versions.map(version), preferredVersion: version(group.preferred) };
}

/** `GET /apis`. */
export function apiGroupList(table: ResourceTable): Record<string, unknown> {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupsOf(table).map(apiGroupOf) };
}

/** `GET /apis/GROUP`; undefined when the group is not served. */
export function apiGroup(table: ResourceTable, name: string): Record<string, unknown> | undefined {
  const group = groupsOf(table).find((candidate) => candidate.group === name);
  return group && { kind: 'APIGroup', apiVersion: 'v1', ...apiGroupOf(group) };
}

/** Aggregated discovery (`as=APIGroupDiscoveryList`, `apidiscovery.k8s.io/v2`) of `/api` or `/apis`. */
export function groupDiscoveryList(table: ResourceTable, root: '/api' | '/apis'): Record<string, unknown> {
  const groups: GroupFacts[] = root === '/api' ? [{ group: '', versions: ['v1'], preferred: 'v1' }] : groupsOf(table);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map((group) => ({
      metadata: { name: group.group },
      versions: group.versions.map((version) => ({
        version,
        resources: table.inGroupVersion(groupVersion(group.group, version)).map(resourceDiscovery),
        freshness: 'Current',
      })),
    })),
  };
}

function resourceDiscovery(resource: ServedResource): Record<string, unknown> {
  const subresources = Object.entries(resource.subresourceInfo).map(([name, info]) => ({
    subresource: name,
    responseKind: { group: info.group, version: info.version, kind: info.kind },
    verbs: info.verbs,
  }));
  return {
    resource: resource.plural,
    responseKind: { group: resource.group, version: resource.version, kind: resource.kind },
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: verbsOf(resource),
    ...(resource.shortNames.length > 0 ? { shortNames: resource.shortNames } : {}),
    ...(resource.categories.length > 0 ? { categories: resource.categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
  };
}
