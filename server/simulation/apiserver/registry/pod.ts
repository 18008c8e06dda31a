import type { KubeObject } from '../types.ts';
import { podQosClass } from './qos.ts';
import type { Strategy } from './types.ts';

const GATED = 'SchedulingGated';

interface Term {
  labelSelector?: { matchExpressions?: object[] };
  matchLabelKeys?: string[];
  mismatchLabelKeys?: string[];
}

/** Turns matchLabelKeys of spread constraints and affinity terms into requirements (`mutateTopologySpreadConstraints`, `mutatePodAffinity`). */
function mergeLabelKeys(pod: KubeObject): void {
  const labels = pod.metadata.labels ?? {};
  const merge = <T extends Term>(term: T): T => {
    const added = [
      ...(term.matchLabelKeys ?? []).filter((key) => key in labels).map((key) => ({ key, operator: 'In', values: [labels[key]] })),
      ...(term.mismatchLabelKeys ?? []).filter((key) => key in labels).map((key) => ({ key, operator: 'NotIn', values: [labels[key]] })),
    ];
    if (added.length === 0 || !term.labelSelector) return term;
    return { ...term, labelSelector: { ...term.labelSelector, matchExpressions: [...(term.labelSelector.matchExpressions ?? []), ...added] } };
  };
  const constraints: Term[] | undefined = pod.spec.topologySpreadConstraints;
  if (constraints?.some((constraint) => constraint.matchLabelKeys?.length)) pod.spec = { ...pod.spec, topologySpreadConstraints: constraints.map(merge) };
  const affinity = pod.spec.affinity;
  if (!affinity) return;
  let changed: Record<string, unknown> | undefined;
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    const rules = affinity[kind];
    if (!rules) continue;
    const required: Term[] | undefined = rules.requiredDuringSchedulingIgnoredDuringExecution;
    const preferred: { podAffinityTerm: Term }[] | undefined = rules.preferredDuringSchedulingIgnoredDuringExecution;
    const uses = (term: Term): boolean => Boolean(term.matchLabelKeys?.length || term.mismatchLabelKeys?.length);
    if (!required?.some(uses) && !preferred?.some((item) => uses(item.podAffinityTerm))) continue;
    changed = {
      ...(changed ?? affinity),
      [kind]: {
        ...rules,
        ...(required ? { requiredDuringSchedulingIgnoredDuringExecution: required.map(merge) } : {}),
        ...(preferred ? { preferredDuringSchedulingIgnoredDuringExecution: preferred.map((item) => ({ ...item, podAffinityTerm: merge(item.podAffinityTerm) })) } : {}),
      },
    };
  }
  if (changed) pod.spec = { ...pod.spec, affinity: changed };
}

/** `pkg/registry/core/pod/strategy.go`. */
export const podStrategy = {
  resource: 'pods',
  generation: 'spec',
  prepareForCreate(pod) {
    const gated = (pod.spec.schedulingGates ?? []).length > 0;
    pod.status = {
      phase: 'Pending',
      qosClass: podQosClass(pod),
      ...(gated
        ? { conditions: [{ lastProbeTime: null, lastTransitionTime: null, message: 'Scheduling is blocked due to non-empty scheduling gates', reason: GATED, status: 'False', type: 'PodScheduled' }] }
        : {}),
    };
    mergeLabelKeys(pod);
  },
  prepareForStatusUpdate(pod, existing) {
    // Old kubelets corrupted them; a deletion cannot be undone through status either.
    if (pod.metadata.ownerReferences === existing.metadata.ownerReferences) return;
    if (existing.metadata.ownerReferences) pod.metadata.ownerReferences = existing.metadata.ownerReferences;
    else delete pod.metadata.ownerReferences;
  },
  gracePeriod(pod, requested) {
    if (!pod.spec.nodeName) return 0;
    const phase = pod.status?.phase;
    if (phase === 'Failed' || phase === 'Succeeded') return 0;
    const period: number = requested ?? pod.spec.terminationGracePeriodSeconds ?? 0;
    return period < 0 ? 1 : period;
  },
} satisfies Strategy;
