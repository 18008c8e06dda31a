/** What one sync of a Job sees: its pods, which of them count, which indexes are done, whether it has failed. */
import { rfc3339 } from '../apiserver/tables/duration.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { failuresOf, ignoredFailuresOf, indexOf, parseIndexes } from './job-indexes.ts';
import { containerStatuses, finishedAt, initContainerStatuses, matchFailurePolicy, matchSuccessPolicy } from './job-policies.ts';
import { conditionOf, isTracked, podsOf, type BackoffRecord, type JobCondition, type JobContext, type JobSpec, type JobStatus } from './job-spec.ts';
import { isActive, isReady, isTerminal, statusOf } from './pods.ts';
import { keyOf } from './types.ts';

export abstract class JobView {
  readonly spec: JobSpec;
  readonly pods: KubeObject[];
  readonly active: KubeObject[];
  status: JobStatus;
  ready: number;
  terminating: number;
  succeeded: number;
  failed: number;
  backoff: BackoffRecord;
  finished: JobCondition | undefined;
  protected readonly previouslySucceeded: Set<number>;
  protected succeededIndexes = new Set<number>();
  protected failedIndexes: Set<number> | undefined;
  /** Failed pods that stay until their index has a new pod, which takes their count over. */
  protected delayed = new Map<number, KubeObject>();

  constructor(
    protected found: KubeObject,
    protected readonly context: JobContext,
  ) {
    this.spec = found.spec as JobSpec;
    const before = (found.status ?? {}) as JobStatus;
    this.status = { ...before, conditions: [...(before.conditions ?? [])], uncountedTerminatedPods: { ...before.uncountedTerminatedPods } };
    this.pods = podsOf(found, context);
    this.active = this.pods.filter(isActive);
    this.ready = this.active.filter(isReady).length;
    this.terminating = this.pods.filter((pod) => pod.metadata.deletionTimestamp && !isTerminal(pod)).length;
    const uncounted = this.status.uncountedTerminatedPods ?? {};
    const fresh = (seen: string[] | undefined): KubeObject[] => this.pods.filter((pod) => isTracked(pod) && !seen?.includes(pod.metadata.uid) && (!this.indexed || indexOf(pod, this.completions) !== undefined));
    const newlySucceeded = fresh(uncounted.succeeded).filter((pod) => statusOf(pod).phase === 'Succeeded');
    const newlyFailed = fresh(uncounted.failed).filter((pod) => this.hasFailed(pod));
    this.succeeded = (before.succeeded ?? 0) + newlySucceeded.length + (uncounted.succeeded?.length ?? 0);
    this.failed = (before.failed ?? 0) + newlyFailed.filter((pod) => matchFailurePolicy(this.spec.podFailurePolicy, pod).counts).length + (uncounted.failed?.length ?? 0);
    this.backoff = this.#backoffAfter(newlySucceeded, newlyFailed);
    this.previouslySucceeded = parseIndexes(before.completedIndexes, this.completions);
  }

  protected get indexed(): boolean {
    return this.spec.completionMode === 'Indexed';
  }

  protected get completions(): number {
    return this.spec.completions ?? Infinity;
  }

  protected get suspended(): boolean {
    return this.spec.suspend === true;
  }

  protected get onlyReplacesFailed(): boolean {
    return this.spec.podReplacementPolicy === 'Failed' || this.spec.podFailurePolicy !== undefined;
  }

  protected hasFailed(pod: KubeObject): boolean {
    const phase = statusOf(pod).phase;
    if (phase === 'Failed') return true;
    if (!pod.metadata.deletionTimestamp) return false;
    return this.onlyReplacesFailed ? phase === 'Pending' : phase !== 'Succeeded';
  }

  #backoffAfter(succeeded: KubeObject[], failed: KubeObject[]): BackoffRecord {
    const { now } = this.context;
    let record = this.context.state.backoffs.get(this.found.metadata.uid) ?? { failures: 0, lastFailure: 0 };
    const ended = [...succeeded.map((pod) => ({ at: finishedAt(pod, now), failed: false })), ...failed.map((pod) => ({ at: finishedAt(pod, now), failed: true }))];
    for (const each of ended.sort((x, y) => x.at - y.at)) record = each.failed ? { failures: record.failures + 1, lastFailure: each.at } : { failures: 0, lastFailure: 0 };
    return record;
  }

  protected condition(type: string, reason: string, message: string): JobCondition {
    const time = rfc3339(this.context.now);
    return { lastProbeTime: time, lastTransitionTime: time, message, reason, status: 'True', type };
  }

  /** Why the Job has failed, if it has. */
  protected failure(): JobCondition | undefined {
    const { context, spec, status } = this;
    const target = conditionOf(this.found, 'FailureTarget');
    if (target) return this.condition('Failed', target.reason ?? '', target.message ?? '');
    for (const pod of this.pods) {
      const why = this.hasFailed(pod) ? matchFailurePolicy(spec.podFailurePolicy, pod).failJob : undefined;
      if (why) return this.condition('FailureTarget', 'PodFailurePolicy', why);
    }
    if (this.failed > (spec.backoffLimit ?? 6) || this.#restartedTooOften()) return this.condition('FailureTarget', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit');
    if (spec.activeDeadlineSeconds !== undefined && status.startTime && !this.suspended) {
      const due = Date.parse(status.startTime) + spec.activeDeadlineSeconds * 1_000;
      if (due <= context.now) return this.condition('FailureTarget', 'DeadlineExceeded', 'Job was active longer than specified deadline');
      context.enqueueAt(keyOf(this.found), due);
    }
    return undefined;
  }

  #restartedTooOften(): boolean {
    if (this.spec.template.spec.restartPolicy !== 'OnFailure') return false;
    let restarts = 0;
    for (const pod of this.pods) {
      const phase = statusOf(pod).phase;
      if (phase !== 'Running' && phase !== 'Pending') continue;
      for (const { restartCount } of [...initContainerStatuses(pod), ...containerStatuses(pod)]) restarts += restartCount;
    }
    const limit = this.spec.backoffLimit ?? 6;
    return limit === 0 ? restarts > 0 : restarts >= limit;
  }

  protected countIndexes(): void {
    const { spec } = this;
    const completions = this.completions;
    this.succeededIndexes = new Set(this.previouslySucceeded);
    for (const pod of this.pods) {
      const index = indexOf(pod, completions);
      if (index !== undefined && statusOf(pod).phase === 'Succeeded' && isTracked(pod)) this.succeededIndexes.add(index);
    }
    this.succeeded = this.succeededIndexes.size;
    if (spec.backoffLimitPerIndex !== undefined) {
      const failed = parseIndexes(this.status.failedIndexes, completions);
      for (const pod of this.pods) {
        const index = indexOf(pod, completions);
        if (index === undefined || !isTracked(pod) || !this.hasFailed(pod)) continue;
        const verdict = matchFailurePolicy(spec.podFailurePolicy, pod);
        if (verdict.action === 'FailIndex' || (verdict.counts && failuresOf(pod) >= spec.backoffLimitPerIndex)) failed.add(index);
      }
      this.failedIndexes = failed;
      if (!this.finished) {
        if (spec.maxFailedIndexes !== undefined && failed.size > spec.maxFailedIndexes) this.finished = this.condition('FailureTarget', 'MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
        else if (failed.size > 0 && failed.size + this.succeededIndexes.size >= completions) this.finished = this.condition('FailureTarget', 'FailedIndexes', 'Job has failed indexes');
      }
      this.#delayDeletions();
    }
    if (this.finished) return;
    const met = matchSuccessPolicy(spec.successPolicy, this.succeededIndexes, (text) => parseIndexes(text, completions));
    if (met) this.finished = this.condition('SuccessCriteriaMet', 'SuccessPolicy', met);
  }

  #delayDeletions(): void {
    const busy = new Set(this.active.map((pod) => indexOf(pod, this.completions)));
    for (const pod of this.pods) {
      const index = indexOf(pod, this.completions);
      if (index === undefined || !isTracked(pod) || !this.hasFailed(pod)) continue;
      if (this.succeededIndexes.has(index) || this.failedIndexes?.has(index) || busy.has(index)) continue;
      const other = this.delayed.get(index);
      if (!other || failuresOf(other) + ignoredFailuresOf(other) <= failuresOf(pod) + ignoredFailuresOf(pod)) this.delayed.set(index, pod);
    }
  }
}
