/**
 * How many replicas a resource metric asks for (`pkg/controller/podautoscaler/replica_calculator.go`). Pure: pods and their
 * metrics in, a number out. Amounts are thousandths of the resource's unit.
 */
import { parseQuantity } from '../apiserver/quantity.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { readyCondition, statusOf } from './pods.ts';

/** `--horizontal-pod-autoscaler-cpu-initialization-period` and `--horizontal-pod-autoscaler-initial-readiness-delay`. */
const CPU_INITIALIZATION_MS = 300_000;
const INITIAL_READINESS_MS = 30_000;
/** `--horizontal-pod-autoscaler-tolerance`. */
export const TOLERANCE = 0.1;

/** Why no number can be given, in the controller's words. */
export class MetricError extends Error {
  override readonly name = 'MetricError';
}

export interface PodMetric {
  value: number;
  /** When it was read, and over how long, ms. */
  timestamp: number;
  windowMs: number;
}

/** How far usage may be from its target before anything is done, as a part of one. */
export interface Tolerances {
  scaleUp: number;
  scaleDown: number;
}

export interface Question {
  resource: string;
  /** Only this container of the pods. */
  container?: string;
  /** The pods that the target's selector selects. */
  pods: readonly KubeObject[];
  /** By pod name. */
  metrics: ReadonlyMap<string, PodMetric>;
  currentReplicas: number;
  tolerances: Tolerances;
  now: number;
}

export interface Answer {
  replicas: number;
  /** Percent of what is requested; absent when the target is an amount. */
  utilization?: number;
  /** Average over the pods. */
  average: number;
}

interface ResourceContainer {
  name: string;
  restartPolicy?: string;
  resources?: { requests?: Record<string, string | number> };
}

interface Groups {
  readyPods: number;
  unready: string[];
  missing: string[];
  /** Of pods that count. */
  metrics: Map<string, PodMetric>;
}

/** Which pods count, which are too young, and which have no figures (`groupPods`). */
function groupPods({ pods, metrics, resource, now }: Question): Groups {
  const groups: Groups = { readyPods: 0, unready: [], missing: [], metrics: new Map() };
  for (const pod of pods) {
    const { name } = pod.metadata;
    const { phase, startTime } = statusOf(pod);
    if (pod.metadata.deletionTimestamp || phase === 'Failed') continue;
    const metric = metrics.get(name);
    if (phase === 'Pending') groups.unready.push(name);
    else if (!metric) groups.missing.push(name);
    else if (resource === 'cpu' && isUnready(metric, readyCondition(pod), startTime, now)) groups.unready.push(name);
    else {
      groups.readyPods++;
      groups.metrics.set(name, metric);
    }
  }
  return groups;
}

function isUnready(metric: PodMetric, condition: ReturnType<typeof readyCondition>, startTime: string | undefined, now: number): boolean {
  if (!condition || !startTime) return true;
  const started = Date.parse(startTime);
  const changed = Date.parse(condition.lastTransitionTime ?? startTime);
  const notReady = condition.status === 'False';
  // While it may still be starting, a whole window must lie after it became ready.
  if (started + CPU_INITIALIZATION_MS > now) return notReady || metric.timestamp < changed + metric.windowMs;
  return notReady && started + INITIAL_READINESS_MS > changed;
}

/** What each pod requests. @throws MetricError */
function requestsOf({ pods, resource, container }: Question): Map<string, number> {
  const requests = new Map<string, number>();
  for (const pod of pods) {
    const spec = pod.spec as { containers: ResourceContainer[]; initContainers?: ResourceContainer[] };
    const sidecars = (spec.initContainers ?? []).filter((init) => init.restartPolicy === 'Always');
    let sum = 0;
    let found = false;
    for (const candidate of [...spec.containers, ...sidecars]) {
      if (container !== undefined && candidate.name !== container) continue;
      found = true;
      const request = candidate.resources?.requests?.[resource];
      if (request === undefined) throw new MetricError(`missing request for ${resource} in container ${candidate.name} of Pod ${pod.metadata.name}`);
      sum += parseQuantity(request).milliValue();
    }
    if (container !== undefined && !found) throw new MetricError(`container ${container} not found in Pod ${pod.metadata.name}`);
    requests.set(pod.metadata.name, sum);
  }
  return requests;
}

interface Usage {
  /** Usage to target. */
  ratio: number;
  utilization?: number;
  average: number;
}

/** Percent of requests (`GetResourceUtilizationRatio`). */
function utilizationOf(metrics: ReadonlyMap<string, PodMetric>, requests: ReadonlyMap<string, number>, target: number): Usage {
  let used = 0;
  let requested = 0;
  let count = 0;
  for (const [name, { value }] of metrics) {
    const request = requests.get(name);
    if (request === undefined) continue;
    used += value;
    requested += request;
    count++;
  }
  if (requested === 0) throw new MetricError('no metrics returned matched known pods');
  const utilization = Math.trunc((used * 100) / requested);
  return { ratio: utilization / target, utilization, average: Math.trunc(used / count) };
}

/** Average amount (`GetMetricUsageRatio`). */
function averageOf(metrics: ReadonlyMap<string, PodMetric>, target: number): Usage {
  let used = 0;
  for (const { value } of metrics.values()) used += value;
  const average = Math.trunc(used / metrics.size);
  return { ratio: average / target, average };
}

function isWithin({ scaleUp, scaleDown }: Tolerances, ratio: number): boolean {
  return 1 - scaleDown <= ratio && ratio <= 1 + scaleUp;
}

/** @param targetPercent of requests. @throws MetricError */
export function replicasForUtilization(question: Question, targetPercent: number): Answer {
  const groups = checked(groupPods(question), question);
  const requests = requestsOf(question);
  if (groups.metrics.size === 0) throw new MetricError('did not receive metrics for targeted pods (pods might be unready)');
  // A pod without figures is taken to use all of its request, or the target when that is more.
  const whole = (name: string): number => Math.trunc(((requests.get(name) ?? 0) * Math.max(100, targetPercent)) / 100);
  return decide(question, groups, (metrics) => utilizationOf(metrics, requests, targetPercent), whole);
}

/** @param target average amount of a pod. @throws MetricError */
export function replicasForAverage(question: Question, target: number): Answer {
  const groups = checked(groupPods(question), question);
  if (groups.metrics.size === 0) throw new MetricError('did not receive metrics for targeted pods (pods might be unready)');
  return decide(question, groups, (metrics) => averageOf(metrics, target), () => target);
}

function checked(groups: Groups, { pods }: Question): Groups {
  if (pods.length === 0) throw new MetricError('no pods returned by selector while calculating replica count');
  return groups;
}

/** @param whole what a pod without figures is taken to use when there is less to do. */
function decide({ currentReplicas, tolerances, now }: Question, groups: Groups, usageOf: (metrics: ReadonlyMap<string, PodMetric>) => Usage, whole: (name: string) => number): Answer {
  const { readyPods, unready, missing } = groups;
  const { ratio, ...shown } = usageOf(groups.metrics);
  const unreadyCount = unready.length > 0 && ratio > 1;
  if (!unreadyCount && missing.length === 0) {
    return { replicas: isWithin(tolerances, ratio) ? currentReplicas : Math.ceil(ratio * readyPods), ...shown };
  }
  // What is not known must not make the change bigger.
  const metrics = new Map(groups.metrics);
  const assume = (name: string, value: number): unknown => metrics.set(name, { value, timestamp: now, windowMs: 0 });
  if (ratio !== 1) for (const name of missing) assume(name, ratio < 1 ? whole(name) : 0);
  if (unreadyCount) for (const name of unready) assume(name, 0);
  const rest = usageOf(metrics).ratio;
  if (isWithin(tolerances, rest) || (ratio < 1 && rest > 1) || (ratio > 1 && rest < 1)) return { replicas: currentReplicas, ...shown };
  const replicas = Math.ceil(rest * metrics.size);
  const turned = (rest < 1 && replicas > currentReplicas) || (rest > 1 && replicas < currentReplicas);
  return { replicas: turned ? currentReplicas : replicas, ...shown };
}
