/**
 * Watches whether nodes report, marks them, taints them, and gives up their pods (`pkg/controller/nodelifecycle` and
 * `pkg/controller/tainteviction`).
 */
import { withDisruption } from '../apiserver/registry/disruption.ts';
import { rfc3339 } from '../apiserver/tables/duration.ts';
import { ApiError, type KubeObject } from '../apiserver/types.ts';
import type { Cause } from '../kernel/kernel.ts';
import { tolerates, type Taint, type Toleration } from '../scheduler/framework.ts';
import { isTerminal, statusOf } from './pods.ts';
import type { Change } from '../component.ts';
import { keyOf, splitKey, type Controller, type ControllerContext } from './types.ts';

const LEASES = 'leases.coordination.k8s.io';
/** `--node-monitor-period` and `--node-monitor-grace-period`. */
const MONITOR_PERIOD_MS = 5_000;
const GRACE_PERIOD_MS = 50_000;
/** `--node-startup-grace-period`. */
const STARTUP_GRACE_MS = 60_000;
const MONITOR_KEY = '*';
/** A kubelet renews its lease this often, ms. */
const LEASE_RENEW_MS = 10_000;

interface NodeCondition {
  type: string;
  status: string;
  lastHeartbeatTime?: string;
  lastTransitionTime?: string;
  reason?: string;
  message?: string;
}

interface Health {
  /** When the node was last seen alive, by this controller's clock, ms. */
  seenAt: number;
  /** Lease renewal and status heartbeat that were seen then. */
  renewTime: string;
  heartbeat: string;
}

interface LifecycleState {
  nodes: Map<string, Health>;
  registered: Set<string>;
  /** The writes that gave nodes the NoExecute taints that they have: pods leave because of them, however much later. */
  tainted?: Map<string, Cause>;
}

const CONDITION_TYPES = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'];
/** Conditions that become NoSchedule taints. */
const CONDITION_TAINTS: Record<string, string> = {
  MemoryPressure: 'node.kubernetes.io/memory-pressure',
  DiskPressure: 'node.kubernetes.io/disk-pressure',
  PIDPressure: 'node.kubernetes.io/pid-pressure',
  NetworkUnavailable: 'node.kubernetes.io/network-unavailable',
};
const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';
const OWN_TAINTS = new Set([...Object.values(CONDITION_TAINTS), NOT_READY, UNREACHABLE, UNSCHEDULABLE]);

function conditionsOf(node: KubeObject): NodeCondition[] {
  return (node.status as { conditions?: NodeCondition[] } | undefined)?.conditions ?? [];
}

function readyOf(node: KubeObject): NodeCondition | undefined {
  return conditionsOf(node).find((condition) => condition.type === 'Ready');
}

function taintsOf(node: KubeObject): (Taint & { timeAdded?: string })[] {
  return (node.spec as { taints?: Taint[] }).taints ?? [];
}

export const nodeLifecycle = {
  name: 'node-lifecycle',
  component: 'node-controller',
  watches: [{ resource: 'nodes' }, { resource: LEASES }, { resource: 'pods', indexes: { node: (pod) => [(pod.spec as { nodeName?: string }).nodeName ?? ''] } }],
  initial: (): LifecycleState => ({ nodes: new Map(), registered: new Set() }),
  started(context) {
    context.enqueue(MONITOR_KEY);
  },
  changed(change, context) {
    if (change.resource === 'nodes') {
      noteTaints(change, context as ControllerContext<LifecycleState>);
      context.enqueue(`node/${change.object.metadata.name}`, change.cause);
    }
    // A pod that lands on a tainted node may have to leave it again.
    if (change.resource === 'pods' && change.type === 'ADDED') {
      const node = (change.object.spec as { nodeName?: string }).nodeName;
      if (node) context.enqueue(`pods/${node}`, change.cause);
    }
  },
  sync(key, context) {
    if (key === MONITOR_KEY) {
      const { cause } = context.kernel;
      for (const node of context.lister.all('nodes')) {
        // What follows for one node follows from nothing that happened to another.
        context.kernel.cause = cause;
        monitor(node, context as ControllerContext<LifecycleState>);
      }
      context.kernel.cause = cause;
      forgetGone(context as ControllerContext<LifecycleState>);
      context.enqueueAt(MONITOR_KEY, context.now + MONITOR_PERIOD_MS);
      return;
    }
    const { namespace: kind, name } = splitKey(key);
    const node = context.lister.get('nodes', undefined, name);
    if (kind === 'node' && node) taintByCondition(node, context as ControllerContext<LifecycleState>);
    if (kind === 'pods' && node) evictIntolerant(node, context as ControllerContext<LifecycleState>);
  },
} satisfies Controller<LifecycleState>;

function noteTaints({ type, object, previous, cause }: Change, { state }: ControllerContext<LifecycleState>): void {
  const tainted = (state.tainted ??= new Map<string, Cause>());
  const executing = (node: KubeObject): string => JSON.stringify(taintsOf(node).filter(({ effect }) => effect === 'NoExecute'));
  if (type === 'DELETED' || executing(object) === '[]') tainted.delete(object.metadata.name);
  else if (!previous || executing(previous) !== executing(object)) tainted.set(object.metadata.name, cause);
}

function forgetGone(context: ControllerContext<LifecycleState>): void {
  for (const name of [...context.state.nodes.keys()]) {
    if (context.lister.get('nodes', undefined, name)) continue;
    context.state.nodes.delete(name);
    context.state.registered.delete(name);
    context.events.event({ apiVersion: 'v1', kind: 'Node', name }, 'Normal', 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`);
  }
}

/** One look at one node: is it alive, and has that changed? */
function monitor(node: KubeObject, context: ControllerContext<LifecycleState>): void {
  const name = node.metadata.name;
  const lease = context.lister.get(LEASES, 'kube-node-lease', name);
  const renewTime = (lease?.spec as { renewTime?: string } | undefined)?.renewTime ?? '';
  const ready = readyOf(node);
  const heartbeat = ready?.lastHeartbeatTime ?? '';
  let health = context.state.nodes.get(name);
  if (!health) {
    health = { seenAt: context.now, renewTime, heartbeat };
    context.state.nodes.set(name, health);
  }
  if (!context.state.registered.has(name)) {
    context.state.registered.add(name);
    context.events.event(node, 'Normal', 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`);
  }
  if (health.renewTime !== renewTime || (ready?.status !== 'Unknown' && health.heartbeat !== heartbeat)) {
    health.seenAt = context.now;
    health.renewTime = renewTime;
    health.heartbeat = heartbeat;
  }
  const grace = ready ? GRACE_PERIOD_MS : STARTUP_GRACE_MS;
  const before = ready?.status;
  let current = node;
  if (context.now - health.seenAt > grace) {
    const silence = context.silenceOf(name);
    // Unless it was late already when that happened.
    if (silence && silence.since <= health.seenAt + LEASE_RENEW_MS + MONITOR_PERIOD_MS) context.kernel.cause = silence.cause;
    current = markUnknown(node, context);
    if (current !== node) context.kernel.cause = causedBy(current);
  }
  const after = readyOf(current)?.status;
  if (before === 'True' && after !== 'True') {
    context.events.event(current, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
  }
  if (after !== 'True') markPodsNotReady(current, context);
  taintByCondition(current, context);
}

/** The write that made an object what it is. */
function causedBy(object: KubeObject): Cause {
  return { kind: 'write', id: Number(object.metadata.resourceVersion) };
}

/** Every condition becomes Unknown: nobody says otherwise any more. */
function markUnknown(node: KubeObject, context: ControllerContext): KubeObject {
  const conditions = conditionsOf(node);
  if (CONDITION_TYPES.every((type) => conditions.find((condition) => condition.type === type)?.status === 'Unknown')) return node;
  const time = rfc3339(context.now);
  return context.client.patch(
    'nodes',
    undefined,
    node.metadata.name,
    (current) => {
      const present = conditionsOf(current);
      const missing = CONDITION_TYPES.filter((type) => !present.some((condition) => condition.type === type)).map((type) => ({
        lastHeartbeatTime: current.metadata.creationTimestamp,
        lastTransitionTime: time,
        message: 'Kubelet never posted node status.',
        reason: 'NodeStatusNeverUpdated',
        status: 'Unknown',
        type,
      }));
      const changed = present.map((condition) =>
        condition.status === 'Unknown' || !CONDITION_TYPES.includes(condition.type)
          ? condition
          : { ...condition, lastTransitionTime: time, message: 'Kubelet stopped posting node status.', reason: 'NodeStatusUnknown', status: 'Unknown' },
      );
      return { ...current, status: { ...(current.status as object), conditions: [...changed, ...missing] } };
    },
    'status',
  );
}

/** Pods of a node that is not ready are not ready either, so that Services leave them out. */
function markPodsNotReady(node: KubeObject, context: ControllerContext): void {
  for (const pod of context.lister.indexed('pods', 'node', node.metadata.name)) {
    const ready = statusOf(pod).conditions?.find((condition) => condition.type === 'Ready');
    if (ready?.status !== 'True') continue;
    const time = rfc3339(context.now);
    try {
      context.client.patch(
        'pods',
        pod.metadata.namespace,
        pod.metadata.name,
        (current) => ({
          ...current,
          status: {
            ...(current.status as object),
            conditions: (statusOf(current).conditions ?? []).map((condition) => (condition.type === 'Ready' ? { ...condition, lastTransitionTime: time, status: 'False' } : condition)),
          },
        }),
        'status',
      );
      context.events.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }
}

/** Taints that follow from conditions and from being cordoned; other taints stay as they are. */
function taintByCondition(node: KubeObject, context: ControllerContext<LifecycleState>): void {
  const ready = readyOf(node)?.status;
  const wanted: Taint[] = [];
  for (const condition of conditionsOf(node)) {
    const key = CONDITION_TAINTS[condition.type];
    if (key && condition.status === 'True') wanted.push({ effect: 'NoSchedule', key });
  }
  if (ready === 'Unknown') wanted.push({ effect: 'NoSchedule', key: UNREACHABLE }, { effect: 'NoExecute', key: UNREACHABLE });
  else if (ready !== 'True') wanted.push({ effect: 'NoSchedule', key: NOT_READY }, { effect: 'NoExecute', key: NOT_READY });
  if ((node.spec as { unschedulable?: boolean }).unschedulable) wanted.push({ effect: 'NoSchedule', key: UNSCHEDULABLE });
  const present = taintsOf(node);
  const same = (x: Taint, y: Taint): boolean => x.key === y.key && x.effect === y.effect;
  const missing = wanted.filter((taint) => !present.some((other) => same(taint, other)));
  const surplus = present.filter((taint) => OWN_TAINTS.has(taint.key) && !wanted.some((other) => same(taint, other)));
  if (missing.length > 0 || surplus.length > 0) {
    const time = rfc3339(context.now);
    const written = context.client.patch('nodes', undefined, node.metadata.name, (current) => {
      const kept = taintsOf(current).filter((taint) => !surplus.some((other) => same(taint, other)));
      const added = missing.filter((taint) => !kept.some((other) => same(taint, other))).map((taint) => ({ ...taint, timeAdded: time }));
      const { taints: _before, ...spec } = current.spec as { taints?: Taint[] };
      const taints = [...kept, ...added];
      return { ...current, spec: taints.length > 0 ? { ...spec, taints } : spec };
    });
    // Until the cache has it, what is done to pods goes by the node of before.
    context.kernel.cause = causedBy(written);
  }
  evictIntolerant(node, context);
}

/** Deletes pods that do not tolerate the node's NoExecute taints, each when its toleration has run out. */
function evictIntolerant(node: KubeObject, context: ControllerContext<LifecycleState>): void {
  const taints = taintsOf(node).filter((taint) => taint.effect === 'NoExecute');
  if (taints.length === 0) return;
  context.kernel.cause = context.state.tainted?.get(node.metadata.name) ?? context.kernel.cause;
  for (const pod of context.lister.indexed('pods', 'node', node.metadata.name)) {
    if (pod.metadata.deletionTimestamp || isTerminal(pod)) continue;
    const due = evictionTime(pod, taints, context.now);
    if (due === undefined) continue;
    if (due > context.now) {
      context.enqueueAt(`pods/${node.metadata.name}`, due);
      continue;
    }
    context.events.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${keyOf(pod)}`);
    try {
      context.client.patch(
        'pods',
        pod.metadata.namespace,
        pod.metadata.name,
        (current) => withDisruption(current, 'DeletionByTaintManager', 'Taint manager: deleting due to NoExecute taint', context.now),
        'status',
      );
      context.client.delete('pods', pod.metadata.namespace, pod.metadata.name);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }
}

/**
 * When a pod must go because of taints, ms; undefined when it may stay for ever. The shortest toleration decides, counted
 * from when the taint was added.
 */
function evictionTime(pod: KubeObject, taints: readonly (Taint & { timeAdded?: string })[], now: number): number | undefined {
  const tolerations = (pod.spec as { tolerations?: Toleration[] }).tolerations ?? [];
  let due: number | undefined;
  for (const taint of taints) {
    const covering = tolerations.filter((toleration) => tolerates(toleration, taint));
    if (covering.length === 0) return now;
    const seconds = covering.map((toleration) => toleration.tolerationSeconds).filter((value): value is number => value !== undefined);
    if (seconds.length === 0) continue;
    const since = taint.timeAdded ? Date.parse(taint.timeAdded) : now;
    const at = since + Math.max(0, Math.min(...seconds)) * 1_000;
    if (due === undefined || at < due) due = at;
  }
  return due;
}
