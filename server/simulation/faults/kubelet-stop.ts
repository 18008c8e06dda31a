import { requireNode } from './targets.ts';
import type { Fault } from './types.ts';

/** `systemctl stop kubelet`: nobody looks after the node's containers and nothing reports its state. */
export const kubeletStop = {
  name: 'kubelet-stop',
  target: 'node',
  lasting: true,
  inject(cluster, target) {
    requireNode(cluster, target);
    cluster.stopKubelet(target);
  },
  heal(cluster, target) {
    cluster.startKubelet(target);
  },
} satisfies Fault;
