/** One pod of a DaemonSet on every node that should have it (`pkg/controller/daemon`). */
import { ApiError, type KubeObject } from '../apiserver/types.ts';
import { extended } from '../extended.ts';
import { controllerOf, controllerReference } from '../apiserver/client.ts';
import { labelSelectorMatches, type LabelSelector } from '../apiserver/selectors.ts';
import type { Cause } from '../kernel/kernel.ts';
import { fnv32a } from '../kernel/hash.ts';
import { safeEncode } from '../kernel/random.ts';
import { tolerates, type Taint, type Toleration } from '../scheduler/framework.ts';
import { podMatchesNode } from '../scheduler/node-selector.ts';
import { scaled, type IntOrPercent } from './deployment-arithmetic.ts';
import { isActive, isAvailable, isReady, isTerminal, podsByController } from './pods.ts';
import { podFromTemplate } from './replica-set.ts';
import { revisionsByController } from './revisions.ts';
import { keyOf, splitKey, type Controller, type ControllerContext } from './types.ts';

const RESOURCE = 'daemonsets.apps';
const REVISIONS = 'controllerrevisions.apps';
const LARGE_SET = 100;
const LARGE_SET_BATCH_MS = 100;
const HASH_LABEL = 'controller-revision-hash';
const GENERATION_LABEL = 'pod-template-generation';
const GENERATION_ANNOTATION = 'deprecated.daemonset.template.generation';

interface DaemonSetSpec {
  selector: LabelSelector;
  template: { metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }; spec: Record<string, unknown> };
  updateStrategy?: { type?: string; rollingUpdate?: { maxUnavailable?: IntOrPercent; maxSurge?: IntOrPercent } };
  minReadySeconds?: number;
}

/** Taints that every daemon pod tolerates (`AddOrUpdateDaemonPodTolerations`). */
const TOLERATIONS: Toleration[] = [
  { effect: 'NoExecute', key: 'node.kubernetes.io/not-ready', operator: 'Exists' },
  { effect: 'NoExecute', key: 'node.kubernetes.io/unreachable', operator: 'Exists' },
  { effect: 'NoSchedule', key: 'node.kubernetes.io/disk-pressure', operator: 'Exists' },
  { effect: 'NoSchedule', key: 'node.kubernetes.io/memory-pressure', operator: 'Exists' },
  { effect: 'NoSchedule', key: 'node.kubernetes.io/pid-pressure', operator: 'Exists' },
  { effect: 'NoSchedule', key: 'node.kubernetes.io/unschedulable', operator: 'Exists' },
];
const HOST_NETWORK_TOLERATION: Toleration = { effect: 'NoSchedule', key: 'node.kubernetes.io/network-unavailable', operator: 'Exists' };

export const daemonSet = {
  name: 'daemonset',
  component: 'daemonset-controller',
  watches: [{ resource: RESOURCE }, { resource: 'nodes' }, podsByController, revisionsByController],
  changed(change, context) {
    if (change.resource === RESOURCE) return context.enqueue(keyOf(change.object), change.cause);
    if (change.resource === 'pods') {
      const owner = controllerOf(change.object);
      if (owner?.kind === 'DaemonSet') look(`${change.object.metadata.namespace}/${owner.name}`, owner.uid, context, change.cause);
      return;
    }
    if (change.resource !== 'nodes') return;
    const same = change.previous && change.previous.spec === change.object.spec && change.previous.metadata.labels === change.object.metadata.labels;
    if (!same) for (const set of context.lister.all(RESOURCE)) look(keyOf(set), set.metadata.uid, context, change.cause);
  },
  sync(key, context) {
    const { namespace, name } = splitKey(key);
    const set = context.lister.get(RESOURCE, namespace, name);
    if (!set || set.metadata.deletionTimestamp) return;
    const spec = set.spec as DaemonSetSpec;
    const hash = safeEncode(fnv32a(JSON.stringify(spec.template)));
    recordRevision(set, hash, context);
    const byNode = podsByNode(set, context);
    placePods(set, hash, byNode, context);
    if (spec.updateStrategy?.type !== 'OnDelete') roll(set, hash, byNode, context);
    updateStatus(set, hash, byNode, context);
    forgetRevisions(set, hash, byNode, context);
  },
} satisfies Controller;

/** Looks at a set; at large ones ten times a second at the most, since every look visits every node. */
function look(key: string, uid: string, context: ControllerContext, cause: Cause): void {
  if (context.lister.indexedCount('pods', 'controller', uid) > LARGE_SET) context.enqueueAt(key, context.now + LARGE_SET_BATCH_MS);
  else context.enqueue(key, cause);
}

/** The set's pods by node; pods that are bound by affinity only count for that node. */
function podsByNode(set: KubeObject, context: ControllerContext): Map<string, KubeObject[]> {
  const result = new Map<string, KubeObject[]>();
  for (const pod of context.lister.indexed('pods', 'controller', set.metadata.uid)) {
    if (!labelSelectorMatches((set.spec as DaemonSetSpec).selector, pod.metadata.labels)) continue;
    const node = (pod.spec as { nodeName?: string }).nodeName ?? targetOf(pod);
    const list = result.get(node);
    if (list) list.push(pod);
    else result.set(node, [pod]);
  }
  return result;
}

interface AffinitySpec {
  affinity?: { nodeAffinity?: { requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms: { matchFields?: { values?: string[] }[] }[] } } };
}

function targetOf(pod: KubeObject): string {
  return (pod.spec as AffinitySpec).affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]?.matchFields?.[0]?.values?.[0] ?? '';
}

/** The template for one node: bound to it by affinity, tolerating what daemons tolerate. */
function templateFor(set: KubeObject, hash: string, node: string): DaemonSetSpec['template'] {
  const { template } = set.spec as DaemonSetSpec;
  const spec = template.spec as AffinitySpec & { tolerations?: Toleration[]; hostNetwork?: boolean };
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }];
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const tolerations = daemonTolerations(template);
  return {
    metadata: { ...template.metadata, labels: extended(template.metadata?.labels ?? {}, { [HASH_LABEL]: hash, [GENERATION_LABEL]: set.metadata.annotations?.[GENERATION_ANNOTATION] ?? '1' }) },
    spec: extended(template.spec, {
      affinity: {
        ...spec.affinity,
        nodeAffinity: {
          ...spec.affinity?.nodeAffinity,
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms ? terms.map((term) => ({ ...term, matchFields })) : [{ matchFields }] },
        },
      },
      tolerations,
    }),
  };
}

/** Tolerations of a template's pods. Templates are immutable; worked out once each. */
const tolerationsOf = new WeakMap<object, Toleration[]>();

function daemonTolerations(template: DaemonSetSpec['template']): Toleration[] {
  let tolerations = tolerationsOf.get(template);
  if (!tolerations) {
    const spec = template.spec as { tolerations?: Toleration[]; hostNetwork?: boolean };
    tolerations = [...(spec.tolerations ?? [])];
    for (const toleration of [...TOLERATIONS, ...(spec.hostNetwork ? [HOST_NETWORK_TOLERATION] : [])]) {
      if (!tolerations.some((other) => other.key === toleration.key && other.effect === toleration.effect && other.operator === toleration.operator)) tolerations.push(toleration);
    }
    tolerationsOf.set(template, tolerations);
  }
  return tolerations;
}

/** Whether a node should have a pod, and whether one that is there may stay (`NodeShouldRunDaemonPod`). */
function wants(set: KubeObject, node: KubeObject): { run: boolean; keep: boolean } {
  const { template } = set.spec as DaemonSetSpec;
  if (!podMatchesNode(template as unknown as KubeObject, node)) return { run: false, keep: false };
  const taints = (node.spec as { taints?: Taint[] }).taints;
  if (!taints) return { run: true, keep: true };
  const tolerations = daemonTolerations(template);
  const blocking = taints.filter((taint) => taint.effect !== 'PreferNoSchedule' && !tolerations.some((toleration) => tolerates(toleration, taint)));
  return { run: blocking.length === 0, keep: !blocking.some((taint) => taint.effect === 'NoExecute') };
}

function placePods(set: KubeObject, hash: string, byNode: Map<string, KubeObject[]>, context: ControllerContext): void {
  for (const node of context.lister.all('nodes')) {
    const name = node.metadata.name;
    const pods = byNode.get(name) ?? [];
    const { run, keep } = wants(set, node);
    const living: KubeObject[] = [];
    for (const pod of pods) {
      if (pod.metadata.deletionTimestamp) continue;
      if (isTerminal(pod)) {
        const phase = (pod.status as { phase?: string }).phase;
        if (phase === 'Failed') context.events.event(set, 'Warning', 'FailedDaemonPod', `Found failed daemon pod ${keyOf(pod)} on node ${name}, will try to kill it`);
        remove(pod, set, context);
      } else living.push(pod);
    }
    if (run && pods.filter((pod) => !isTerminal(pod)).length === 0) create(set, hash, name, byNode, context);
    else if (!keep) for (const pod of living) remove(pod, set, context);
    else if (living.length > 1) for (const pod of living.slice(1)) remove(pod, set, context);
  }
  // Pods bound to nodes that no longer exist are podgc's.
}

function create(set: KubeObject, hash: string, node: string, byNode: Map<string, KubeObject[]>, context: ControllerContext): void {
  try {
    const pod = context.client.create('pods', podFromTemplate(set, templateFor(set, hash, node)));
    byNode.set(node, [...(byNode.get(node) ?? []), pod]);
    context.events.event(set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    context.events.event(set, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
    throw error;
  }
}

function remove(pod: KubeObject, set: KubeObject, context: ControllerContext): void {
  try {
    context.client.delete('pods', pod.metadata.namespace, pod.metadata.name);
    context.events.event(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 404) throw error;
  }
}

/** Replaces pods of an older template, as many at a time as may be unavailable. */
function roll(set: KubeObject, hash: string, byNode: Map<string, KubeObject[]>, context: ControllerContext): void {
  const spec = set.spec as DaemonSetSpec;
  const desired = [...context.lister.all('nodes')].filter((node) => wants(set, node).run);
  const allowed = Math.max(1, scaled(spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, desired.length, true));
  const old: KubeObject[] = [];
  let unavailable = 0;
  for (const node of desired) {
    const pod = (byNode.get(node.metadata.name) ?? []).find((candidate) => isActive(candidate));
    if (!pod || !isAvailable(pod, spec.minReadySeconds ?? 0, context.now)) unavailable++;
    if (pod && pod.metadata.labels?.[HASH_LABEL] !== hash) old.push(pod);
  }
  if (old.length === 0) return;
  const broken = old.filter((pod) => !isAvailable(pod, spec.minReadySeconds ?? 0, context.now));
  const working = old.filter((pod) => !broken.includes(pod));
  for (const pod of [...broken, ...working.slice(0, Math.max(0, allowed - unavailable))]) remove(pod, set, context);
}

/** Keeps the template's history, for rollbacks (`ControllerRevision`). */
function recordRevision(set: KubeObject, hash: string, context: ControllerContext): void {
  const name = `${set.metadata.name}-${hash}`;
  const last = [...context.lister.indexed(REVISIONS, 'controller', set.metadata.uid)].reduce((max, revision) => Math.max(max, revision.revision as number), 0);
  const existing = context.client.get(REVISIONS, set.metadata.namespace, name);
  if (existing) {
    // A template that was there before becomes the newest again.
    if ((existing.revision as number) < last) context.client.patch(REVISIONS, set.metadata.namespace, name, (current) => ({ ...current, revision: last + 1 }));
    return;
  }
  context.client.create(REVISIONS, {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name,
      ...(set.metadata.namespace ? { namespace: set.metadata.namespace } : {}),
      labels: { ...(set.spec as DaemonSetSpec).template.metadata?.labels, [HASH_LABEL]: hash },
      ...(set.metadata.annotations ? { annotations: set.metadata.annotations } : {}),
      ownerReferences: [controllerReference(set)],
    },
    data: { spec: { template: { ...(set.spec as DaemonSetSpec).template, $patch: 'replace' } } },
    revision: last + 1,
  });
}

/** Deletes the oldest revisions that no pod is of, beyond the history limit. */
function forgetRevisions(set: KubeObject, hash: string, byNode: Map<string, KubeObject[]>, context: ControllerContext): void {
  const limit = (set.spec as { revisionHistoryLimit?: number }).revisionHistoryLimit ?? 10;
  if (context.lister.indexedCount(REVISIONS, 'controller', set.metadata.uid) <= limit + 1) return;
  const used = new Set<string | undefined>([hash]);
  for (const pods of byNode.values()) for (const pod of pods) used.add(pod.metadata.labels?.[HASH_LABEL]);
  const unused = [...context.lister.indexed(REVISIONS, 'controller', set.metadata.uid)].filter((revision) => !used.has(revision.metadata.labels?.[HASH_LABEL])).sort((x, y) => (x.revision as number) - (y.revision as number));
  for (const revision of unused.slice(0, Math.max(0, unused.length - limit))) context.client.delete(REVISIONS, revision.metadata.namespace, revision.metadata.name);
}

function updateStatus(set: KubeObject, hash: string, byNode: Map<string, KubeObject[]>, context: ControllerContext): void {
  const spec = set.spec as DaemonSetSpec;
  const counts = { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberAvailable: 0, numberMisscheduled: 0, numberReady: 0, numberUnavailable: 0, updatedNumberScheduled: 0 };
  for (const node of context.lister.all('nodes')) {
    const pods = (byNode.get(node.metadata.name) ?? []).filter((pod) => !isTerminal(pod));
    if (!wants(set, node).run) {
      if (pods.length > 0) counts.numberMisscheduled++;
      continue;
    }
    counts.desiredNumberScheduled++;
    if (pods.length === 0) continue;
    counts.currentNumberScheduled++;
    const oldest = pods[0] as KubeObject;
    if (isReady(oldest)) {
      counts.numberReady++;
      if (isAvailable(oldest, spec.minReadySeconds ?? 0, context.now)) counts.numberAvailable++;
    }
    if (oldest.metadata.labels?.[HASH_LABEL] === hash) counts.updatedNumberScheduled++;
  }
  counts.numberUnavailable = counts.desiredNumberScheduled - counts.numberAvailable;
  const before = (set.status ?? {}) as Record<string, number>;
  const generation = set.metadata.generation ?? 0;
  const same = before.observedGeneration === generation && Object.entries(counts).every(([name, value]) => (before[name] ?? 0) === value);
  if (same) return;
  const optional = new Set(['numberAvailable', 'numberUnavailable', 'updatedNumberScheduled']);
  const status = Object.fromEntries(Object.entries({ ...counts, observedGeneration: generation }).filter(([name, value]) => value !== 0 || !optional.has(name)));
  context.client.patch(
    RESOURCE,
    set.metadata.namespace,
    set.metadata.name,
    (current) => {
      // Left out, not set to undefined: a snapshot would not keep such a field, and its place among the others with it.
      const kept = Object.entries((current.status ?? {}) as object).filter(([name]) => name in status || !optional.has(name));
      return { ...current, status: { ...Object.fromEntries(kept), ...status } };
    },
    'status',
  );
}
