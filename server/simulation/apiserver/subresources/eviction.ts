import type { DeleteOptions } from '../client.ts';
import { badRequest, forbidden, internalError, tooManyRequests } from '../errors.ts';
import { isReady } from '../pod-status.ts';
import { withDisruption } from '../registry/disruption.ts';
import type { WriteOptions } from '../registry/types.ts';
import { labelSelectorMatches } from '../selectors.ts';
import { rfc3339 } from '../tables/duration.ts';
import type { KubeObject } from '../types.ts';
import type { HandlerContext, Subresource } from './types.ts';

const BUDGETS = 'poddisruptionbudgets.policy';
const REFUSED = "Cannot evict pod as it would violate the pod's disruption budget.";
const RETRY_SECONDS = 10;

/** Pods that have ended, never ran, or are on their way out disturb nobody (`canIgnorePDB`). */
function ignoresBudgets(pod: KubeObject): boolean {
  return pod.metadata.deletionTimestamp !== undefined || ['Succeeded', 'Failed', 'Pending'].includes(pod.status?.phase);
}

/** Whether the budget's policy lets a pod go that is not ready anyway. */
function unhealthyMayGo(pod: KubeObject, budget: KubeObject): boolean {
  if (isReady(pod)) return false;
  if (budget.spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  return (budget.status?.currentHealthy ?? 0) >= (budget.status?.desiredHealthy ?? 0) && (budget.status?.desiredHealthy ?? 0) > 0;
}

/** Takes one disruption from the budget. @throws ApiError 429 when it has none. */
function spend(pod: KubeObject, budget: KubeObject, { registry, kernel }: HandlerContext, options: WriteOptions): void {
  const name = budget.metadata.name;
  const status = budget.status ?? {};
  const cause = (message: string): { reason: string; message: string }[] => [{ reason: 'DisruptionBudget', message }];
  if ((status.observedGeneration ?? 0) < (budget.metadata.generation ?? 0)) {
    throw tooManyRequests(REFUSED, RETRY_SECONDS, cause(`The disruption budget ${name} is still being processed by the server.`));
  }
  const allowed: number = status.disruptionsAllowed ?? 0;
  if (allowed < 0) throw forbidden({ group: 'policy', plural: 'poddisruptionbudgets' }, name, 'pdb disruptions allowed is negative');
  if (allowed === 0) {
    throw tooManyRequests(REFUSED, 0, cause(`The disruption budget ${name} needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently`));
  }
  const disruptedPods = { ...status.disruptedPods, [pod.metadata.name]: rfc3339(kernel.now) };
  registry.updateObjectStatus(registry.served(BUDGETS), { ...budget, status: { ...status, disruptionsAllowed: allowed - 1, disruptedPods } }, options);
}

/** `pods/NAME/eviction` (`registry/core/pod/storage.EvictionREST`): a deletion that disruption budgets may refuse. */
export const eviction = {
  name: 'eviction',
  resources: ['pods'],
  create(info, body, context, options) {
    const { registry, store } = context;
    const pod = registry.mustGet(info.resource, info.namespace, info.name);
    if (body.metadata?.name && body.metadata.name !== info.name) throw badRequest('name in URL does not match name in Eviction object');
    if (!ignoresBudgets(pod)) {
      const budgets = store.list(BUDGETS, info.namespace).filter((budget) => budget.spec?.selector && labelSelectorMatches(budget.spec.selector, pod.metadata.labels));
      if (budgets.length > 1) throw internalError('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
      const budget = budgets[0];
      if (budget && !unhealthyMayGo(pod, budget)) spend(pod, budget, context, { ...options, trusted: true });
    }
    if (!pod.metadata.deletionTimestamp) {
      registry.updateObjectStatus(info.resource, withDisruption(registry.mustGet(info.resource, info.namespace, info.name), 'EvictionByEvictionAPI', 'Eviction API: evicting', context.kernel.now), { ...options, trusted: true });
    }
    registry.deleteObject(info.resource, info.namespace, info.name, (body.deleteOptions ?? {}) as DeleteOptions, options);
    return { status: 201, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } };
  },
} satisfies Subresource;
