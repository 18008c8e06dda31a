import { rfc3339 } from '../tables/duration.ts';
import type { Strategy } from './types.ts';

/** `kube-aggregator/pkg/registry/apiservice`: what the API server answers itself is always available. */
export const apiServiceStrategy = {
  resource: 'apiservices.apiregistration.k8s.io',
  unconditionalUpdate: false,
  prepareForCreate(service, { kernel }) {
    if (service.spec?.service) return;
    const condition = { lastTransitionTime: rfc3339(kernel.now), message: 'Local APIServices are always available', reason: 'Local', status: 'True', type: 'Available' };
    service.status = { conditions: [condition] };
  },
} satisfies Strategy;
