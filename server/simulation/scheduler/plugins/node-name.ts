import { rejection, type FilterPlugin } from '../framework.ts';

/** A pod that names its node fits no other (`nodename`). */
export const nodeName = {
  name: 'NodeName',
  preFilter: (pending) => (pending.pod.spec as { nodeName?: string }).nodeName || null,
  filter(_pending, info, wanted) {
    return wanted === info.name ? undefined : rejection("node(s) didn't match the requested node name", true);
  },
} satisfies FilterPlugin<string>;
