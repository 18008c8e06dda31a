/** One sync of one Job: sees, manages pods, counts those that have ended, and writes the status. */
import { rfc3339 } from '../apiserver/tables/duration.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { formatIndexes, indexOf } from './job-indexes.ts';
import { matchFailurePolicy } from './job-policies.ts';
import { JobPods, PartlyManaged } from './job-pods.ts';
import { conditionOf, isTracked, JOBS, release, type JobStatus } from './job-spec.ts';
import { isReady, statusOf } from './pods.ts';

/** `MaxUncountedPods`. */
const MAX_UNCOUNTED = 500;

export class JobSync extends JobPods {
  run(): void {
    const { context, spec, status } = this;
    const before = (this.found.status ?? {}) as JobStatus;
    if (!status.startTime && !this.suspended) status.startTime = rfc3339(context.now);
    this.finished = conditionOf(this.found, 'SuccessCriteriaMet') ?? this.failure();
    if (this.indexed) this.countIndexes();
    let active = this.active.length;
    let suspensionChanged = false;
    let problem: unknown;
    if (this.finished) {
      for (const pod of this.active) {
        this.deletePod(pod);
        active--;
        this.terminating++;
        if (isReady(pod)) this.ready--;
      }
    } else {
      const managed = !this.found.metadata.deletionTimestamp;
      if (managed) {
        try {
          active = this.manage();
        } catch (error) {
          if (!(error instanceof PartlyManaged)) throw error;
          active = error.active;
          problem = error.cause;
        }
      }
      const complete = spec.completions === undefined ? this.succeeded > 0 && active === 0 : this.succeeded >= spec.completions && active === 0;
      if (complete) this.finished = this.condition('SuccessCriteriaMet', 'CompletionsReached', 'Reached expected number of succeeded pods');
      else if (managed) suspensionChanged = this.#noteSuspension();
    }
    const changed = suspensionChanged || active !== (before.active ?? 0) || this.ready !== before.ready || this.terminating !== before.terminating;
    this.#set('active', active);
    status.ready = this.ready;
    status.terminating = this.terminating;
    this.#track(changed);
    if (problem) throw problem;
  }

  #set(field: 'active' | 'succeeded' | 'failed', value: number): void {
    if (value === 0) delete this.status[field];
    else this.status[field] = value;
  }

  /** @returns whether a condition changed. */
  #noteSuspension(): boolean {
    const { context, status } = this;
    if (this.suspended) {
      if (!this.#ensure('Suspended', 'True', 'JobSuspended', 'Job suspended')) return false;
      context.events.event(this.found, 'Normal', 'Suspended', 'Job suspended');
      return true;
    }
    if (!this.#ensure('Suspended', 'False', 'JobResumed', 'Job resumed')) return false;
    context.events.event(this.found, 'Normal', 'Resumed', 'Job resumed');
    status.startTime = rfc3339(context.now);
    return true;
  }

  #ensure(type: string, state: string, reason: string, message: string): boolean {
    const { conditions = [] } = this.status;
    const at = conditions.findIndex((condition) => condition.type === type);
    if (at < 0 && state !== 'True') return false;
    const current = conditions[at];
    if (current && current.status === state && current.reason === reason && current.message === message) return false;
    const condition = { ...this.condition(type, reason, message), status: state };
    if (current) conditions[at] = condition;
    else conditions.push(condition);
    return true;
  }

  /** Counts pods that have ended and lets go of them (`trackJobStatusAndRemoveFinalizers`). */
  #track(changed: boolean): void {
    const { context, spec, status } = this;
    const held = new Set(this.pods.filter(isTracked).map((pod) => pod.metadata.uid));
    let flush = this.#cleanUncounted(held) || changed;
    const uncounted = status.uncountedTerminatedPods as NonNullable<JobStatus['uncountedTerminatedPods']>;
    const released: KubeObject[] = [];
    const newIndexes: number[] = [];
    let full = false;
    const ordered = this.indexed ? [...this.pods].sort((x, y) => (indexOf(x, Infinity) ?? -1) - (indexOf(y, Infinity) ?? -1)) : this.pods;
    for (const pod of ordered) {
      if (!isTracked(pod)) continue;
      const failed = this.hasFailed(pod);
      const { uid } = pod.metadata;
      const phase = statusOf(pod).phase;
      const index = this.indexed ? indexOf(pod, this.completions) : undefined;
      const over = this.found.metadata.deletionTimestamp !== undefined || this.finished !== undefined || phase === 'Succeeded';
      if (!over && (!failed || (index !== undefined && this.delayed.get(index) === pod))) continue;
      released.push(pod);
      if (phase === 'Succeeded' && !uncounted.failed?.includes(uid)) {
        if (this.indexed) {
          if (index !== undefined && !this.previouslySucceeded.has(index)) {
            newIndexes.push(index);
            flush = true;
          }
        } else if (!uncounted.succeeded?.includes(uid)) {
          uncounted.succeeded = [...(uncounted.succeeded ?? []), uid];
          flush = true;
        }
      } else if (failed || (this.finished && this.finished.type !== 'SuccessCriteriaMet')) {
        if (!uncounted.failed?.includes(uid) && (!this.indexed || index !== undefined) && matchFailurePolicy(spec.podFailurePolicy, pod).counts) {
          uncounted.failed = [...(uncounted.failed ?? []), uid];
          flush = true;
        }
      }
      if (newIndexes.length + (uncounted.succeeded?.length ?? 0) + (uncounted.failed?.length ?? 0) >= MAX_UNCOUNTED) {
        full = true;
        break;
      }
    }
    if (this.indexed) flush = this.#writeIndexes() || flush;
    if (this.finished?.type === 'FailureTarget') {
      status.conditions?.push(this.finished);
      flush = true;
      this.finished = this.condition('Failed', this.finished.reason ?? '', this.finished.message ?? '');
    }
    if (this.finished?.type === 'SuccessCriteriaMet') {
      if (!conditionOf(this.found, 'SuccessCriteriaMet')) {
        status.conditions?.push(this.finished);
        flush = true;
      }
      this.finished = this.condition('Complete', this.finished.reason ?? '', this.finished.message ?? '');
    }
    if (flush) {
      this.#write();
      context.state.backoffs.set(this.found.metadata.uid, this.backoff);
    }
    for (const pod of released) {
      release(pod, context);
      held.delete(pod.metadata.uid);
    }
    flush = this.#cleanUncounted(held);
    const over = !full && this.#finish();
    if (flush || over) this.#write();
    if (over) this.#recordEnd();
  }

  /** Pods that nothing holds any more are counted for good. */
  #cleanUncounted(held: ReadonlySet<string>): boolean {
    const { status } = this;
    const uncounted = status.uncountedTerminatedPods as NonNullable<JobStatus['uncountedTerminatedPods']>;
    let changed = false;
    for (const kind of ['succeeded', 'failed'] as const) {
      const list = uncounted[kind] ?? [];
      const left = list.filter((uid) => held.has(uid));
      if (left.length === list.length) continue;
      changed = true;
      this.#set(kind, (status[kind] ?? 0) + list.length - left.length);
      if (left.length > 0) uncounted[kind] = left;
      else delete uncounted[kind];
    }
    return changed;
  }

  #writeIndexes(): boolean {
    const { status } = this;
    const completed = formatIndexes(this.succeededIndexes);
    const failed = this.failedIndexes && formatIndexes(this.failedIndexes);
    const changed = completed !== (status.completedIndexes ?? '') || failed !== status.failedIndexes;
    this.#set('succeeded', this.succeededIndexes.size);
    if (completed !== '') status.completedIndexes = completed;
    if (failed !== undefined) status.failedIndexes = failed;
    return changed;
  }

  /** Declares the Job finished when no pod is left to count (`enactJobFinished`). */
  #finish(): boolean {
    const { finished, status } = this;
    if (!finished || this.terminating > 0) return false;
    const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
    if (succeeded.length + failed.length > 0) return false;
    this.#ensure(finished.type, 'True', finished.reason ?? '', finished.message ?? '');
    if (finished.type === 'Complete') status.completionTime = finished.lastTransitionTime;
    return true;
  }

  #recordEnd(): void {
    const { context, finished, spec, status } = this;
    if (finished?.type !== 'Complete') return context.events.event(this.found, 'Warning', finished?.reason ?? '', finished?.message ?? '');
    if (spec.completions !== undefined && (status.succeeded ?? 0) > spec.completions) context.events.event(this.found, 'Warning', 'TooManySucceededPods', 'Too many succeeded pods running after completion count reached');
    context.events.event(this.found, 'Normal', 'Completed', 'Job completed');
  }

  #write(): void {
    const { conditions, ...rest } = this.status;
    const status = { ...rest, ...(conditions?.length ? { conditions: [...conditions] } : {}), uncountedTerminatedPods: { ...rest.uncountedTerminatedPods } };
    this.found = this.context.client.updateStatus(JOBS, { ...this.found, status });
  }
}
