import type { Strategy } from './types.ts';

/** `pkg/registry/certificates/certificates/strategy.go`: who asks is stamped by the server. */
export const certificateSigningRequestStrategy = {
  resource: 'certificatesigningrequests.certificates.k8s.io',
  prepareForCreate(request, _registry, { context }) {
    request.spec = { ...request.spec, username: context.username, groups: context.groups ?? [] };
  },
  prepareForUpdate(request, existing) {
    request.spec = existing.spec;
  },
} satisfies Strategy;
