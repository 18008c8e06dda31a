/** Runs Jobs to completion (`pkg/controller/job/job_controller.go`). Every pod is counted exactly once, held by a finalizer until it is. */
import { controllerOf } from '../apiserver/client.ts';
import { isFinished, isTracked, JOBS, podsOf, release, type JobContext, type JobSpec, type JobState } from './job-spec.ts';
import { JobSync } from './job-sync.ts';
import { podsByController } from './pods.ts';
import { keyOf, splitKey, type Controller } from './types.ts';

const MANAGER = 'kubernetes.io/job-controller';
/** Changes of pods are looked at together (`SyncJobBatchPeriod`). */
const BATCH_MS = 1_000;
/** Keys of pods whose Job is gone. */
const ORPHAN = 'orphan ';

export const job = {
  name: 'job',
  component: 'job-controller',
  watches: [{ resource: JOBS }, podsByController],
  initial: () => ({ backoffs: new Map() }),
  changed(change, context) {
    if (change.resource === JOBS) {
      if (change.type === 'DELETED') for (const pod of podsOf(change.object, context)) if (isTracked(pod)) context.enqueue(ORPHAN + keyOf(pod), change.cause);
      const same = change.previous && change.previous.metadata.generation === change.object.metadata.generation && change.previous.metadata.deletionTimestamp === change.object.metadata.deletionTimestamp;
      if (same) context.enqueueAt(keyOf(change.object), context.now + BATCH_MS);
      else context.enqueue(keyOf(change.object), change.cause);
      return;
    }
    const owner = controllerOf(change.object);
    if (owner?.kind !== 'Job') return;
    const key = `${change.object.metadata.namespace}/${owner.name}`;
    const { namespace, name } = splitKey(key);
    if (context.lister.get(JOBS, namespace, name)?.metadata.uid === owner.uid) context.enqueueAt(key, context.now + BATCH_MS);
    else if (change.type !== 'DELETED' && isTracked(change.object)) context.enqueue(ORPHAN + keyOf(change.object), change.cause);
  },
  sync(key, context) {
    if (key.startsWith(ORPHAN)) return syncOrphan(key.slice(ORPHAN.length), context);
    const { namespace, name } = splitKey(key);
    const found = context.lister.get(JOBS, namespace, name);
    if (!found || ((found.spec as JobSpec).managedBy ?? MANAGER) !== MANAGER) return;
    if (isFinished(found)) {
      context.state.backoffs.delete(found.metadata.uid);
      for (const pod of podsOf(found, context)) release(pod, context);
      return;
    }
    new JobSync(found, context).run();
  },
} satisfies Controller<JobState>;

/** Nobody counts a pod without a Job. */
function syncOrphan(key: string, context: JobContext): void {
  const { namespace, name } = splitKey(key);
  const pod = context.lister.get('pods', namespace, name);
  const owner = pod && controllerOf(pod);
  if (pod && owner && context.lister.get(JOBS, namespace, owner.name)?.metadata.uid !== owner.uid) release(pod, context);
}
