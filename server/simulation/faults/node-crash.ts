import { requireNode } from './targets.ts';
import type { Fault } from './types.ts';

/** The machine loses power: kubelet and containers are gone until it is switched on again. */
export const nodeCrash = {
  name: 'node-crash',
  target: 'node',
  lasting: true,
  inject(cluster, target) {
    requireNode(cluster, target);
    cluster.crashNode(target);
  },
  heal(cluster, target) {
    cluster.recoverNode(target);
  },
} satisfies Fault;
