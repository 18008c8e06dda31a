import type { Subresource } from './types.ts';

/** `pods/NAME/ephemeralcontainers`: adds containers to a running pod, as `kubectl debug` does. */
export const ephemeralContainers = {
  name: 'ephemeralcontainers',
  resources: ['pods'],
  read: (info, { registry }) => registry.mustGet(info.resource, info.namespace, info.name),
  write(info, object, { registry }, options) {
    const existing = registry.mustGet(info.resource, info.namespace, info.name);
    const spec = { ...existing.spec, ephemeralContainers: object.spec?.ephemeralContainers ?? [] };
    return registry.updateObject(info.resource, { ...existing, spec }, { ...options, trusted: true });
  },
} satisfies Subresource;
