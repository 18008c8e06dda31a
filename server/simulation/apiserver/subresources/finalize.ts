import type { Subresource } from './types.ts';

/** `namespaces/NAME/finalize`: the only way for a client to change a namespace's finalizers. */
export const finalize = {
  name: 'finalize',
  resources: ['namespaces'],
  write(info, object, { registry }, options) {
    const existing = registry.mustGet(info.resource, undefined, info.name);
    return registry.updateObject(info.resource, { ...existing, spec: { ...existing.spec, finalizers: object.spec?.finalizers ?? [] } }, { ...options, trusted: true });
  },
} satisfies Subresource;
