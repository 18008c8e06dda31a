/** The sizes of a Deployment's ReplicaSets, changed one by one or in proportion (`pkg/controller/deployment/sync.go`, `scale`). */
import { byAge } from '../apiserver/age.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { proportions } from './deployment-arithmetic.ts';
import { DESIRED, MAXIMUM, REPLICA_SETS, setStatus, sizeOf, specOf, surgeOf, type Rollout } from './deployment-rollout.ts';

/** Changes a set's size, with its event. */
export function scale(set: KubeObject, size: number, { deployment: found, context }: Pick<Rollout, 'deployment' | 'context'>): void {
  const desired = specOf(found).replicas ?? 1;
  const annotations = { ...set.metadata.annotations, [DESIRED]: String(desired), [MAXIMUM]: String(desired + surgeOf(found)) };
  const before = sizeOf(set);
  const stale = set.metadata.annotations?.[DESIRED] !== annotations[DESIRED] || set.metadata.annotations?.[MAXIMUM] !== annotations[MAXIMUM];
  if (before === size && !stale) return;
  context.client.update(REPLICA_SETS, { ...set, metadata: { ...set.metadata, annotations }, spec: { ...(set.spec as object), replicas: size } });
  if (before !== size) {
    context.events.event(found, 'Normal', 'ScalingReplicaSet', `Scaled ${size > before ? 'up' : 'down'} replica set ${set.metadata.name} from ${before} to ${size}`);
  }
}

/** Whether the wanted number of replicas has changed since the sets were last sized (`isScalingEvent`). */
export function isScaling(found: KubeObject, sets: readonly KubeObject[]): boolean {
  const desired = String(specOf(found).replicas ?? 1);
  return sets.some((set) => sizeOf(set) > 0 && set.metadata.annotations?.[DESIRED] !== undefined && set.metadata.annotations[DESIRED] !== desired);
}

/** Sizes the sets when only the wanted number changed (`scale`). */
export function proportionalScale(rollout: Rollout): void {
  const { deployment: found, newSet, oldSets } = rollout;
  const desired = specOf(found).replicas ?? 1;
  const all = newSet ? [...oldSets, newSet] : oldSets;
  const active = all.filter((set) => sizeOf(set) > 0);
  const only = active.length === 0 ? (newSet ?? oldSets[oldSets.length - 1]) : active.length === 1 ? active[0] : undefined;
  if (only) {
    if (sizeOf(only) !== desired) scale(only, desired, rollout);
    return;
  }
  if (newSet && isSaturated(found, newSet)) {
    for (const set of oldSets) if (sizeOf(set) > 0) scale(set, 0, rollout);
    return;
  }
  if (specOf(found).strategy?.type === 'Recreate') return;
  const allowed = desired > 0 ? desired + surgeOf(found) : 0;
  const toAdd = allowed - active.reduce((sum, set) => sum + sizeOf(set), 0);
  // Larger sets first when growing, newer first among equals; when shrinking older first.
  const ordered = [...active].sort((x, y) => sizeOf(y) - sizeOf(x) || (toAdd > 0 ? byAge(y, x) : byAge(x, y)));
  const sizes = proportions(ordered.map((set) => ({ size: sizeOf(set), maxReplicas: Number(set.metadata.annotations?.[MAXIMUM] ?? 0) })), toAdd, allowed);
  ordered.forEach((set, i) => scale(set, sizes[i] as number, rollout));
}

/** The new set has all replicas, and all of them are available (`IsSaturated`). */
function isSaturated(found: KubeObject, set: KubeObject): boolean {
  const desired = specOf(found).replicas ?? 1;
  return sizeOf(set) === desired && Number(set.metadata.annotations?.[DESIRED] ?? desired) === desired && (setStatus(set).availableReplicas ?? 0) === desired;
}
