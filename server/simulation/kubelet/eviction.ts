/**
 * The eviction manager: when the machine runs short of memory, the pods go that use most beyond what they asked for
 * (`pkg/kubelet/eviction`). It looks only when some program has grown, and as long as there is pressure.
 */
import { parseQuantity } from '../apiserver/quantity.ts';
import { podRequests } from '../scheduler/requests.ts';
import type { Kubelet } from './kubelet.ts';
import { statusChanged } from './node.ts';
import { NEVER, qosClass, specOf, type PodWorker, type Waiting } from './pod.ts';
import { evictPod } from './pod-workers.ts';
import type { ContainerRuntime } from './runtime.ts';

/** `evictionHard: memory.available<100Mi`, `evictionMonitoringPeriod` and `evictionPressureTransitionPeriod`. */
const MEMORY_THRESHOLD_BYTES = 104_857_600;
const MONITORING_MS = 10_000;
const TRANSITION_MS = 300_000;
/** Pods of at least this priority are never evicted (`scheduling.SystemCriticalPriority`). */
const CRITICAL_PRIORITY = 2_000_000_000;
const GRACE_SECONDS = 1;
/** What the machine's own programs use. */
export const SYSTEM_MEMORY_BYTES = 268_435_456;
const MEMORY_PRESSURE_TAINT = 'node.kubernetes.io/memory-pressure';

export interface EvictionState {
  /** Next look, ms. */
  checkAt: number;
  /** When memory was last below the threshold, ms; 0: there is no pressure. */
  memoryLowAt: number;
}

export function newEvictionState(): EvictionState {
  return { checkAt: NEVER, memoryLowAt: 0 };
}

/** Memory of the machine in use, bytes. */
export function memoryInUse(runtime: ContainerRuntime): number {
  let used = SYSTEM_MEMORY_BYTES;
  for (const container of runtime.state.containers.values()) if (container.state === 'running') used += runtime.usageOf(container).memoryBytes;
  return used;
}

/** Some program uses more memory: the next look of the manager comes within its period. */
export function memoryGrew(k: Kubelet): void {
  const { eviction } = k.own.node;
  const next = k.own.startedAt + Math.ceil((k.now - k.own.startedAt + 1) / MONITORING_MS) * MONITORING_MS;
  if (next >= eviction.checkAt) return;
  eviction.checkAt = next;
  k.wakeAt(next);
}

export function hasMemoryPressure(k: Kubelet): boolean {
  return k.own.node.eviction.memoryLowAt > 0;
}

/** `synchronize`: notes pressure, and evicts one pod while there is too little. */
export function checkEviction(k: Kubelet): void {
  const { node } = k.own;
  const { eviction } = node;
  const available = k.options.memoryMi * 1_048_576 - memoryInUse(k.runtime);
  const before = eviction.memoryLowAt;
  if (available < MEMORY_THRESHOLD_BYTES) {
    eviction.memoryLowAt = k.now;
    eviction.checkAt = k.now + MONITORING_MS;
    k.recorder.event({ apiVersion: 'v1', kind: 'Node', name: k.node, uid: node.uid }, 'Warning', 'EvictionThresholdMet', 'Attempting to reclaim memory');
    const worker = mostWasteful(k);
    if (worker) evictPod(k, worker, evictionMessage(k, worker, available), GRACE_SECONDS);
  } else if (before > 0 && k.now - before >= TRANSITION_MS) {
    eviction.memoryLowAt = 0;
    eviction.checkAt = NEVER;
  } else eviction.checkAt = before > 0 ? before + TRANSITION_MS : NEVER;
  if (before > 0 === eviction.memoryLowAt > 0) return;
  statusChanged(node, k.now);
  k.wakeAt(node.statusAt);
}

interface Ranked {
  worker: PodWorker;
  usage: number;
  request: number;
  priority: number;
}

/** The pod to go first (`rankMemoryPressure`): beyond its request, of low priority, using most beyond its request. */
function mostWasteful(k: Kubelet): PodWorker | undefined {
  const ranked: Ranked[] = [];
  for (const worker of k.own.workers.values()) {
    if (worker.phase !== 'syncing' || worker.evicted || isCritical(worker)) continue;
    let usage = 0;
    for (const container of k.runtime.containersOf(worker.uid)) if (container.state === 'running') usage += k.runtime.usageOf(container).memoryBytes;
    if (usage > 0) ranked.push({ worker, usage, request: podRequests(worker.pod).memoryBytes, priority: priorityOf(worker) });
  }
  const exceeds = ({ usage, request }: Ranked): number => (usage > request ? 0 : 1);
  ranked.sort((x, y) => exceeds(x) - exceeds(y) || x.priority - y.priority || y.usage - y.request - (x.usage - x.request) || (x.worker.key < y.worker.key ? -1 : 1));
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

function evictionMessage(k: Kubelet, worker: PodWorker, available: number): string {
  let message = `The node was low on resource: memory. Threshold quantity: ${inKi(MEMORY_THRESHOLD_BYTES)}, available: ${inKi(available)}. `;
  for (const container of specOf(worker.pod).containers) {
    const latest = k.runtime.latest(worker.uid, container.name);
    if (latest?.state !== 'running') continue;
    const usage = k.runtime.usageOf(latest).memoryBytes;
    const request = container.resources?.requests?.memory ?? '0';
    if (usage > parseQuantity(String(request)).value()) message += `Container ${container.name} was using ${inKi(usage)}, request is ${request}, has larger consumption of memory. `;
  }
  return message;
}

/** Why a pod is not admitted while there is pressure (`managerImpl.Admit`). */
export function refusedUnderPressure(k: Kubelet, worker: PodWorker): Waiting | undefined {
  if (!hasMemoryPressure(k) || isCritical(worker)) return undefined;
  if (qosClass(specOf(worker.pod)) !== 'BestEffort') return undefined;
  const tolerated = (specOf(worker.pod).tolerations ?? []).some(({ key, operator, effect }) => (!effect || effect === 'NoSchedule') && operator === 'Exists' && (!key || key === MEMORY_PRESSURE_TAINT));
  return tolerated ? undefined : { reason: 'Evicted', message: 'The node had condition: [MemoryPressure]. ' };
}

/**
 * How soon the kernel kills a container of the machine when memory runs out, from 0 (never before others) to 1000
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
