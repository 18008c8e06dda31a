import type { Subresource } from './types.ts';

/** `certificatesigningrequests/NAME/approval`: writes the approval conditions. */
export const approval = {
  name: 'approval',
  resources: ['certificatesigningrequests.certificates.k8s.io'],
  read: (info, { registry }) => registry.mustGet(info.resource, undefined, info.name),
  write(info, object, { registry }, options) {
    const existing = registry.mustGet(info.resource, undefined, info.name);
    const status = { ...existing.status, conditions: object.status?.conditions ?? [] };
    return registry.updateObjectStatus(info.resource, { ...existing, status }, options);
  },
} satisfies Subresource;
