/**
 * kube-scheduler: takes pods without a node, filters and scores nodes, binds. Models the default profile of
 * k8s.io/kubernetes/pkg/scheduler.
 */
import type { KernelEvent } from '../kernel/kernel.ts';
import { ApiError, ConnectionError, type KubeObject } from '../apiserver/types.ts';
import { controllerOf, type Client } from '../apiserver/client.ts';
import { withDisruption } from '../apiserver/registry/disruption.ts';
import { CLAIMS, CLASSES, claimSpec, findVolume, SELECTED_NODE, VOLUMES } from '../controllers/volume-matching.ts';
import type { Change, ComponentContext, WatchSpec } from '../component.ts';
import { ElectedComponent, type ElectedState } from '../elected-component.ts';
import { assign, hasPodAffinity, newAccounts, removeNode, setNode, unassign, type Accounts } from './accounts.ts';
import type { Assignment, Feasible, FilterPlugin, NodeInfo, PendingPod, PluginState, Rejection, SchedulerView } from './framework.ts';
import { NodeAnswers, type Answers } from './node-answers.ts';
import { findPreemption, splitKey } from './preemption.ts';
import { activate, drop, isQueued, moveAll, newQueue, pop, promoteQueue, type QueuedPod, type SchedulingQueue } from './queue.ts';
import { insufficient } from './plugins/node-resources-fit.ts';
import { delayedClaims } from './plugins/volume-binding.ts';
import { filterPlugins, scorePlugins } from './registry.ts';
import { addRequests, hostPorts, podRequests } from './requests.ts';
import { Room } from './room.ts';
import { summarize, withUnschedulable } from './unschedulable.ts';

export const SCHEDULER_NAME = 'default-scheduler';
/** One pod at a time: a scheduling cycle of an idle cluster takes about a millisecond. */
const CSI_NODES = 'csinodes.storage.k8s.io';
const CYCLE_MS = 1;
/** Below this many nodes every node is looked at (minFeasibleNodesToFind). */
const MIN_FEASIBLE_NODES = 100;
const MIN_FEASIBLE_PERCENT = 5;

/** Writes the scheduler's events about pods. */
export interface SchedulerEvents {
  scheduled(pod: KubeObject, message: string): void;
  failed(pod: KubeObject, message: string): void;
  preempted(victim: KubeObject, message: string): void;
}

export interface SchedulerState extends ElectedState {
  accounts: Accounts;
  queue: SchedulingQueue;
  /** Pods for which room is being made, and where. */
  nominated: Map<string, Assignment>;
  /** Where the next search begins, so that all nodes get their turn. */
  nextStartNode: number;
  /** Memory of the event recorder. */
  events: unknown;
}

type Outcome = { node: string } | { refused: string } | { rejections: Map<string, Rejection>; states: Map<FilterPlugin, PluginState> };

const NONE: Feasible = { count: 0, nodes: () => [] };

export abstract class SchedulerBase extends ElectedComponent<SchedulerState> implements SchedulerView {
  readonly #answers = new NodeAnswers();
  readonly #room = new Room();
  readonly watches: WatchSpec[] = [{ resource: 'pods' }, { resource: 'nodes' }, { resource: 'namespaces' }, { resource: CLAIMS }, { resource: VOLUMES }, { resource: CLASSES }, { resource: CSI_NODES }];

  constructor(node: string, context: ComponentContext, client: Client, exit: () => void) {
    super('kube-scheduler', node, context, client, exit);
  }

  protected abstract readonly events: SchedulerEvents;

  protected initial(): SchedulerState {
    return { accounts: newAccounts(), queue: newQueue(), nominated: new Map(), nextStartNode: 0, events: null, lease: null, standby: false };
  }

  // ---- what plugins see ----

  nodes(): Iterable<NodeInfo> {
    return this.own.accounts.nodes.values();
  }

  override timer(_event: KernelEvent): void {}

  nodeNamed(name: string): NodeInfo | undefined {
    return this.own.accounts.nodes.get(name);
  }

  *assignedPods(): Iterable<KubeObject> {
    for (const key of this.own.accounts.assignments.keys()) {
      const pod = this.cachedAt('pods', key);
      if (pod && (pod.spec as { nodeName?: string }).nodeName) yield pod;
    }
  }

  *podsWithAffinity(): Iterable<KubeObject> {
    for (const key of this.own.accounts.podsWithAffinity) {
      const pod = this.cachedAt('pods', key);
      if (pod) yield pod;
    }
  }

  countsByOwner(owner: string): ReadonlyMap<string, number> | undefined {
    return this.own.accounts.byOwner.get(owner);
  }

  countsByIndex(owner: string): Int32Array {
    return this.#answers.countsOf(owner);
  }

  get nodeFeatures(): { zoned: boolean; softTaints: boolean } {
    return this.#answers.features;
  }

  namespaceLabels(name: string): Record<string, string> {
    return this.cached('namespaces', undefined, name)?.metadata.labels ?? {};
  }

  claim(namespace: string, name: string): KubeObject | undefined {
    return this.cached(CLAIMS, namespace, name);
  }

  volume(name: string): KubeObject | undefined {
    return this.cached(VOLUMES, undefined, name);
  }

  volumes(): Iterable<KubeObject> {
    return this.cachedAll(VOLUMES);
  }

  storageClass(name: string): KubeObject | undefined {
    return this.cached(CLASSES, undefined, name);
  }

  csiNode(name: string): KubeObject | undefined {
    return this.cached(CSI_NODES, undefined, name);
  }

  // ---- what changes ----

  protected changed(change: Change): void {
    if (change.resource === 'nodes') this.#nodeChanged(change);
    else if (change.resource === 'pods') this.#podChanged(change);
    else if (change.resource !== 'namespaces') moveAll(this.own.queue, this.now);
  }

  #nodeChanged({ type, object, previous }: Change): void {
    const { accounts, queue } = this.own;
    if (type === 'DELETED') {
      removeNode(accounts, object.metadata.name);
      this.#answers.reset();
      return;
    }
    if (!accounts.nodes.has(object.metadata.name)) this.#answers.reset();
    setNode(accounts, object);
    this.#answers.objectChanged(object.metadata.name);
    const before = previous;
    const unchanged =
      before !== undefined &&
      before.spec === object.spec &&
      before.metadata.labels === object.metadata.labels &&
      (before.status as { allocatable?: unknown }).allocatable === (object.status as { allocatable?: unknown }).allocatable;
    if (!unchanged) moveAll(queue, this.now);
  }

  #podChanged({ type, key, object, previous, cause }: Change): void {
    const { accounts, queue } = this.own;
    const spec = object.spec as { nodeName?: string; schedulerName?: string; priority?: number; schedulingGates?: unknown[] };
    const phase = (object.status as { phase?: string } | undefined)?.phase;
    if (type === 'DELETED' || phase === 'Succeeded' || phase === 'Failed') {
      drop(queue, key);
      this.own.nominated.delete(key);
      const held = accounts.assignments.get(key);
      if (held) {
        unassign(accounts, object);
        this.#answers.changed(held.node);
        moveAll(queue, this.now);
      }
      return;
    }
    if (spec.nodeName) {
      // It was counted when it got its node.
      if (previous?.spec === spec) return;
      drop(queue, key);
      this.own.nominated.delete(key);
      this.#assign(object, key, spec.nodeName);
      return;
    }
    if ((spec.schedulerName ?? SCHEDULER_NAME) !== SCHEDULER_NAME || object.metadata.deletionTimestamp || spec.schedulingGates?.length) return;
    const priority = spec.priority ?? 0;
    const nominated = (object.status as { nominatedNodeName?: string } | undefined)?.nominatedNodeName;
    if (nominated) this.#nominate(object, key, nominated, priority);
    if (!isQueued(queue, key, priority)) activate(queue, { key, priority, attempts: 0, cause, failedAt: 0 });
  }

  protected work(connected: boolean): void {
    if (!this.lead(connected)) return;
    const { queue } = this.own;
    const next = promoteQueue(queue, this.now);
    if (next !== undefined) this.wakeAt(next);
    const queued = pop(queue);
    if (!queued) return;
    if (queue.active.size > 0) this.wakeAt(this.now + CYCLE_MS);
    const pod = this.cachedAt('pods', queued.key);
    if (!pod || (pod.spec as { nodeName?: string }).nodeName || pod.metadata.deletionTimestamp) return;
    this.context.kernel.cause = queued.cause;
    try {
      this.#schedule(pod, queued);
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error;
      queued.attempts++;
      queued.failedAt = this.now;
      queue.unschedulable.set(queued.key, queued);
      moveAll(queue, this.now);
      this.wakeAt(this.now + 1_000);
    }
  }

  // ---- one scheduling cycle ----

  #schedule(pod: KubeObject, queued: QueuedPod): void {
    const pending: PendingPod = {
      pod,
      key: queued.key,
      requests: podRequests(pod),
      ports: hostPorts(pod),
      owner: controllerOf(pod)?.uid ?? '',
      priority: queued.priority,
    };
    const outcome = this.#selectNode(pending, queued.reserved);
    if ('node' in outcome) {
      if (this.#preparesVolumes(pod, outcome.node, queued)) return;
      this.client.bind(pod.metadata.namespace as string, pod.metadata.name, outcome.node);
      this.#assign(pod, queued.key, outcome.node, pending);
      this.events.scheduled(pod, `Successfully assigned ${queued.key} to ${outcome.node}`);
      return;
    }
    queued.attempts++;
    queued.failedAt = this.now;
    this.own.queue.unschedulable.set(queued.key, queued);
    this.wakeAt(this.now + 300_000);
    if ('refused' in outcome) this.#fail(pod, `0/${this.own.accounts.nodes.size} nodes are available: ${outcome.refused}. not found`);
    else this.#reject(pending, outcome);
  }

  #assign(pod: KubeObject, key: string, node: string, pending?: PendingPod): void {
    const { accounts } = this.own;
    const before = accounts.assignments.get(key);
    if (before?.node === node) return;
    assign(accounts, pod, node, pending);
    if (before) this.#answers.changed(before.node);
    this.#answers.changed(node);
  }

  /** Has volumes bound or made on the chosen node (`PreBind` of volumebinding). @returns whether the pod must wait for them. */
  #preparesVolumes(pod: KubeObject, node: string, queued: QueuedPod): boolean {
    const claims = delayedClaims(pod, this);
    if (claims.length === 0) return false;
    const target = this.nodeNamed(node)?.node;
    for (const claim of claims) {
      const { namespace, name } = claim.metadata;
      const volume = findVolume(claim, this.volumes(), target);
      if (volume) {
        if (!(volume.spec as { claimRef?: object }).claimRef) {
          this.client.patch(VOLUMES, undefined, volume.metadata.name, (current) => ({
            ...current,
            metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, 'pv.kubernetes.io/bound-by-controller': 'yes' } },
            spec: { ...(current.spec as object), claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, resourceVersion: claim.metadata.resourceVersion, uid: claim.metadata.uid } },
          }));
        }
      } else if (claim.metadata.annotations?.[SELECTED_NODE] === undefined && claimSpec(claim).storageClassName) {
        this.client.patch(CLAIMS, namespace, name, (current) => ({ ...current, metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, [SELECTED_NODE]: node } } }));
      }
    }
    queued.reserved = node;
    queued.failedAt = 0;
    this.own.queue.unschedulable.set(queued.key, queued);
    return true;
  }

  #selectNode(pending: PendingPod, reserved: string | undefined): Outcome {
    const { accounts } = this.own;
    const all = this.#answers.nodes(accounts);
    const states = new Map<FilterPlugin, PluginState>();
    const wide: FilterPlugin[] = [];
    const narrow: Answers['filters'] = [];
    for (const plugin of filterPlugins) {
      if (plugin.name === 'InterPodAffinity' && accounts.podsWithAffinity.size === 0 && !hasPodAffinity(pending.pod)) continue;
      const refused = plugin.reject?.(pending, this);
      if (refused !== undefined) return { refused };
      let state: PluginState;
      if (plugin.preFilter) {
        state = plugin.preFilter(pending, this);
        if (state === null) continue;
        states.set(plugin, state);
      }
      if (plugin.wide) wide.push(plugin);
      else narrow.push({ plugin, state });
    }
    const answers = this.#answers.of(pending, () => ({ filters: narrow, scored: this.#narrowScores(pending) }));
    const wanted = feasibleNodesToFind(all.length);
    const feasible = this.#room.indexes(all.length);
    let fitting = 0;
    let rejections: Map<string, Rejection> | undefined;
    const nominations = this.own.nominated.size > 0;
    let index = this.own.nextStartNode % Math.max(1, all.length);
    for (let looked = 0; looked < all.length && fitting < wanted; looked++) {
      const info = all[index] as NodeInfo;
      let refused = answers.known[index] === 1 ? answers.rejections[index] : this.#answers.ask(answers, pending, index);
      if (!refused && wide.length > 0) refused = firstRejection(wide, states, pending, info);
      if (!refused && nominations) refused = this.#keptFor(pending, info);
      if (refused) (rejections ??= new Map<string, Rejection>()).set(info.name, refused);
      else feasible[fitting++] = index;
      if (++index === all.length) index = 0;
    }
    if (all.length > 0) this.own.nextStartNode = index;
    if (fitting === 0) return { rejections: rejections ?? new Map<string, Rejection>(), states };
    const indexes = feasible.subarray(0, fitting);
    if (reserved !== undefined && indexes.some((candidate) => all[candidate]?.name === reserved)) return { node: reserved };
    return { node: (all[this.#best(pending, answers, all, indexes)] as NodeInfo).name };
  }

  #nominate(pod: KubeObject, key: string, node: string, priority: number): void {
    this.own.nominated.set(key, { node, key, requests: podRequests(pod), ports: hostPorts(pod), owner: '', priority });
  }

  /** Room that is made for pods at least as important is not given to others (`RunFilterPluginsWithNominatedPods`). */
  #keptFor(pending: PendingPod, info: NodeInfo): Rejection | undefined {
    if (this.own.nominated.size === 0) return undefined;
    let filled: NodeInfo | undefined;
    for (const { node, key, priority, requests } of this.own.nominated.values()) {
      if (node !== info.name || key === pending.key || priority < pending.priority) continue;
      filled ??= { ...info, used: { ...info.used, scalars: { ...info.used.scalars } } };
      addRequests(filled.used, requests, 1);
      filled.podCount++;
    }
    return filled && insufficient(pending.requests, filled);
  }

  /** Whether a pod may make room (again), and if not, why (`PodEligibleToPreemptOthers`). */
  #notEligible(pending: PendingPod): string | undefined {
    if ((pending.pod.spec as { preemptionPolicy?: string }).preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
    const nominated = this.own.nominated.get(pending.key);
    if (!nominated) return undefined;
    for (const assignment of this.own.accounts.assignments.values()) {
      if (assignment.node !== nominated.node || assignment.priority >= pending.priority) continue;
      if (this.cachedAt('pods', assignment.key)?.metadata.deletionTimestamp) return 'not eligible due to a terminating pod on the nominated node.';
    }
    return undefined;
  }

  /** Score plugins that look at one node alone and apply to the pod. */
  #narrowScores(pending: PendingPod): Answers['scored'] {
    const scored: Answers['scored'] = [];
    for (const plugin of scorePlugins) {
      if (!plugin.narrow) continue;
      const state: PluginState = plugin.preScore?.(pending, NONE, this);
      if (state !== null) scored.push({ plugin, state });
    }
    return scored;
  }

  /** @returns the index of the best of the nodes that fit. */
  #best(pending: PendingPod, answers: Answers, all: readonly NodeInfo[], indexes: Int32Array): number {
    const count = indexes.length;
    if (count === 1) return indexes[0] as number;
    const totals = this.#room.totals(count);
    for (let i = 0; i < count; i++) totals[i] = answers.scores[indexes[i] as number] as number;
    let found: NodeInfo[] | undefined;
    const feasible: Feasible = { count, nodes: () => (found ??= Array.from(indexes, (index) => all[index] as NodeInfo)) };
    for (const plugin of scorePlugins) {
      if (plugin.narrow) continue;
      if (plugin.name === 'InterPodAffinity' && this.own.accounts.podsWithAffinity.size === 0 && !hasPodAffinity(pending.pod)) continue;
      let state: PluginState;
      if (plugin.preScore) {
        state = plugin.preScore(pending, feasible, this);
        if (state === null) continue;
      }
      const scores = this.#room.scores(count);
      if (!plugin.scoreAll?.(indexes, state, scores)) {
        for (let i = 0; i < count; i++) scores[i] = plugin.score(pending, all[indexes[i] as number] as NodeInfo, state, indexes[i] as number);
      }
      plugin.normalize?.(scores, state);
      for (let i = 0; i < count; i++) totals[i] = (totals[i] as number) + plugin.weight * (scores[i] as number);
    }
    // Equal scores are drawn by lot, as selectHost does (reservoir sampling).
    let best = 0;
    let top = totals[0] as number;
    let ties = 1;
    for (let i = 1; i < count; i++) {
      const score = totals[i] as number;
      if (score > top) {
        best = i;
        top = score;
        ties = 1;
      } else if (score === top && this.context.kernel.random.below(++ties) === 0) best = i;
    }
    return indexes[best] as number;
  }

  #reject(pending: PendingPod, { rejections, states }: Extract<Outcome, { rejections: unknown }>): void {
    const total = this.own.accounts.nodes.size;
    let message: string;
    if (total === 0) message = 'no nodes available to schedule pods';
    else {
      const fits = (info: NodeInfo): boolean =>
        firstRejection(filterPlugins.filter((plugin) => !plugin.preFilter || states.has(plugin)), states, pending, info) === undefined;
      message = `0/${total} nodes are available: ${summarize([...rejections.values()].flatMap((refused) => refused.reasons))}.`;
      const notEligible = this.#notEligible(pending);
      const { candidate, reasons } = notEligible === undefined ? findPreemption(pending, this.own.accounts, rejections, fits) : { candidate: undefined, reasons: [] };
      if (notEligible !== undefined) message += ` no new claims to deallocate, preemption: ${notEligible}`;
      else if (candidate) this.#preempt(pending, candidate.node, candidate.victims.map((victim) => victim.key));
      // Dynamic resource allocation is asked first, and has nothing to give back.
      else message += ` no new claims to deallocate, preemption: 0/${total} nodes are available: ${summarize(reasons)}.`;
    }
    this.#fail(pending.pod, message);
  }

  #fail(pod: KubeObject, message: string): void {
    this.events.failed(pod, message);
    this.client.patch('pods', pod.metadata.namespace, pod.metadata.name, (current) => withUnschedulable(current, message, this.now), 'status');
  }

  #preempt(pending: PendingPod, node: string, victims: string[]): void {
    for (const key of victims) {
      const { namespace, name } = splitKey(key);
      const victim = this.cached('pods', namespace, name);
      if (!victim || victim.metadata.deletionTimestamp) continue;
      this.client.patch('pods', namespace, name, (current) => withDisruption(current, 'PreemptionByScheduler', `${SCHEDULER_NAME}: preempting to accommodate a higher priority pod`, this.now), 'status');
      this.client.delete('pods', namespace, name);
      this.events.preempted(victim, `Preempted by pod ${pending.pod.metadata.uid} on node ${node}`);
    }
    this.#nominate(pending.pod, pending.key, node, pending.priority);
    this.client.patch(
      'pods',
      pending.pod.metadata.namespace,
      pending.pod.metadata.name,
      (current) => ({ ...current, status: { ...(current.status as object), nominatedNodeName: node } }),
      'status',
    );
  }
}

function firstRejection(plugins: FilterPlugin[], states: Map<FilterPlugin, PluginState>, pending: PendingPod, info: NodeInfo): Rejection | undefined {
  for (const plugin of plugins) {
    const refused = plugin.filter(pending, info, states.get(plugin));
    if (refused) return refused;
  }
  return undefined;
}

/** `numFeasibleNodesToFind`: large clusters look at a share of their nodes only. */
export function feasibleNodesToFind(nodes: number): number {
  if (nodes < MIN_FEASIBLE_NODES) return nodes;
  const percent = Math.max(MIN_FEASIBLE_PERCENT, 50 - Math.floor(nodes / 125));
  return Math.max(MIN_FEASIBLE_NODES, Math.floor((nodes * percent) / 100));
}
