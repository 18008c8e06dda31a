import type { AdmissionPlugin } from './types.ts';

const NOT_READY = { effect: 'NoSchedule', key: 'node.kubernetes.io/not-ready' };

interface Taint {
  key: string;
  effect: string;
}

/** `plugin/pkg/admission/nodetaint`: a new node takes no pods until the node lifecycle controller has seen it ready. */
export const taintNodesByCondition = {
  name: 'TaintNodesByCondition',
  resources: ['nodes'],
  create(draft) {
    const taints: Taint[] = draft.spec?.taints ?? [];
    if (taints.some((taint) => taint.key === NOT_READY.key && taint.effect === NOT_READY.effect)) return;
    draft.spec = { ...draft.spec, taints: [...taints, NOT_READY] };
  },
} satisfies AdmissionPlugin;
