/** One function a table: an API object to the row that a screen needs. Pure, and the same in the browser. */
import { parseQuantity } from '../../simulation/apiserver/quantity.ts';
import { summarizePod } from '../../simulation/apiserver/tables/pod.ts';
import { controllerOf } from '../../simulation/apiserver/client.ts';
import type { KubeObject } from '../../simulation/apiserver/types.ts';
import type { EnvironmentState } from '../../simulation/environment.ts';
import type { IngressRow, NodePower, NodeRow, OwnerRef, PodRow, ServiceRow, Taint, WorkloadKind, WorkloadRow } from './types.ts';

const MEBIBYTE = 1024 * 1024;

interface Condition {
  type: string;
  status: string;
}

function conditionStatus(object: KubeObject, type: string): string | undefined {
  return ((object.status?.conditions ?? []) as Condition[]).find((condition) => condition.type === type)?.status;
}

function createdAt(object: KubeObject): number {
  return Date.parse(object.metadata.creationTimestamp);
}

function ownerOf(object: KubeObject): { owner?: OwnerRef } {
  const owner = controllerOf(object);
  return owner ? { owner: { kind: owner.kind, name: owner.name } } : {};
}

function imagesOf(podSpec: { containers?: { image?: string }[] } | undefined): string[] {
  return (podSpec?.containers ?? []).map((container) => container.image ?? '');
}

/** `namespace/name`, or `name`. */
export function keyOf(object: KubeObject): string {
  return object.metadata.namespace ? `${object.metadata.namespace}/${object.metadata.name}` : object.metadata.name;
}

export function podRow(pod: KubeObject): PodRow {
  const summary = summarizePod(pod);
  return {
    key: keyOf(pod),
    uid: pod.metadata.uid,
    namespace: pod.metadata.namespace ?? '',
    name: pod.metadata.name,
    node: (pod.spec?.nodeName as string | undefined) ?? '',
    status: summary.reason,
    ready: `${summary.ready}/${summary.total}`,
    isReady: conditionStatus(pod, 'Ready') === 'True',
    restarts: summary.restarts,
    phase: (pod.status?.phase as PodRow['phase'] | undefined) ?? 'Pending',
    ...ownerOf(pod),
    labels: pod.metadata.labels ?? {},
    images: imagesOf(pod.spec),
    ip: (pod.status?.podIP as string | undefined) ?? '',
    createdAt: createdAt(pod),
    deleting: pod.metadata.deletionTimestamp !== undefined,
  };
}

/** What the pods on a node ask for together; kept by the projector so that a node's row costs nothing to make. */
export interface NodeUsage {
  milliCpu: number;
  memoryBytes: number;
  pods: number;
}

export function nodePower(name: string, environment: EnvironmentState): NodePower {
  if (environment.crashedNodes.has(name)) return 'crashed';
  if (environment.partitionedNodes.has(name)) return 'partitioned';
  return environment.stoppedKubelets.has(name) ? 'kubelet-stopped' : 'up';
}

export function nodeRow(node: KubeObject, usage: NodeUsage, environment: EnvironmentState, proxy: NodeRow['proxy']): NodeRow {
  const labels = node.metadata.labels ?? {};
  const allocatable = (node.status?.allocatable ?? {}) as Record<string, string>;
  const addresses = (node.status?.addresses ?? []) as { type: string; address: string }[];
  return {
    key: node.metadata.name,
    uid: node.metadata.uid,
    role: labels['node-role.kubernetes.io/control-plane'] === undefined ? 'worker' : 'control-plane',
    ready: (conditionStatus(node, 'Ready') as NodeRow['ready'] | undefined) ?? 'Unknown',
    schedulable: node.spec?.unschedulable !== true,
    taints: ((node.spec?.taints ?? []) as Taint[]).map(({ key, value, effect }) => ({ key, ...(value ? { value } : {}), effect })),
    power: nodePower(node.metadata.name, environment),
    proxy,
    cpu: { requestedMilli: usage.milliCpu, allocatableMilli: allocatable.cpu ? parseQuantity(allocatable.cpu).milliValue() : 0 },
    memory: { requestedMi: Math.round(usage.memoryBytes / MEBIBYTE), allocatableMi: allocatable.memory ? Math.round(parseQuantity(allocatable.memory).value() / MEBIBYTE) : 0 },
    pods: { count: usage.pods, allocatable: Number(allocatable.pods ?? 0) },
    ip: addresses.find((address) => address.type === 'InternalIP')?.address ?? '',
    version: (node.status?.nodeInfo?.kubeletVersion as string | undefined) ?? '',
    createdAt: createdAt(node),
  };
}

/** Resource keys of the workloads table. */
export const WORKLOAD_RESOURCES: Readonly<Record<string, WorkloadKind>> = {
  'deployments.apps': 'Deployment',
  'replicasets.apps': 'ReplicaSet',
  'statefulsets.apps': 'StatefulSet',
  'daemonsets.apps': 'DaemonSet',
  'jobs.batch': 'Job',
  'cronjobs.batch': 'CronJob',
};

export function workloadKey(kind: WorkloadKind, object: KubeObject): string {
  return `${kind}/${keyOf(object)}`;
}

export function workloadRow(kind: WorkloadKind, object: KubeObject): WorkloadRow {
  const status = (object.status ?? {}) as Record<string, number | undefined>;
  const rollout = object.metadata.annotations?.['deployment.kubernetes.io/revision'];
  return {
    key: workloadKey(kind, object),
    uid: object.metadata.uid,
    kind,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    ...counts(kind, object, status),
    ...ownerOf(object),
    ...(rollout === undefined ? {} : { rollout }),
    ...(kind === 'CronJob' ? { schedule: (object.spec?.schedule as string | undefined) ?? '' } : {}),
    paused: object.spec?.paused === true || object.spec?.suspend === true,
    images: imagesOf((object.spec?.template ?? object.spec?.jobTemplate?.spec?.template)?.spec),
    createdAt: createdAt(object),
  };
}

function counts(kind: WorkloadKind, object: KubeObject, status: Record<string, number | undefined>): Pick<WorkloadRow, 'desired' | 'ready' | 'updated' | 'available'> {
  switch (kind) {
    case 'DaemonSet':
      return { desired: status.desiredNumberScheduled ?? 0, ready: status.numberReady ?? 0, updated: status.updatedNumberScheduled ?? 0, available: status.numberAvailable ?? 0 };
    case 'Job':
      return { desired: (object.spec?.completions as number | undefined) ?? 1, ready: status.ready ?? 0, updated: status.active ?? 0, available: status.succeeded ?? 0 };
    case 'CronJob': {
      // It wants no number of anything: what counts are the Jobs that run.
      const active = ((object.status?.active ?? []) as unknown[]).length;
      return { desired: 0, ready: 0, updated: active, available: 0 };
    }
    case 'ReplicaSet':
      return { desired: (object.spec?.replicas as number | undefined) ?? 1, ready: status.readyReplicas ?? 0, updated: status.replicas ?? 0, available: status.availableReplicas ?? 0 };
    case 'Deployment':
    case 'StatefulSet':
      return { desired: (object.spec?.replicas as number | undefined) ?? 1, ready: status.readyReplicas ?? 0, updated: status.updatedReplicas ?? 0, available: status.availableReplicas ?? 0 };
  }
}

interface ServicePort {
  name?: string;
  port: number;
  targetPort?: number | string;
  nodePort?: number;
  protocol?: string;
}

function externalAddresses(service: KubeObject): string[] {
  const spec = service.spec ?? {};
  const own = (spec.externalIPs ?? []) as string[];
  if (spec.type === 'ExternalName') return [spec.externalName as string];
  if (spec.type !== 'LoadBalancer') return own;
  const ingress = (service.status?.loadBalancer?.ingress ?? []) as { ip?: string; hostname?: string }[];
  const addresses = [...ingress.map((one) => one.ip ?? one.hostname ?? ''), ...own];
  return addresses.length > 0 ? addresses : ['<pending>'];
}

/** @param slices the EndpointSlices of the service. */
export function serviceRow(service: KubeObject, slices: Iterable<KubeObject>): ServiceRow {
  const spec = service.spec ?? {};
  const endpoints: ServiceRow['endpoints'] = [];
  for (const slice of slices) {
    for (const endpoint of (slice.endpoints ?? []) as { conditions?: { ready?: boolean }; targetRef?: { kind?: string; namespace?: string; name?: string } }[]) {
      if (endpoint.targetRef?.kind !== 'Pod') continue;
      endpoints.push({ pod: `${endpoint.targetRef.namespace}/${endpoint.targetRef.name}`, ready: endpoint.conditions?.ready !== false });
    }
  }
  endpoints.sort((x, y) => (x.pod < y.pod ? -1 : x.pod > y.pod ? 1 : 0));
  return {
    key: keyOf(service),
    uid: service.metadata.uid,
    namespace: service.metadata.namespace ?? '',
    name: service.metadata.name,
    type: (spec.type as ServiceRow['type'] | undefined) ?? 'ClusterIP',
    clusterIP: (spec.clusterIP as string | undefined) ?? '',
    externalIPs: externalAddresses(service),
    ports: ((spec.ports ?? []) as ServicePort[]).map(({ name, port, targetPort, nodePort, protocol }) => ({
      ...(name === undefined ? {} : { name }),
      port,
      targetPort: targetPort ?? port,
      ...(nodePort ? { nodePort } : {}),
      protocol: protocol ?? 'TCP',
    })),
    ...(spec.selector ? { selector: spec.selector as Record<string, string> } : {}),
    endpoints,
    createdAt: createdAt(service),
  };
}

interface IngressPath {
  path?: string;
  backend?: { service?: { name: string; port?: { number?: number; name?: string } } };
}

export function ingressRow(ingress: KubeObject): IngressRow {
  const rules: IngressRow['rules'] = [];
  for (const rule of (ingress.spec?.rules ?? []) as { host?: string; http?: { paths?: IngressPath[] } }[]) {
    for (const { path, backend } of rule.http?.paths ?? []) {
      rules.push({ host: rule.host ?? '*', path: path ?? '/', service: backend?.service?.name ?? '', port: backend?.service?.port?.number ?? backend?.service?.port?.name ?? '' });
    }
  }
  return {
    key: keyOf(ingress),
    uid: ingress.metadata.uid,
    namespace: ingress.metadata.namespace ?? '',
    name: ingress.metadata.name,
    className: (ingress.spec?.ingressClassName as string | undefined) ?? '',
    rules,
    addresses: ((ingress.status?.loadBalancer?.ingress ?? []) as { ip?: string; hostname?: string }[]).map((one) => one.ip ?? one.hostname ?? ''),
    createdAt: createdAt(ingress),
  };
}
