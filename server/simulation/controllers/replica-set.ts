/** Keeps as many pods as a ReplicaSet wants (`pkg/controller/replicaset`). */
import { rfc3339 } from '../apiserver/tables/duration.ts';
import { ApiError, type KubeObject } from '../apiserver/types.ts';
import { controllerOf, controllerReference } from '../apiserver/client.ts';
import { labelSelectorMatches, type LabelSelector } from '../apiserver/selectors.ts';
import { availableAt, inOrderOfDeletion, isActive, isAvailable, isReady, isTerminal, podsByController } from './pods.ts';
import { keyOf, splitKey, type Controller, type ControllerContext } from './types.ts';

/** Resources of the kinds that this keeps pods for; ReplicationControllers come in the form of a ReplicaSet (replication-controller.ts). */
const RESOURCES: Record<string, string> = { ReplicaSet: 'replicasets.apps', ReplicationController: 'replicationcontrollers' };
const RESOURCE = 'replicasets.apps';
/** At most so many pods are created or deleted in one pass. */
const BURST_REPLICAS = 500;
const LARGE_SET = 200;
const LARGE_SET_BATCH_MS = 100;

interface ReplicaSetSpec {
  replicas?: number;
  minReadySeconds?: number;
  selector: LabelSelector;
  template: PodTemplate;
}

export interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string>; finalizers?: string[] };
  spec: Record<string, unknown>;
}

interface Condition {
  type: string;
  status: string;
  lastTransitionTime?: string;
  reason?: string;
  message?: string;
}

interface ReplicaSetStatus {
  replicas?: number;
  fullyLabeledReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  terminatingReplicas?: number;
  observedGeneration?: number;
  conditions?: Condition[];
}

/** The ReplicaSet that controls a pod, as the cache has it. */
function ownerOf(pod: KubeObject, context: ControllerContext): KubeObject | undefined {
  const owner = controllerOf(pod);
  if (owner?.kind !== 'ReplicaSet') return undefined;
  const set = context.lister.get(RESOURCE, pod.metadata.namespace, owner.name);
  return set?.metadata.uid === owner.uid ? set : undefined;
}

/** Of a draft: the API server gives the pod its status. */
const NO_STATUS = {};

/** Creates a pod from a template for a controller (`GetPodFromTemplate`). */
export function podFromTemplate(owner: KubeObject, template: PodTemplate): { apiVersion: string; kind: string; metadata: Partial<KubeObject['metadata']>; spec: Record<string, unknown> } {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const { namespace } = owner.metadata;
  const generateName = `${owner.metadata.name}-`;
  const ownerReferences = [controllerReference(owner)];
  // The usual ones are drafts, as those of draftMetadata().
  if (namespace && labels && !annotations && !finalizers) {
    const metadata = { generateName, namespace, labels, ownerReferences, creationTimestamp: '', uid: '', name: '', generation: 1, resourceVersion: '' };
    return { apiVersion: 'v1', kind: 'Pod', metadata, spec: template.spec, status: NO_STATUS } as ReturnType<typeof podFromTemplate>;
  }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName,
      ...(namespace ? { namespace } : {}),
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
      ownerReferences,
    },
    spec: template.spec,
  };
}

/** How many pods a set has, as its status counts them. */
interface Counts {
  active: number;
  terminating: number;
  /** Of the active ones. */
  labeled: number;
  ready: number;
  available: number;
  /** When the next one that is ready counts as available, ms; Infinity: none is waited for. */
  nextAvailable: number;
}

const TALLY = 'replicas';
/** What a pod is to its set; the first letter of what it is counted as, before its labels. */
const ACTIVE = 'a';
const READY = 'r';
const TERMINATING = 't';
const ENDED = 'e';

/** So that large sets are not counted pod by pod whenever one of them changes. */
function counted(pod: KubeObject): [string, string] | undefined {
  const owner = controllerOf(pod);
  if (!owner || !(owner.kind in RESOURCES)) return undefined;
  let as = ENDED;
  if (pod.metadata.deletionTimestamp) {
    if (isTerminal(pod)) return undefined;
    as = TERMINATING;
  } else if (!isTerminal(pod)) as = isReady(pod) ? READY : ACTIVE;
  return [owner.uid, as + labelsText(pod.metadata.labels ?? NO_LABELS)];
}

const NO_LABELS = {};
/** Pods of one template share their labels. */
const texts = new WeakMap<object, string>();

function labelsText(labels: Record<string, string>): string {
  let text = texts.get(labels);
  if (text === undefined) texts.set(labels, (text = JSON.stringify(labels)));
  return text;
}

export const replicaSet = {
  name: 'replicaset',
  component: 'replicaset-controller',
  watches: [{ resource: RESOURCE }, podsByController, { resource: 'pods', tallies: { [TALLY]: counted } }],
  changed(change, context) {
    if (change.resource === RESOURCE) return context.enqueue(keyOf(change.object), change.cause);
    if (change.resource !== 'pods') return;
    const set = ownerOf(change.object, context);
    if (set) {
      // Large sets are looked at ten times a second at the most, or their recounting would dwarf everything else.
      const large = change.type === 'MODIFIED' && context.lister.indexedCount('pods', 'controller', set.metadata.uid) > LARGE_SET;
      if (large) context.enqueueAt(keyOf(set), context.now + LARGE_SET_BATCH_MS);
      else context.enqueue(keyOf(set), change.cause);
      const minReady = (set.spec as ReplicaSetSpec).minReadySeconds ?? 0;
      if (minReady > 0 && isReady(change.object) && !(change.previous && isReady(change.previous))) context.enqueueAt(keyOf(set), context.now + minReady * 1_000 + 1_000);
      return;
    }
    if (controllerOf(change.object) || change.type === 'DELETED') return;
    for (const candidate of context.lister.all(RESOURCE)) {
      if (candidate.metadata.namespace === change.object.metadata.namespace && labelSelectorMatches((candidate.spec as ReplicaSetSpec).selector, change.object.metadata.labels)) {
        context.enqueue(keyOf(candidate), change.cause);
      }
    }
  },
  sync(key, context) {
    const { namespace, name } = splitKey(key);
    const set = context.lister.get(RESOURCE, namespace, name);
    if (set) syncSet(set, context);
  },
} satisfies Controller;

/** Brings a set to its number of pods and writes its status. @throws ApiError to be tried again, later each time. */
export function syncSet(set: KubeObject, context: ControllerContext): void {
  const wanted = (set.spec as ReplicaSetSpec).replicas ?? 1;
  let counts = countTallied(set, context);
  let failure: ManageFailure | undefined;
  if (counts && counts.active <= wanted && !adoptable(set, context)) {
    if (counts.active < wanted && !set.metadata.deletionTimestamp) failure = create(set, Math.min(wanted - counts.active, BURST_REPLICAS), context);
  } else {
    const { active, terminating } = claim(set, context);
    if (!set.metadata.deletionTimestamp) failure = manage(set, active, context);
    counts = countPods(set, active, terminating, context);
  }
  // Counted is what was there before: what has just been created or deleted brings the key back.
  updateStatus(set, counts, failure && { reason: failure.reason, message: failure.error.message }, context);
  if (failure) throw failure.error;
}

/** What the tally knows; undefined when the pods must be looked at one by one: some are not the set's any more, or readiness must last. */
function countTallied(set: KubeObject, context: ControllerContext): Counts | undefined {
  const spec = set.spec as ReplicaSetSpec;
  if ((spec.minReadySeconds ?? 0) > 0) return undefined;
  const counts: Counts = { active: 0, terminating: 0, labeled: 0, ready: 0, available: 0, nextAvailable: Infinity };
  for (const [kind, count] of context.lister.tally('pods', TALLY, set.metadata.uid)) {
    const labels = JSON.parse(kind.slice(1)) as Record<string, string>;
    const as = kind[0];
    if (!labelSelectorMatches(spec.selector, labels)) {
      if (as === TERMINATING) continue;
      return undefined;
    }
    if (as === TERMINATING) counts.terminating += count;
    else if (as !== ENDED) {
      counts.active += count;
      if (isLabeled(spec, labels)) counts.labeled += count;
      if (as === READY) {
        counts.ready += count;
        counts.available += count;
      }
    }
  }
  return counts;
}

function countPods(set: KubeObject, active: readonly KubeObject[], terminating: number, context: ControllerContext): Counts {
  const spec = set.spec as ReplicaSetSpec;
  const minReady = spec.minReadySeconds ?? 0;
  const counts: Counts = { active: active.length, terminating, labeled: 0, ready: 0, available: 0, nextAvailable: Infinity };
  for (const pod of active) {
    if (isLabeled(spec, pod.metadata.labels)) counts.labeled++;
    if (!isReady(pod)) continue;
    counts.ready++;
    if (isAvailable(pod, minReady, context.now)) counts.available++;
    else counts.nextAvailable = Math.min(counts.nextAvailable, availableAt(pod, minReady) ?? Infinity);
  }
  return counts;
}

/** Whether a pod has all labels of the template. */
function isLabeled(spec: ReplicaSetSpec, labels: Record<string, string> | undefined): boolean {
  const wanted = spec.template.metadata?.labels;
  for (const key in wanted) if (labels?.[key] !== wanted[key]) return false;
  return true;
}

/** Whether there are pods without a controller that the set would adopt. */
function adoptable(set: KubeObject, context: ControllerContext): boolean {
  if (set.metadata.deletionTimestamp) return false;
  return [...orphansFor(set, context)].length > 0;
}

function* orphansFor(set: KubeObject, context: ControllerContext): Iterable<KubeObject> {
  const { selector } = set.spec as ReplicaSetSpec;
  for (const pod of context.lister.indexed('pods', 'controller', `orphan/${set.metadata.namespace}`)) {
    if (isActive(pod) && labelSelectorMatches(selector, pod.metadata.labels)) yield pod;
  }
}

/** The set's pods; orphans that match are adopted, pods that no longer match are released. */
function claim(set: KubeObject, context: ControllerContext): { active: KubeObject[]; terminating: number } {
  const spec = set.spec as ReplicaSetSpec;
  const active: KubeObject[] = [];
  let terminating = 0;
  for (const pod of context.lister.indexed('pods', 'controller', set.metadata.uid)) {
    if (!labelSelectorMatches(spec.selector, pod.metadata.labels)) {
      if (!pod.metadata.deletionTimestamp) release(pod, set, context);
      continue;
    }
    if (isActive(pod)) active.push(pod);
    else if (pod.metadata.deletionTimestamp && !isTerminal(pod)) terminating++;
  }
  if (!set.metadata.deletionTimestamp) {
    for (const pod of orphansFor(set, context)) {
      const adopted = context.client.patch('pods', pod.metadata.namespace, pod.metadata.name, (current) => ({
        ...current,
        metadata: { ...current.metadata, ownerReferences: [...(current.metadata.ownerReferences ?? []), controllerReference(set)] },
      }));
      active.push(adopted);
    }
  }
  return { active, terminating };
}

function release(pod: KubeObject, set: KubeObject, context: ControllerContext): void {
  context.client.patch('pods', pod.metadata.namespace, pod.metadata.name, (current) => {
    const rest = (current.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== set.metadata.uid);
    const { ownerReferences: _released, ...metadata } = current.metadata;
    return { ...current, metadata: rest.length > 0 ? { ...metadata, ownerReferences: rest } : metadata };
  });
}

interface ManageFailure {
  reason: 'FailedCreate' | 'FailedDelete';
  error: ApiError;
}

/** Creates what is missing, deletes what is too much. Returns why that failed, if it did. */
function manage(set: KubeObject, active: KubeObject[], context: ControllerContext): ManageFailure | undefined {
  const spec = set.spec as ReplicaSetSpec;
  const difference = active.length - (spec.replicas ?? 1);
  if (difference < 0) return create(set, Math.min(-difference, BURST_REPLICAS), context);
  if (difference > 0) {
    const victims = choose(active, Math.min(difference, BURST_REPLICAS));
    for (const pod of victims) {
      try {
        context.client.delete('pods', pod.metadata.namespace, pod.metadata.name, { preconditions: { uid: pod.metadata.uid } });
        context.events.event(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.code === 404) continue;
        context.events.event(set, 'Warning', 'FailedDelete', `Error deleting: ${error.message}`);
        return { reason: 'FailedDelete', error };
      }
    }
    if (difference > BURST_REPLICAS) context.enqueue(keyOf(set));
  }
  return undefined;
}

/** In batches of 1, 2, 4, …, so that what can't be created is tried once and not five hundred times (`slowStartBatch`). */
function create(set: KubeObject, count: number, context: ControllerContext): ManageFailure | undefined {
  const template = podFromTemplate(set, (set.spec as ReplicaSetSpec).template);
  let failure: ManageFailure | undefined;
  let left = count;
  for (let batch = 1; left > 0 && !failure; batch *= 2) {
    for (let i = Math.min(batch, left); i > 0; i--, left--) {
      try {
        const pod = context.client.create('pods', { ...template, metadata: { ...template.metadata } });
        context.events.event(set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        // A namespace that is being deleted takes no pods; trying again would not help.
        if (error.status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating')) return undefined;
        context.events.event(set, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
        failure ??= { reason: 'FailedCreate', error };
      }
    }
  }
  return failure;
}

/** The pods to delete first. */
function choose(active: KubeObject[], count: number): KubeObject[] {
  if (count >= active.length) return [...active];
  const onNode = new Map<string, number>();
  for (const pod of active) {
    const node = (pod.spec as { nodeName?: string }).nodeName ?? '';
    onNode.set(node, (onNode.get(node) ?? 0) + 1);
  }
  const rank = (pod: KubeObject): number => onNode.get((pod.spec as { nodeName?: string }).nodeName ?? '') ?? 0;
  return inOrderOfDeletion(active, rank).slice(0, count);
}

function updateStatus(set: KubeObject, { active, terminating, labeled, ready, available, nextAvailable }: Counts, failure: { reason: string; message: string } | undefined, context: ControllerContext): void {
  const before = (set.status ?? {}) as ReplicaSetStatus;
  if (nextAvailable < Infinity) context.enqueueAt(keyOf(set), nextAvailable);
  const conditions = failureConditions(before.conditions, failure, context.now);
  const status: ReplicaSetStatus = {};
  if (available > 0) status.availableReplicas = available;
  if (conditions) status.conditions = conditions;
  if (labeled > 0) status.fullyLabeledReplicas = labeled;
  status.observedGeneration = set.metadata.generation ?? 0;
  if (ready > 0) status.readyReplicas = ready;
  status.replicas = active;
  if (set.kind === 'ReplicaSet') status.terminatingReplicas = terminating;
  if (sameStatus(before, status)) return;
  context.client.patch(RESOURCES[set.kind] as string, set.metadata.namespace, set.metadata.name, (current) => ({ ...current, status }), 'status');
}

function failureConditions(before: Condition[] | undefined, failure: { reason: string; message: string } | undefined, now: number): Condition[] | undefined {
  if (!failure) return before?.length && !before.some((condition) => condition.type === 'ReplicaFailure') ? before : undefined;
  if (before?.some((condition) => condition.type === 'ReplicaFailure')) return before;
  return [...(before ?? []), { lastTransitionTime: rfc3339(now), message: failure.message, reason: failure.reason, status: 'True', type: 'ReplicaFailure' }];
}

function sameStatus(x: ReplicaSetStatus, y: ReplicaSetStatus): boolean {
  return (
    (x.replicas ?? 0) === (y.replicas ?? 0) &&
    (x.readyReplicas ?? 0) === (y.readyReplicas ?? 0) &&
    (x.availableReplicas ?? 0) === (y.availableReplicas ?? 0) &&
    (x.fullyLabeledReplicas ?? 0) === (y.fullyLabeledReplicas ?? 0) &&
    (x.terminatingReplicas ?? 0) === (y.terminatingReplicas ?? 0) &&
    x.observedGeneration === y.observedGeneration &&
    (x.conditions?.length ?? 0) === (y.conditions?.length ?? 0)
  );
}
