import { requirePod } from './targets.ts';
import type { Fault } from './types.ts';

/** The first container's main process dies by SIGKILL, once; the kubelet restarts it as the restart policy says. */
export const containerCrash = {
  name: 'container-crash',
  target: 'pod',
  lasting: false,
  inject(cluster, target) {
    cluster.crashContainers(requirePod(cluster, target));
  },
  heal() {
    // Nothing lasts: the kubelet has already restarted the container.
  },
} satisfies Fault;
