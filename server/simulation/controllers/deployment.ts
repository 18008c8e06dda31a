/** Rolls Deployments out (`pkg/controller/deployment`). */
import type { KubeObject } from '../apiserver/types.ts';
import { controllerOf } from '../apiserver/client.ts';
import { newReplicas } from './deployment-arithmetic.ts';
import { DEPLOYMENTS, REPLICA_SETS, setStatus, sizeOf, specOf, surgeOf, unavailableOf, type Rollout } from './deployment-rollout.ts';
import { isScaling, proportionalScale, scale } from './deployment-scaling.ts';
import { cleanUp, createNew, findNew, ownedSets, refreshNew } from './deployment-sets.ts';
import { deploymentStatus, hasDeadline, progressing, withProgressing, type DeploymentStatus } from './deployment-status.ts';
import { isTerminal, podsByController } from './pods.ts';
import { keyOf, splitKey, type Controller, type ControllerContext } from './types.ts';

export const deployment = {
  name: 'deployment',
  component: 'deployment-controller',
  watches: [
    { resource: DEPLOYMENTS },
    { resource: REPLICA_SETS, indexes: { controller: (set) => [controllerOf(set)?.uid ?? `orphan/${set.metadata.namespace}`] } },
    podsByController,
  ],
  changed(change, context) {
    if (change.resource === DEPLOYMENTS) return context.enqueue(keyOf(change.object), change.cause);
    if (change.resource === REPLICA_SETS) {
      const owner = controllerOf(change.object);
      if (owner?.kind === 'Deployment') context.enqueue(`${change.object.metadata.namespace}/${owner.name}`, change.cause);
      return;
    }
    // Recreate waits for the last old pod to be gone.
    if (change.resource === 'pods' && change.type === 'DELETED') {
      const owner = controllerOf(change.object);
      const set = owner?.kind === 'ReplicaSet' ? context.lister.get(REPLICA_SETS, change.object.metadata.namespace, owner.name) : undefined;
      const parent = set && controllerOf(set);
      const found = parent && context.lister.get(DEPLOYMENTS, change.object.metadata.namespace, parent.name);
      if (found && specOf(found).strategy?.type === 'Recreate') context.enqueue(keyOf(found), change.cause);
    }
  },
  sync(key, context) {
    const { namespace, name } = splitKey(key);
    const found = context.lister.get(DEPLOYMENTS, namespace, name);
    if (!found) return;
    if (Object.keys(specOf(found).selector.matchLabels ?? {}).length === 0 && !specOf(found).selector.matchExpressions?.length) return;
    const sets = ownedSets(found, context);
    const newSet = findNew(found, sets);
    const rollout: Rollout = { deployment: found, newSet, oldSets: sets.filter((set) => set !== newSet), context };
    if (found.metadata.deletionTimestamp) return writeStatus(rollout, 'counts');
    notePause(rollout);
    refreshNew(rollout);
    if (specOf(found).paused || isScaling(found, sets)) return syncPausedOrScaling(rollout);
    if (specOf(found).strategy?.type === 'Recreate') return recreate(rollout);
    rollingUpdate(rollout);
  },
} satisfies Controller;

/**
 * A sync works on the objects that it read at its beginning, as upstream: what it counts for the status are the sizes from before its
 * own changes, and a second write of one object fails with a conflict, after which the key is synced anew.
 */

// ---- what a sync does ----

/** Says in the conditions that a rollout is paused or goes on (`checkPausedConditions`). */
function notePause(rollout: Rollout): void {
  const { deployment: found, context } = rollout;
  if (!hasDeadline(found)) return;
  const condition = progressing(found);
  if (condition?.reason === 'ProgressDeadlineExceeded') return;
  const noted = condition?.reason === 'DeploymentPaused';
  const paused = specOf(found).paused === true;
  if (noted === paused) return;
  const status = paused ? withProgressing(found, 'DeploymentPaused', 'Deployment is paused', context.now, 'Unknown') : withProgressing(found, 'DeploymentResumed', 'Deployment is resumed', context.now, 'Unknown');
  rollout.deployment = { ...found, status };
  context.client.updateStatus(DEPLOYMENTS, rollout.deployment);
}

function syncPausedOrScaling(rollout: Rollout): void {
  proportionalScale(rollout);
  if (specOf(rollout.deployment).paused) cleanUp(rollout);
  writeStatus(rollout, 'counts');
}

// ---- strategies ----

function rollingUpdate(rollout: Rollout): void {
  if (!rollout.newSet) createNew(rollout);
  if (growNew(rollout)) return writeStatus(rollout, 'progress');
  if (shrinkOld(rollout)) return writeStatus(rollout, 'progress');
  if (isComplete(rollout.deployment)) cleanUp(rollout);
  writeStatus(rollout, 'progress');
}

function growNew(rollout: Rollout): boolean {
  const { deployment: found, newSet, oldSets } = rollout;
  if (!newSet) return false;
  const desired = specOf(found).replicas ?? 1;
  const size = sizeOf(newSet);
  if (size === desired) return false;
  const target = size > desired ? desired : newReplicas(desired, size, size + oldSets.reduce((sum, set) => sum + sizeOf(set), 0), surgeOf(found));
  if (target === size) return false;
  scale(newSet, target, rollout);
  return true;
}

function shrinkOld(rollout: Rollout): boolean {
  const { deployment: found, newSet, oldSets } = rollout;
  const oldTotal = oldSets.reduce((sum, set) => sum + sizeOf(set), 0);
  if (!newSet || oldTotal === 0) return false;
  const desired = specOf(found).replicas ?? 1;
  const minAvailable = desired - unavailableOf(found);
  const newUnavailable = sizeOf(newSet) - (setStatus(newSet).availableReplicas ?? 0);
  let spare = oldTotal + sizeOf(newSet) - minAvailable - newUnavailable;
  if (spare <= 0) return false;
  const sizes = new Map(oldSets.map((set) => [set, sizeOf(set)]));
  // Pods that do not work go first: they cost no availability.
  for (const set of oldSets) {
    const size = sizeOf(set);
    const unhealthy = size - (setStatus(set).availableReplicas ?? 0);
    if (spare <= 0 || size === 0 || unhealthy <= 0) continue;
    const cut = Math.min(spare, unhealthy);
    spare -= cut;
    sizes.set(set, size - cut);
  }
  const available = [...oldSets, newSet].reduce((sum, set) => sum + Math.min(sizes.get(set) ?? sizeOf(set), setStatus(set).availableReplicas ?? 0), 0);
  let removable = available - minAvailable;
  let changed = false;
  for (const set of oldSets) {
    const size = sizes.get(set) as number;
    const cut = Math.max(0, Math.min(size, removable));
    removable -= cut;
    if (size - cut === sizeOf(set)) continue;
    changed = true;
    scale(set, size - cut, rollout);
  }
  return changed;
}

function recreate(rollout: Rollout): void {
  const { oldSets, context } = rollout;
  const active = oldSets.filter((set) => sizeOf(set) > 0);
  for (const set of active) scale(set, 0, rollout);
  if (active.length > 0 || oldSets.some((set) => hasPods(set, context))) return writeStatus(rollout, 'progress');
  if (!rollout.newSet) createNew(rollout);
  if (rollout.newSet) scale(rollout.newSet, specOf(rollout.deployment).replicas ?? 1, rollout);
  if (isComplete(rollout.deployment)) cleanUp(rollout);
  writeStatus(rollout, 'progress');
}

/** Whether pods of a set have not ended yet, deleted or not. */
function hasPods(set: KubeObject, context: ControllerContext): boolean {
  for (const pod of context.lister.indexed('pods', 'controller', set.metadata.uid)) if (!isTerminal(pod)) return true;
  return false;
}

function isComplete(found: KubeObject): boolean {
  const status = (found.status ?? {}) as DeploymentStatus;
  const desired = specOf(found).replicas ?? 1;
  return (status.updatedReplicas ?? 0) === desired && (status.replicas ?? 0) === desired && (status.availableReplicas ?? 0) === desired && (status.observedGeneration ?? 0) >= (found.metadata.generation ?? 0);
}

/** @param scope `counts` leaves the progress of the rollout alone. */
function writeStatus(rollout: Rollout, scope: 'counts' | 'progress'): void {
  const status = deploymentStatus(rollout, scope);
  if (status) rollout.context.client.updateStatus(DEPLOYMENTS, { ...rollout.deployment, status });
}
