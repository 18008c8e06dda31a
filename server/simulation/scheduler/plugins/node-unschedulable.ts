import { rejection, tolerates, type FilterPlugin, type Toleration } from '../framework.ts';

const TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const;

/** Refuses cordoned nodes (`nodeunschedulable`). */
export const nodeUnschedulable = {
  name: 'NodeUnschedulable',
  filter(pending, info) {
    if (!(info.node.spec as { unschedulable?: boolean }).unschedulable) return undefined;
    const tolerations = (pending.pod.spec as { tolerations?: Toleration[] }).tolerations ?? [];
    return tolerations.some((toleration) => tolerates(toleration, TAINT)) ? undefined : rejection('node(s) were unschedulable', true);
  },
} satisfies FilterPlugin<undefined>;
