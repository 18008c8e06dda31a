import { CLEANUP, conditionsWith } from '../custom-resources/conditions.ts';
import type { DefinitionSpec, DefinitionStatus } from '../custom-resources/types.ts';
import { rfc3339 } from '../tables/duration.ts';
import type { KubeObject } from '../types.ts';
import type { Strategy } from './types.ts';

/** The stored versions with the one in which objects are stored from now on. */
function storedVersions(definition: KubeObject, before: readonly string[]): string[] {
  const storage = ((definition.spec as DefinitionSpec | undefined)?.versions ?? []).find((version) => version.storage)?.name;
  return storage === undefined || before.includes(storage) ? [...before] : [...before, storage];
}

/** `apiextensions-apiserver/pkg/registry/customresourcedefinition`. Names and conditions are the controllers' to give. */
export const customResourceDefinitionStrategy = {
  resource: 'customresourcedefinitions.apiextensions.k8s.io',
  generation: 'spec',
  unconditionalUpdate: false,
  prepareForCreate(definition) {
    definition.status = { acceptedNames: { kind: '', plural: '' }, conditions: null, storedVersions: storedVersions(definition, []) };
  },
  prepareForUpdate(definition, existing) {
    const status = (existing.status ?? {}) as DefinitionStatus;
    const stored = storedVersions(definition, status.storedVersions ?? []);
    if (stored.length !== (status.storedVersions ?? []).length) definition.status = { ...status, storedVersions: stored };
  },
  beginDelete(existing, { kernel }) {
    const { metadata } = existing;
    if (metadata.deletionTimestamp !== undefined) return undefined;
    const finalizers = metadata.finalizers ?? [];
    const now = rfc3339(kernel.now);
    return {
      ...existing,
      metadata: { ...metadata, deletionTimestamp: now, finalizers: finalizers.includes(CLEANUP) ? finalizers : [...finalizers, CLEANUP] },
      status: conditionsWith(existing, now, {
        type: 'Terminating',
        status: 'True',
        reason: 'InstanceDeletionPending',
        message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
      }),
    };
  },
} satisfies Strategy;
