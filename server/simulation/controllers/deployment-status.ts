/** A Deployment's status and conditions (`pkg/controller/deployment/progress.go`, `sync.go`). */
import { rfc3339 } from '../apiserver/tables/duration.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { setStatus, sizeOf, specOf, unavailableOf, type Rollout } from './deployment-rollout.ts';
import { keyOf } from './types.ts';

export interface DeploymentCondition {
  type: string;
  status: string;
  reason: string;
  message: string;
  lastUpdateTime: string;
  lastTransitionTime: string;
}

export interface DeploymentStatus {
  observedGeneration?: number;
  replicas?: number;
  updatedReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  unavailableReplicas?: number;
  terminatingReplicas?: number;
  collisionCount?: number;
  conditions?: DeploymentCondition[];
}

const NEVER = 2_147_483_647;

export function hasDeadline(found: KubeObject): boolean {
  const deadline = specOf(found).progressDeadlineSeconds;
  return deadline !== undefined && deadline !== NEVER;
}

export function progressing(found: KubeObject): DeploymentCondition | undefined {
  return (found.status as DeploymentStatus | undefined)?.conditions?.find((condition) => condition.type === 'Progressing');
}

/** The status with another Progressing condition. */
export function withProgressing(found: KubeObject, reason: string, message: string, now: number, status = 'True'): DeploymentStatus {
  const before = (found.status ?? {}) as DeploymentStatus;
  return { ...before, conditions: withCondition(before.conditions ?? [], 'Progressing', status, reason, message, now) };
}

/**
 * The status that a Deployment should have now; undefined when it has it.
 * @param scope `counts` (`syncDeploymentStatus`) leaves progress and failures alone, `progress` (`syncRolloutStatus`) does not.
 */
export function deploymentStatus(rollout: Rollout, scope: 'counts' | 'progress'): DeploymentStatus | undefined {
  const { deployment: found, newSet, oldSets, context } = rollout;
  const all = newSet ? [...oldSets, newSet] : oldSets;
  const sum = (value: (set: KubeObject) => number | undefined): number => all.reduce((total, set) => total + (value(set) ?? 0), 0);
  const desired = specOf(found).replicas ?? 1;
  const before = (found.status ?? {}) as DeploymentStatus;
  const wanted = sum(sizeOf);
  const available = sum((set) => setStatus(set).availableReplicas);
  const counts = {
    replicas: sum((set) => setStatus(set).replicas),
    updatedReplicas: newSet ? (setStatus(newSet).replicas ?? 0) : 0,
    readyReplicas: sum((set) => setStatus(set).readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, wanted - available),
    terminatingReplicas: sum((set) => setStatus(set).terminatingReplicas),
  };
  let conditions = before.conditions ?? [];
  const set = (type: string, status: string, reason: string, message: string): void => {
    conditions = withCondition(conditions, type, status, reason, message, context.now);
  };
  if (available >= desired - unavailableOf(found)) set('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.');
  else set('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.');
  if (scope === 'progress') {
    conditions = progress(rollout, counts, before, conditions);
    conditions = replicaFailure(all, conditions, context.now);
  }
  const status: DeploymentStatus = {};
  if (counts.availableReplicas > 0) status.availableReplicas = counts.availableReplicas;
  if (before.collisionCount) status.collisionCount = before.collisionCount;
  status.conditions = conditions;
  status.observedGeneration = found.metadata.generation ?? 0;
  if (counts.readyReplicas > 0) status.readyReplicas = counts.readyReplicas;
  if (counts.replicas > 0) status.replicas = counts.replicas;
  status.terminatingReplicas = counts.terminatingReplicas;
  if (counts.unavailableReplicas > 0) status.unavailableReplicas = counts.unavailableReplicas;
  if (counts.updatedReplicas > 0) status.updatedReplicas = counts.updatedReplicas;
  if (!same(before, status)) return status;
  if (scope === 'progress') lookAgain(rollout, counts);
  return undefined;
}

type Counts = { replicas: number; updatedReplicas: number; readyReplicas: number; availableReplicas: number };

function isDone(found: KubeObject, counts: Counts): boolean {
  const desired = specOf(found).replicas ?? 1;
  return counts.updatedReplicas === desired && counts.replicas === desired && counts.availableReplicas === desired;
}

function progress({ deployment: found, newSet, context }: Rollout, counts: Counts, before: DeploymentStatus, conditions: DeploymentCondition[]): DeploymentCondition[] {
  if (!hasDeadline(found)) return conditions.filter((condition) => condition.type !== 'Progressing');
  const current = conditions.find((condition) => condition.type === 'Progressing');
  // A rollout that was complete stays so while only pods come and go, until there are replicas of two templates.
  if (current?.reason === 'NewReplicaSetAvailable' && counts.replicas === counts.updatedReplicas) return conditions;
  const subject = newSet ? `ReplicaSet "${newSet.metadata.name}"` : `Deployment "${found.metadata.name}"`;
  if (isDone(found, counts)) return withCondition(conditions, 'Progressing', 'True', 'NewReplicaSetAvailable', `${subject} has successfully progressed.`, context.now);
  const old = { updated: before.updatedReplicas ?? 0, replicas: before.replicas ?? 0, ready: before.readyReplicas ?? 0, available: before.availableReplicas ?? 0 };
  const moved =
    counts.updatedReplicas > old.updated || counts.replicas - counts.updatedReplicas < old.replicas - old.updated || counts.readyReplicas > old.ready || counts.availableReplicas > old.available;
  if (moved) {
    const rest = conditions.filter((condition) => condition.type !== 'Progressing');
    const time = rfc3339(context.now);
    const condition: DeploymentCondition = {
      lastTransitionTime: current?.status === 'True' ? current.lastTransitionTime : time,
      lastUpdateTime: time,
      message: `${subject} is progressing.`,
      reason: 'ReplicaSetUpdated',
      status: 'True',
      type: 'Progressing',
    };
    return [...rest, condition];
  }
  if (!current || current.reason === 'NewReplicaSetAvailable') return conditions;
  if (current.reason !== 'ProgressDeadlineExceeded' && deadlineOf(found, current) >= context.now) return conditions;
  return withCondition(conditions, 'Progressing', 'False', 'ProgressDeadlineExceeded', `${subject} has timed out progressing.`, context.now);
}

/** ms */
function deadlineOf(found: KubeObject, condition: DeploymentCondition): number {
  return Date.parse(condition.lastUpdateTime) + (specOf(found).progressDeadlineSeconds ?? 0) * 1_000;
}

/** Comes back when the deadline of a rollout has passed (`requeueStuckDeployment`). */
function lookAgain({ deployment: found, context }: Rollout, counts: Counts): void {
  const current = progressing(found);
  if (!hasDeadline(found) || !current || isDone(found, counts) || current.reason === 'ProgressDeadlineExceeded') return;
  const due = deadlineOf(found, current);
  context.enqueueAt(keyOf(found), due - context.now < 1_000 ? context.now + 5 : due + 1_000);
}

function replicaFailure(sets: readonly KubeObject[], conditions: DeploymentCondition[], now: number): DeploymentCondition[] {
  for (const set of sets) {
    const failed = ((set.status as { conditions?: { type: string; status: string; reason: string; message: string }[] } | undefined)?.conditions ?? []).find((condition) => condition.type === 'ReplicaFailure' && condition.status === 'True');
    if (failed) return withCondition(conditions, 'ReplicaFailure', 'True', failed.reason, failed.message, now);
  }
  return conditions.some((condition) => condition.type === 'ReplicaFailure') ? conditions.filter((condition) => condition.type !== 'ReplicaFailure') : conditions;
}

/** Sets a condition; nothing changes when status and reason are the same (`SetDeploymentCondition`). */
function withCondition(conditions: DeploymentCondition[], type: string, status: string, reason: string, message: string, now: number): DeploymentCondition[] {
  const current = conditions.find((condition) => condition.type === type);
  if (current?.status === status && current.reason === reason) return conditions;
  const time = rfc3339(now);
  const next: DeploymentCondition = {
    lastTransitionTime: current?.status === status ? current.lastTransitionTime : time,
    lastUpdateTime: time,
    message,
    reason,
    status,
    type,
  };
  return [...conditions.filter((condition) => condition.type !== type), next];
}

function same(x: DeploymentStatus, y: DeploymentStatus): boolean {
  const fields = ['observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas', 'terminatingReplicas'] as const;
  return x.conditions === y.conditions && fields.every((field) => (x[field] ?? 0) === (y[field] ?? 0));
}
