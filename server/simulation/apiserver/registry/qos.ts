/** The quality-of-service class of a pod (`qos.GetPodQOS`). */
import { parseQuantity } from '../quantity.ts';
import type { KubeObject } from '../types.ts';

interface Resources {
  requests?: Record<string, string>;
  limits?: Record<string, string>;
}

const COUNTED = ['cpu', 'memory'] as const;

export type QosClass = 'BestEffort' | 'Burstable' | 'Guaranteed';

/** From the pod's own resources when it has some, else from those of its containers. */
export function podQosClass(pod: KubeObject): QosClass {
  const own: Resources | undefined = pod.spec?.resources;
  const parts: (Resources | undefined)[] = own && (own.requests || own.limits) ? [own] : [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].map((c: { resources?: Resources }) => c.resources);
  let any = false;
  let guaranteed = parts.length > 0;
  for (const part of parts) {
    for (const name of COUNTED) {
      const request = part?.requests?.[name];
      const limit = part?.limits?.[name];
      if (isPositive(request) || isPositive(limit)) any = true;
      if (!isPositive(limit) || (request !== undefined && !same(request, limit as string))) guaranteed = false;
    }
  }
  if (!any) return 'BestEffort';
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

function isPositive(quantity: string | undefined): boolean {
  return quantity !== undefined && parseQuantity(quantity).nanos > 0n;
}

function same(x: string, y: string): boolean {
  return x === y || parseQuantity(x).nanos === parseQuantity(y).nanos;
}
