/** What is said of a pod that finds no node: the message, and the condition that carries it. */
import type { KubeObject } from '../apiserver/types.ts';

/** `1 node(s) had untolerated taint(s), 3 Insufficient cpu`: counted and sorted as strings (`FitError.Error`). */
export function summarize(reasons: string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, times]) => `${times} ${reason}`).sort().join(', ');
}

/** @param now ms since the Unix epoch */
export function withUnschedulable(pod: KubeObject, message: string, now: number): KubeObject {
  const status = pod.status as { conditions?: { type: string; status: string; message?: string }[] };
  const conditions = status.conditions ?? [];
  const before = conditions.find((condition) => condition.type === 'PodScheduled');
  if (before?.status === 'False' && before.message === message) return pod;
  const condition = {
    lastProbeTime: null,
    lastTransitionTime: before?.status === 'False' ? (before as { lastTransitionTime?: string }).lastTransitionTime : `${new Date(now).toISOString().slice(0, 19)}Z`,
    message,
    observedGeneration: pod.metadata.generation,
    reason: 'Unschedulable',
    status: 'False',
    type: 'PodScheduled',
  };
  return { ...pod, status: { ...status, conditions: [...conditions.filter((other) => other.type !== 'PodScheduled'), condition] } };
}
