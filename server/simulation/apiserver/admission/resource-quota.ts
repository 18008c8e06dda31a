/** `plugin/pkg/admission/resourcequota`: refuses what would exceed a quota of the namespace, and counts what does not. */
import { forbidden } from '../errors.ts';
import { parseQuantity } from '../quantity.ts';
import { formatUsage, hardOf, isCounted, missingResources, quotaMatches, toResourceList, totalUsage, usageOf, type Usage } from '../quota/usage.ts';
import type { RegistryContext } from '../registry/types.ts';
import type { KubeObject } from '../types.ts';
import { admissionName, type AdmissionPlugin, type AdmissionRequest } from './types.ts';

const QUOTAS = 'resourcequotas';

/** What is used now: as the status says, or counted when nobody has yet. */
function usedOf(registry: RegistryContext, quota: KubeObject): Usage {
  const used: Record<string, string> | undefined = quota.status?.used;
  if (!used) return totalUsage(registry.store, quota);
  return new Map(Object.entries(used).map(([name, text]) => [name, parseQuantity(text)]));
}

/** @throws ApiError 403 when the object does not fit into the quota. @returns the usage with it. */
function charge(quota: KubeObject, delta: Usage, draft: KubeObject, registry: RegistryContext, { resource }: AdmissionRequest): Usage | undefined {
  const hard = hardOf(quota);
  const requested: Usage = new Map([...delta].filter(([name, amount]) => hard.has(name) && amount.nanos > 0n));
  if (resource.key === 'pods') {
    const missing = missingResources(quota, draft);
    if (missing !== undefined) throw forbidden(resource, admissionName(draft), `failed quota: ${quota.metadata.name}: must specify ${missing}`);
  }
  if (requested.size === 0) return undefined;
  const used = usedOf(registry, quota);
  const total: Usage = new Map(used);
  const exceeded: string[] = [];
  for (const [name, amount] of requested) {
    const sum = (used.get(name) ?? parseQuantity('0')).add(amount);
    total.set(name, sum);
    if (sum.compare(hard.get(name) as typeof sum) > 0) exceeded.push(name);
  }
  if (exceeded.length > 0) {
    const only = (usage: Usage): string => formatUsage(new Map(exceeded.map((name) => [name, usage.get(name) ?? parseQuantity('0')])));
    throw forbidden(resource, admissionName(draft), `exceeded quota: ${quota.metadata.name}, requested: ${only(requested)}, used: ${only(used)}, limited: ${only(hard)}`);
  }
  return total;
}

function admit(delta: Usage, draft: KubeObject, registry: RegistryContext, request: AdmissionRequest): void {
  const { store } = registry;
  if (store.count(QUOTAS) === 0) return;
  const charged: [KubeObject, Usage][] = [];
  for (const quota of store.list(QUOTAS, draft.metadata.namespace)) {
    if (!quotaMatches(quota, request.resource.key, draft)) continue;
    const total = charge(quota, delta, draft, registry, request);
    if (total) charged.push([quota, total]);
  }
  if (request.options.dryRun) return;
  for (const [quota, total] of charged) {
    store.put(QUOTAS, { ...quota, metadata: { ...quota.metadata }, status: { ...quota.status, hard: quota.spec.hard, used: toResourceList(total) } }, request.options.context.writer);
  }
}

export const resourceQuota = {
  name: 'ResourceQuota',
  validateCreate(draft, registry, request) {
    if (registry.store.count(QUOTAS) > 0 && isCounted(request.resource.key)) admit(usageOf(request.resource.key, draft), draft, registry, request);
  },
  update(draft, existing, registry, request) {
    // Only these can grow by an update.
    if (registry.store.count(QUOTAS) === 0 || !['services', 'persistentvolumeclaims'].includes(request.resource.key)) return;
    const before = usageOf(request.resource.key, existing);
    const delta: Usage = new Map([...usageOf(request.resource.key, draft)].map(([name, amount]) => {
      const known = before.get(name);
      return [name, known ? amount.subtract(known) : amount];
    }));
    admit(delta, draft, registry, request);
  },
} satisfies AdmissionPlugin;
