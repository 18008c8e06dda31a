import type { Fault } from './types.ts';

/** Image registries do not answer: what is not on a node cannot be pulled. */
export const registryDown = {
  name: 'registry-down',
  target: 'none',
  lasting: true,
  inject(cluster) {
    cluster.environment.change((state) => void (state.registryDown = true));
  },
  heal(cluster) {
    cluster.environment.change((state) => void (state.registryDown = false));
  },
} satisfies Fault;
