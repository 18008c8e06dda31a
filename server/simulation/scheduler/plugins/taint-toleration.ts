import type { KubeObject } from '../../apiserver/types.ts';
import { normalizeToMax, rejection, tolerates, type FilterPlugin, type ScorePlugin, type Taint, type Toleration } from '../framework.ts';

function taintsOf(node: KubeObject): Taint[] | undefined {
  return (node.spec as { taints?: Taint[] }).taints;
}

function tolerationsOf(pod: KubeObject): Toleration[] {
  return (pod.spec as { tolerations?: Toleration[] }).tolerations ?? [];
}

/** Refuses nodes with a NoSchedule or NoExecute taint that the pod does not tolerate (`tainttoleration`). */
export const taintToleration = {
  name: 'TaintToleration',
  filter(pending, info) {
    const taints = taintsOf(info.node);
    if (!taints) return undefined;
    const tolerations = tolerationsOf(pending.pod);
    for (const taint of taints) {
      if (taint.effect === 'PreferNoSchedule') continue;
      if (!tolerations.some((toleration) => tolerates(toleration, taint))) return rejection('node(s) had untolerated taint(s)', true);
    }
    return undefined;
  },
} satisfies FilterPlugin<undefined>;

/** Prefers nodes with fewer PreferNoSchedule taints that the pod does not tolerate. */
export const taintTolerationScore = {
  name: 'TaintToleration',
  weight: 3,
  preScore: (_pending, _feasible, view) => (view.nodeFeatures.softTaints ? true : null),
  score(pending, info) {
    const tolerations = tolerationsOf(pending.pod);
    let count = 0;
    for (const taint of taintsOf(info.node) ?? []) {
      if (taint.effect === 'PreferNoSchedule' && !tolerations.some((toleration) => tolerates(toleration, taint))) count++;
    }
    return count;
  },
  normalize: (scores) => normalizeToMax(scores, true),
} satisfies ScorePlugin<boolean>;
