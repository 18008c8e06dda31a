/**
 * The eviction manager: when the machine runs short of memory or disk, the pods go that use most beyond what they asked for,
 * and pods that fill more disk than they may go at once (`pkg/kubelet/eviction`). It looks only when some program has taken
 * something, as long as there is pressure, and while there are pods with such limits.
 */
import { parseQuantity } from '../apiserver/quantity.ts';
import { objectKey } from '../apiserver/store.ts';
import { podRequests } from '../scheduler/requests.ts';
import { containerDiskBytes, emptyDirBytes, MACHINE_DISK_BYTES, machineDiskBytes, podDiskBytes } from './disk.ts';
import type { Kubelet } from './kubelet.ts';
import { statusChanged } from './node.ts';
import { NEVER, qosClass, specOf, type PodWorker, type Waiting } from './pod.ts';
import type { ContainerRuntime } from './runtime.ts';
import { evictPod } from './termination.ts';

/** `evictionMonitoringPeriod` and `evictionPressureTransitionPeriod`. */
const MONITORING_MS = 10_000;
const TRANSITION_MS = 300_000;
/** Pods of at least this priority are never evicted (`scheduling.SystemCriticalPriority`). */
const CRITICAL_PRIORITY = 2_000_000_000;
const GRACE_SECONDS = 1;
/** What the machine's own programs use. */
export const SYSTEM_MEMORY_BYTES = 268_435_456;

export type Resource = 'memory' | 'ephemeral-storage';

export interface EvictionState {
  /** Next look, ms. */
  checkAt: number;
  /** When a resource was last below its threshold, ms, while there is pressure. */
  lowAt: Partial<Record<Resource, number>>;
}

export function newEvictionState(): EvictionState {
  return { checkAt: NEVER, lowAt: {} };
}

interface Signal {
  resource: Resource;
  condition: string;
  /** As messages print it. */
  threshold: string;
  thresholdBytes: number;
  available(k: Kubelet): number;
  usage(k: Kubelet, worker: PodWorker): number;
  request(worker: PodWorker): number;
}

/** `evictionHard: memory.available<100Mi, nodefs.available<10%`. */
const SIGNALS: readonly Signal[] = [
  {
    resource: 'memory',
    condition: 'MemoryPressure',
    threshold: '100Mi',
    thresholdBytes: 104_857_600,
    available: (k) => k.options.memoryMi * 1_048_576 - memoryInUse(k.runtime),
    usage: (k, { uid }) => k.runtime.containersOf(uid).reduce((sum, container) => sum + (container.state === 'running' ? k.runtime.usageOf(container).memoryBytes : 0), 0),
    request: ({ pod }) => podRequests(pod).memoryBytes,
  },
  {
    resource: 'ephemeral-storage',
    condition: 'DiskPressure',
    threshold: String(Math.floor(MACHINE_DISK_BYTES / 10)),
    thresholdBytes: Math.floor(MACHINE_DISK_BYTES / 10),
    available: (k) => MACHINE_DISK_BYTES - machineDiskBytes(k.runtime),
    usage: (k, { uid }) => podDiskBytes(k.runtime, uid),
    request: ({ pod }) => podRequests(pod).ephemeralBytes,
  },
];

/** Memory of the machine in use, bytes. */
export function memoryInUse(runtime: ContainerRuntime): number {
  let used = SYSTEM_MEMORY_BYTES;
  for (const container of runtime.state.containers.values()) if (container.state === 'running') used += runtime.usageOf(container).memoryBytes;
  return used;
}

/** Some program has taken memory or disk: the next look of the manager comes within its period. */
export function resourcesTaken(k: Kubelet): void {
  const { eviction } = k.own.node;
  const next = k.own.startedAt + Math.ceil((k.now - k.own.startedAt + 1) / MONITORING_MS) * MONITORING_MS;
  if (next >= eviction.checkAt) return;
  eviction.checkAt = next;
  k.wakeAt(next);
}

export function hasPressure(k: Kubelet, resource: Resource): boolean {
  return k.own.node.eviction.lowAt[resource] !== undefined;
}

/** `synchronize`: notes pressure, evicts pods beyond their limits, and one more while there is too little. */
export function checkEviction(k: Kubelet): void {
  const { node } = k.own;
  const { eviction } = node;
  const before = Object.keys(eviction.lowAt).join();
  let next = evictBeyondLimits(k) ? k.now + MONITORING_MS : NEVER;
  for (const signal of SIGNALS) {
    const { resource } = signal;
    const available = signal.available(k);
    const lowAt = eviction.lowAt[resource];
    if (available < signal.thresholdBytes) {
      eviction.lowAt[resource] = k.now;
      next = k.now + MONITORING_MS;
      k.recorder.event({ apiVersion: 'v1', kind: 'Node', name: k.node, uid: node.uid }, 'Warning', 'EvictionThresholdMet', `Attempting to reclaim ${resource}`);
      const worker = mostWasteful(k, signal);
      if (worker) evictPod(k, worker, evictionMessage(k, worker, signal, available), GRACE_SECONDS);
    } else if (lowAt !== undefined) {
      if (k.now - lowAt >= TRANSITION_MS) delete eviction.lowAt[resource];
      else next = Math.min(next, lowAt + TRANSITION_MS);
    }
  }
  eviction.checkAt = next;
  if (before === Object.keys(eviction.lowAt).join()) return;
  statusChanged(node, k.now);
  k.wakeAt(node.statusAt);
}

interface Ranked {
  worker: PodWorker;
  usage: number;
  request: number;
  priority: number;
}

/** The pod to go first (`rankMemoryPressure`, `rankDiskPressureFunc`): beyond its request, of low priority, using most beyond its request. */
function mostWasteful(k: Kubelet, signal: Signal): PodWorker | undefined {
  const ranked: Ranked[] = [];
  for (const worker of k.own.workers.values()) {
    if (worker.phase !== 'syncing' || worker.evicted || isCritical(worker)) continue;
    const usage = signal.usage(k, worker);
    if (usage > 0) ranked.push({ worker, usage, request: signal.request(worker), priority: priorityOf(worker) });
  }
  const exceeds = ({ usage, request }: Ranked): number => (usage > request ? 0 : 1);
  ranked.sort((x, y) => exceeds(x) - exceeds(y) || x.priority - y.priority || y.usage - y.request - (x.usage - x.request) || (keyOf(x.worker) < keyOf(y.worker) ? -1 : 1));
  return ranked[0]?.worker;
}

function priorityOf({ pod }: PodWorker): number {
  return (pod.spec as { priority?: number }).priority ?? 0;
}

function isCritical(worker: PodWorker): boolean {
  return worker.manifest !== undefined || priorityOf(worker) >= CRITICAL_PRIORITY;
}

/** Bytes as the kubelet prints them. */
function inKi(bytes: number): string {
  return parseQuantity(`${Math.floor(bytes / 1_024)}Ki`).toString();
}

function evictionMessage(k: Kubelet, worker: PodWorker, { resource, threshold }: Signal, available: number): string {
  let message = `The node was low on resource: ${resource}. Threshold quantity: ${threshold}, available: ${inKi(available)}. `;
  for (const container of specOf(worker.pod).containers) {
    const latest = k.runtime.latest(worker.uid, container.name);
    if (latest?.state !== 'running') continue;
    const usage = resource === 'memory' ? k.runtime.usageOf(latest).memoryBytes : containerDiskBytes(latest);
    const request = container.resources?.requests?.[resource] ?? '0';
    if (usage > parseQuantity(String(request)).value()) message += `Container ${container.name} was using ${inKi(usage)}, request is ${request}, has larger consumption of ${resource}. `;
  }
  return message;
}

// ---- limits of disk ----

/** Pods that fill more than they may (`localStorageEviction`). @returns whether any pod has such limits. */
function evictBeyondLimits(k: Kubelet): boolean {
  let any = false;
  for (const worker of k.own.workers.values()) {
    if (worker.phase !== 'syncing' || worker.evicted || !limitsDisk(worker)) continue;
    any = true;
    const message = isCritical(worker) ? undefined : beyondLimits(k, worker);
    if (message) evictPod(k, worker, message, GRACE_SECONDS);
  }
  return any;
}

/** Whether a pod limits what it writes: then it is watched from the start. */
export function limitsDisk({ pod }: PodWorker): boolean {
  const spec = specOf(pod);
  return (spec.volumes?.some(({ emptyDir }) => emptyDir?.sizeLimit !== undefined) ?? false) || spec.containers.some(({ resources }) => resources?.limits?.['ephemeral-storage'] !== undefined);
}

function beyondLimits(k: Kubelet, worker: PodWorker): string | undefined {
  const spec = specOf(worker.pod);
  const emptyDirs = emptyDirBytes(k.runtime.state.volumes.get(worker.uid));
  for (const { name, emptyDir } of spec.volumes ?? []) {
    const limit = emptyDir?.sizeLimit;
    if (limit !== undefined && (emptyDirs.get(name) ?? 0) > parseQuantity(String(limit)).value()) return `Usage of EmptyDir volume "${name}" exceeds the limit "${limit}". `;
  }
  let total = 0;
  let limited = true;
  for (const { resources } of spec.containers) {
    const limit = resources?.limits?.['ephemeral-storage'];
    if (limit === undefined) limited = false;
    else total += parseQuantity(String(limit)).value();
  }
  if (limited && podDiskBytes(k.runtime, worker.uid) > total) return `Pod ephemeral local storage usage exceeds the total limit of containers ${inKi(total)}. `;
  for (const { name, resources } of spec.containers) {
    const limit = resources?.limits?.['ephemeral-storage'];
    const latest = k.runtime.latest(worker.uid, name);
    if (limit !== undefined && latest && containerDiskBytes(latest) > parseQuantity(String(limit)).value()) return `Container ${name} exceeded its local ephemeral storage limit "${limit}". `;
  }
  return undefined;
}

// ---- consequences for others ----

/** Why a pod is not admitted while there is pressure (`managerImpl.Admit`). */
export function refusedUnderPressure(k: Kubelet, worker: PodWorker): Waiting | undefined {
  const conditions = SIGNALS.filter(({ resource }) => hasPressure(k, resource)).map(({ condition }) => condition);
  if (conditions.length === 0 || isCritical(worker)) return undefined;
  if (conditions.join() === 'MemoryPressure') {
    if (qosClass(specOf(worker.pod)) !== 'BestEffort') return undefined;
    const tolerated = (specOf(worker.pod).tolerations ?? []).some(({ key, operator, effect }) => (!effect || effect === 'NoSchedule') && operator === 'Exists' && (!key || key === 'node.kubernetes.io/memory-pressure'));
    if (tolerated) return undefined;
  }
  return { reason: 'Evicted', message: `The node had condition: [${conditions.join(' ')}]. ` };
}

/**
 * How soon the kernel kills a container of the machine when memory runs out, from -997 (never before others) to 1000
 * (`qos.GetContainerOOMScoreAdjust`).
 */
export function oomScoreAdjust(worker: PodWorker, memoryRequestBytes: number, capacityBytes: number): number {
  if (isCritical(worker)) return -997;
  switch (qosClass(specOf(worker.pod))) {
    case 'Guaranteed':
      return -997;
    case 'BestEffort':
      return 1_000;
    default:
      return Math.max(3, Math.min(999, 1_000 - Math.floor((1_000 * memoryRequestBytes) / capacityBytes)));
  }
}

function keyOf({ pod }: PodWorker): string {
  return objectKey(pod.metadata.namespace, pod.metadata.name);
}
