import { semanticEqual } from './equal.ts';
import type { KubeObject } from '../types.ts';
import type { Strategy } from './types.ts';

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

function templateOf(object: KubeObject): unknown {
  return (object.spec as { template?: unknown } | undefined)?.template;
}

/** `pkg/registry/apps/daemonset/strategy.go`: counts the versions of the template in an annotation that old clients read. */
export const daemonSetStrategy = {
  resource: 'daemonsets.apps',
  generation: 'spec',
  prepareForCreate(draft) {
    draft.metadata.annotations = { ...draft.metadata.annotations, [TEMPLATE_GENERATION]: '1' };
  },
  prepareForUpdate(draft, existing) {
    const before = Number(existing.metadata.annotations?.[TEMPLATE_GENERATION] ?? 1);
    const changed = !semanticEqual(templateOf(draft), templateOf(existing));
    draft.metadata.annotations = { ...draft.metadata.annotations, [TEMPLATE_GENERATION]: String(changed ? before + 1 : before) };
  },
} satisfies Strategy;
