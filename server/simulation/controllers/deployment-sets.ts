/** A Deployment's ReplicaSets: which are its own, the one of its present template, and those that history need not keep (`pkg/controller/deployment/sync.go`, `util/deployment_util.go`). */
import { byAge } from '../apiserver/age.ts';
import { canonical } from '../apiserver/canonical.ts';
import { controllerOf, controllerReference } from '../apiserver/client.ts';
import { labelSelectorMatches } from '../apiserver/selectors.ts';
import { ApiError, type KubeObject } from '../apiserver/types.ts';
import { fnv32a } from '../kernel/hash.ts';
import { safeEncode } from '../kernel/random.ts';
import { newReplicas } from './deployment-arithmetic.ts';
import { DEPLOYMENTS, DESIRED, MAXIMUM, REPLICA_SETS, setStatus, sizeOf, specOf, surgeOf, type PodTemplate, type Rollout } from './deployment-rollout.ts';
import { hasDeadline, progressing, withProgressing, type DeploymentStatus } from './deployment-status.ts';
import type { ControllerContext } from './types.ts';

const HASH_LABEL = 'pod-template-hash';
const REVISION = 'deployment.kubernetes.io/revision';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
/** Annotations of a Deployment that its ReplicaSets do not get. */
const NOT_COPIED = new Set(['kubectl.kubernetes.io/last-applied-configuration', REVISION, REVISION_HISTORY, DESIRED, MAXIMUM, 'deprecated.deployment.rollback.to']);
/** `MaxRevHistoryLengthInChars`. */
const MAX_HISTORY_LENGTH = 2_000;

/** The Deployment's ReplicaSets, oldest first; orphans that match are adopted. */
export function ownedSets(found: KubeObject, context: ControllerContext): KubeObject[] {
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
  return sets.sort(byAge);
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

function revisionOf(object: KubeObject): number {
  return Number(object.metadata.annotations?.[REVISION] ?? 0) || 0;
}

/** Brings the annotations of an existing new set up to date (`getNewReplicaSet`). @throws ApiError Conflict after a change of the set. */
export function refreshNew(rollout: Rollout): void {
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

/** Makes the set of the present template. @throws ApiError, which the Deployment's conditions and an event tell of */
export function createNew(rollout: Rollout): void {
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

/** Deletes the oldest empty sets beyond the history limit. */
export function cleanUp({ deployment: found, oldSets, context }: Rollout): void {
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
