/** Deletes Jobs some time after they have finished, if their spec says so (`pkg/controller/ttlafterfinished`). */
import { ApiError } from '../apiserver/types.ts';
import { conditionOf, isFinished, JOBS } from './job-spec.ts';
import { keyOf, splitKey, type Controller } from './types.ts';

export const ttlAfterFinished = {
  name: 'ttl-after-finished',
  component: 'ttl-after-finished-controller',
  watches: [{ resource: JOBS }],
  changed(change, context) {
    const { ttlSecondsAfterFinished } = change.object.spec as { ttlSecondsAfterFinished?: number };
    if (change.type !== 'DELETED' && ttlSecondsAfterFinished !== undefined && isFinished(change.object)) context.enqueue(keyOf(change.object), change.cause);
  },
  sync(key, context) {
    const { namespace, name } = splitKey(key);
    const found = context.lister.get(JOBS, namespace, name);
    const ttl = (found?.spec as { ttlSecondsAfterFinished?: number } | undefined)?.ttlSecondsAfterFinished;
    if (!found || found.metadata.deletionTimestamp || ttl === undefined || !isFinished(found)) return;
    const finished = conditionOf(found, 'Complete') ?? conditionOf(found, 'Failed');
    const due = Date.parse(finished?.lastTransitionTime ?? '') + ttl * 1_000;
    if (due > context.now) return context.enqueueAt(key, due);
    try {
      context.client.delete(JOBS, namespace, name, { propagationPolicy: 'Foreground', preconditions: { uid: found.metadata.uid } });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 404) throw error;
    }
  },
} satisfies Controller;
