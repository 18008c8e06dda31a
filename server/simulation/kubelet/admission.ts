/** Whether the node takes a pod that was bound to it (`lifecycle.predicateAdmitHandler`). */
import { tolerates, type Taint } from '../scheduler/framework.ts';
import { podMatchesNode } from '../scheduler/node-selector.ts';
import { allocatable, podRequests } from '../scheduler/requests.ts';
import { limitsDisk, refusedUnderPressure, resourcesTaken } from './eviction.ts';
import type { Kubelet } from './kubelet.ts';
import { specOf, type PodWorker, type Waiting } from './pod.ts';

/** What the pods that the node has taken ask for. */
export interface Given {
  milliCpu: number;
  memoryBytes: number;
  ephemeralBytes: number;
  pods: number;
}

/** The pod's requests are free again. */
export function release(k: Kubelet, worker: PodWorker): void {
  if (!worker.admitted) return;
  worker.admitted = false;
  count(k, worker, -1);
}

function count(k: Kubelet, worker: PodWorker, sign: 1 | -1): void {
  const requests = podRequests(worker.pod);
  const { given } = k.own;
  given.milliCpu += sign * requests.milliCpu;
  given.memoryBytes += sign * requests.memoryBytes;
  given.ephemeralBytes += sign * requests.ephemeralBytes;
  given.pods += sign;
}

/**
 * @param always the pod is on the node already, or must be: it is counted and not refused.
 * @returns why the pod is rejected, or undefined.
 */
export function admit(k: Kubelet, worker: PodWorker, always = false): Waiting | undefined {
  const refusal = always ? undefined : refuse(k, worker);
  if (!refusal) {
    worker.admitted = true;
    count(k, worker, 1);
    if (limitsDisk(worker)) resourcesTaken(k);
  }
  return refusal;
}

function refuse(k: Kubelet, worker: PodWorker): Waiting | undefined {
  const node = k.nodeObject();
  if (!node) return undefined;
  const room = allocatable(node);
  const used = k.own.given;
  const wanted = podRequests(worker.pod);
  const pressure = refusedUnderPressure(k, worker);
  if (pressure) return pressure;
  const short = (resource: string, requested: number, already: number, capacity: number): Waiting => ({
    reason: `OutOf${resource}`,
    message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${already}, capacity: ${capacity}`,
  });
  if (used.pods + 1 > room.pods) return short('pods', 1, used.pods, room.pods);
  if (wanted.milliCpu > 0 && used.milliCpu + wanted.milliCpu > room.milliCpu) return short('cpu', wanted.milliCpu, used.milliCpu, room.milliCpu);
  if (wanted.memoryBytes > 0 && used.memoryBytes + wanted.memoryBytes > room.memoryBytes) return short('memory', wanted.memoryBytes, used.memoryBytes, room.memoryBytes);
  if (wanted.ephemeralBytes > 0 && used.ephemeralBytes + wanted.ephemeralBytes > room.ephemeralBytes) return short('ephemeral-storage', wanted.ephemeralBytes, used.ephemeralBytes, room.ephemeralBytes);
  if (!podMatchesNode(worker.pod, node)) return { reason: 'NodeAffinity', message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector" };
  const taints = ((node.spec as { taints?: Taint[] } | undefined)?.taints ?? []).filter((taint) => taint.effect === 'NoExecute');
  const tolerations = specOf(worker.pod).tolerations ?? [];
  if (taints.some((taint) => !tolerations.some((toleration) => tolerates(toleration, taint)))) return { reason: 'TaintToleration', message: 'Predicate TaintToleration failed: node(s) had taints that the pod didn\'t tolerate' };
  return undefined;
}
