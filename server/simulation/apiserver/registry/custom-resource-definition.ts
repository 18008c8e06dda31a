import { rfc3339 } from '../tables/duration.ts';
import type { KubeObject } from '../types.ts';
import type { Strategy } from './types.ts';

/** The status that the apiextensions naming and establishing controllers give a definition without conflicts. */
function accepted(definition: KubeObject, now: string): Record<string, unknown> {
  const names = definition.spec.names ?? {};
  const condition = (type: string, reason: string, message: string): Record<string, string> => ({ lastTransitionTime: now, message, reason, status: 'True', type });
  return {
    acceptedNames: { ...names, singular: names.singular ?? String(names.kind ?? '').toLowerCase(), listKind: names.listKind ?? `${names.kind}List` },
    conditions: [
      condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
      condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
    ],
    storedVersions: ((definition.spec.versions ?? []) as { name: string; storage?: boolean }[]).filter((version) => version.storage).map((version) => version.name),
  };
}

/** `apiextensions-apiserver/pkg/registry/customresourcedefinition`. */
export const customResourceDefinitionStrategy = {
  resource: 'customresourcedefinitions.apiextensions.k8s.io',
  generation: 'spec',
  unconditionalUpdate: false,
  prepareForCreate(definition, { kernel }) {
    definition.status = accepted(definition, rfc3339(kernel.now));
  },
} satisfies Strategy;
