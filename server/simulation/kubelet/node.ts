/** The kubelet's own Node object, its lease and its heartbeats (`kubelet_node_status.go`, `nodelease`). */
import { rfc3339 } from '../apiserver/tables/duration.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { KUBERNETES_VERSION } from '../config.ts';
import { microTime } from '../leader-election.ts';
import { digestOf } from '../workloads/pull.ts';
import { MACHINE_DISK_BYTES } from './disk.ts';
import { checkEviction, hasPressure, newEvictionState, type EvictionState } from './eviction.ts';
import { createCsiNode } from './csi-node.ts';
import type { Kubelet } from './kubelet.ts';
import { NEVER } from './pod.ts';

const LEASES = 'leases.coordination.k8s.io';
const LEASE_NAMESPACE = 'kube-node-lease';
const LEASE_RENEW_MS = 10_000;
const LEASE_DURATION_SECONDS = 40;
/** How often the status is looked at, and how often it is written when nothing changed. */
const STATUS_UPDATE_MS = 10_000;
const STATUS_REPORT_MS = 300_000;
/** First delay between attempts to register, doubling up to the longest. */
const REGISTER_MS = 100;
const REGISTER_MAX_MS = 7_000;
const IMAGE_GC_MS = 300_000;
/** After so long without a sign of the runtime the kubelet calls it down (`runtimeState.baseRuntimeSyncThreshold`). */
const RUNTIME_STALE_MS = 30_000;
const MAX_IMAGES_REPORTED = 50;

export interface NodeState {
  registered: boolean;
  registerAt: number;
  registerDelayMs: number;
  uid: string;
  leaseAt: number;
  statusAt: number;
  reportedAt: number;
  /** Images changed since the last report. */
  changed: boolean;
  imageGcAt: number;
  imageGcFailures: number;
  /** Attachable volumes that pods of the node want and that are not mounted yet. */
  wanted?: string[];
  eviction: EvictionState;
  /** The machine stood still until now: what the kubelet knows is old. */
  thawed: boolean;
}

export function newNodeState(now: number): NodeState {
  return { registered: false, registerAt: now + REGISTER_MS, registerDelayMs: REGISTER_MS, uid: '', leaseAt: NEVER, statusAt: NEVER, reportedAt: 0, changed: false, imageGcAt: now + IMAGE_GC_MS, imageGcFailures: 1, eviction: newEvictionState(), thawed: false };
}

interface NodeCondition {
  type: string;
  status: string;
  reason: string;
  message: string;
  lastHeartbeatTime: string;
  lastTransitionTime: string;
}

const HEALTHY: [type: string, status: string, reason: string, message: string, event: string][] = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available', 'NodeHasSufficientMemory'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure', 'NodeHasNoDiskPressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available', 'NodeHasSufficientPID'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status', 'NodeReady'],
];

const MEMORY_PRESSURE: (typeof HEALTHY)[number] = ['MemoryPressure', 'True', 'KubeletHasInsufficientMemory', 'kubelet has insufficient memory available', 'NodeHasInsufficientMemory'];
const DISK_PRESSURE: (typeof HEALTHY)[number] = ['DiskPressure', 'True', 'KubeletHasDiskPressure', 'kubelet has disk pressure', 'NodeHasDiskPressure'];

/** The conditions as they are now. */
function conditionsNow(kubelet: Kubelet): typeof HEALTHY {
  const pressure = [...(hasPressure(kubelet, 'memory') ? [MEMORY_PRESSURE] : []), ...(hasPressure(kubelet, 'ephemeral-storage') ? [DISK_PRESSURE] : [])];
  return pressure.length === 0 ? HEALTHY : HEALTHY.map((healthy) => pressure.find(([type]) => type === healthy[0]) ?? healthy);
}

/** When the node's own business is due next, ms. */
export function nodeDue(state: NodeState): number {
  return state.registered ? Math.min(state.leaseAt, state.statusAt, state.imageGcAt, state.eviction.checkAt) : state.registerAt;
}

/** Does what is due. @returns whether something of the node changed that pods depend on. */
export function nodeWork(kubelet: Kubelet, state: NodeState, connected: boolean): void {
  const { now } = kubelet;
  if (!state.registered) {
    if (now < state.registerAt) return;
    if (connected) tryRegister(kubelet, state);
    if (!state.registered) {
      state.registerDelayMs = Math.min(REGISTER_MAX_MS, state.registerDelayMs * 2);
      state.registerAt = now + state.registerDelayMs;
    }
    return;
  }
  if (now >= state.imageGcAt) collectImages(kubelet, state);
  if (now >= state.eviction.checkAt) checkEviction(kubelet);
  if (now >= state.leaseAt) {
    state.leaseAt = now + LEASE_RENEW_MS;
    if (connected) kubelet.request(() => renewLease(kubelet));
  }
  if (now >= state.statusAt) {
    state.statusAt = now + STATUS_UPDATE_MS;
    if (connected) {
      const written = kubelet.request(() => updateStatus(kubelet, state));
      // Between reports nothing has to be looked at, unless something changes.
      state.statusAt = written ? nextStatus(state, now) : now + STATUS_UPDATE_MS;
    }
  }
}

function nextStatus(state: NodeState, now: number): number {
  return state.changed ? now + STATUS_UPDATE_MS : Math.max(now + STATUS_UPDATE_MS, state.reportedAt + STATUS_REPORT_MS);
}

/** Images or volumes of the node changed: the next look at the status, at most 10 s from now, reports it. */
export function statusChanged(state: NodeState, now: number): void {
  state.changed = true;
  if (state.registered) {
    const behind = (now - state.reportedAt) % STATUS_UPDATE_MS;
    state.statusAt = Math.min(state.statusAt, now + STATUS_UPDATE_MS - behind);
  }
}

/** The Node as others see it changed: a status that says otherwise than this kubelet is corrected at the next look. */
export function nodeSeen(state: NodeState, node: KubeObject, now: number): void {
  if (!state.registered) return;
  const conditions = (node.status as { conditions?: NodeCondition[] } | undefined)?.conditions ?? [];
  if (conditions.some((condition) => condition.status === 'Unknown')) state.statusAt = Math.min(state.statusAt, now + STATUS_UPDATE_MS);
}

/** Node events before registration carry no uid, those after it the Node's. */
function nodeEvent(kubelet: Kubelet, uid: string, reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void {
  kubelet.recorder.event({ apiVersion: 'v1', kind: 'Node', name: kubelet.node, ...(uid ? { uid } : {}) }, type, reason, message);
}

function statusEvent(kubelet: Kubelet, uid: string, event: string): void {
  nodeEvent(kubelet, uid, event, `Node ${kubelet.node} status is now: ${event}`);
}

export function recordStart(kubelet: Kubelet): void {
  nodeEvent(kubelet, '', 'Starting', 'Starting kubelet.');
}

function tryRegister(kubelet: Kubelet, state: NodeState): void {
  // The initial status is put together twice: for the first, failed attempt, and for the one that succeeds.
  for (let round = 0; round < 2; round++) for (const [type, , , , event] of HEALTHY) if (type !== 'Ready') statusEvent(kubelet, '', event);
  kubelet.request(() => {
    const { client, node, now } = kubelet;
    let existing = client.get('nodes', undefined, node);
    if (!existing) {
      const labels: Record<string, string> = { 'beta.kubernetes.io/arch': 'amd64', 'beta.kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': node, 'kubernetes.io/os': 'linux' };
      existing = client.create('nodes', {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: node, labels, annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' } },
        spec: {},
        status: { ...machineStatus(kubelet), conditions: HEALTHY.map((healthy) => conditionOf(healthy, undefined, now)) },
      });
    }
    state.uid = existing.metadata.uid;
    state.registered = true;
    createCsiNode(kubelet);
    state.leaseAt = now + 1;
    updateStatus(kubelet, state, existing.metadata.creationTimestamp === rfc3339(now));
    state.statusAt = now + STATUS_UPDATE_MS;
  });
}

function conditionsOf(node: KubeObject): NodeCondition[] {
  return (node.status as { conditions?: NodeCondition[] } | undefined)?.conditions ?? [];
}

function conditionOf([type, status, reason, message]: (typeof HEALTHY)[number], before: NodeCondition | undefined, now: number): NodeCondition {
  const time = rfc3339(now);
  return { lastHeartbeatTime: time, lastTransitionTime: before?.status === status ? before.lastTransitionTime : time, message, reason, status, type };
}

function machineStatus(kubelet: Kubelet): Record<string, unknown> {
  const { node, options } = kubelet;
  const id = digestOf(`machine ${node}`);
  const capacity = { cpu: String(options.cpu), 'ephemeral-storage': `${MACHINE_DISK_BYTES / 1_024}Ki`, memory: memoryText(options.memoryMi), pods: String(options.maxPods) };
  // A tenth of the disk is kept free: the eviction threshold nodefs.available<10%.
  const allocatable = { ...capacity, 'ephemeral-storage': String(Math.floor((MACHINE_DISK_BYTES * 9) / 10)) };
  const images = [...kubelet.runtime.state.images.values()]
    .sort((x, y) => y.sizeBytes - x.sizeBytes || (x.name < y.name ? -1 : 1))
    .slice(0, MAX_IMAGES_REPORTED)
    .map((image) => ({ names: [image.name], sizeBytes: image.sizeBytes }));
  return {
    addresses: [
      { address: options.address, type: 'InternalIP' },
      { address: node, type: 'Hostname' },
    ],
    allocatable,
    capacity,
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    ...(images.length > 0 ? { images } : {}),
    nodeInfo: {
      architecture: 'amd64',
      bootID: uuidFrom(digestOf(`boot ${node} ${kubelet.runtime.state.boots}`)),
      containerRuntimeVersion: 'containerd://2.2.0',
      kernelVersion: '6.8.0-48-generic',
      kubeProxyVersion: '',
      kubeletVersion: KUBERNETES_VERSION,
      machineID: id.slice(0, 32),
      operatingSystem: 'linux',
      osImage: 'Debian GNU/Linux 12 (bookworm)',
      systemUUID: uuidFrom(id),
    },
  };
}

function memoryText(memoryMi: number): string {
  return memoryMi % 1_024 === 0 ? `${memoryMi / 1_024}Gi` : `${memoryMi}Mi`;
}

function uuidFrom(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Writes the node's status. Conditions that change are events. @param fresh the Node was created this instant. */
function updateStatus(kubelet: Kubelet, state: NodeState, fresh = false): void {
  const { client, node, now } = kubelet;
  if (state.thawed) {
    // A kubelet that stood still compares with what it knew before, finds its runtime silent for too long, and says so.
    state.thawed = false;
    statusEvent(kubelet, state.uid, 'NodeNotReady');
    client.patch(
      'nodes',
      undefined,
      node,
      (current) => ({ ...current, status: { ...current.status, conditions: conditionsOf(current).map((condition) => (condition.type === 'Ready' ? { ...condition, status: 'False', reason: 'KubeletNotReady', message: 'container runtime is down', lastHeartbeatTime: rfc3339(now), lastTransitionTime: rfc3339(now) } : condition)) } }),
      'status',
    );
    state.reportedAt = now;
    state.changed = true;
    return;
  }
  client.patch(
    'nodes',
    undefined,
    node,
    (current) => {
      const before = new Map(conditionsOf(current).map((condition) => [condition.type, condition]));
      const bootID = (current.status as { nodeInfo?: { bootID?: string } } | undefined)?.nodeInfo?.bootID;
      const machine = machineStatus(kubelet);
      const newBootID = (machine.nodeInfo as { bootID: string }).bootID;
      if (bootID !== undefined && bootID !== newBootID) nodeEvent(kubelet, state.uid, 'Rebooted', `Node ${node} has been rebooted, boot id: ${newBootID}`, 'Warning');
      const conditions = conditionsNow(kubelet);
      for (const [type, status, , , event] of conditions) {
        if (fresh ? type === 'Ready' : before.get(type)?.status !== status) statusEvent(kubelet, state.uid, event);
      }
      const others = conditionsOf(current).filter((condition) => !HEALTHY.some(([type]) => type === condition.type));
      const { volumesInUse: _before, ...status } = (current.status ?? {}) as Record<string, unknown>;
      return { ...current, status: { ...status, ...machine, ...volumesInUse(kubelet, state), conditions: [...others, ...conditions.map((healthy) => conditionOf(healthy, before.get(healthy[0]), now))] } };
    },
    'status',
  );
  state.reportedAt = now;
  state.changed = false;
}

/** Attachable volumes that are mounted, or about to be: they must not be detached (`GetVolumesInUse`). */
function volumesInUse(kubelet: Kubelet, state: NodeState): { volumesInUse?: string[] } {
  const names = new Set<string>();
  for (const volumes of kubelet.runtime.state.volumes.values()) for (const { attached } of volumes.values()) if (attached) names.add(attached);
  for (const name of state.wanted ?? []) names.add(name);
  delete state.wanted;
  return names.size > 0 ? { volumesInUse: [...names].sort() } : {};
}

function renewLease(kubelet: Kubelet): void {
  const { client, node, now } = kubelet;
  const lease = client.get(LEASES, LEASE_NAMESPACE, node);
  if (lease) {
    client.update(LEASES, { ...lease, metadata: { ...lease.metadata }, spec: { ...(lease.spec as object), holderIdentity: node, leaseDurationSeconds: LEASE_DURATION_SECONDS, renewTime: microTime(now) } });
    return;
  }
  client.create(LEASES, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: node, namespace: LEASE_NAMESPACE, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node, uid: kubelet.own.node.uid }] },
    spec: { holderIdentity: node, leaseDurationSeconds: LEASE_DURATION_SECONDS, renewTime: microTime(now) },
  });
}

/** Image garbage collection: nothing is ever old enough here; the recorder's runtime could not even say how full its disk was. */
function collectImages(kubelet: Kubelet, state: NodeState): void {
  if (!kubelet.options.recorderWorkloads) {
    state.imageGcAt = NEVER;
    return;
  }
  state.imageGcAt = kubelet.now + IMAGE_GC_MS;
  nodeEvent(kubelet, state.uid, 'ImageGCFailed', 'imageFs information is unavailable', 'Warning');
}

/** The machine stood still from `since` until now. */
export function nodeThawed(state: NodeState, since: number, now: number): void {
  if (!state.registered) return;
  state.thawed = now - since > RUNTIME_STALE_MS;
  state.statusAt = now;
  state.leaseAt = Math.min(state.leaseAt, now);
}
