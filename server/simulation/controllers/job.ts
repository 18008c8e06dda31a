/** Runs Jobs to completion (`pkg/controller/job/job_controller.go`). Every pod is counted exactly once, held by a finalizer until it is. */
import { ApiError, type KubeObject } from '../apiserver/types.ts';
import { controllerOf } from '../apiserver/client.ts';
import { COMPLETION_INDEX, failuresOf, formatIndexes, generateNameFor, ignoredFailuresOf, INDEX_FAILURES, INDEX_IGNORED_FAILURES, indexOf, parseIndexes } from './job-indexes.ts';
import { containerStatuses, finishedAt, initContainerStatuses, matchFailurePolicy, matchSuccessPolicy, remainingBackoff, type PodFailurePolicy, type SuccessPolicy } from './job-policies.ts';
import { inOrderOfDeletion, isActive, isReady, isTerminal, podsByController, statusOf } from './pods.ts';
import { podFromTemplate, type PodTemplate } from './replica-set.ts';
import { keyOf, rfc3339, splitKey, type Controller, type ControllerContext } from './types.ts';

export const JOBS = 'jobs.batch';
const FINALIZER = 'batch.kubernetes.io/job-tracking';
const MANAGER = 'kubernetes.io/job-controller';
/** Changes of pods are looked at together (`SyncJobBatchPeriod`). */
const BATCH_MS = 1_000;
/** `MaxPodCreateDeletePerSync`, `MaxUncountedPods`. */
const MAX_PODS_PER_SYNC = 500;
const MAX_UNCOUNTED = 500;
/** Keys of pods whose Job is gone. */
const ORPHAN = 'orphan ';

export interface JobCondition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastProbeTime: string;
  lastTransitionTime: string;
}

export interface JobStatus {
  active?: number;
  ready?: number;
  terminating?: number;
  succeeded?: number;
  failed?: number;
  startTime?: string;
  completionTime?: string;
  completedIndexes?: string;
  failedIndexes?: string;
  conditions?: JobCondition[];
  uncountedTerminatedPods?: { succeeded?: string[]; failed?: string[] };
}

interface JobSpec {
  parallelism?: number;
  completions?: number;
  completionMode?: 'NonIndexed' | 'Indexed';
  backoffLimit?: number;
  backoffLimitPerIndex?: number;
  maxFailedIndexes?: number;
  activeDeadlineSeconds?: number;
  podFailurePolicy?: PodFailurePolicy;
  successPolicy?: SuccessPolicy;
  podReplacementPolicy?: 'TerminatingOrFailed' | 'Failed';
  suspend?: boolean;
  managedBy?: string;
  template: PodTemplate & { spec: { restartPolicy?: string; containers?: object[]; initContainers?: object[] } };
}

/** Failures of a Job's pods in a row, by uid of the Job. */
interface BackoffRecord {
  failures: number;
  lastFailure: number;
}

interface JobState {
  backoffs: Map<string, BackoffRecord>;
}

type Context = ControllerContext<JobState>;

export function conditionOf(job: KubeObject, type: string): JobCondition | undefined {
  return (job.status as JobStatus | undefined)?.conditions?.find((condition) => condition.type === type && condition.status === 'True');
}

export function isFinished(job: KubeObject): boolean {
  return conditionOf(job, 'Complete') !== undefined || conditionOf(job, 'Failed') !== undefined;
}

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

function podsOf(found: KubeObject, context: Context): KubeObject[] {
  return [...context.lister.indexed('pods', 'controller', found.metadata.uid)];
}

function isTracked(pod: KubeObject): boolean {
  return pod.metadata.finalizers?.includes(FINALIZER) ?? false;
}

/** Nobody counts a pod without a Job. */
function syncOrphan(key: string, context: Context): void {
  const { namespace, name } = splitKey(key);
  const pod = context.lister.get('pods', namespace, name);
  const owner = pod && controllerOf(pod);
  if (pod && owner && context.lister.get(JOBS, namespace, owner.name)?.metadata.uid !== owner.uid) release(pod, context);
}

/** Removes the finalizer that holds a pod until it is counted. */
function release(pod: KubeObject, context: Context): void {
  if (!isTracked(pod)) return;
  try {
    context.client.patch('pods', pod.metadata.namespace, pod.metadata.name, (current) => {
      if (current.metadata.uid !== pod.metadata.uid || !isTracked(current)) return current;
      const { finalizers = [], ...metadata } = current.metadata;
      const rest = finalizers.filter((finalizer) => finalizer !== FINALIZER);
      return { ...current, metadata: rest.length > 0 ? { ...metadata, finalizers: rest } : metadata };
    });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 404) throw error;
  }
}

/** One sync of one Job. */
class JobSync {
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
  readonly #previouslySucceeded: Set<number>;
  #succeededIndexes = new Set<number>();
  #failedIndexes: Set<number> | undefined;
  /** Failed pods that stay until their index has a new pod, which takes their count over. */
  #delayed = new Map<number, KubeObject>();

  constructor(
    private found: KubeObject,
    private readonly context: Context,
  ) {
    this.spec = found.spec as JobSpec;
    const before = (found.status ?? {}) as JobStatus;
    this.status = { ...before, conditions: [...(before.conditions ?? [])], uncountedTerminatedPods: { ...before.uncountedTerminatedPods } };
    this.pods = podsOf(found, context);
    this.active = this.pods.filter(isActive);
    this.ready = this.active.filter(isReady).length;
    this.terminating = this.pods.filter((pod) => pod.metadata.deletionTimestamp && !isTerminal(pod)).length;
    const uncounted = this.status.uncountedTerminatedPods ?? {};
    const fresh = (seen: string[] | undefined): KubeObject[] => this.pods.filter((pod) => isTracked(pod) && !seen?.includes(pod.metadata.uid) && (!this.#indexed || indexOf(pod, this.#completions) !== undefined));
    const newlySucceeded = fresh(uncounted.succeeded).filter((pod) => statusOf(pod).phase === 'Succeeded');
    const newlyFailed = fresh(uncounted.failed).filter((pod) => this.#hasFailed(pod));
    this.succeeded = (before.succeeded ?? 0) + newlySucceeded.length + (uncounted.succeeded?.length ?? 0);
    this.failed = (before.failed ?? 0) + newlyFailed.filter((pod) => matchFailurePolicy(this.spec.podFailurePolicy, pod).counts).length + (uncounted.failed?.length ?? 0);
    this.backoff = this.#backoffAfter(newlySucceeded, newlyFailed);
    this.#previouslySucceeded = parseIndexes(before.completedIndexes, this.#completions);
  }

  get #indexed(): boolean {
    return this.spec.completionMode === 'Indexed';
  }

  get #completions(): number {
    return this.spec.completions ?? Infinity;
  }

  get #suspended(): boolean {
    return this.spec.suspend === true;
  }

  get #onlyReplacesFailed(): boolean {
    return this.spec.podReplacementPolicy === 'Failed' || this.spec.podFailurePolicy !== undefined;
  }

  #hasFailed(pod: KubeObject): boolean {
    const phase = statusOf(pod).phase;
    if (phase === 'Failed') return true;
    if (!pod.metadata.deletionTimestamp) return false;
    return this.#onlyReplacesFailed ? phase === 'Pending' : phase !== 'Succeeded';
  }

  #backoffAfter(succeeded: KubeObject[], failed: KubeObject[]): BackoffRecord {
    const { now } = this.context;
    let record = this.context.state.backoffs.get(this.found.metadata.uid) ?? { failures: 0, lastFailure: 0 };
    const ended = [...succeeded.map((pod) => ({ at: finishedAt(pod, now), failed: false })), ...failed.map((pod) => ({ at: finishedAt(pod, now), failed: true }))];
    for (const each of ended.sort((x, y) => x.at - y.at)) record = each.failed ? { failures: record.failures + 1, lastFailure: each.at } : { failures: 0, lastFailure: 0 };
    return record;
  }

  #condition(type: string, reason: string, message: string): JobCondition {
    const time = rfc3339(this.context.now);
    return { lastProbeTime: time, lastTransitionTime: time, message, reason, status: 'True', type };
  }

  run(): void {
    const { context, spec, status } = this;
    const before = (this.found.status ?? {}) as JobStatus;
    if (!status.startTime && !this.#suspended) status.startTime = rfc3339(context.now);
    this.finished = conditionOf(this.found, 'SuccessCriteriaMet') ?? this.#failure();
    if (this.#indexed) this.#countIndexes();
    let active = this.active.length;
    let suspensionChanged = false;
    let problem: unknown;
    if (this.finished) {
      for (const pod of this.active) {
        this.#deletePod(pod);
        active--;
        this.terminating++;
        if (isReady(pod)) this.ready--;
      }
    } else {
      const managed = !this.found.metadata.deletionTimestamp;
      if (managed) {
        try {
          active = this.#manage();
        } catch (error) {
          if (!(error instanceof PartlyManaged)) throw error;
          active = error.active;
          problem = error.cause;
        }
      }
      const complete = spec.completions === undefined ? this.succeeded > 0 && active === 0 : this.succeeded >= spec.completions && active === 0;
      if (complete) this.finished = this.#condition('SuccessCriteriaMet', 'CompletionsReached', 'Reached expected number of succeeded pods');
      else if (managed) suspensionChanged = this.#noteSuspension();
    }
    const changed = suspensionChanged || active !== (before.active ?? 0) || this.ready !== before.ready || this.terminating !== before.terminating;
    this.#set('active', active);
    status.ready = this.ready;
    status.terminating = this.terminating;
    this.#track(changed);
    if (problem) throw problem;
  }

  /** Why the Job has failed, if it has. */
  #failure(): JobCondition | undefined {
    const { context, spec, status } = this;
    const target = conditionOf(this.found, 'FailureTarget');
    if (target) return this.#condition('Failed', target.reason ?? '', target.message ?? '');
    for (const pod of this.pods) {
      const why = this.#hasFailed(pod) ? matchFailurePolicy(spec.podFailurePolicy, pod).failJob : undefined;
      if (why) return this.#condition('FailureTarget', 'PodFailurePolicy', why);
    }
    if (this.failed > (spec.backoffLimit ?? 6) || this.#restartedTooOften()) return this.#condition('FailureTarget', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit');
    if (spec.activeDeadlineSeconds !== undefined && status.startTime && !this.#suspended) {
      const due = Date.parse(status.startTime) + spec.activeDeadlineSeconds * 1_000;
      if (due <= context.now) return this.#condition('FailureTarget', 'DeadlineExceeded', 'Job was active longer than specified deadline');
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

  #countIndexes(): void {
    const { spec } = this;
    const completions = this.#completions;
    this.#succeededIndexes = new Set(this.#previouslySucceeded);
    for (const pod of this.pods) {
      const index = indexOf(pod, completions);
      if (index !== undefined && statusOf(pod).phase === 'Succeeded' && isTracked(pod)) this.#succeededIndexes.add(index);
    }
    this.succeeded = this.#succeededIndexes.size;
    if (spec.backoffLimitPerIndex !== undefined) {
      const failed = parseIndexes(this.status.failedIndexes, completions);
      for (const pod of this.pods) {
        const index = indexOf(pod, completions);
        if (index === undefined || !isTracked(pod) || !this.#hasFailed(pod)) continue;
        const verdict = matchFailurePolicy(spec.podFailurePolicy, pod);
        if (verdict.action === 'FailIndex' || (verdict.counts && failuresOf(pod) >= spec.backoffLimitPerIndex)) failed.add(index);
      }
      this.#failedIndexes = failed;
      if (!this.finished) {
        if (spec.maxFailedIndexes !== undefined && failed.size > spec.maxFailedIndexes) this.finished = this.#condition('FailureTarget', 'MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
        else if (failed.size > 0 && failed.size + this.#succeededIndexes.size >= completions) this.finished = this.#condition('FailureTarget', 'FailedIndexes', 'Job has failed indexes');
      }
      this.#delayDeletions();
    }
    if (this.finished) return;
    const met = matchSuccessPolicy(spec.successPolicy, this.#succeededIndexes, (text) => parseIndexes(text, completions));
    if (met) this.finished = this.#condition('SuccessCriteriaMet', 'SuccessPolicy', met);
  }

  #delayDeletions(): void {
    const busy = new Set(this.active.map((pod) => indexOf(pod, this.#completions)));
    for (const pod of this.pods) {
      const index = indexOf(pod, this.#completions);
      if (index === undefined || !isTracked(pod) || !this.#hasFailed(pod)) continue;
      if (this.#succeededIndexes.has(index) || this.#failedIndexes?.has(index) || busy.has(index)) continue;
      const other = this.#delayed.get(index);
      if (!other || failuresOf(other) + ignoredFailuresOf(other) <= failuresOf(pod) + ignoredFailuresOf(pod)) this.#delayed.set(index, pod);
    }
  }

  // ---- pods ----

  /** Creates and deletes pods (`manageJob`). @returns how many are active then. @throws PartlyManaged */
  #manage(): number {
    const { spec } = this;
    const active = this.active.length;
    if (this.#suspended) return this.#deleteSome(this.#forRemoval(active));
    const parallelism = spec.parallelism ?? 1;
    const wanted = spec.completions === undefined ? (this.succeeded > 0 ? active : parallelism) : Math.max(0, Math.min(spec.completions - this.succeeded, parallelism));
    const tooMany = this.#forRemoval(Math.max(0, active - wanted)).slice(0, MAX_PODS_PER_SYNC);
    if (tooMany.length > 0) return this.#deleteSome(tooMany);
    let missing = wanted - active - (this.#onlyReplacesFailed ? this.terminating : 0);
    if (missing <= 0) return active;
    if (spec.backoffLimitPerIndex === undefined && this.#waits(remainingBackoff(this.backoff.failures, this.backoff.lastFailure, this.context.now))) return 0;
    missing = Math.min(missing, MAX_PODS_PER_SYNC);
    if (!this.#indexed) return this.#create(Array.from({ length: missing }, () => undefined));
    const pending = this.#pendingIndexes(missing);
    if (spec.backoffLimitPerIndex === undefined) return this.#create(pending);
    const now = pending.filter((index) => this.#indexBackoff(index) === 0);
    if (now.length === 0 && pending.length > 0 && this.#waits(Math.min(...pending.map((index) => this.#indexBackoff(index))))) return 0;
    return this.#create(now);
  }

  #waits(milliseconds: number): boolean {
    if (milliseconds > 0) this.context.enqueueAt(keyOf(this.found), this.context.now + milliseconds);
    return milliseconds > 0;
  }

  #indexBackoff(index: number): number {
    const pod = this.#delayed.get(index);
    return pod ? remainingBackoff(failuresOf(pod) + ignoredFailuresOf(pod) + 1, finishedAt(pod, this.context.now), this.context.now) : 0;
  }

  #pendingIndexes(count: number): number[] {
    const taken = new Set([...this.active, ...(this.#onlyReplacesFailed ? this.pods.filter((pod) => pod.metadata.deletionTimestamp && !isTerminal(pod)) : [])].map((pod) => indexOf(pod, this.#completions)));
    const indexes: number[] = [];
    for (let index = 0; index < this.#completions && indexes.length < count; index++) {
      if (!taken.has(index) && !this.#succeededIndexes.has(index) && !this.#failedIndexes?.has(index)) indexes.push(index);
    }
    return indexes;
  }

  /** At least so many active pods; of Indexed Jobs also those whose index another pod has, or nobody should have. */
  #forRemoval(atLeast: number): KubeObject[] {
    const removed: KubeObject[] = [];
    let rest = this.active;
    if (this.#indexed) {
      const seen = new Set<number>();
      rest = [];
      for (const pod of inOrderOfDeletion(this.active, () => 0).reverse()) {
        const index = indexOf(pod, this.#completions);
        if (index === undefined || seen.has(index)) removed.push(pod);
        else {
          seen.add(index);
          rest.push(pod);
        }
      }
    }
    const more = atLeast - removed.length;
    return more > 0 ? [...removed, ...inOrderOfDeletion(rest, () => 0).slice(0, more)] : removed;
  }

  #deleteSome(pods: KubeObject[]): number {
    for (const pod of pods) {
      release(pod, this.context);
      this.#deletePod(pod);
      this.terminating++;
      if (isReady(pod)) this.ready--;
    }
    return this.active.length - pods.length;
  }

  #deletePod(pod: KubeObject): void {
    try {
      this.context.client.delete('pods', pod.metadata.namespace, pod.metadata.name);
      this.context.events.event(this.found, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 404) return;
      this.context.events.event(this.found, 'Warning', 'FailedDelete', `Error deleting: ${error.message}`);
      throw error;
    }
  }

  #create(indexes: (number | undefined)[]): number {
    let active = this.active.length;
    let batch = 1;
    for (let at = 0; at < indexes.length; batch *= 2) {
      let failure: ApiError | undefined;
      for (const index of indexes.slice(at, at + batch)) {
        try {
          const pod = this.context.client.create('pods', this.#newPod(index));
          this.context.events.event(this.found, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
          active++;
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          if (error.status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating')) {
            active++;
            continue;
          }
          this.context.events.event(this.found, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
          failure = error;
        }
      }
      if (failure) throw new PartlyManaged(active, failure);
      at += batch;
    }
    return active;
  }

  #newPod(index: number | undefined): ReturnType<typeof podFromTemplate> {
    const { template } = this.spec;
    const finalizers = template.metadata?.finalizers ?? [];
    const metadata = { ...template.metadata, finalizers: finalizers.includes(FINALIZER) ? finalizers : [...finalizers, FINALIZER] };
    if (index === undefined) return podFromTemplate(this.found, { ...template, metadata });
    const environment = { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${COMPLETION_INDEX}']` } } };
    const withIndex = (container: { name?: string; env?: { name: string }[] }): object => (container.env?.some((each) => each.name === environment.name) ? container : { ...container, env: [...(container.env ?? []), environment] });
    const { containers = [], initContainers } = template.spec;
    const pod = podFromTemplate(this.found, {
      metadata: { ...metadata, labels: { ...metadata.labels, [COMPLETION_INDEX]: String(index) }, annotations: { ...metadata.annotations, [COMPLETION_INDEX]: String(index), ...this.#failureCounts(index) } },
      spec: { ...template.spec, containers: containers.map(withIndex), ...(initContainers ? { initContainers: initContainers.map(withIndex) } : {}), hostname: `${this.found.metadata.name}-${index}` },
    });
    return { ...pod, metadata: { ...pod.metadata, generateName: generateNameFor(this.found.metadata.name, index) } };
  }

  #failureCounts(index: number): Record<string, string> {
    if (this.spec.backoffLimitPerIndex === undefined) return {};
    const replaced = this.#delayed.get(index);
    if (!replaced) return { [INDEX_FAILURES]: '0' };
    const { counts } = matchFailurePolicy(this.spec.podFailurePolicy, replaced);
    const ignored = ignoredFailuresOf(replaced) + (counts ? 0 : 1);
    return { [INDEX_FAILURES]: String(failuresOf(replaced) + (counts ? 1 : 0)), ...(ignored > 0 ? { [INDEX_IGNORED_FAILURES]: String(ignored) } : {}) };
  }

  // ---- status ----

  #set(field: 'active' | 'succeeded' | 'failed', value: number): void {
    if (value === 0) delete this.status[field];
    else this.status[field] = value;
  }

  /** @returns whether a condition changed. */
  #noteSuspension(): boolean {
    const { context, status } = this;
    if (this.#suspended) {
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
    const condition = { ...this.#condition(type, reason, message), status: state };
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
    const ordered = this.#indexed ? [...this.pods].sort((x, y) => (indexOf(x, Infinity) ?? -1) - (indexOf(y, Infinity) ?? -1)) : this.pods;
    for (const pod of ordered) {
      if (!isTracked(pod)) continue;
      const failed = this.#hasFailed(pod);
      const { uid } = pod.metadata;
      const phase = statusOf(pod).phase;
      const index = this.#indexed ? indexOf(pod, this.#completions) : undefined;
      const over = this.found.metadata.deletionTimestamp !== undefined || this.finished !== undefined || phase === 'Succeeded';
      if (!over && (!failed || (index !== undefined && this.#delayed.get(index) === pod))) continue;
      released.push(pod);
      if (phase === 'Succeeded' && !uncounted.failed?.includes(uid)) {
        if (this.#indexed) {
          if (index !== undefined && !this.#previouslySucceeded.has(index)) {
            newIndexes.push(index);
            flush = true;
          }
        } else if (!uncounted.succeeded?.includes(uid)) {
          uncounted.succeeded = [...(uncounted.succeeded ?? []), uid];
          flush = true;
        }
      } else if (failed || (this.finished && this.finished.type !== 'SuccessCriteriaMet')) {
        if (!uncounted.failed?.includes(uid) && (!this.#indexed || index !== undefined) && matchFailurePolicy(spec.podFailurePolicy, pod).counts) {
          uncounted.failed = [...(uncounted.failed ?? []), uid];
          flush = true;
        }
      }
      if (newIndexes.length + (uncounted.succeeded?.length ?? 0) + (uncounted.failed?.length ?? 0) >= MAX_UNCOUNTED) {
        full = true;
        break;
      }
    }
    if (this.#indexed) flush = this.#writeIndexes() || flush;
    if (this.finished?.type === 'FailureTarget') {
      status.conditions?.push(this.finished);
      flush = true;
      this.finished = this.#condition('Failed', this.finished.reason ?? '', this.finished.message ?? '');
    }
    if (this.finished?.type === 'SuccessCriteriaMet') {
      if (!conditionOf(this.found, 'SuccessCriteriaMet')) {
        status.conditions?.push(this.finished);
        flush = true;
      }
      this.finished = this.#condition('Complete', this.finished.reason ?? '', this.finished.message ?? '');
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
    const completed = formatIndexes(this.#succeededIndexes);
    const failed = this.#failedIndexes && formatIndexes(this.#failedIndexes);
    const changed = completed !== (status.completedIndexes ?? '') || failed !== status.failedIndexes;
    this.#set('succeeded', this.#succeededIndexes.size);
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

/** Some pods could be created and others not. */
class PartlyManaged extends Error {
  override readonly name = 'PartlyManaged';
  constructor(
    readonly active: number,
    override readonly cause: ApiError,
  ) {
    super(cause.message);
  }
}
