/**
 * From the number of replicas that metrics ask for to the number that is set: stabilisation, rates and limits, by the
 * built-in rules or by `spec.behavior` (`pkg/controller/podautoscaler/horizontal.go`). The memory is plain data.
 */

export interface ScalingPolicy {
  type: 'Pods' | 'Percent';
  value: number;
  periodSeconds: number;
}

export interface ScalingRules {
  stabilizationWindowSeconds?: number;
  selectPolicy?: 'Max' | 'Min' | 'Disabled';
  policies?: ScalingPolicy[];
  /** A quantity: part of one. */
  tolerance?: string | number;
}

export interface Behavior {
  scaleUp?: ScalingRules;
  scaleDown?: ScalingRules;
}

/** A number and when it was noted, ms. */
export interface Noted {
  replicas: number;
  at: number;
}

/** What is remembered of one autoscaler. */
export interface ScalingMemory {
  recommendations: Noted[];
  /** By how much it was scaled. */
  ups: Noted[];
  downs: Noted[];
}

export interface Condition {
  type: 'AbleToScale' | 'ScalingActive' | 'ScalingLimited';
  status: 'True' | 'False' | 'Unknown';
  reason: string;
  message: string;
}

export interface Wish {
  current: number;
  desired: number;
  minimum: number;
  maximum: number;
  now: number;
}

/** `--horizontal-pod-autoscaler-downscale-stabilization`. */
const DOWNSCALE_STABILIZATION_SECONDS = 300;
/** Without a behavior, at most twice as many at once, and four in any case. */
const UP_FACTOR = 2;
const UP_MINIMUM = 4;

const READY: Condition = { type: 'AbleToScale', status: 'True', reason: 'ReadyForNewScale', message: 'recommended size matches current size' };
const HIGHER = 'recent recommendations were higher than current one, applying the highest recent recommendation';
const LOWER = 'recent recommendations were lower than current one, applying the lowest recent recommendation';

type Limited = [replicas: number, reason: string, message: string];
const within = (replicas: number): Limited => [replicas, 'DesiredWithinRange', 'the desired count is within the acceptable range'];
const tooFew = (replicas: number): Limited => [replicas, 'TooFewReplicas', 'the desired replica count is less than the minimum replica count'];
const tooMany = (replicas: number): Limited => [replicas, 'TooManyReplicas', 'the desired replica count is more than the maximum replica count'];
const tooFast = (replicas: number): Limited => [replicas, 'ScaleUpLimit', 'the desired replica count is increasing faster than the maximum scale rate'];
const tooSteep = (replicas: number): Limited => [replicas, 'ScaleDownLimit', 'the desired replica count is decreasing faster than the maximum scale rate'];

export interface Normalized {
  replicas: number;
  conditions: Condition[];
}

/** The number to set, and what is to be said of it. Notes the wish in the memory. */
export function normalize(memory: ScalingMemory, behavior: Behavior | undefined, wish: Wish): Normalized {
  const [stable, stabilized] = behavior ? stabilizeByRules(memory, behavior, wish) : stabilize(memory, wish);
  const able = stable === wish.desired ? READY : stabilized;
  const [replicas, reason, message] = behavior ? limitByRules(memory, behavior, { ...wish, desired: stable }) : limit({ ...wish, desired: stable });
  return { replicas, conditions: [able, { type: 'ScalingLimited', status: replicas === stable ? 'False' : 'True', reason, message }] };
}

/** Notes a recommendation in place of one that is too old, so that the list stays as short as the window. */
function note(list: Noted[], replicas: number, now: number, isOld: (at: number) => boolean): void {
  const kept = list.filter(({ at }) => !isOld(at));
  kept.push({ replicas, at: now });
  list.splice(0, list.length, ...kept);
}

function stabilize({ recommendations }: ScalingMemory, { desired, now }: Wish): [number, Condition] {
  const cutoff = now - DOWNSCALE_STABILIZATION_SECONDS * 1_000;
  let highest = desired;
  for (const { replicas, at } of recommendations) if (at >= cutoff) highest = Math.max(highest, replicas);
  note(recommendations, desired, now, (at) => at < cutoff);
  return [highest, { type: 'AbleToScale', status: 'True', reason: 'ScaleDownStabilized', message: HIGHER }];
}

function stabilizeByRules({ recommendations }: ScalingMemory, { scaleUp, scaleDown }: Behavior, { current, desired, now }: Wish): [number, Condition] {
  const upCutoff = now - (scaleUp?.stabilizationWindowSeconds ?? 0) * 1_000;
  const downCutoff = now - (scaleDown?.stabilizationWindowSeconds ?? DOWNSCALE_STABILIZATION_SECONDS) * 1_000;
  let lowest = desired;
  let highest = desired;
  for (const { replicas, at } of recommendations) {
    if (at > upCutoff) lowest = Math.min(lowest, replicas);
    if (at > downCutoff) highest = Math.max(highest, replicas);
  }
  note(recommendations, desired, now, (at) => at < upCutoff && at < downCutoff);
  const stable = Math.min(Math.max(current, lowest), highest);
  const condition: Condition = desired >= current
    ? { type: 'AbleToScale', status: 'True', reason: 'ScaleUpStabilized', message: LOWER }
    : { type: 'AbleToScale', status: 'True', reason: 'ScaleDownStabilized', message: HIGHER };
  return [stable, condition];
}

function limit({ current, desired, minimum, maximum }: Wish): Limited {
  const rate = Math.max(UP_FACTOR * current, UP_MINIMUM);
  if (desired < minimum) return tooFew(minimum);
  if (desired > Math.min(rate, maximum)) return maximum > rate ? tooFast(rate) : tooMany(maximum);
  return within(desired);
}

function limitByRules({ ups, downs }: ScalingMemory, { scaleUp = {}, scaleDown = {} }: Behavior, { current, desired, minimum, maximum, now }: Wish): Limited {
  if (desired > current) {
    const rate = Math.max(current, upLimit(current, ups, downs, scaleUp, now));
    if (desired > Math.min(rate, maximum)) return maximum > rate ? tooFast(rate) : tooMany(maximum);
  } else if (desired < current) {
    const rate = Math.min(current, downLimit(current, ups, downs, scaleDown, now));
    if (desired < Math.max(rate, minimum)) return minimum < rate ? tooSteep(rate) : tooFew(minimum);
  }
  return within(desired);
}

function changed(list: readonly Noted[], periodSeconds: number, now: number): number {
  let sum = 0;
  for (const { replicas, at } of list) if (at > now - periodSeconds * 1_000) sum += replicas;
  return sum;
}

function upLimit(current: number, ups: readonly Noted[], downs: readonly Noted[], { selectPolicy = 'Max', policies = [] }: ScalingRules, now: number): number {
  if (selectPolicy === 'Disabled') return current;
  const proposals = policies.map(({ type, value, periodSeconds }) => {
    const start = current - changed(ups, periodSeconds, now) + changed(downs, periodSeconds, now);
    return type === 'Pods' ? start + value : Math.ceil((start * (100 + value)) / 100);
  });
  return selectPolicy === 'Min' ? Math.min(...proposals) : Math.max(...proposals);
}

function downLimit(current: number, ups: readonly Noted[], downs: readonly Noted[], { selectPolicy = 'Max', policies = [] }: ScalingRules, now: number): number {
  if (selectPolicy === 'Disabled') return current;
  const proposals = policies.map(({ type, value, periodSeconds }) => {
    const start = current + changed(downs, periodSeconds, now) - changed(ups, periodSeconds, now);
    return type === 'Pods' ? start - value : Math.trunc((start * (100 - value)) / 100);
  });
  // The policy that allows the least leaves the most.
  return selectPolicy === 'Min' ? Math.max(...proposals) : Math.min(...proposals);
}

/** Notes that the target was scaled, for the rates of `spec.behavior`. */
export function noteScaling(memory: ScalingMemory, behavior: Behavior | undefined, before: number, after: number, now: number): void {
  if (!behavior) return;
  // Either list is read with the periods of both directions.
  const longest = Math.max(0, ...[...(behavior.scaleUp?.policies ?? []), ...(behavior.scaleDown?.policies ?? [])].map(({ periodSeconds }) => periodSeconds));
  note(after > before ? memory.ups : memory.downs, Math.abs(after - before), now, (at) => at < now - longest * 1_000);
}
