/** Rows of the projection as references to API objects, which is what selecting, links and writes speak of. */
import type { ObjectRef } from '../../../server/rooms/service.ts';
import type { SupportKind, SupportRow, WorkloadKind, WorkloadRow } from '../../../server/rooms/projection/types.ts';

export const WORKLOAD_RESOURCES: Readonly<Record<WorkloadKind, string>> = {
  Deployment: 'deployments.apps',
  ReplicaSet: 'replicasets.apps',
  StatefulSet: 'statefulsets.apps',
  DaemonSet: 'daemonsets.apps',
  Job: 'jobs.batch',
  CronJob: 'cronjobs.batch',
};

const SUPPORT_RESOURCES: Readonly<Record<SupportKind, string>> = {
  HorizontalPodAutoscaler: 'horizontalpodautoscalers.autoscaling',
  PodDisruptionBudget: 'poddisruptionbudgets.policy',
  NetworkPolicy: 'networkpolicies.networking.k8s.io',
  PersistentVolumeClaim: 'persistentvolumeclaims',
  PersistentVolume: 'persistentvolumes',
};

export const INGRESSES = 'ingresses.networking.k8s.io';

export function workloadRef(row: Pick<WorkloadRow, 'kind' | 'namespace' | 'name'>): ObjectRef {
  return { resource: WORKLOAD_RESOURCES[row.kind], key: `${row.namespace}/${row.name}` };
}

export function supportRef({ kind, key }: Pick<SupportRow, 'kind' | 'key'>): ObjectRef {
  return { resource: SUPPORT_RESOURCES[kind], key: key.slice(kind.length + 1) };
}

/** Key of the workloads table for a reference; undefined for other kinds. */
export function workloadKeyOf(ref: ObjectRef): string | undefined {
  for (const [kind, resource] of Object.entries(WORKLOAD_RESOURCES)) if (resource === ref.resource) return `${kind}/${ref.key}`;
  return undefined;
}

export function sameRef(x: ObjectRef | null | undefined, y: ObjectRef | null | undefined): boolean {
  return x?.resource === y?.resource && x?.key === y?.key;
}

/** Attributes that make an element stand for an object: a click on it or Enter opens the object, hovering shows what belongs to it. */
export function objectAttributes(ref: ObjectRef): { 'data-resource': string; 'data-object': string } {
  return { 'data-resource': ref.resource, 'data-object': ref.key };
}

/** The object that an element, or what it is in, stands for. */
export function objectOf(target: EventTarget | null): { ref: ObjectRef; element: HTMLElement } | undefined {
  const element = target instanceof Element ? target.closest<HTMLElement>('[data-resource]') : null;
  const { resource, object } = element?.dataset ?? {};
  return element && resource !== undefined && object !== undefined ? { ref: { resource, key: object }, element } : undefined;
}
