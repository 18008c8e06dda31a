/** Counts what the quotas of a namespace limit, and writes it into their status (`pkg/controller/resourcequota`). */
import { COUNTED_RESOURCES, toResourceList, totalUsage } from '../apiserver/quota/usage.ts';
import { semanticEqual } from '../apiserver/registry/equal.ts';
import { CUSTOM_RESOURCES } from '../component.ts';
import { keyOf, splitKey, type Controller } from './types.ts';

const QUOTAS = 'resourcequotas';

export const resourceQuota = {
  name: 'resourcequota',
  component: 'resourcequota-controller',
  watches: [...COUNTED_RESOURCES, CUSTOM_RESOURCES].map((resource) => ({ resource, ...(resource === QUOTAS ? { indexes: { namespace: (quota) => [quota.metadata.namespace ?? ''] } } : {}) })),
  changed(change, context) {
    const { resource, object, type, cause } = change;
    if (resource === QUOTAS) {
      if (type !== 'DELETED') context.enqueue(keyOf(object), cause);
      return;
    }
    // Admission counts what comes; this is for what goes, and for pods that have ended.
    if (type !== 'DELETED' && resource !== 'pods') return;
    const namespace = object.metadata.namespace ?? '';
    if (context.lister.indexedCount(QUOTAS, 'namespace', namespace) === 0) return;
    for (const quota of context.lister.indexed(QUOTAS, 'namespace', namespace)) context.enqueue(keyOf(quota), cause);
  },
  sync(key, context) {
    const { namespace, name } = splitKey(key);
    const quota = context.client.get(QUOTAS, namespace, name);
    if (!quota) return;
    const used = toResourceList(totalUsage(context.client, quota));
    const hard: unknown = quota.spec?.hard ?? {};
    if (semanticEqual(quota.status?.used, used) && semanticEqual(quota.status?.hard, hard)) return;
    context.client.updateStatus(QUOTAS, { ...quota, metadata: { ...quota.metadata }, status: { ...quota.status, hard, used } });
  },
} satisfies Controller;
