import { labelSelectorMatches, type LabelSelector } from '../../apiserver/selectors.ts';
import type { KubeObject } from '../../apiserver/types.ts';
import { rejection, type FilterPlugin, type NodeInfo, type PendingPod, type SchedulerView, type ScorePlugin } from '../framework.ts';
import { podMatchesNode } from '../node-selector.ts';

interface Constraint {
  maxSkew: number;
  topologyKey: string;
  whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway';
  labelSelector?: LabelSelector;
  minDomains?: number;
  matchLabelKeys?: string[];
}

interface CountedConstraint extends Constraint {
  /** Topology value → matching pods. */
  counts: Map<string, number>;
  least: number;
}

function constraintsOf(pod: KubeObject, kind: Constraint['whenUnsatisfiable']): Constraint[] {
  const all = (pod.spec as { topologySpreadConstraints?: Constraint[] }).topologySpreadConstraints ?? [];
  return all.filter((constraint) => constraint.whenUnsatisfiable === kind);
}

/** The constraint's selector with matchLabelKeys of the incoming pod merged in. */
function selectorOf(constraint: Constraint, pod: KubeObject): LabelSelector {
  const matchLabels = { ...constraint.labelSelector?.matchLabels };
  for (const key of constraint.matchLabelKeys ?? []) {
    const value = pod.metadata.labels?.[key];
    if (value !== undefined) matchLabels[key] = value;
  }
  return { ...constraint.labelSelector, matchLabels };
}

function count(constraint: Constraint, pending: PendingPod, view: SchedulerView, eligible: (info: NodeInfo) => boolean): CountedConstraint {
  const counts = new Map<string, number>();
  for (const info of view.nodes()) {
    const value = info.node.metadata.labels?.[constraint.topologyKey];
    if (value !== undefined && eligible(info)) counts.set(value, counts.get(value) ?? 0);
  }
  const selector = selectorOf(constraint, pending.pod);
  for (const pod of view.assignedPods()) {
    if (pod.metadata.namespace !== pending.pod.metadata.namespace || pod.metadata.deletionTimestamp) continue;
    if (!labelSelectorMatches(selector, pod.metadata.labels ?? {})) continue;
    const value = view.nodeNamed((pod.spec as { nodeName: string }).nodeName)?.node.metadata.labels?.[constraint.topologyKey];
    const before = value === undefined ? undefined : counts.get(value);
    if (value !== undefined && before !== undefined) counts.set(value, before + 1);
  }
  let least = Number.MAX_SAFE_INTEGER;
  for (const value of counts.values()) least = Math.min(least, value);
  if (counts.size === 0 || counts.size < (constraint.minDomains ?? 1)) least = 0;
  return { ...constraint, counts, least };
}

/** Hard topology spread constraints (`podtopologyspread`). */
export const podTopologySpread = {
  name: 'PodTopologySpread',
  wide: true,
  preFilter(pending, view) {
    const constraints = constraintsOf(pending.pod, 'DoNotSchedule');
    return constraints.length === 0 ? null : constraints.map((constraint) => count(constraint, pending, view, (info) => podMatchesNode(pending.pod, info.node)));
  },
  filter(pending, info, constraints) {
    for (const constraint of constraints) {
      const value = info.node.metadata.labels?.[constraint.topologyKey];
      if (value === undefined) return rejection("node(s) didn't match pod topology spread constraints (missing required label)", true);
      const own = labelSelectorMatches(selectorOf(constraint, pending.pod), pending.pod.metadata.labels ?? {}) ? 1 : 0;
      if ((constraint.counts.get(value) ?? 0) + own - constraint.least > constraint.maxSkew) return rejection("node(s) didn't match pod topology spread constraints");
    }
    return undefined;
  },
} satisfies FilterPlugin<CountedConstraint[]>;

const HOSTNAME = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';

interface SpreadScoreState {
  /** Each with the number of pods by topology value, its weight in 1024ths, and its skew. */
  constraints: { topologyKey: string; counts: ReadonlyMap<string, number>; weight: number; maxSkew: number }[];
  /** Of the first constraint, when it counts by node: the number of pods by the node's index. */
  byIndex?: Int32Array;
}

/** ln(x) in 1024ths: scores need the same integer on every machine, which Math.log does not promise. */
function logarithm(x: number): number {
  let result = 0;
  let value = x * 1024;
  while (value >= 2048) {
    value = Math.floor(value / 2);
    result += 710;
  }
  return result + Math.floor(((value - 1024) * 710) / 1024);
}

/** Soft constraints, and the cluster's default of spreading a controller's pods over nodes and zones. */
export const podTopologySpreadScore = {
  name: 'PodTopologySpread',
  weight: 2,
  preScore(pending, feasible, view) {
    const soft = constraintsOf(pending.pod, 'ScheduleAnyway');
    if (soft.length > 0) {
      const names = new Set(feasible.nodes().map((info) => info.name));
      return {
        constraints: soft.map((constraint) => {
          const { counts } = count(constraint, pending, view, (info) => names.has(info.name));
          return { topologyKey: constraint.topologyKey, counts, weight: logarithm(counts.size + 2), maxSkew: constraint.maxSkew };
        }),
      };
    }
    if (pending.owner === '' || (pending.pod.spec as { topologySpreadConstraints?: unknown[] }).topologySpreadConstraints?.length) return null;
    const byNode = view.countsByOwner(pending.owner);
    if (!byNode) return null;
    const constraints: SpreadScoreState['constraints'] = [{ topologyKey: HOSTNAME, counts: byNode, weight: logarithm(feasible.count + 2), maxSkew: 3 }];
    if (view.nodeFeatures.zoned) {
      const byZone = new Map<string, number>();
      for (const [name, pods] of byNode) {
        const zone = view.nodeNamed(name)?.node.metadata.labels?.[ZONE];
        if (zone) byZone.set(zone, (byZone.get(zone) ?? 0) + pods);
      }
      constraints.push({ topologyKey: ZONE, counts: byZone, weight: logarithm(byZone.size + 2), maxSkew: 5 });
    }
    return { constraints, byIndex: view.countsByIndex(pending.owner) };
  },
  score(_pending, info, { constraints, byIndex }, index) {
    let sum = 0;
    for (let i = 0; i < constraints.length; i++) {
      const { topologyKey, counts, weight, maxSkew } = constraints[i] as SpreadScoreState['constraints'][number];
      if (i === 0 && byIndex) {
        sum += (byIndex[index] as number) * weight + (maxSkew - 1) * 1024;
        continue;
      }
      const value = topologyKey === HOSTNAME ? info.name : info.node.metadata.labels?.[topologyKey];
      if (value !== undefined) sum += (counts.get(value) ?? 0) * weight + (maxSkew - 1) * 1024;
    }
    return sum;
  },
  scoreAll(indexes, { constraints, byIndex }, scores) {
    const [only, ...others] = constraints;
    if (!only || others.length > 0 || !byIndex) return false;
    const { weight, maxSkew } = only;
    for (let i = 0; i < indexes.length; i++) scores[i] = (byIndex[indexes[i] as number] as number) * weight + (maxSkew - 1) * 1024;
    return true;
  },
  normalize(scores) {
    let least = Number.MAX_SAFE_INTEGER;
    let most = 0;
    for (let i = 0; i < scores.length; i++) {
      const score = scores[i] as number;
      if (score < least) least = score;
      if (score > most) most = score;
    }
    for (let i = 0; i < scores.length; i++) {
      scores[i] = most === 0 ? 100 : Math.floor((100 * (most + least - (scores[i] as number))) / most);
    }
  },
} satisfies ScorePlugin<SpreadScoreState>;
