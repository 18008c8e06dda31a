/** Kinds, resources and keys as an inspector needs them: what kubectl calls an object, and where a row of it is. */
import type { ClusterView, NodeRow, PodRow, ServiceRow, IngressRow, WorkloadRow } from '../../server/rooms/projection/types.ts';
import type { ObjectRef } from '../../server/rooms/service.ts';
import { RESOURCES, type ServedResource } from '../../server/simulation/apiserver/discovery.ts';

const BY_KEY = new Map<string, ServedResource>();
const BY_KIND = new Map<string, ServedResource>();
const BY_WORD = new Map<string, ServedResource>();
for (const resource of RESOURCES) {
  if (!BY_KEY.has(resource.key)) BY_KEY.set(resource.key, resource);
  if (!BY_KIND.has(resource.kind)) BY_KIND.set(resource.kind, resource);
  for (const word of [resource.plural, resource.singular, resource.kind.toLowerCase(), resource.key, ...resource.shortNames]) if (!BY_WORD.has(word)) BY_WORD.set(word, resource);
}

/** Where a row of an object is, and the row. */
export type KnownRow =
  | { table: 'pods'; row: PodRow }
  | { table: 'nodes'; row: NodeRow }
  | { table: 'workloads'; row: WorkloadRow }
  | { table: 'services'; row: ServiceRow }
  | { table: 'ingresses'; row: IngressRow };

export function split(key: string): { namespace: string | undefined; name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { namespace: undefined, name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** `Pod` of `pods`; of a resource that is not built in, its own name. */
export function kindOf(resource: string): string {
  return BY_KEY.get(resource)?.kind ?? (resource.split('.')[0] as string);
}

/** A kind, or a resource in any spelling that kubectl takes: `po`, `pod`, `pods`, `deployments.apps`. */
export function resourceNamed(word: string): ServedResource | undefined {
  return BY_KIND.get(word) ?? BY_WORD.get(word.toLowerCase());
}

/** @returns undefined for a kind that is not built in. */
export function refOf(kind: string, namespace: string | undefined, name: string): ObjectRef | undefined {
  const resource = BY_KIND.get(kind);
  if (!resource) return undefined;
  return { resource: resource.key, key: resource.namespaced && namespace ? `${namespace}/${name}` : name };
}

export function sameRef(x: ObjectRef | null | undefined, y: ObjectRef | null | undefined): boolean {
  return x?.resource === y?.resource && x?.key === y?.key;
}

/** What is typed after `kubectl get`: `pod web`, with `-n` where the namespace is not the default one. */
export function kubectlTarget(ref: ObjectRef): string {
  const { namespace, name } = split(ref.key);
  return `${kubectlWord(ref.resource)} ${name}${namespaceFlag(namespace)}`;
}

export function kubectlWord(resource: string): string {
  return BY_KEY.get(resource)?.singular || resource;
}

export function namespaceFlag(namespace: string | undefined): string {
  return namespace === undefined || namespace === 'default' ? '' : ` -n ${namespace}`;
}

/** The row of an object, for those that have one. */
export function rowOf(view: ClusterView | undefined, ref: ObjectRef): KnownRow | undefined {
  if (!view) return undefined;
  const { tables } = view;
  switch (ref.resource) {
    case 'pods':
      return known('pods', tables.pods.get(ref.key));
    case 'nodes':
      return known('nodes', tables.nodes.get(ref.key));
    case 'services':
      return known('services', tables.services.get(ref.key));
    case 'ingresses.networking.k8s.io':
      return known('ingresses', tables.ingresses.get(ref.key));
    default:
      return known('workloads', tables.workloads.get(`${kindOf(ref.resource)}/${ref.key}`));
  }
}

/** Whether objects of a resource have rows: then a missing row means a missing object. */
export function hasRows(resource: string): boolean {
  return ['pods', 'nodes', 'services', 'ingresses.networking.k8s.io', 'deployments.apps', 'replicasets.apps', 'statefulsets.apps', 'daemonsets.apps', 'jobs.batch', 'cronjobs.batch'].includes(resource);
}

function known<T extends KnownRow['table']>(table: T, row: Extract<KnownRow, { table: T }>['row'] | undefined): KnownRow | undefined {
  return row ? ({ table, row } as KnownRow) : undefined;
}
