/**
 * Deletes what belongs to owners that are gone, and carries out foreground and orphaning deletions
 * (`pkg/controller/garbagecollector`). Its graph is an index by owner over everything it watches.
 */
import { ApiError, type KubeObject, type OwnerReference } from '../apiserver/types.ts';
import type { WatchSpec } from '../component.ts';
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
function resourceOf(reference: OwnerReference): string | undefined {
  const group = reference.apiVersion.includes('/') ? reference.apiVersion.split('/')[0] : '';
  const plural = `${reference.kind.toLowerCase()}${reference.kind.endsWith('s') ? '' : reference.kind.endsWith('y') ? '' : 's'}`;
  const key = group ? `${plural}.${group}` : plural;
  return RESOURCES.find((resource) => resource === key || resource === key.replace('ingresss', 'ingresses'));
}

export const garbageCollector = {
  name: 'garbage-collector',
  component: 'generic-garbage-collector',
  watches: RESOURCES.map((resource): WatchSpec => ({ resource, indexes: { [OWNER_INDEX]: (object) => owners(object).map((owner) => owner.uid) } })),
  changed(change, context) {
    const { object, resource, type } = change;
    if (type === 'DELETED') {
      // What it owned may have lost its last owner; an owner that waits for it may be done.
      context.enqueue(`owned-by|${object.metadata.uid}`, change.cause);
      for (const owner of owners(object)) {
        const ownerResource = resourceOf(owner);
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
      for (const [resource, object] of dependents(parts[1], context)) attempt(resource, object, context);
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
  for (const resource of RESOURCES) for (const object of context.lister.indexed(resource, OWNER_INDEX, uid)) found.push([resource, object]);
  return found;
}

/** Whether an owner is still there, with the same uid. Kinds that are not watched count as there. */
function exists(reference: OwnerReference, namespace: string | undefined, context: ControllerContext): KubeObject | 'unknown' | undefined {
  const resource = resourceOf(reference);
  if (!resource) return 'unknown';
  const owner = context.client.get(resource, resource === 'nodes' ? undefined : namespace, reference.name);
  return owner?.metadata.uid === reference.uid ? owner : undefined;
}

/** Deletes an object when all its owners are gone, or all that are left wait for it to go (`attemptToDeleteItem`). */
function attempt(resource: string, object: KubeObject, context: ControllerContext): void {
  if (object.metadata.deletionTimestamp || owners(object).length === 0) return;
  const solid: OwnerReference[] = [];
  const dangling: OwnerReference[] = [];
  let waiting = 0;
  for (const reference of owners(object)) {
    const owner = exists(reference, object.metadata.namespace, context);
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
