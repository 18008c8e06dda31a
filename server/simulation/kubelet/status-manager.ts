/**
 * The status manager: what the kubelet last made of each pod's status, and writing that to the API server, one pod after
 * the other (`status_manager.go`). What a status says is in status.ts.
 */
import type { KubeObject } from '../apiserver/types.ts';
import type { Kubelet } from './kubelet.ts';
import type { PodStatus, PodWorker } from './pod.ts';
import { mirrorOf } from './static-pods.ts';
import { same } from './status.ts';

/** A GET and a PATCH of the status manager. */
const STATUS_WRITE_MS = 5;
const DISRUPTION_TARGET = 'DisruptionTarget';
const KUBELET_CONDITIONS = new Set(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']);

/** Remembers a status, and writes it when it differs from the last one. */
export function setStatus(k: Kubelet, worker: PodWorker, made: PodStatus): void {
  const status = worker.phase === 'terminated' ? made : withoutEnd(worker, made);
  if (worker.status && same(worker.status, status)) return;
  worker.status = status;
  worker.dirty = true;
  flushStatus(k, worker);
}

/** Until the end of a pod is certain, its phase is reported as before (`mergePodStatus`). */
function withoutEnd(worker: PodWorker, made: PodStatus): PodStatus {
  if (made.phase !== 'Succeeded' && made.phase !== 'Failed') return made;
  const { reason: _reason, message: _message, ...status } = made;
  const old = worker.status ?? (worker.pod.status as PodStatus | undefined);
  status.phase = old?.phase ?? 'Pending';
  return status;
}

/** Has the status written to the API server when its turn comes; a pod that has come to its end is deleted there. */
export function flushStatus(k: Kubelet, worker: PodWorker): void {
  const { statusQueue } = k.own;
  if ((!worker.dirty && !worker.leaving) || statusQueue.includes(worker.uid)) return;
  statusQueue.push(worker.uid);
  writeStatuses(k);
}

/** The status manager writes one status after the other; only the newest of each pod is written. */
export function writeStatuses(k: Kubelet): void {
  const { own } = k;
  while (own.statusQueue.length > 0) {
    if (own.statusFreeAt > k.now) return k.wakeAt(own.statusFreeAt);
    const worker = own.workers.get(own.statusQueue.shift() as string);
    if (!worker || (!worker.dirty && !worker.leaving)) continue;
    own.statusFreeAt = k.now + STATUS_WRITE_MS;
    // The turn may be another pod's.
    const { cause } = k.kernel;
    k.kernel.cause = worker.cause;
    writeStatus(k, worker);
    k.kernel.cause = cause;
  }
}

function writeStatus(k: Kubelet, worker: PodWorker): void {
  if (worker.removed) {
    worker.dirty = false;
    worker.leaving = false;
    return;
  }
  if (!k.client.connected) {
    k.own.unflushed = true;
    return;
  }
  const mirror = worker.manifest === undefined ? undefined : mirrorOf(k, worker);
  if (worker.manifest !== undefined && !mirror) {
    k.own.unflushed = true;
    return;
  }
  const { namespace, name } = worker.pod.metadata;
  const uid = mirror ? mirror.metadata.uid : worker.uid;
  if (worker.dirty) {
    const status = worker.status as PodStatus;
    worker.dirty = false;
    k.request(() => {
      k.client.patch('pods', namespace, name, (current) => (current.metadata.uid === uid ? { ...current, status: merged(current.status as PodStatus | undefined, status) } : current), 'status');
    });
  }
  if (worker.phase !== 'terminated' || !worker.pod.metadata.deletionTimestamp) return;
  worker.leaving = false;
  k.request(() => k.client.delete('pods', namespace, name, { gracePeriodSeconds: 0, preconditions: { uid: worker.pod.metadata.uid } }));
}

/** Whether the API server has another status of a pod than this kubelet last made. @param pod the pod, or its mirror */
export function differs(worker: PodWorker, pod: KubeObject): boolean {
  if (!worker.status || worker.status === pod.status) return false;
  return !same(pod.status, merged(pod.status as PodStatus | undefined, worker.status));
}

/** Conditions of others are kept as they are now. */
function merged(current: PodStatus | undefined, status: PodStatus): PodStatus {
  const own = status.conditions.some((condition) => condition.type === DISRUPTION_TARGET);
  const others = current?.conditions?.filter((condition) => !KUBELET_CONDITIONS.has(condition.type) && !(own && condition.type === DISRUPTION_TARGET)) ?? [];
  return others.length === 0 ? status : { ...status, conditions: [...others, ...status.conditions.filter((condition) => KUBELET_CONDITIONS.has(condition.type) || (own && condition.type === DISRUPTION_TARGET))] };
}
