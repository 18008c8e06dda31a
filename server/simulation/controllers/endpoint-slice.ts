/**
 * EndpointSlices of Services with a selector (`pkg/controller/endpointslice`), and the older Endpoints object beside them
 * (`pkg/controller/endpoint`).
 */
import { md5 } from 'js-md5';
import { rfc3339 } from '../apiserver/tables/duration.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { controllerReference } from '../apiserver/client.ts';
import { isReady, isTerminal, statusOf } from './pods.ts';
import { keyOf, splitKey, type Controller, type ControllerContext } from './types.ts';

const SLICES = 'endpointslices.discovery.k8s.io';
const SERVICE_LABEL = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const CONTROLLER = 'endpointslice-controller.k8s.io';
const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';
/** `--max-endpoints-per-slice`. */
const MAX_ENDPOINTS_PER_SLICE = 100;
/** Addresses in one Endpoints object. */
const MAX_ENDPOINTS = 1_000;

export interface ServiceSpec {
  type?: string;
  selector?: Record<string, string>;
  clusterIP?: string;
  ports?: { name?: string; port: number; protocol?: string; targetPort?: number | string; appProtocol?: string }[];
  publishNotReadyAddresses?: boolean;
}

interface Endpoint {
  addresses: string[];
  conditions: { ready: boolean; serving: boolean; terminating: boolean };
  hostname?: string;
  nodeName?: string;
  targetRef?: { kind: string; name: string; namespace: string; uid: string };
  zone?: string;
}

interface EndpointPort {
  name?: string;
  port: number;
  protocol: string;
  appProtocol?: string;
}

function selects(selector: Record<string, string> | undefined, labels: Record<string, string> | undefined): boolean {
  if (!selector || Object.keys(selector).length === 0) return false;
  for (const key in selector) if (labels?.[key] !== selector[key]) return false;
  return true;
}

/** Pods whose change cannot matter to endpoints (an annotation, a probe time). */
function relevant(pod: KubeObject, previous: KubeObject | undefined): boolean {
  if (!previous) return true;
  return (
    isReady(pod) !== isReady(previous) ||
    statusOf(pod).podIP !== statusOf(previous).podIP ||
    pod.metadata.labels !== previous.metadata.labels ||
    pod.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp ||
    statusOf(pod).phase !== statusOf(previous).phase ||
    (pod.spec as { nodeName?: string }).nodeName !== (previous.spec as { nodeName?: string }).nodeName
  );
}

export const endpointSlice = {
  name: 'endpointslice',
  component: 'endpointslice-controller',
  watches: [
    { resource: 'services', indexes: { namespace: (service) => [service.metadata.namespace ?? ''] } },
    { resource: 'pods', indexes: { namespace: (pod) => [pod.metadata.namespace ?? ''] } },
    { resource: SLICES, indexes: { service: (slice) => [`${slice.metadata.namespace}/${slice.metadata.labels?.[SERVICE_LABEL] ?? ''}`] } },
    { resource: 'endpoints' },
  ],
  changed(change, context) {
    if (change.resource === 'services') return context.enqueue(keyOf(change.object), change.cause);
    if (change.resource === 'pods') {
      if (change.type !== 'DELETED' && !relevant(change.object, change.previous)) return;
      for (const service of context.lister.indexed('services', 'namespace', change.object.metadata.namespace ?? '')) {
        const selector = (service.spec as ServiceSpec).selector;
        if (selects(selector, change.object.metadata.labels) || (change.previous && selects(selector, change.previous.metadata.labels))) context.enqueue(keyOf(service), change.cause);
      }
    }
  },
  sync(key, context) {
    const { namespace, name } = splitKey(key);
    const service = context.lister.get('services', namespace, name);
    const slices = [...context.lister.indexed(SLICES, 'service', key)].filter((slice) => slice.metadata.labels?.[MANAGED_BY] === CONTROLLER);
    if (!service) {
      // Slices and Endpoints follow their Service through garbage collection; Endpoints of a selector-less one are not ours.
      if (context.lister.get('endpoints', namespace, name)) removeEndpoints(namespace, name, context);
      return;
    }
    const spec = service.spec as ServiceSpec;
    if (!spec.selector || Object.keys(spec.selector).length === 0 || spec.type === 'ExternalName') return;
    const pods: KubeObject[] = [];
    for (const pod of context.lister.indexed('pods', 'namespace', namespace)) {
      if (selects(spec.selector, pod.metadata.labels) && includes(pod)) pods.push(pod);
    }
    const groups = group(service, spec, pods, context);
    reconcileSlices(service, slices, groups, context);
    reconcileEndpoints(service, spec, pods, context);
  },
} satisfies Controller;

function includes(pod: KubeObject): boolean {
  return Boolean(statusOf(pod).podIP) && !isTerminal(pod);
}

/** The number of a target port in a pod; undefined when the pod has no port of that name. */
function portOf(pod: KubeObject, port: NonNullable<ServiceSpec['ports']>[number]): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target;
  if (/^\d+$/.test(target)) return Number(target);
  const containers = (pod.spec as { containers: { ports?: { name?: string; containerPort: number; protocol?: string }[] }[] }).containers;
  for (const container of containers) {
    for (const candidate of container.ports ?? []) if (candidate.name === target && (candidate.protocol ?? 'TCP') === (port.protocol ?? 'TCP')) return candidate.containerPort;
  }
  return undefined;
}

interface Group {
  ports: EndpointPort[];
  endpoints: Endpoint[];
}

/** Endpoints by the ports that they offer: pods of one template form one group. */
function group(service: KubeObject, spec: ServiceSpec, pods: readonly KubeObject[], context: ControllerContext): Group[] {
  const groups = new Map<string, Group>();
  for (const pod of pods) {
    const ports: EndpointPort[] = [];
    for (const port of spec.ports ?? []) {
      const number = portOf(pod, port);
      if (number === undefined) continue;
      ports.push({ name: port.name ?? '', port: number, protocol: port.protocol ?? 'TCP', ...(port.appProtocol ? { appProtocol: port.appProtocol } : {}) });
    }
    ports.sort((x, y) => ((x.name ?? '') < (y.name ?? '') ? -1 : 1));
    const key = ports.map((port) => `${port.name}/${port.port}/${port.protocol}`).join();
    let found = groups.get(key);
    if (!found) groups.set(key, (found = { ports, endpoints: [] }));
    found.endpoints.push(endpointOf(pod, service, spec, context));
  }
  return [...groups.values()];
}

function endpointOf(pod: KubeObject, service: KubeObject, spec: ServiceSpec, context: ControllerContext): Endpoint {
  const podSpec = pod.spec as { nodeName?: string; hostname?: string; subdomain?: string };
  const serving = isReady(pod);
  const terminating = Boolean(pod.metadata.deletionTimestamp);
  const zone = podSpec.nodeName ? context.lister.get('nodes', undefined, podSpec.nodeName)?.metadata.labels?.['topology.kubernetes.io/zone'] : undefined;
  return {
    addresses: [statusOf(pod).podIP as string],
    conditions: { ready: spec.publishNotReadyAddresses === true || (serving && !terminating), serving, terminating },
    ...(podSpec.hostname && podSpec.subdomain === service.metadata.name ? { hostname: podSpec.hostname } : {}),
    ...(podSpec.nodeName ? { nodeName: podSpec.nodeName } : {}),
    targetRef: { kind: 'Pod', name: pod.metadata.name, namespace: pod.metadata.namespace as string, uid: pod.metadata.uid },
    ...(zone ? { zone } : {}),
  };
}

function reconcileSlices(service: KubeObject, slices: readonly KubeObject[], groups: readonly Group[], context: ControllerContext): void {
  const wanted: Group[] = [];
  for (const { ports, endpoints } of groups) {
    for (let i = 0; i < endpoints.length; i += MAX_ENDPOINTS_PER_SLICE) wanted.push({ ports, endpoints: endpoints.slice(i, i + MAX_ENDPOINTS_PER_SLICE) });
  }
  // A Service without endpoints keeps one empty slice, so that kube-proxy knows that there are none.
  if (wanted.length === 0) wanted.push({ ports: [], endpoints: [] });
  const labels = { ...copiedLabels(service), [MANAGED_BY]: CONTROLLER, [SERVICE_LABEL]: service.metadata.name };
  const unused = [...slices].sort((x, y) => (x.metadata.name < y.metadata.name ? -1 : 1));
  for (const { ports, endpoints } of wanted) {
    const body = { addressType: 'IPv4', endpoints, ports: ports.length > 0 ? ports : null };
    const existing = unused.shift();
    if (!existing) {
      context.client.create(SLICES, {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          generateName: `${service.metadata.name}-`,
          ...(service.metadata.namespace ? { namespace: service.metadata.namespace } : {}),
          labels,
          annotations: { [TRIGGER_TIME]: rfc3339(context.now) },
          ownerReferences: [controllerReference(service)],
        },
        ...body,
      });
    } else if (differs(existing, ports, endpoints) || !sameLabels(existing.metadata.labels, labels)) {
      context.client.update(SLICES, {
        ...existing,
        ...body,
        metadata: { ...existing.metadata, labels, annotations: { ...existing.metadata.annotations, [TRIGGER_TIME]: rfc3339(context.now) } },
      });
    }
  }
  for (const slice of unused) context.client.delete(SLICES, slice.metadata.namespace, slice.metadata.name);
}

/** A Service's own labels go to its slices, except the ones the controller sets. */
function copiedLabels(service: KubeObject): Record<string, string> {
  const labels = { ...service.metadata.labels };
  if ((service.spec as ServiceSpec).clusterIP === 'None') labels['service.kubernetes.io/headless'] = '';
  return labels;
}

function sameLabels(x: Record<string, string> | undefined, y: Record<string, string>): boolean {
  const keys = Object.keys(y);
  return keys.length === Object.keys(x ?? {}).length && keys.every((key) => x?.[key] === y[key]);
}

function differs(slice: KubeObject, ports: readonly EndpointPort[], endpoints: readonly Endpoint[]): boolean {
  return JSON.stringify([slice.ports ?? [], slice.endpoints ?? []]) !== JSON.stringify([ports, endpoints]);
}

// ---- Endpoints ----

function reconcileEndpoints(service: KubeObject, spec: ServiceSpec, pods: readonly KubeObject[], context: ControllerContext): void {
  const { namespace, name } = service.metadata;
  const byPorts = new Map<string, { ports: EndpointPort[]; addresses: Record<string, unknown>[]; notReady: Record<string, unknown>[] }>();
  for (const pod of pods.slice(0, MAX_ENDPOINTS)) {
    if (pod.metadata.deletionTimestamp && !spec.publishNotReadyAddresses) continue;
    const podSpec = pod.spec as { nodeName?: string };
    const ports = (spec.ports ?? []).flatMap((port) => {
      const number = portOf(pod, port);
      return number === undefined ? [] : [{ ...(port.name ? { name: port.name } : {}), port: number, protocol: port.protocol ?? 'TCP' }];
    });
    ports.sort((x, y) => (portHash(x) > portHash(y) ? -1 : 1));
    const key = JSON.stringify(ports);
    let subset = byPorts.get(key);
    if (!subset) byPorts.set(key, (subset = { ports, addresses: [], notReady: [] }));
    const address = { ip: statusOf(pod).podIP, ...(podSpec.nodeName ? { nodeName: podSpec.nodeName } : {}), targetRef: { kind: 'Pod', name: pod.metadata.name, namespace, uid: pod.metadata.uid } };
    (isReady(pod) || spec.publishNotReadyAddresses ? subset.addresses : subset.notReady).push(address);
  }
  const byAddress = (x: Record<string, unknown>, y: Record<string, unknown>): number => (String(x.ip) < String(y.ip) ? -1 : 1);
  for (const { addresses, notReady } of byPorts.values()) {
    addresses.sort(byAddress);
    notReady.sort(byAddress);
  }
  const subsets = [...byPorts.values()].map(({ ports, addresses, notReady }) => ({
    ...(addresses.length > 0 ? { addresses } : {}),
    ...(notReady.length > 0 ? { notReadyAddresses: notReady } : {}),
    ports,
  }));
  const existing = context.lister.get('endpoints', namespace, name);
  const labels = { ...service.metadata.labels, 'endpoints.kubernetes.io/managed-by': 'endpoint-controller', ...(spec.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {}) };
  if (existing && JSON.stringify(existing.subsets ?? []) === JSON.stringify(subsets) && sameLabels(existing.metadata.labels, labels)) return;
  const annotations = { [TRIGGER_TIME]: rfc3339(context.now) };
  const body = subsets.length > 0 ? { subsets } : {};
  if (!existing) {
    context.client.create('endpoints', { apiVersion: 'v1', kind: 'Endpoints', metadata: { name, ...(namespace ? { namespace } : {}), labels, annotations }, ...body });
  } else {
    const { subsets: _before, ...rest } = existing;
    context.client.update('endpoints', { ...(rest as KubeObject), ...body, metadata: { ...existing.metadata, labels, annotations } });
  }
}

/** Ports of Endpoints are kept in the order of a hash of their Go value (`endpoints.RepackSubsets`). */
function portHash({ name, port, protocol }: { name?: string; port: number; protocol: string }): string {
  return md5(`(v1.EndpointPort){Name:(string)${name ?? ''} Port:(int32)${port} Protocol:(v1.Protocol)${protocol} AppProtocol:(*string)<nil>}`);
}

function removeEndpoints(namespace: string, name: string, context: ControllerContext): void {
  const existing = context.client.get('endpoints', namespace, name);
  if (existing && existing.metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller') context.client.delete('endpoints', namespace, name);
}
