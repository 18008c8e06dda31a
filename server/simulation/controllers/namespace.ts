/** Empties namespaces that are being deleted, then lets them go (`pkg/controller/namespace`). */
import { rfc3339 } from '../apiserver/tables/duration.ts';
import { ApiError, type KubeObject } from '../apiserver/types.ts';
import { DEFINITIONS, isTrueOf, specOf } from '../apiserver/custom-resources/types.ts';
import { RESOURCES } from '../apiserver/discovery.ts';
import type { Controller, ControllerContext } from './types.ts';

/** What the deleter waits for pods that are still stopping before it looks again. */
const RECHECK_MS = 5_000;

export const namespace = {
  name: 'namespace',
  component: 'namespace-controller',
  watches: [{ resource: 'namespaces' }],
  changed(change, context) {
    if (change.type !== 'DELETED' && change.object.metadata.deletionTimestamp) context.enqueue(change.object.metadata.name, change.cause);
  },
  sync(name, context) {
    const found = context.client.get('namespaces', undefined, name);
    if (!found?.metadata.deletionTimestamp) return;
    const remaining = new Map<string, number>();
    for (const key of resourceKeys(context)) {
      for (const object of context.client.list(key, name)) {
        if (!object.metadata.deletionTimestamp) deleteQuietly(key, object, context);
        if (context.client.get(key, name, object.metadata.name)) remaining.set(key, (remaining.get(key) ?? 0) + 1);
      }
    }
    if (remaining.size > 0) {
      setConditions(name, remaining, context);
      context.enqueueAt(name, context.now + RECHECK_MS);
      return;
    }
    context.client.update('namespaces', { ...found, metadata: { ...found.metadata }, spec: { ...(found.spec as object), finalizers: [] } });
    if (context.client.get('namespaces', undefined, name)) context.client.delete('namespaces', undefined, name);
  },
} satisfies Controller;

/** What can be in a namespace, in the order of discovery. */
function resourceKeys({ client }: ControllerContext): string[] {
  const defined = client.list(DEFINITIONS).filter((definition) => isTrueOf(definition, 'Established') && specOf(definition).scope === 'Namespaced');
  return [...BUILT_IN_KEYS, ...defined.map(({ metadata }) => metadata.name)];
}

const BUILT_IN_KEYS = RESOURCES.filter(({ namespaced, verbs, group, plural }) => namespaced && verbs.includes('delete') && verbs.includes('list') && !(plural === 'events' && group !== '')).map(({ key }) => key);

function deleteQuietly(resource: string, object: KubeObject, context: ControllerContext): void {
  try {
    context.client.delete(resource, object.metadata.namespace, object.metadata.name, { propagationPolicy: 'Background' });
  } catch (error) {
    if (!(error instanceof ApiError) || (error.code !== 404 && error.code !== 409)) throw error;
  }
}

/** Says in the status what is still there (`NamespaceContentRemaining`). */
function setConditions(name: string, remaining: ReadonlyMap<string, number>, context: ControllerContext): void {
  const text = [...remaining].map(([resource, count]) => `${resource.includes('.') ? resource : `${resource}.`} has ${count} resource instances`).join(', ');
  const time = rfc3339(context.now);
  const condition = (type: string, status: string, reason: string, message: string): Record<string, string> => ({ lastTransitionTime: time, message, reason, status, type });
  context.client.patch(
    'namespaces',
    undefined,
    name,
    (current) => {
      const before = (current.status as { conditions?: { type: string; message?: string }[] } | undefined)?.conditions;
      const message = `Some resources are remaining: ${text}`;
      if (before?.some((entry) => entry.type === 'NamespaceContentRemaining' && entry.message === message)) return current;
      return {
        ...current,
        status: {
          ...(current.status as object),
          conditions: [
            condition('NamespaceDeletionDiscoveryFailure', 'False', 'ResourcesDiscovered', 'All resources successfully discovered'),
            condition('NamespaceDeletionGroupVersionParsingFailure', 'False', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'),
            condition('NamespaceDeletionContentFailure', 'False', 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization'),
            condition('NamespaceContentRemaining', 'True', 'SomeResourcesRemain', message),
            condition('NamespaceFinalizersRemaining', 'False', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'),
          ],
        },
      };
    },
    'status',
  );
}
