/**
 * How an object is deleted: grace periods, finalizers and propagation policies
 * (`registry/rest/delete.go`, `registry/generic/registry/store.go`).
 */
import type { DeleteOptions } from '../client.ts';
import { conflict, type GroupResource } from '../errors.ts';
import { rfc3339 } from '../tables/duration.ts';
import type { KubeObject, ObjectMeta } from '../types.ts';
import type { Strategy } from './types.ts';

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** @throws ApiError 409 when the object is not the one that the client means. */
export function checkPreconditions(resource: GroupResource, object: KubeObject, preconditions: DeleteOptions['preconditions']): void {
  if (!preconditions) return;
  const { name, uid, resourceVersion } = object.metadata;
  if (preconditions.uid !== undefined && preconditions.uid !== uid) {
    throw conflict(resource, name, `Precondition failed: UID in precondition: ${preconditions.uid}, UID in object meta: ${uid}`);
  }
  if (preconditions.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion) {
    throw conflict(resource, name, `Precondition failed: ResourceVersion in precondition: ${preconditions.resourceVersion}, ResourceVersion in object meta: ${resourceVersion}`);
  }
}

/** The finalizers with those of the garbage collector as the propagation policy wants them. */
function collectorFinalizers(current: readonly string[], policy: DeleteOptions['propagationPolicy']): string[] {
  const orphan = policy === undefined ? current.includes(ORPHAN) : policy === 'Orphan';
  const foreground = policy === undefined ? current.includes(FOREGROUND) && !orphan : policy === 'Foreground';
  const kept = current.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  if (orphan) kept.push(ORPHAN);
  if (foreground) kept.push(FOREGROUND);
  return kept;
}

/** What a delete request does to an object. */
export type DeletionStep =
  /** Nothing: it is on its way already. */
  | { kind: 'pending' }
  /** It is marked and stays until its kubelet or its finalizers let go. */
  | { kind: 'mark'; object: KubeObject }
  /** It goes now; `object` is its last state when that was changed first. */
  | { kind: 'remove'; object?: KubeObject };

function marked(existing: KubeObject, change: Partial<ObjectMeta>, bump: boolean): KubeObject {
  const metadata: ObjectMeta = { ...existing.metadata, ...change };
  if (bump && metadata.generation !== undefined && metadata.generation > 0) metadata.generation += 1;
  if (metadata.finalizers?.length === 0) delete metadata.finalizers;
  return { ...existing, metadata };
}

/** Decides what a delete request does. @param now virtual time, ms. */
export function deletionStep(existing: KubeObject, strategy: Strategy, options: DeleteOptions, now: number): DeletionStep {
  const { metadata } = existing;
  const current = metadata.finalizers ?? [];
  const finalizers = collectorFinalizers(current, options.propagationPolicy);
  const change: Partial<ObjectMeta> = finalizers.length === current.length && finalizers.every((item, index) => item === current[index]) ? {} : { finalizers };
  const waits = finalizers.length > 0;

  if (strategy.gracePeriod) {
    if (metadata.deletionTimestamp !== undefined) {
      const pending = metadata.deletionGracePeriodSeconds;
      if (pending === undefined) return { kind: 'pending' };
      if (options.gracePeriodSeconds === undefined || options.gracePeriodSeconds >= pending) {
        // A second request after the period has been cut to nothing finishes what the first one began.
        return pending === 0 && !waits ? { kind: 'remove' } : { kind: 'pending' };
      }
      const period = Math.max(options.gracePeriodSeconds, 0);
      const deletionTimestamp = rfc3339(Date.parse(metadata.deletionTimestamp) + (period - pending) * 1000);
      const object = marked(existing, { ...change, deletionTimestamp, deletionGracePeriodSeconds: period }, false);
      return period > 0 || waits ? { kind: 'mark', object } : { kind: 'remove', object };
    }
    const period = strategy.gracePeriod(existing, options.gracePeriodSeconds);
    const object = marked(existing, { ...change, deletionTimestamp: rfc3339(now + period * 1000), deletionGracePeriodSeconds: period }, true);
    return period > 0 || waits ? { kind: 'mark', object } : { kind: 'remove', object };
  }

  if (!waits) return { kind: 'remove' };
  if (metadata.deletionTimestamp !== undefined) {
    return Object.keys(change).length === 0 ? { kind: 'pending' } : { kind: 'mark', object: marked(existing, change, false) };
  }
  return { kind: 'mark', object: marked(existing, { ...change, deletionTimestamp: rfc3339(now), deletionGracePeriodSeconds: 0 }, true) };
}

/** Whether an update of an object that is being deleted took away the last thing that held it. */
export function releasedByUpdate(draft: KubeObject, existing: KubeObject, strategy: Strategy): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = existing.metadata;
  if (deletionTimestamp === undefined || (deletionGracePeriodSeconds ?? 0) > 0) return false;
  if ((draft.metadata.finalizers ?? []).length > 0 || strategy.held?.(draft)) return false;
  // Without finalizers before, nothing was released: a pod whose grace period is over waits for its kubelet.
  return (existing.metadata.finalizers ?? []).length > 0 || Boolean(strategy.held?.(existing));
}
