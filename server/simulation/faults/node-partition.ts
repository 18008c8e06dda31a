import { requireWorker } from './targets.ts';
import type { Fault } from './types.ts';

/** The machine cannot reach the control plane, nor be reached from it; its containers run on. */
export const nodePartition = {
  name: 'node-partition',
  target: 'node',
  lasting: true,
  inject(cluster, target) {
    requireWorker(cluster, target);
    cluster.environment.change((state) => state.partitionedNodes.add(target));
  },
  heal(cluster, target) {
    cluster.environment.change((state) => state.partitionedNodes.delete(target));
  },
} satisfies Fault;
