/** Rolls Deployments out (`pkg/controller/deployment`). */
import { ApiError, type KubeObject } from '../apiserver/types.ts';
import { controllerOf, controllerReference } from '../apiserver/client.ts';
import { labelSelectorMatches, type LabelSelector } from '../apiserver/selectors.ts';
import { fnv32a } from '../kernel/hash.ts';
import { safeEncode } from '../kernel/random.ts';
import { canonical } from './canonical.ts';
import { fenceposts, newReplicas, proportions, scaled, type IntOrPercent } from './deployment-arithmetic.ts';
import { deploymentStatus, hasDeadline, progressing, withProgressing, type DeploymentStatus } from './deployment-status.ts';
import { isTerminal, podsByController } from './pods.ts';
import { keyOf, splitKey, type Controller, type ControllerContext } from './types.ts';

export const DEPLOYMENTS = 'deployments.apps';
export const REPLICA_SETS = 'replicasets.apps';
const HASH_LABEL = 'pod-template-hash';
const REVISION = 'deployment.kubernetes.io/revision';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED = 'deployment.kubernetes.io/desired-replicas';
const MAXIMUM = 'deployment.kubernetes.io/max-replicas';
/** Annotations of a Deployment that its ReplicaSets do not get. */
const NOT_COPIED = new Set(['kubectl.kubernetes.io/last-applied-configuration', REVISION, REVISION_HISTORY, DESIRED, MAXIMUM, 'deprecated.deployment.rollback.to']);
/** `MaxRevHistoryLengthInChars`. */
const MAX_HISTORY_LENGTH = 2_000;

export interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: Record<string, unknown>;
}

export interface DeploymentSpec {
  replicas?: number;
  selector: LabelSelector;
  template: PodTemplate;
  strategy?: { type?: 'RollingUpdate' | 'Recreate'; rollingUpdate?: { maxSurge?: IntOrPercent; maxUnavailable?: IntOrPercent } };
  minReadySeconds?: number;
  revisionHistoryLimit?: number;
  progressDeadlineSeconds?: number;
  paused?: boolean;
}

export function specOf(deployment: KubeObject): DeploymentSpec {
  return deployment.spec as DeploymentSpec;
}

export function sizeOf(set: KubeObject): number {
  return (set.spec as { replicas?: number }).replicas ?? 0;
}

export function setStatus(set: KubeObject): { replicas?: number; readyReplicas?: number; availableReplicas?: number; terminatingReplicas?: number; observedGeneration?: number } {
  return (set.status ?? {}) as ReturnType<typeof setStatus>;
}

/** A rollout in the middle of its work. */
export interface Rollout {
  deployment: KubeObject;
  newSet: KubeObject | undefined;
  /** Sets of older templates, oldest first. */
  oldSets: KubeObject[];
  context: ControllerContext;
}

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

// ---- which sets there are ----

/** The Deployment's ReplicaSets, oldest first; orphans that match are adopted. */
function ownedSets(found: KubeObject, context: ControllerContext): KubeObject[] {
  const sets = [...context.lister.indexed(REPLICA_SETS, 'controller', found.metadata.uid)];
  if (!found.metadata.deletionTimestamp) {
    for (const orphan of context.lister.indexed(REPLICA_SETS, 'controller', `orphan/${found.metadata.namespace}`)) {
      if (orphan.metadata.deletionTimestamp || !labelSelectorMatches(specOf(found).selector, orphan.metadata.labels)) continue;
      sets.push(
        context.client.patch(REPLICA_SETS, orphan.metadata.namespace, orphan.metadata.name, (current) => ({
          ...current,
          metadata: { ...current.metadata, ownerReferences: [...(current.metadata.ownerReferences ?? []), controllerReference(found)] },
        })),
      );
    }
  }
  return sets.sort((x, y) => (x.metadata.creationTimestamp < y.metadata.creationTimestamp ? -1 : x.metadata.creationTimestamp > y.metadata.creationTimestamp ? 1 : x.metadata.name < y.metadata.name ? -1 : 1));
}

/** Templates are immutable; their text is worked out once. */
const templateTexts = new WeakMap<object, string>();

function templateText(template: PodTemplate): string {
  let text = templateTexts.get(template);
  if (text === undefined) {
    const { [HASH_LABEL]: _hash, ...labels } = template.metadata?.labels ?? {};
    const metadata = { ...template.metadata, labels };
    text = canonical({ ...template, metadata });
    templateTexts.set(template, text);
  }
  return text;
}

/** The set made from the Deployment's present template. */
export function findNew(found: KubeObject, sets: readonly KubeObject[]): KubeObject | undefined {
  const text = templateText(specOf(found).template);
  return sets.find((set) => templateText((set.spec as { template: PodTemplate }).template) === text);
}

export function revisionOf(object: KubeObject): number {
  return Number(object.metadata.annotations?.[REVISION] ?? 0) || 0;
}

// ---- the new set ----

/** Brings the annotations of an existing new set up to date (`getNewReplicaSet`). @throws ApiError Conflict after a change of the set. */
function refreshNew(rollout: Rollout): void {
  const { deployment: found, newSet: existing, oldSets, context } = rollout;
  if (!existing) return;
  const revision = Math.max(0, ...oldSets.map(revisionOf)) + 1;
  const minReadySeconds = specOf(found).minReadySeconds ?? 0;
  const annotations = newAnnotations(found, existing, revision);
  const minReady = (existing.spec as { minReadySeconds?: number }).minReadySeconds ?? 0;
  if (annotations || minReady !== minReadySeconds) {
    const updated = { ...existing, metadata: { ...existing.metadata, ...(annotations ? { annotations } : {}) }, spec: { ...(existing.spec as object), minReadySeconds: minReadySeconds > 0 ? minReadySeconds : undefined } };
    rollout.newSet = context.client.update(REPLICA_SETS, updated);
    // Everything but a paused Deployment reads the revision twice in one sync, and the second time with the old set.
    if (!specOf(found).paused) context.client.update(REPLICA_SETS, updated);
    return;
  }
  const current = revisionOf(existing);
  const isFirst = !progressing(found) && hasDeadline(found);
  if (revisionOf(found) === current && !isFirst) return;
  const status = isFirst ? withProgressing(found, 'FoundNewReplicaSet', `Found new replica set "${existing.metadata.name}"`, context.now) : found.status;
  rollout.deployment = { ...withRevision(found, current), status };
  // Through the status subresource, as upstream: a change of annotations there does not count as a new generation.
  context.client.updateStatus(DEPLOYMENTS, rollout.deployment);
}

function withRevision(found: KubeObject, revision: number): KubeObject {
  return { ...found, metadata: { ...found.metadata, annotations: { ...found.metadata.annotations, [REVISION]: String(revision) } } };
}

function createNew(rollout: Rollout): void {
  const { deployment: found, oldSets, context } = rollout;
  const spec = specOf(found);
  const revision = Math.max(0, ...oldSets.map(revisionOf)) + 1;
  const collisions = (found.status as DeploymentStatus | undefined)?.collisionCount ?? 0;
  const hash = safeEncode(fnv32a(templateText(spec.template) + (collisions > 0 ? String(collisions) : '')));
  const desired = spec.replicas ?? 1;
  const total = oldSets.reduce((sum, set) => sum + sizeOf(set), 0);
  const surge = surgeOf(found);
  const replicas = spec.strategy?.type === 'Recreate' ? desired : newReplicas(desired, 0, total, surge);
  const set = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${found.metadata.name}-${hash}`,
      ...(found.metadata.namespace ? { namespace: found.metadata.namespace } : {}),
      labels: { ...spec.template.metadata?.labels, [HASH_LABEL]: hash },
      annotations: { ...copied(found), [REVISION]: String(revision), [DESIRED]: String(desired), [MAXIMUM]: String(desired + surge) },
      ownerReferences: [controllerReference(found)],
    },
    spec: {
      replicas,
      ...(spec.minReadySeconds ? { minReadySeconds: spec.minReadySeconds } : {}),
      selector: { ...spec.selector, matchLabels: { ...spec.selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...spec.template, metadata: { ...spec.template.metadata, labels: { ...spec.template.metadata?.labels, [HASH_LABEL]: hash } } },
    },
  };
  try {
    rollout.newSet = context.client.create(REPLICA_SETS, set);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.reason === 'AlreadyExists') {
      const other = context.client.get(REPLICA_SETS, found.metadata.namespace, set.metadata.name);
      const ours = other && controllerOf(other)?.uid === found.metadata.uid && templateText((other.spec as { template: PodTemplate }).template) === templateText(spec.template);
      if (other && ours) {
        rollout.newSet = other;
        return;
      }
      context.client.patch(DEPLOYMENTS, found.metadata.namespace, found.metadata.name, (current) => ({ ...current, status: { ...(current.status as object), collisionCount: collisions + 1 } }), 'status');
    } else if (!error.status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating')) {
      const message = `Failed to create new replica set "${set.metadata.name}": ${error.message}`;
      if (hasDeadline(found)) context.client.updateStatus(DEPLOYMENTS, { ...found, status: withProgressing(found, 'ReplicaSetCreateError', message, context.now, 'False') });
      context.events.event(found, 'Warning', 'ReplicaSetCreateError', message);
    }
    throw error;
  }
  if (replicas > 0) context.events.event(found, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${rollout.newSet.metadata.name} from 0 to ${replicas}`);
  const status = hasDeadline(found) ? withProgressing(found, 'NewReplicaSetCreated', `Created new replica set "${rollout.newSet.metadata.name}"`, context.now) : found.status;
  rollout.deployment = { ...withRevision(found, revision), status };
  context.client.updateStatus(DEPLOYMENTS, rollout.deployment);
}

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

/** A Deployment's annotations that go to its sets. */
function copied(found: KubeObject): Record<string, string> {
  return Object.fromEntries(Object.entries(found.metadata.annotations ?? {}).filter(([key]) => !NOT_COPIED.has(key)));
}

/** The new set's annotations, or undefined when they are right already (`SetNewReplicaSetAnnotations`). */
function newAnnotations(found: KubeObject, set: KubeObject, revision: number): Record<string, string> | undefined {
  const before = set.metadata.annotations ?? {};
  const after: Record<string, string> = { ...before, ...copied(found) };
  const old = revisionOf(set);
  if (old < revision) {
    after[REVISION] = String(revision);
    if (old > 0) {
      const history = (before[REVISION_HISTORY] ?? '').split(',').filter(Boolean);
      history.push(String(old));
      while (history.join(',').length > MAX_HISTORY_LENGTH) history.shift();
      after[REVISION_HISTORY] = history.join(',');
    }
  }
  const desired = specOf(found).replicas ?? 1;
  after[DESIRED] = String(desired);
  after[MAXIMUM] = String(desired + surgeOf(found));
  const changed = Object.keys(after).some((key) => before[key] !== after[key]);
  return changed ? after : undefined;
}

export function surgeOf(found: KubeObject): number {
  const { strategy, replicas = 1 } = specOf(found);
  if (strategy?.type === 'Recreate') return 0;
  return scaled(strategy?.rollingUpdate?.maxSurge, replicas, true);
}

export function unavailableOf(found: KubeObject): number {
  const { strategy, replicas = 1 } = specOf(found);
  if (strategy?.type === 'Recreate' || replicas === 0) return 0;
  return fenceposts(strategy?.rollingUpdate?.maxSurge, strategy?.rollingUpdate?.maxUnavailable, replicas).unavailable;
}

// ---- scaling ----

/** Changes a set's size, with its event. */
function scale(set: KubeObject, size: number, { deployment: found, context }: Pick<Rollout, 'deployment' | 'context'>): void {
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
function isScaling(found: KubeObject, sets: readonly KubeObject[]): boolean {
  const desired = String(specOf(found).replicas ?? 1);
  return sets.some((set) => sizeOf(set) > 0 && set.metadata.annotations?.[DESIRED] !== undefined && set.metadata.annotations[DESIRED] !== desired);
}

function syncPausedOrScaling(rollout: Rollout): void {
  proportionalScale(rollout);
  if (specOf(rollout.deployment).paused) cleanUp(rollout);
  writeStatus(rollout, 'counts');
}

/** Sizes the sets when only the wanted number changed (`scale`). */
function proportionalScale(rollout: Rollout): void {
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

function byAge(x: KubeObject, y: KubeObject): number {
  return x.metadata.creationTimestamp < y.metadata.creationTimestamp ? -1 : x.metadata.creationTimestamp > y.metadata.creationTimestamp ? 1 : x.metadata.name < y.metadata.name ? -1 : 1;
}

/** The new set has all replicas, and all of them are available (`IsSaturated`). */
function isSaturated(found: KubeObject, set: KubeObject): boolean {
  const desired = specOf(found).replicas ?? 1;
  return sizeOf(set) === desired && Number(set.metadata.annotations?.[DESIRED] ?? desired) === desired && (setStatus(set).availableReplicas ?? 0) === desired;
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

export function isComplete(found: KubeObject): boolean {
  const status = (found.status ?? {}) as DeploymentStatus;
  const desired = specOf(found).replicas ?? 1;
  return (status.updatedReplicas ?? 0) === desired && (status.replicas ?? 0) === desired && (status.availableReplicas ?? 0) === desired && (status.observedGeneration ?? 0) >= (found.metadata.generation ?? 0);
}

/** Deletes the oldest empty sets beyond the history limit. */
function cleanUp({ deployment: found, oldSets, context }: Rollout): void {
  const limit = specOf(found).revisionHistoryLimit;
  if (limit === undefined || limit === 2_147_483_647) return;
  const removable = oldSets.filter((set) => !set.metadata.deletionTimestamp);
  const excess = removable.length - limit;
  if (excess <= 0) return;
  for (const set of [...removable].sort((x, y) => revisionOf(x) - revisionOf(y)).slice(0, excess)) {
    const status = setStatus(set);
    if ((status.replicas ?? 0) !== 0 || sizeOf(set) !== 0 || (set.metadata.generation ?? 0) > (status.observedGeneration ?? 0)) continue;
    context.client.delete(REPLICA_SETS, set.metadata.namespace, set.metadata.name);
  }
}

/** @param scope `counts` leaves the progress of the rollout alone. */
function writeStatus(rollout: Rollout, scope: 'counts' | 'progress'): void {
  const status = deploymentStatus(rollout, scope);
  if (status) rollout.context.client.updateStatus(DEPLOYMENTS, { ...rollout.deployment, status });
}
