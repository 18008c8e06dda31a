/**
 * Deletes what belongs to owners that are gone, and carries out foreground and orphaning deletions
 * (`pkg/controller/garbagecollector`). Its graph is an index by owner over everything it watches.
 */
import { DEFINITIONS, isTrueOf, specOf } from '../apiserver/custom-resources/types.ts';
import { BUILT_IN, isCustom, parseGroupVersion } from '../apiserver/discovery.ts';
import { ApiError, type KubeObject, type OwnerReference } from '../apiserver/types.ts';
import { CUSTOM_RESOURCES, type WatchSpec } from '../component.ts';
import type { Controller, ControllerContext } from './types.ts';

/** Kinds that own or are owned in the clusters of a course. */
const RESOURCES = [
  'pods', 'services', 'configmaps', 'secrets', 'endpoints', 'persistentvolumeclaims', 'serviceaccounts', 'nodes',
  'deployments.apps', 'replicasets.apps', 'daemonsets.apps', 'statefulsets.apps', 'controllerrevisions.apps', 'jobs.batch', 'cronjobs.batch',
  'endpointslices.discovery.k8s.io', 'leases.coordination.k8s.io', 'ingresses.networking.k8s.io', 'poddisruptionbudgets.policy', 'horizontalpodautoscalers.autoscaling',
];
const OWNER_INDEX = 'owners';
const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

function owners(object: KubeObject): OwnerReference[] {
  return object.metadata.ownerReferences ?? [];
}

/** The resource of an owner reference's kind, among those that are watched. */
function resourceOf(reference: OwnerReference, context: ControllerContext): string | undefined {
  const { group } = parseGroupVersion(reference.apiVersion);
  const builtIn = BUILT_IN.byKind(reference.apiVersion, reference.kind);
  if (builtIn) return RESOURCES.find((resource) => resource === builtIn.key);
  return definitions(context).find((definition) => specOf(definition).group === group && specOf(definition).names.kind === reference.kind)?.metadata.name;
}

/** The CustomResourceDefinitions whose objects can own and be owned. */
function definitions({ lister }: ControllerContext): KubeObject[] {
  return [...lister.all(DEFINITIONS)].filter((definition) => isTrueOf(definition, 'Established') && isCustom(definition.metadata.name)).sort((x, y) => (x.metadata.name < y.metadata.name ? -1 : 1));
}

const INDEXES: WatchSpec['indexes'] = { [OWNER_INDEX]: (object) => owners(object).map((owner) => owner.uid) };

export const garbageCollector = {
  name: 'garbage-collector',
  component: 'generic-garbage-collector',
  watches: [{ resource: DEFINITIONS }, ...[...RESOURCES, CUSTOM_RESOURCES].map((resource): WatchSpec => ({ resource, indexes: INDEXES }))],
  changed(change, context) {
    const { object, resource, type } = change;
    if (type === 'DELETED') {
      // What it owned may have lost its last owner; an owner that waits for it may be done.
      context.enqueue(`owned-by|${object.metadata.uid}`, change.cause);
      for (const owner of owners(object)) {
        const ownerResource = resourceOf(owner, context);
        if (ownerResource) context.enqueue(`${ownerResource}|${object.metadata.namespace ?? ''}|${owner.name}`, change.cause);
      }
      return;
    }
    if (type === 'ADDED' && owners(object).length > 0) context.enqueue(`${resource}|${object.metadata.namespace ?? ''}|${object.metadata.name}`, change.cause);
    const finalizers = object.metadata.finalizers ?? [];
    if (object.metadata.deletionTimestamp && (finalizers.includes(FOREGROUND) || finalizers.includes(ORPHAN))) {
      context.enqueue(`${resource}|${object.metadata.namespace ?? ''}|${object.metadata.name}`, change.cause);
    }
  },
  sync(key, context) {
    const parts = key.split('|') as [string, string, string];
    if (parts[0] === 'owned-by') {
      for (const [resource, object] of dependents(parts[1], context)) attempt(resource, object, context, parts[1]);
      return;
    }
    const [resource, namespace, name] = parts;
    const object = context.client.get(resource, namespace || undefined, name);
    if (!object) return;
    const finalizers = object.metadata.finalizers ?? [];
    if (object.metadata.deletionTimestamp && finalizers.includes(ORPHAN)) return orphan(resource, object, context);
    if (object.metadata.deletionTimestamp && finalizers.includes(FOREGROUND)) return foreground(resource, object, context);
    attempt(resource, object, context);
  },
} satisfies Controller;

/** Everything in the cache that names an owner's uid. */
function dependents(uid: string, context: ControllerContext): [resource: string, object: KubeObject][] {
  const found: [string, KubeObject][] = [];
  const resources = [...RESOURCES, ...definitions(context).map(({ metadata }) => metadata.name)];
  for (const resource of resources) for (const object of context.lister.indexed(resource, OWNER_INDEX, uid)) found.push([resource, object]);
  return found;
}

/** Whether an owner is still there, with the same uid. Kinds that are not watched count as there. @param gone the uid of an owner that is known to have gone, perhaps with its kind. */
function exists(reference: OwnerReference, namespace: string | undefined, context: ControllerContext, gone: string | undefined): KubeObject | 'unknown' | undefined {
  if (reference.uid === gone) return undefined;
  const resource = resourceOf(reference, context);
  if (!resource) return 'unknown';
  // What belongs to the cluster is owned by what belongs to the cluster; the rest by either.
  const owner = context.client.get(resource, namespace, reference.name) ?? context.client.get(resource, undefined, reference.name);
  return owner?.metadata.uid === reference.uid ? owner : undefined;
}

/** Deletes an object when all its owners are gone, or all that are left wait for it to go (`attemptToDeleteItem`). */
function attempt(resource: string, object: KubeObject, context: ControllerContext, gone?: string): void {
  if (object.metadata.deletionTimestamp || owners(object).length === 0) return;
  const solid: OwnerReference[] = [];
  const dangling: OwnerReference[] = [];
  let waiting = 0;
  for (const reference of owners(object)) {
    const owner = exists(reference, object.metadata.namespace, context, gone);
    if (owner === undefined) dangling.push(reference);
    else if (owner !== 'unknown' && owner.metadata.deletionTimestamp && owner.metadata.finalizers?.includes(FOREGROUND)) waiting++;
    else solid.push(reference);
  }
  if (solid.length > 0) {
    if (dangling.length === 0) return;
    context.client.patch(resource, object.metadata.namespace, object.metadata.name, (current) => ({ ...current, metadata: { ...current.metadata, ownerReferences: solid } }));
    return;
  }
  if (dangling.length === 0 && waiting === 0) return;
  // An owner that waits wants its dependents gone first, and theirs before them.
  const policy = waiting > 0 && dependents(object.metadata.uid, context).length > 0 ? 'Foreground' : 'Background';
  try {
    context.client.delete(resource, object.metadata.namespace, object.metadata.name, { propagationPolicy: policy, preconditions: { uid: object.metadata.uid } });
  } catch (error) {
    if (!(error instanceof ApiError) || (error.code !== 404 && error.code !== 409)) throw error;
  }
}

/** Foreground deletion: dependents that block go first, then the owner. */
function foreground(resource: string, object: KubeObject, context: ControllerContext): void {
  const all = dependents(object.metadata.uid, context);
  for (const [dependentResource, dependent] of all) attempt(dependentResource, dependent, context);
  const blocking = all.filter(([dependentResource, dependent]) => {
    const reference = owners(dependent).find((owner) => owner.uid === object.metadata.uid);
    return reference?.blockOwnerDeletion && context.client.get(dependentResource, dependent.metadata.namespace, dependent.metadata.name);
  });
  if (blocking.length === 0) removeFinalizer(resource, object, FOREGROUND, context);
}

/** Orphaning deletion: dependents forget the owner, then it goes. */
function orphan(resource: string, object: KubeObject, context: ControllerContext): void {
  for (const [dependentResource, dependent] of dependents(object.metadata.uid, context)) {
    context.client.patch(dependentResource, dependent.metadata.namespace, dependent.metadata.name, (current) => {
      const rest = owners(current).filter((owner) => owner.uid !== object.metadata.uid);
      const { ownerReferences: _before, ...metadata } = current.metadata;
      return { ...current, metadata: rest.length > 0 ? { ...metadata, ownerReferences: rest } : metadata };
    });
  }
  removeFinalizer(resource, object, ORPHAN, context);
}

function removeFinalizer(resource: string, object: KubeObject, name: string, context: ControllerContext): void {
  context.client.patch(resource, object.metadata.namespace, object.metadata.name, (current) => {
    const { finalizers = [], ...metadata } = current.metadata;
    const rest = finalizers.filter((finalizer) => finalizer !== name);
    return { ...current, metadata: rest.length > 0 ? { ...metadata, finalizers: rest } : metadata };
  });
}
