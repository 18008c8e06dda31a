/** Says how many pods a PodDisruptionBudget lets go now (`pkg/controller/disruption`). */
import { rfc3339 } from '../apiserver/tables/duration.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { controllerOf } from '../apiserver/client.ts';
import { labelSelectorMatches, type LabelSelector } from '../apiserver/selectors.ts';
import { scaled, type IntOrPercent } from './deployment-arithmetic.ts';
import { isReady, isTerminal } from './pods.ts';
import { keyOf, splitKey, type Controller, type ControllerContext } from './types.ts';

const RESOURCE = 'poddisruptionbudgets.policy';
/** A pod that was let go must be deleted within this time, or it counts again (`DeletionTimeout`). */
const DELETION_TIMEOUT_MS = 120_000;
/** Kinds whose size says how many pods there should be. */
const SCALED: Record<string, string> = { ReplicaSet: 'replicasets.apps', StatefulSet: 'statefulsets.apps', ReplicationController: 'replicationcontrollers', Deployment: 'deployments.apps' };

interface Spec {
  selector?: LabelSelector;
  minAvailable?: IntOrPercent;
  maxUnavailable?: IntOrPercent;
}

interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
  lastTransitionTime: string;
  observedGeneration: number;
}

interface Status {
  conditions?: Condition[];
  currentHealthy?: number;
  desiredHealthy?: number;
  disruptedPods?: Record<string, string>;
  disruptionsAllowed?: number;
  expectedPods?: number;
  observedGeneration?: number;
}

export const disruption = {
  name: 'disruption',
  component: 'controllermanager',
  watches: [{ resource: RESOURCE, indexes: { namespace: (budget) => [budget.metadata.namespace ?? ''] } }, { resource: 'pods', indexes: { namespace: (pod) => [pod.metadata.namespace ?? ''] } }, { resource: 'replicasets.apps' }, { resource: 'deployments.apps' }, { resource: 'statefulsets.apps' }, { resource: 'replicationcontrollers' }],
  changed(change, context) {
    if (change.resource === RESOURCE) return context.enqueue(keyOf(change.object), change.cause);
    if (change.resource !== 'pods' || context.lister.indexedCount(RESOURCE, 'namespace', change.object.metadata.namespace ?? '') === 0) return;
    for (const budget of context.lister.indexed(RESOURCE, 'namespace', change.object.metadata.namespace ?? '')) if (selects(budget, change.object)) context.enqueue(keyOf(budget), change.cause);
  },
  sync(key, context) {
    const { namespace, name } = splitKey(key);
    const budget = context.lister.get(RESOURCE, namespace, name);
    if (!budget || budget.metadata.deletionTimestamp) return;
    const pods = [...context.lister.indexed('pods', 'namespace', namespace)].filter((pod) => selects(budget, pod));
    if (pods.length === 0) context.events.event(budget, 'Normal', 'NoPods', 'No matching pods found');
    const { expected, desired, unmanaged, failure } = expectation(budget, pods, context);
    if (failure) {
      context.events.event(budget, 'Warning', 'CalculateExpectedPodCountFailed', `Failed to calculate the number of expected pods: ${failure}`);
      return writeStatus(budget, { ...(budget.status as Status), disruptionsAllowed: 0, conditions: conditions(budget, 'SyncFailed', failure, context) }, context);
    }
    if (unmanaged) {
      context.events.event(budget, 'Warning', 'UnmanagedPods', `Pods selected by this PodDisruptionBudget (selector: &LabelSelector{MatchLabels:${goMap((budget.spec as Spec).selector?.matchLabels)},MatchExpressions:[]LabelSelectorRequirement{},}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`);
    }
    const disrupted = stillDisrupted(budget, pods, context);
    const healthy = pods.filter((pod) => !pod.metadata.deletionTimestamp && !disrupted[pod.metadata.name] && isReady(pod)).length;
    const allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
    const status: Status = {
      conditions: conditions(budget, allowed > 0 ? 'SufficientPods' : 'InsufficientPods', '', context),
      currentHealthy: healthy,
      desiredHealthy: desired,
      ...(Object.keys(disrupted).length > 0 ? { disruptedPods: disrupted } : {}),
      disruptionsAllowed: allowed,
      expectedPods: expected,
      observedGeneration: budget.metadata.generation ?? 0,
    };
    writeStatus(budget, status, context);
  },
} satisfies Controller;

function goMap(labels: Record<string, string> | undefined): string {
  return `map[string]string{${Object.keys(labels ?? {}).sort().map((key) => `${key}: ${labels?.[key]},`).join('')}}`;
}

/** An empty selector selects everything in the namespace, none nothing. */
function selects(budget: KubeObject, pod: KubeObject): boolean {
  const { selector } = budget.spec as Spec;
  return selector !== undefined && !isTerminal(pod) && labelSelectorMatches(selector, pod.metadata.labels);
}

interface Expectation {
  expected: number;
  desired: number;
  unmanaged: boolean;
  failure?: string;
}

function expectation(budget: KubeObject, pods: KubeObject[], context: ControllerContext): Expectation {
  const { minAvailable, maxUnavailable } = budget.spec as Spec;
  if (maxUnavailable !== undefined) {
    const sum = sumOfScales(pods, context);
    return { ...sum, desired: Math.max(0, sum.expected - scaled(maxUnavailable, sum.expected, true)) };
  }
  if (typeof minAvailable === 'number') return { expected: pods.length, desired: minAvailable, unmanaged: false };
  const sum = sumOfScales(pods, context);
  return { ...sum, desired: scaled(minAvailable, sum.expected, true) };
}

/** How many pods the controllers of the pods want together. */
function sumOfScales(pods: KubeObject[], context: ControllerContext): { expected: number; unmanaged: boolean; failure?: string } {
  const sizes = new Map<string, number>();
  let unmanaged = false;
  for (const pod of pods) {
    let owner = controllerOf(pod);
    if (!owner) {
      unmanaged = true;
      continue;
    }
    if (sizes.has(owner.uid)) continue;
    let object: KubeObject | undefined;
    const { namespace } = pod.metadata;
    for (;;) {
      const resource: string | undefined = SCALED[owner.kind];
      if (resource === undefined) return { expected: 0, unmanaged, failure: `found no controllers for pod "${pod.metadata.name}"` };
      object = context.lister.get(resource, namespace, owner.name);
      const above: ReturnType<typeof controllerOf> = object && controllerOf(object);
      if (!above || SCALED[above.kind] === undefined) break;
      owner = above;
    }
    if (object) sizes.set(owner.uid, (object.spec as { replicas?: number }).replicas ?? 1);
  }
  return { expected: [...sizes.values()].reduce((sum, size) => sum + size, 0), unmanaged };
}

/** Pods that were let go and are not gone yet; those that stay too long are given up. */
function stillDisrupted(budget: KubeObject, pods: KubeObject[], context: ControllerContext): Record<string, string> {
  const left: Record<string, string> = {};
  for (const pod of pods) {
    const since = (budget.status as Status | undefined)?.disruptedPods?.[pod.metadata.name];
    if (since === undefined || pod.metadata.deletionTimestamp) continue;
    const due = Date.parse(since) + DELETION_TIMEOUT_MS;
    if (due < context.now) context.events.event(pod, 'Warning', 'NotDeleted', `Pod was expected by PDB ${keyOf(budget)} to be deleted but it wasn't`);
    else {
      left[pod.metadata.name] = since;
      context.enqueueAt(keyOf(budget), due + 1);
    }
  }
  return left;
}

function conditions(budget: KubeObject, reason: string, message: string, context: ControllerContext): Condition[] {
  const before = (budget.status as Status | undefined)?.conditions ?? [];
  const current = before.find((condition) => condition.type === 'DisruptionAllowed');
  const status = reason === 'SufficientPods' ? 'True' : 'False';
  const condition: Condition = {
    lastTransitionTime: current?.status === status ? current.lastTransitionTime : rfc3339(context.now),
    message,
    observedGeneration: budget.metadata.generation ?? 0,
    reason,
    status,
    type: 'DisruptionAllowed',
  };
  return [...before.filter((other) => other !== current), condition];
}

function writeStatus(budget: KubeObject, status: Status, context: ControllerContext): void {
  const before = (budget.status ?? {}) as Status;
  const [was] = before.conditions ?? [];
  const [is] = status.conditions ?? [];
  const fields = ['currentHealthy', 'desiredHealthy', 'disruptionsAllowed', 'expectedPods', 'observedGeneration'] as const;
  const same = fields.every((field) => before[field] === status[field]) && was?.status === is?.status && was?.reason === is?.reason && was?.message === is?.message && Object.keys(before.disruptedPods ?? {}).join() === Object.keys(status.disruptedPods ?? {}).join();
  // A conflict means that an eviction was counted meanwhile; the key is looked at anew.
  if (!same) context.client.updateStatus(RESOURCE, { ...budget, status });
}
