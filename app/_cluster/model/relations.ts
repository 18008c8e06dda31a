/** What belongs to an object of the cluster: the pods behind a Service, of a workload, on a node; and, of a pod, what stands above it. */
import type { ObjectRef } from '../../../server/rooms/service.ts';
import type { PodRow, Tables, WorkloadRow } from '../../../server/rooms/projection/types.ts';
import { INGRESSES, workloadKeyOf } from './object-ref.ts';
import { rootWorkload } from './scene.ts';

export interface Endpoint {
  pod: string;
  ready: boolean;
}

export interface Related {
  /** Keys of pods. */
  pods: ReadonlySet<string>;
  /** Of a Service or Ingress: where its traffic goes, for the links. */
  services: ReadonlyMap<string, readonly Endpoint[]>;
  /** Keys of the workloads table. */
  workloads: ReadonlySet<string>;
}

const NOTHING: Related = { pods: new Set(), services: new Map(), workloads: new Set() };

export function relatedTo(ref: ObjectRef, tables: Tables): Related {
  const workloadKey = workloadKeyOf(ref);
  if (workloadKey !== undefined) return ofWorkload(workloadKey, tables);
  switch (ref.resource) {
    case 'services':
      return ofServices([ref.key], tables);
    case INGRESSES: {
      const ingress = tables.ingresses.get(ref.key);
      return ingress ? ofServices([...new Set(ingress.rules.map(({ service }) => `${ingress.namespace}/${service}`))], tables) : NOTHING;
    }
    case 'pods': {
      const pod = tables.pods.get(ref.key);
      return pod ? abovePod(pod, tables) : NOTHING;
    }
    default:
      return NOTHING;
  }
}

function ofWorkload(key: string, tables: Tables): Related {
  const pods = new Set<string>();
  const workloads = new Set([key]);
  const row = tables.workloads.get(key);
  for (const pod of tables.pods.values()) {
    const owner = pod.owner && `${pod.owner.kind}/${pod.namespace}/${pod.owner.name}`;
    if (owner === key || rootWorkload(pod, tables.workloads) === key) pods.add(pod.key);
  }
  const owner = row?.owner && `${row.owner.kind}/${row.namespace}/${row.owner.name}`;
  if (owner) workloads.add(owner);
  return { pods, services: new Map(), workloads };
}

function ofServices(keys: readonly string[], tables: Tables): Related {
  const services = new Map<string, readonly Endpoint[]>();
  const pods = new Set<string>();
  for (const key of keys) {
    const endpoints = tables.services.get(key)?.endpoints;
    if (!endpoints) continue;
    services.set(key, endpoints);
    for (const { pod } of endpoints) pods.add(pod);
  }
  return { pods, services, workloads: new Set() };
}

function abovePod(pod: PodRow, tables: Tables): Related {
  const workloads = new Set<string>();
  let owner: Pick<WorkloadRow, 'owner'> | undefined = pod;
  // Two levels are the deepest there are (Deployment, ReplicaSet); the third is for safety against a loop.
  for (let level = 0; level < 3 && owner?.owner; level++) {
    const key: string = `${owner.owner.kind}/${pod.namespace}/${owner.owner.name}`;
    workloads.add(key);
    owner = tables.workloads.get(key);
  }
  const services = new Map<string, readonly Endpoint[]>();
  for (const service of tables.services.values()) {
    const own = service.endpoints.filter((endpoint) => endpoint.pod === pod.key);
    if (own.length > 0) services.set(service.key, own);
  }
  return { pods: new Set([pod.key]), services, workloads };
}

/**
 * Pods that a search is about: `app=web` (or several, with commas) looks at labels, anything else at name, namespace, status, node, address and
 * images. @returns undefined when nothing is searched for.
 */
export function searchPods(text: string, pods: Iterable<PodRow>): ReadonlySet<string> | undefined {
  const query = text.trim().toLowerCase();
  if (query === '') return undefined;
  const found = new Set<string>();
  const labels = query.includes('=') ? query.split(',').filter((term) => term.trim() !== '').map((term) => term.split(/==?/, 2).map((part) => part.trim()) as [string, string | undefined]) : undefined;
  for (const pod of pods) {
    const hit = labels
      ? labels.every(([name, value]) => Object.entries(pod.labels).some(([label, is]) => label.toLowerCase() === name && is.toLowerCase().startsWith(value ?? '')))
      : [pod.name, pod.namespace, pod.status, pod.node, pod.ip, ...pod.images].some((field) => field.toLowerCase().includes(query));
    if (hit) found.add(pod.key);
  }
  return found;
}
