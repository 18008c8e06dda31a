/** What is asked of a pod's status all over the cluster (`pkg/api/v1/pod/util.go`). */
import type { KubeObject } from './types.ts';

export interface PodReadiness {
  type: string;
  status: string;
  lastTransitionTime?: string;
  reason?: string;
}

/** All its containers have ended for good. */
export function isTerminal(pod: KubeObject): boolean {
  const phase = pod.status?.phase as string | undefined;
  return phase === 'Succeeded' || phase === 'Failed';
}

export function readyCondition(pod: KubeObject): PodReadiness | undefined {
  return (pod.status?.conditions as PodReadiness[] | undefined)?.find((condition) => condition.type === 'Ready');
}

export function isReady(pod: KubeObject): boolean {
  return readyCondition(pod)?.status === 'True';
}
