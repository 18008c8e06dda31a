import { requirePod } from './targets.ts';
import type { Fault } from './types.ts';

/** The pod's containers die soon after every start, until healed: CrashLoopBackOff. */
export const crashLoop = {
  name: 'crash-loop',
  target: 'pod',
  lasting: true,
  inject(cluster, target) {
    const pod = requirePod(cluster, target);
    cluster.setCrashLoop(pod, true);
  },
  heal(cluster, target) {
    cluster.setCrashLoop(requirePod(cluster, target), false);
  },
} satisfies Fault;
