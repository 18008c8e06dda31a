import type { AdmissionPlugin } from './types.ts';

interface Toleration {
  key?: string;
  operator?: string;
  effect?: string;
  tolerationSeconds?: number;
}

/** How long a pod stays on a node that is not ready or cannot be reached, seconds. */
const SECONDS = 300;

const DEFAULTS: readonly Toleration[] = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map((key) => ({
  effect: 'NoExecute',
  key,
  operator: 'Exists',
  tolerationSeconds: SECONDS,
}));

function covers(toleration: Toleration, key: string): boolean {
  return (toleration.key === key || !toleration.key) && (toleration.effect === 'NoExecute' || !toleration.effect);
}

/** `plugin/pkg/admission/defaulttolerationseconds`. */
export const defaultTolerationSeconds = {
  name: 'DefaultTolerationSeconds',
  resources: ['pods'],
  create(draft) {
    const own: readonly Toleration[] = draft.spec.tolerations ?? [];
    const missing = own.length === 0 ? DEFAULTS : DEFAULTS.filter((wanted) => !own.some((toleration) => covers(toleration, wanted.key as string)));
    if (missing.length > 0) draft.spec.tolerations = own.length === 0 ? DEFAULTS : [...own, ...missing];
  },
} satisfies AdmissionPlugin;
