/** What controllers ask about pods (`k8s.io/kubernetes/pkg/controller/controller_utils.go`). */
import { controllerOf } from '../apiserver/client.ts';
import { isReady, isTerminal, readyCondition } from '../apiserver/pod-status.ts';
import type { KubeObject } from '../apiserver/types.ts';
import type { WatchSpec } from '../component.ts';

export { isReady, isTerminal, readyCondition };

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

/** Neither ended nor being deleted (`IsPodActive`). */
export function isActive(pod: KubeObject): boolean {
  return !isTerminal(pod) && !pod.metadata.deletionTimestamp;
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

/** What the order of deletion looks at, worked out once a pod: a large set asks many times. */
interface DeletionRank {
  pod: KubeObject;
  assigned: number;
  phase: number;
  ready: boolean;
  readySince: string | undefined;
  cost: number;
  neighbours: number;
  restarts: number;
}

function deletionRank(pod: KubeObject, neighbours: number): DeletionRank {
  const status = statusOf(pod);
  const condition = readyCondition(pod);
  let restarts = 0;
  for (const { restartCount } of status.containerStatuses ?? []) restarts = Math.max(restarts, restartCount);
  return {
    pod,
    assigned: (pod.spec as { nodeName?: string }).nodeName ? 1 : 0,
    phase: PHASE_ORDER[status.phase ?? 'Pending'] ?? 0,
    ready: condition?.status === 'True',
    readySince: condition?.lastTransitionTime,
    cost: Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0),
    neighbours,
    restarts,
  };
}

/**
 * Orders pods so that those to be deleted first come first (`ActivePodsWithRanks`): unassigned before assigned, pending
 * before running, not ready before ready, crowded nodes first, lately ready first, more restarts first, newest first.
 * @param neighbours how many pods of the controller share the pod's node.
 */
export function inOrderOfDeletion(pods: readonly KubeObject[], neighbours: (pod: KubeObject) => number): KubeObject[] {
  return pods
    .map((pod) => deletionRank(pod, neighbours(pod)))
    .sort(compareForDeletion)
    .map(({ pod }) => pod);
}

function compareForDeletion(x: DeletionRank, y: DeletionRank): number {
  if (x.assigned !== y.assigned) return x.assigned - y.assigned;
  if (x.phase !== y.phase) return x.phase - y.phase;
  if (x.ready !== y.ready) return x.ready ? 1 : -1;
  if (x.cost !== y.cost) return x.cost - y.cost;
  if (x.neighbours !== y.neighbours) return y.neighbours - x.neighbours;
  if (x.ready) {
    const since = logarithmicAge(x.readySince, y.readySince);
    if (since !== 0) return since;
  }
  if (x.restarts !== y.restarts) return y.restarts - x.restarts;
  const created = logarithmicAge(x.pod.metadata.creationTimestamp, y.pod.metadata.creationTimestamp);
  if (created !== 0) return created;
  return x.pod.metadata.uid < y.pod.metadata.uid ? -1 : 1;
}

/** Later times first. */
function logarithmicAge(x: string | undefined, y: string | undefined): number {
  if (x === y) return 0;
  return (x ?? '') > (y ?? '') ? -1 : 1;
}
