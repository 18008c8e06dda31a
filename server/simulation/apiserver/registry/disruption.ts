/** The condition of a pod that somebody takes away (`DisruptionTarget`). */
import type { KubeObject } from '../types.ts';

interface Condition {
  type: string;
  status: string;
}

/** The pod with the condition, which says who did it and why. @param now ms since the Unix epoch. */
export function withDisruption(pod: KubeObject, reason: string, message: string, now: number): KubeObject {
  const status = (pod.status ?? {}) as { conditions?: Condition[] };
  const condition = {
    lastProbeTime: null,
    lastTransitionTime: `${new Date(now).toISOString().slice(0, 19)}Z`,
    message,
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
    reason,
    status: 'True',
    type: 'DisruptionTarget',
  };
  return { ...pod, status: { ...status, conditions: [...(status.conditions ?? []).filter((other) => other.type !== 'DisruptionTarget'), condition] } };
}
