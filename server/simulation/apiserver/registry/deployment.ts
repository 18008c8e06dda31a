import { semanticEqual } from './equal.ts';
import type { Strategy } from './types.ts';

/** `pkg/registry/apps/deployment/strategy.go`: annotations count as a change, and status updates keep labels. */
export const deploymentStrategy = {
  resource: 'deployments.apps',
  generation: (draft, existing) => !semanticEqual(draft.spec, existing.spec) || !semanticEqual(draft.metadata.annotations ?? {}, existing.metadata.annotations ?? {}),
  prepareForStatusUpdate(draft, existing) {
    if (existing.metadata.labels) draft.metadata.labels = existing.metadata.labels;
    else delete draft.metadata.labels;
  },
} satisfies Strategy;
