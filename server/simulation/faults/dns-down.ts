import type { Fault } from './types.ts';

/** CoreDNS runs but does not answer: names cannot be resolved, addresses still work. */
export const dnsDown = {
  name: 'dns-down',
  target: 'none',
  lasting: true,
  inject(cluster) {
    cluster.environment.change((state) => void (state.dnsDown = true));
  },
  heal(cluster) {
    cluster.environment.change((state) => void (state.dnsDown = false));
  },
} satisfies Fault;
