/**
 * Scales workloads by what their pods use (`pkg/controller/podautoscaler/horizontal.go`): every 15 s each autoscaler reads
 * metrics.k8s.io, works out a number of replicas and sets it. Metrics of other APIs are not served here, and say so.
 */
import { canonicalQuantity, parseQuantity } from '../apiserver/quantity.ts';
import { rfc3339 } from '../apiserver/tables/duration.ts';
import { formatLabels } from '../apiserver/tables/format.ts';
import { formatLabelSelector, labelSelectorMatches, type LabelSelector } from '../apiserver/selectors.ts';
import { ApiError, type KubeObject } from '../apiserver/types.ts';
import { MetricError, replicasForAverage, replicasForUtilization, TOLERANCE, type Answer, type PodMetric, type Question } from './replica-calculator.ts';
import { normalize, noteScaling, type Behavior, type Condition, type ScalingMemory } from './scaling-behavior.ts';
import { scaleTarget, type ScaleTarget, type TargetReference } from './scale-target.ts';
import { keyOf, splitKey, type Controller, type ControllerContext } from './types.ts';

const RESOURCE = 'horizontalpodautoscalers.autoscaling';
/** `--horizontal-pod-autoscaler-sync-period`. */
const SYNC_MS = 15_000;
interface MetricTarget {
  averageValue?: string | number;
  averageUtilization?: number;
}

interface ResourceSource {
  name: string;
  container?: string;
  target: MetricTarget;
}

interface MetricSpec {
  type: string;
  resource?: ResourceSource;
  containerResource?: ResourceSource;
  [source: string]: unknown;
}

interface AutoscalerSpec {
  scaleTargetRef: TargetReference;
  minReplicas?: number;
  maxReplicas: number;
  metrics?: MetricSpec[];
  behavior?: Behavior;
}

interface AutoscalerStatus {
  lastScaleTime?: string;
  currentReplicas?: number;
  desiredReplicas: number;
  currentMetrics?: unknown[] | null;
  conditions?: (Condition & { lastTransitionTime: string })[];
}

interface AutoscalerState {
  /** By key of the autoscaler. */
  memories: Map<string, ScalingMemory>;
}

type Context = ControllerContext<AutoscalerState>;

export const horizontalPodAutoscaler = {
  name: 'horizontalpodautoscaler',
  component: 'horizontal-pod-autoscaler',
  watches: [{ resource: RESOURCE }, { resource: 'pods' }],
  initial: (): AutoscalerState => ({ memories: new Map() }),
  changed(change, context) {
    // Whatever happens, an autoscaler is looked at once in a period.
    if (change.resource === RESOURCE) context.enqueueAt(keyOf(change.object), context.now + SYNC_MS);
  },
  sync(key, context) {
    const { namespace, name } = splitKey(key);
    const found = context.lister.get(RESOURCE, namespace, name);
    if (!found) return void context.state.memories.delete(key);
    context.enqueueAt(key, context.now + SYNC_MS);
    new AutoscalerSync(found, context).run();
  },
} satisfies Controller<AutoscalerState>;

/** A number of replicas, and the metric that it comes from. */
interface Proposal {
  replicas: number;
  metric: string;
}

/** One sync of one autoscaler. */
class AutoscalerSync {
  readonly spec: AutoscalerSpec;
  readonly status: AutoscalerStatus;
  readonly memory: ScalingMemory;

  constructor(
    private readonly found: KubeObject,
    private readonly context: Context,
  ) {
    this.spec = found.spec as AutoscalerSpec;
    const before = found.status as AutoscalerStatus | undefined;
    this.status = { desiredReplicas: 0, ...before, conditions: [...(before?.conditions ?? [])] };
    const key = keyOf(found);
    const { memories } = context.state;
    this.memory = memories.get(key) ?? { recommendations: [], ups: [], downs: [] };
    memories.set(key, this.memory);
  }

  run(): void {
    try {
      this.#reconcile();
    } finally {
      this.#writeStatus();
    }
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.context.events.event(this.found, type, reason, message);
  }

  #condition({ type, status, reason, message }: Condition): void {
    const conditions = this.status.conditions as NonNullable<AutoscalerStatus['conditions']>;
    const at = conditions.findIndex((condition) => condition.type === type);
    const known = conditions[at];
    const next = { type, status, lastTransitionTime: known?.status === status ? known.lastTransitionTime : rfc3339(this.context.now), reason, message };
    if (at < 0) conditions.push(next);
    else conditions[at] = next;
  }

  /** What is scaled; undefined when it cannot be had, which has been said then. */
  #target(): ScaleTarget | undefined {
    const target = scaleTarget(this.context.client, this.found.metadata.namespace, this.spec.scaleTargetRef);
    if (!('problem' in target)) return target;
    this.#event('Warning', 'FailedGetScale', target.problem);
    this.#condition({ type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message: `the HPA controller was unable to get the target's current scale: ${target.problem}` });
    return undefined;
  }

  #reconcile(): void {
    const { spec, status, memory, context } = this;
    const reached = this.#target();
    if (!reached) return;
    this.#condition({ type: 'AbleToScale', status: 'True', reason: 'SucceededGetScale', message: "the HPA controller was able to get the target's current scale" });
    const current = reached.replicas;
    if (memory.recommendations.length === 0) memory.recommendations.push({ replicas: current, at: context.now });
    const minimum = spec.minReplicas ?? 1;
    status.currentReplicas = current;
    let statuses: unknown[] | null = null;
    let desired = current;
    let reason = '';
    if (current === 0 && minimum !== 0) {
      this.#condition({ type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled', message: 'scaling is disabled since the replica count of the target is zero' });
    } else if (current > spec.maxReplicas) {
      desired = spec.maxReplicas;
      reason = 'Current number of replicas above Spec.MaxReplicas';
    } else if (current < minimum) {
      desired = minimum;
      reason = 'Current number of replicas below Spec.MinReplicas';
    } else {
      statuses = [];
      const proposal = this.#propose(reached, current, statuses);
      if (!proposal) {
        status.currentMetrics = statuses;
        return;
      }
      if (proposal.replicas > current) reason = `${proposal.metric} above target`;
      else if (proposal.replicas < current) reason = 'All metrics below target';
      const normalized = normalize(memory, spec.behavior, { current, desired: proposal.replicas, minimum, maximum: spec.maxReplicas, now: context.now });
      for (const condition of normalized.conditions) this.#condition(condition);
      desired = normalized.replicas;
    }
    if (desired !== current && !this.#rescale(reached, current, desired, reason)) return;
    status.desiredReplicas = desired;
    status.currentMetrics = statuses;
  }

  /** @returns whether it was done. */
  #rescale(target: ScaleTarget, current: number, desired: number, reason: string): boolean {
    const { context, spec, status, memory } = this;
    try {
      target.scaleTo(desired);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#event('Warning', 'FailedRescale', `New size: ${desired}; reason: ${reason}; error: ${error.message}`);
      this.#condition({ type: 'AbleToScale', status: 'False', reason: 'FailedUpdateScale', message: `the HPA controller was unable to update the target scale: ${error.message}` });
      return false;
    }
    this.#condition({ type: 'AbleToScale', status: 'True', reason: 'SucceededRescale', message: `the HPA controller was able to update the target scale to ${desired}` });
    this.#event('Normal', 'SuccessfulRescale', `New size: ${desired}; reason: ${reason}`);
    noteScaling(memory, spec.behavior, current, desired, context.now);
    status.lastScaleTime = rfc3339(context.now);
    return true;
  }

  /** The highest number that a metric asks for. @param statuses filled with what was read. @returns undefined when nothing can be said. */
  #propose({ object, selector }: ScaleTarget, current: number, statuses: unknown[]): Proposal | undefined {
    if (!selector) {
      this.#event('Warning', 'SelectorRequired', 'selector is required');
      this.#condition({ type: 'ScalingActive', status: 'False', reason: 'InvalidSelector', message: "the HPA target's scale is missing a selector" });
      return this.#failed('selector is required');
    }
    const pods = this.#podsOf(selector);
    const rivals = this.#rivals(pods);
    if (rivals.length > 1) {
      const text = object.kind === 'ReplicationController' ? formatLabels(selector.matchLabels) : formatLabelSelector(selector);
      const problem = `pods by selector ${text} are controlled by multiple HPAs: [${rivals.join(' ')}]`;
      this.#event('Warning', 'AmbiguousSelector', problem);
      this.#condition({ type: 'ScalingActive', status: 'False', reason: 'AmbiguousSelector', message: problem });
      return this.#failed(problem);
    }
    const metrics = this.spec.metrics ?? [];
    let best: Proposal | undefined;
    let invalid = 0;
    let first: { problem: string; condition: Condition } | undefined;
    for (const metric of metrics) {
      const outcome = this.#computed(metric, pods, selector, current);
      if ('problem' in outcome) {
        invalid++;
        first ??= outcome;
        statuses.push({ type: '' });
        continue;
      }
      statuses.push(outcome.status);
      if (!best || outcome.replicas > best.replicas) best = outcome;
    }
    const problem = first && `invalid metrics (${invalid} invalid out of ${metrics.length}), first error is: ${first.problem}`;
    if (first && (!best || best.replicas < current)) {
      this.#condition(first.condition);
      return this.#failed(problem as string);
    }
    if (!best) return undefined;
    this.#condition({ type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound', message: `the HPA was able to successfully calculate a replica count from ${best.metric}` });
    return best;
  }

  #failed(problem: string): undefined {
    this.#event('Warning', 'FailedComputeMetricsReplicas', problem);
    return undefined;
  }

  #podsOf(selector: LabelSelector): KubeObject[] {
    const pods: KubeObject[] = [];
    for (const pod of this.context.lister.all('pods')) {
      if (pod.metadata.namespace === this.found.metadata.namespace && labelSelectorMatches(selector, pod.metadata.labels)) pods.push(pod);
    }
    return pods;
  }

  /** Every autoscaler whose target selects one of these pods, this one included. */
  #rivals(pods: readonly KubeObject[]): string[] {
    const { context, found } = this;
    const rivals: string[] = [];
    for (const other of context.lister.all(RESOURCE)) {
      if (other.metadata.namespace !== found.metadata.namespace) continue;
      const { scaleTargetRef } = other.spec as AutoscalerSpec;
      const target = scaleTarget(context.client, found.metadata.namespace, scaleTargetRef);
      const selector = 'problem' in target ? undefined : target.selector;
      if (other.metadata.uid === found.metadata.uid || (selector && pods.some((pod) => labelSelectorMatches(selector, pod.metadata.labels)))) rivals.push(keyOf(other));
    }
    return rivals.sort();
  }

  /** What one metric asks for, with its status; or why it says nothing. */
  #computed(metric: MetricSpec, pods: KubeObject[], selector: LabelSelector, current: number): (Proposal & { status: unknown }) | { problem: string; condition: Condition } {
    const unable = (reason: string, problem: string, prefix: string): { problem: string; condition: Condition } => {
      this.#event('Warning', reason, problem);
      return { problem: `${prefix}${problem}`, condition: { type: 'ScalingActive', status: 'False', reason, message: `the HPA was unable to compute the replica count: ${problem}` } };
    };
    const ofContainer = metric.type === 'ContainerResource';
    const source = ofContainer ? metric.containerResource : metric.type === 'Resource' ? metric.resource : undefined;
    if (!source) return unable(...otherMetric(metric, this.found.metadata.namespace ?? ''));
    const { name, target } = source;
    const container = ofContainer ? source.container : undefined;
    const [reason, prefix] = ofContainer
      ? ['FailedGetContainerResourceMetric', `failed to get ${name} container metric value: `]
      : ['FailedGetResourceMetric', `failed to get ${name} resource metric value: `];
    const byAmount = target.averageValue !== undefined;
    if (!byAmount && target.averageUtilization === undefined) {
      return unable(reason, 'invalid resource metric source: neither an average utilization target nor an average value (usage) target was set', prefix);
    }
    let answer: Answer;
    try {
      const question: Question = {
        resource: name,
        ...(container === undefined ? {} : { container }),
        pods,
        metrics: this.#read(name, container, selector),
        currentReplicas: current,
        tolerances: tolerancesOf(this.spec.behavior),
        now: this.context.now,
      };
      answer = byAmount ? replicasForAverage(question, parseQuantity(target.averageValue as string).milliValue()) : replicasForUtilization(question, target.averageUtilization as number);
    } catch (error) {
      if (!(error instanceof MetricError)) throw error;
      return unable(reason, `failed to get ${name} ${byAmount ? 'usage' : 'utilization'}: ${error.message}`, prefix);
    }
    const shown = {
      ...(container === undefined ? {} : { container }),
      current: { ...(answer.utilization === undefined ? {} : { averageUtilization: answer.utilization }), averageValue: canonicalQuantity(`${answer.average}m`) },
      name,
    };
    return {
      replicas: answer.replicas,
      metric: byAmount ? `${name} resource` : `${name} resource utilization (percentage of request)`,
      status: { [ofContainer ? 'containerResource' : 'resource']: shown, type: metric.type },
    };
  }

  /** The pods' figures of metrics.k8s.io. @throws MetricError */
  #read(resource: string, container: string | undefined, selector: LabelSelector): Map<string, PodMetric> {
    const failed = (why: string): MetricError => new MetricError(`unable to get metrics for resource ${resource}: ${why}`);
    let items: KubeObject[];
    try {
      items = this.context.podMetrics(this.found.metadata.namespace as string).filter((item) => labelSelectorMatches(selector, item.metadata.labels));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { code } = error;
      const problem = code === 404 ? 'the server could not find the requested resource' : code === 503 ? 'the server is currently unable to handle the request' : undefined;
      throw failed(`unable to fetch metrics from resource metrics API: ${problem ? `${problem} (get pods.metrics.k8s.io)` : error.message}`);
    }
    if (items.length === 0) throw failed('no metrics returned from resource metrics API');
    const metrics = new Map<string, PodMetric>();
    for (const item of items) {
      const { timestamp, window, containers } = item as unknown as { timestamp: string; window: string; containers: { name: string; usage: Record<string, string> }[] };
      const counted = container === undefined ? containers : containers.filter((candidate) => candidate.name === container);
      if (container !== undefined && counted.length === 0) throw failed(`container ${container} not present in metrics for pod ${keyOf(item)}`);
      if (counted.length === 0 || counted.some(({ usage }) => usage[resource] === undefined)) continue;
      const value = counted.reduce((sum, { usage }) => sum + parseQuantity(usage[resource] as string).milliValue(), 0);
      metrics.set(item.metadata.name, { value, timestamp: Date.parse(timestamp), windowMs: milliseconds(window) });
    }
    return metrics;
  }

  #writeStatus(): void {
    const { context, found, status } = this;
    const written = JSON.stringify(status);
    if (written === JSON.stringify(found.status ?? {})) return;
    try {
      context.client.patch(RESOURCE, found.metadata.namespace, found.metadata.name, (current) => ({ ...current, status: JSON.parse(written) as object }), 'status');
    } catch (error) {
      // Gone meanwhile, or refused: there is another turn in a period.
      if (!(error instanceof ApiError)) throw error;
    }
  }
}

/** Metrics of APIs that nobody serves in this cluster. @returns reason, problem, and how the summary begins. */
function otherMetric(metric: MetricSpec, namespace: string): [reason: string, problem: string, prefix: string] {
  const { metric: identifier, describedObject } = (metric[metric.type.charAt(0).toLowerCase() + metric.type.slice(1)] ?? {}) as { metric?: { name: string; selector?: LabelSelector }; describedObject?: { kind: string; name: string } };
  const name = identifier?.name ?? '';
  const custom = 'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered';
  switch (metric.type) {
    case 'Pods':
      return ['FailedGetPodsMetric', `unable to get metric ${name}: ${custom}`, 'failed to get pods metric value: '];
    case 'Object':
      return ['FailedGetObjectMetric', `unable to get metric ${name}: ${describedObject?.kind ?? ''} on ${namespace} ${describedObject?.name ?? ''}/${custom}`, 'failed to get object metric value: '];
    case 'External':
      return [
        'FailedGetExternalMetric',
        `unable to get external metric ${namespace}/${name}/${identifier?.selector ? `&LabelSelector{MatchLabels:map[string]string{${formatLabels(identifier.selector.matchLabels).replaceAll('=', ': ')},},MatchExpressions:[]LabelSelectorRequirement{},}` : 'nil'}: unable to fetch metrics from external metrics API: the server could not find the requested resource (get ${name}.external.metrics.k8s.io)`,
        `failed to get ${name} external metric value: `,
      ];
    default:
      return ['InvalidMetricSourceType', `unknown metric source type "${metric.type}"`, ''];
  }
}

function tolerancesOf(behavior: Behavior | undefined): Question['tolerances'] {
  const of = (tolerance: string | number | undefined): number => (tolerance === undefined ? TOLERANCE : parseQuantity(tolerance).milliValue() / 1_000);
  return { scaleUp: of(behavior?.scaleUp?.tolerance), scaleDown: of(behavior?.scaleDown?.tolerance) };
}

/** `1m0s` in ms. */
function milliseconds(duration: string): number {
  let sum = 0;
  for (const [, amount, unit] of duration.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)) sum += Number(amount) * ({ h: 3_600_000, m: 60_000, s: 1_000, ms: 1 }[unit as string] as number);
  return Math.round(sum);
}
