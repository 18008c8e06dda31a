/** Makes Jobs at the times of a schedule (`pkg/controller/cronjob/cronjob_controllerv2.go`). */
import { rfc3339 } from '../apiserver/tables/duration.ts';
import { ApiError, type KubeObject } from '../apiserver/types.ts';
import { controllerOf, controllerReference } from '../apiserver/client.ts';
import { conditionOf, isFinished, JOBS, type JobStatus } from './job-spec.ts';
import { parseSchedule, type Schedule } from './schedule.ts';
import { keyOf, splitKey, type Controller, type ControllerContext } from './types.ts';

const RESOURCE = 'cronjobs.batch';
const SCHEDULED = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
/** A sync comes this long after the scheduled time (`nextScheduleDelta`). */
const DELTA_MS = 100;
/** So many missed times are worth a warning. */
const MANY_MISSED = 100;
/** Schedules are stepped through up to this many times at once. */
const MAX_STEPS = 100_000;

interface Reference {
  apiVersion: string;
  kind: string;
  name: string;
  namespace?: string;
  resourceVersion: string;
  uid: string;
}

interface CronJobSpec {
  schedule: string;
  timeZone?: string;
  concurrencyPolicy?: 'Allow' | 'Forbid' | 'Replace';
  suspend?: boolean;
  startingDeadlineSeconds?: number;
  successfulJobsHistoryLimit?: number;
  failedJobsHistoryLimit?: number;
  jobTemplate: { metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }; spec: Record<string, unknown> };
}

interface CronJobStatus {
  active?: Reference[];
  lastScheduleTime?: string;
  lastSuccessfulTime?: string;
}

export const cronJob = {
  name: 'cronjob',
  component: 'cronjob-controller',
  watches: [{ resource: RESOURCE }, { resource: JOBS, indexes: { controller: (job) => [controllerOf(job)?.uid ?? ''] } }],
  changed(change, context) {
    if (change.resource === RESOURCE) return context.enqueue(keyOf(change.object), change.cause);
    if (change.resource !== JOBS) return;
    const owner = controllerOf(change.object);
    if (owner?.kind === 'CronJob') context.enqueue(`${change.object.metadata.namespace}/${owner.name}`, change.cause);
  },
  sync(key, context) {
    const { namespace, name } = splitKey(key);
    const found = context.lister.get(RESOURCE, namespace, name);
    if (!found) return;
    const sync = new CronJobSync(found, context);
    try {
      sync.run();
    } finally {
      sync.writeStatus();
    }
  },
} satisfies Controller;

function startTime(job: KubeObject): string {
  return (job.status as JobStatus | undefined)?.startTime ?? '';
}

/** One sync of one CronJob. */
class CronJobSync {
  readonly spec: CronJobSpec;
  readonly jobs: KubeObject[];
  readonly before: CronJobStatus;
  readonly status: CronJobStatus;

  constructor(
    private readonly found: KubeObject,
    private readonly context: ControllerContext,
  ) {
    this.spec = found.spec as CronJobSpec;
    this.jobs = [...context.lister.indexed(JOBS, 'controller', found.metadata.uid)];
    this.before = (found.status ?? {}) as CronJobStatus;
    this.status = { ...this.before, active: [...(this.before.active ?? [])] };
  }

  run(): void {
    const { found, spec } = this;
    this.#lookAtJobs();
    if (!found.metadata.deletionTimestamp && !spec.suspend) this.#schedule();
    this.#cleanUp(spec.successfulJobsHistoryLimit, 'Complete');
    this.#cleanUp(spec.failedJobsHistoryLimit, 'Failed');
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.context.events.event(this.found, type, reason, message);
  }

  /** Brings the list of active Jobs up to date. */
  #lookAtJobs(): void {
    const { status } = this;
    for (const job of this.jobs) {
      const active = status.active?.some((reference) => reference.uid === job.metadata.uid) ?? false;
      if (!active && !isFinished(job)) {
        // One that was made for this CronJob in the sync before is in the list already, as the cache has that sync's status.
        this.#event('Warning', 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${job.metadata.name}`);
      } else if (active && isFinished(job)) {
        status.active = status.active?.filter((reference) => reference.uid !== job.metadata.uid) ?? [];
        this.#event('Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${conditionOf(job, 'Complete') ? 'Complete' : 'Failed'}`);
      }
      const done = conditionOf(job, 'Complete') && (job.status as JobStatus).completionTime;
      if (done && (!status.lastSuccessfulTime || Date.parse(status.lastSuccessfulTime) < Date.parse(done))) status.lastSuccessfulTime = done;
    }
    for (const reference of [...(status.active ?? [])]) {
      if (this.jobs.some((job) => job.metadata.uid === reference.uid)) continue;
      if (this.context.client.get(JOBS, this.found.metadata.namespace, reference.name)?.metadata.uid === reference.uid) continue;
      this.#event('Normal', 'MissingJob', `Active job went missing: ${reference.name}`);
      status.active = status.active?.filter((other) => other !== reference) ?? [];
    }
  }

  #schedule(): void {
    const { context, found, spec, status } = this;
    let schedule: Schedule;
    try {
      schedule = parseSchedule(spec.schedule, spec.timeZone);
    } catch (error) {
      return this.#event('Warning', 'UnparseableSchedule', `unparseable schedule: "${spec.schedule}" : ${(error as Error).message}`);
    }
    const again = (): void => {
      const next = schedule.next(context.now);
      if (next !== undefined) context.enqueueAt(keyOf(found), next + DELTA_MS);
    };
    const due = this.#mostRecent(schedule);
    if (due === undefined) return again();
    if (spec.startingDeadlineSeconds !== undefined && due + spec.startingDeadlineSeconds * 1_000 < context.now) {
      this.#event('Warning', 'MissSchedule', `Missed scheduled time to start a job: ${new Date(due).toUTCString().replace('GMT', '+0000')}`);
      return again();
    }
    const name = `${found.metadata.name}-${Math.floor(due / 60_000)}`;
    if (status.active?.some((reference) => reference.name === name) || (status.lastScheduleTime && Date.parse(status.lastScheduleTime) === due)) return again();
    if (spec.concurrencyPolicy === 'Forbid' && status.active?.length) {
      this.#event('Normal', 'JobAlreadyActive', 'Not starting job because prior execution is running and concurrency policy is Forbid');
      return again();
    }
    if (spec.concurrencyPolicy === 'Replace') {
      for (const reference of [...(status.active ?? [])]) {
        const job = this.jobs.find((candidate) => candidate.metadata.uid === reference.uid);
        if (job) this.#deleteJob(job);
      }
    }
    this.#createJob(name, due);
    again();
  }

  /** The latest scheduled time that has passed since the last one that was used, ms. */
  #mostRecent(schedule: Schedule): number | undefined {
    const { context, found, spec, status } = this;
    let earliest = Date.parse(status.lastScheduleTime ?? found.metadata.creationTimestamp);
    if (spec.startingDeadlineSeconds !== undefined) earliest = Math.max(earliest, context.now - spec.startingDeadlineSeconds * 1_000);
    let missed = 0;
    let last: number | undefined;
    for (let time = schedule.next(earliest); time !== undefined && time <= context.now && missed < MAX_STEPS; time = schedule.next(time)) {
      last = time;
      missed++;
    }
    if (missed > MANY_MISSED) this.#event('Warning', 'TooManyMissedTimes', 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew');
    return last;
  }

  #createJob(name: string, scheduled: number): void {
    const { context, found, spec, status } = this;
    const { metadata } = spec.jobTemplate;
    const { namespace } = found.metadata;
    try {
      const job = context.client.create(JOBS, {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: {
          name,
          ...(namespace ? { namespace } : {}),
          ...(metadata?.labels ? { labels: metadata.labels } : {}),
          annotations: { ...metadata?.annotations, [SCHEDULED]: rfc3339(scheduled) },
          ownerReferences: [controllerReference(found)],
        },
        spec: spec.jobTemplate.spec,
      });
      this.#event('Normal', 'SuccessfulCreate', `Created job ${name}`);
      status.active = [...(status.active ?? []), { apiVersion: 'batch/v1', kind: 'Job', name, ...(namespace ? { namespace } : {}), resourceVersion: job.metadata.resourceVersion, uid: job.metadata.uid }];
      status.lastScheduleTime = rfc3339(scheduled);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.reason === 'AlreadyExists' || error.status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating')) return;
      this.#event('Warning', 'FailedCreate', `Error creating job: ${error.message}`);
      throw error;
    }
  }

  #deleteJob(job: KubeObject): void {
    try {
      this.context.client.delete(JOBS, job.metadata.namespace, job.metadata.name, { propagationPolicy: 'Background' });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code !== 404) {
        this.#event('Warning', 'FailedDelete', `Deleted job: ${error.message}`);
        throw error;
      }
    }
    this.status.active = this.status.active?.filter((reference) => reference.uid !== job.metadata.uid) ?? [];
    this.#event('Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`);
  }

  /** Deletes the oldest Jobs that ended so, beyond the history limit. */
  #cleanUp(limit: number | undefined, outcome: 'Complete' | 'Failed'): void {
    if (limit === undefined) return;
    const ended = this.jobs.filter((job) => conditionOf(job, outcome) && !job.metadata.deletionTimestamp);
    ended.sort((x, y) => (startTime(x) === startTime(y) ? (x.metadata.name < y.metadata.name ? -1 : 1) : startTime(x) < startTime(y) ? -1 : 1));
    for (const job of ended.slice(0, Math.max(0, ended.length - limit))) this.#deleteJob(job);
  }

  writeStatus(): void {
    const { active = [], ...rest } = this.status;
    const same = active.length === (this.before.active?.length ?? 0) && active.every((reference, i) => reference.uid === this.before.active?.[i]?.uid) && rest.lastScheduleTime === this.before.lastScheduleTime && rest.lastSuccessfulTime === this.before.lastSuccessfulTime;
    if (same) return;
    const { namespace, name, uid } = this.found.metadata;
    const status = { ...(active.length > 0 ? { active } : {}), ...rest };
    this.context.client.patch(RESOURCE, namespace, name, (current) => (current.metadata.uid === uid ? { ...current, status } : current), 'status');
  }
}
