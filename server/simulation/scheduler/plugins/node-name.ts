import { rejection, type FilterPlugin } from '../framework.ts';

/** A pod that names its node fits no other (`nodename`). */
export const nodeName = {
  name: 'NodeName',
  filter(pending, info) {
    const wanted = (pending.pod.spec as { nodeName?: string }).nodeName;
    return !wanted || wanted === info.name ? undefined : rejection("node(s) didn't match the requested node name", true);
  },
} satisfies FilterPlugin<undefined>;
