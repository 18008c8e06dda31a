/** What controllers ask about pods (`k8s.io/kubernetes/pkg/controller/controller_utils.go`). */
import type { KubeObject } from '../apiserver/types.ts';
import { controllerOf } from '../apiserver/client.ts';
import type { WatchSpec } from '../component.ts';

export interface PodStatus {
  phase?: string;
  podIP?: string;
  podIPs?: { ip: string }[];
  startTime?: string;
  conditions?: { type: string; status: string; lastTransitionTime?: string; reason?: string }[];
  containerStatuses?: { restartCount: number; ready: boolean; state?: Record<string, unknown> }[];
}

export function statusOf(pod: KubeObject): PodStatus {
  return (pod.status ?? {}) as PodStatus;
}

export function isTerminal(pod: KubeObject): boolean {
  const phase = statusOf(pod).phase;
  return phase === 'Succeeded' || phase === 'Failed';
}

/** Neither ended nor being deleted (`IsPodActive`). */
export function isActive(pod: KubeObject): boolean {
  return !isTerminal(pod) && !pod.metadata.deletionTimestamp;
}

export function readyCondition(pod: KubeObject): { status: string; lastTransitionTime?: string } | undefined {
  return statusOf(pod).conditions?.find((condition) => condition.type === 'Ready');
}

export function isReady(pod: KubeObject): boolean {
  return readyCondition(pod)?.status === 'True';
}

/** Ready for at least minReadySeconds (`IsPodAvailable`). */
export function isAvailable(pod: KubeObject, minReadySeconds: number, now: number): boolean {
  const condition = readyCondition(pod);
  if (condition?.status !== 'True') return false;
  return minReadySeconds === 0 || Date.parse(condition.lastTransitionTime ?? '') + minReadySeconds * 1_000 <= now;
}

/** When a ready pod has been ready long enough, ms; undefined when it is not ready (`nextPodAvailabilityCheck`). Condition times are whole seconds. */
export function availableAt(pod: KubeObject, minReadySeconds: number): number | undefined {
  const condition = readyCondition(pod);
  return condition?.status === 'True' ? Date.parse(condition.lastTransitionTime ?? '') + minReadySeconds * 1_000 : undefined;
}

/** The pods of a controller, by its uid; and orphans that it might adopt, by namespace. */
export const podsByController: WatchSpec = {
  resource: 'pods',
  indexes: {
    controller: (pod) => {
      const owner = controllerOf(pod);
      return [owner ? owner.uid : `orphan/${pod.metadata.namespace}`];
    },
  },
};

const PHASE_ORDER: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };

/**
 * Orders pods so that those to be deleted first come first (`ActivePodsWithRanks`): unassigned before assigned, pending
 * before running, not ready before ready, crowded nodes first, lately ready first, more restarts first, newest first.
 * @param rank how many pods of the controller share the pod's node.
 */
export function compareForDeletion(x: KubeObject, y: KubeObject, rank: (pod: KubeObject) => number): number {
  const assigned = (pod: KubeObject): number => ((pod.spec as { nodeName?: string }).nodeName ? 1 : 0);
  if (assigned(x) !== assigned(y)) return assigned(x) - assigned(y);
  const phase = (pod: KubeObject): number => PHASE_ORDER[statusOf(pod).phase ?? 'Pending'] ?? 0;
  if (phase(x) !== phase(y)) return phase(x) - phase(y);
  if (isReady(x) !== isReady(y)) return isReady(x) ? 1 : -1;
  const cost = (pod: KubeObject): number => Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0);
  if (cost(x) !== cost(y)) return cost(x) - cost(y);
  if (rank(x) !== rank(y)) return rank(y) - rank(x);
  if (isReady(x) && isReady(y)) {
    const since = logarithmicAge(readyCondition(x)?.lastTransitionTime, readyCondition(y)?.lastTransitionTime);
    if (since !== 0) return since;
  }
  const restarts = (pod: KubeObject): number => Math.max(0, ...(statusOf(pod).containerStatuses ?? []).map((status) => status.restartCount));
  if (restarts(x) !== restarts(y)) return restarts(y) - restarts(x);
  const created = logarithmicAge(x.metadata.creationTimestamp, y.metadata.creationTimestamp);
  if (created !== 0) return created;
  return x.metadata.uid < y.metadata.uid ? -1 : 1;
}

/** Later times first. */
function logarithmicAge(x: string | undefined, y: string | undefined): number {
  if (x === y) return 0;
  return (x ?? '') > (y ?? '') ? -1 : 1;
}
