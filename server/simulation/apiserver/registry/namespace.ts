import { rfc3339 } from '../tables/duration.ts';
import type { Strategy } from './types.ts';

const FINALIZER = 'kubernetes';

/** `pkg/registry/core/namespace`. The namespace controller empties it and removes the finalizer. */
export const namespaceStrategy = {
  resource: 'namespaces',
  prepareForCreate(namespace) {
    const finalizers: string[] = namespace.spec?.finalizers ?? [];
    namespace.spec = { ...namespace.spec, finalizers: finalizers.includes(FINALIZER) ? finalizers : [...finalizers, FINALIZER] };
    namespace.status = { phase: 'Active' };
    namespace.metadata.labels = { ...namespace.metadata.labels, 'kubernetes.io/metadata.name': namespace.metadata.name };
  },
  prepareForUpdate(namespace, existing, _registry, options) {
    // Clients use the finalize subresource; components write it here.
    if (!options.trusted) namespace.spec = existing.spec;
  },
  beginDelete(existing, { kernel }) {
    if (existing.metadata.deletionTimestamp !== undefined) return undefined;
    return {
      ...existing,
      metadata: { ...existing.metadata, deletionTimestamp: rfc3339(kernel.now) },
      status: { ...existing.status, phase: 'Terminating' },
    };
  },
  held: (namespace) => (namespace.spec?.finalizers ?? []).length > 0,
} satisfies Strategy;
