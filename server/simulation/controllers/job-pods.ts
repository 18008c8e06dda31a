/** What one sync of a Job does with its pods (`manageJob`): which are created, which deleted. */
import { ApiError, type KubeObject } from '../apiserver/types.ts';
import { COMPLETION_INDEX, failuresOf, generateNameFor, ignoredFailuresOf, INDEX_FAILURES, INDEX_IGNORED_FAILURES, indexOf } from './job-indexes.ts';
import { finishedAt, matchFailurePolicy, remainingBackoff } from './job-policies.ts';
import { FINALIZER, release } from './job-spec.ts';
import { JobView } from './job-view.ts';
import { inOrderOfDeletion, isReady, isTerminal } from './pods.ts';
import { podFromTemplate } from './replica-set.ts';
import { keyOf } from './types.ts';

/** `MaxPodCreateDeletePerSync`. */
const MAX_PODS_PER_SYNC = 500;

/** Some pods could be created and others not. */
export class PartlyManaged extends Error {
  override readonly name = 'PartlyManaged';
  constructor(
    readonly active: number,
    override readonly cause: ApiError,
  ) {
    super(cause.message);
  }
}

export abstract class JobPods extends JobView {
  /** Creates and deletes pods (`manageJob`). @returns how many are active then. @throws PartlyManaged */
  protected manage(): number {
    const { spec } = this;
    const active = this.active.length;
    if (this.suspended) return this.#deleteSome(this.#forRemoval(active));
    const parallelism = spec.parallelism ?? 1;
    const wanted = spec.completions === undefined ? (this.succeeded > 0 ? active : parallelism) : Math.max(0, Math.min(spec.completions - this.succeeded, parallelism));
    const tooMany = this.#forRemoval(Math.max(0, active - wanted)).slice(0, MAX_PODS_PER_SYNC);
    if (tooMany.length > 0) return this.#deleteSome(tooMany);
    let missing = wanted - active - (this.onlyReplacesFailed ? this.terminating : 0);
    if (missing <= 0) return active;
    if (spec.backoffLimitPerIndex === undefined && this.#waits(remainingBackoff(this.backoff.failures, this.backoff.lastFailure, this.context.now))) return 0;
    missing = Math.min(missing, MAX_PODS_PER_SYNC);
    if (!this.indexed) return this.#create(Array.from({ length: missing }, () => undefined));
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
    const pod = this.delayed.get(index);
    return pod ? remainingBackoff(failuresOf(pod) + ignoredFailuresOf(pod) + 1, finishedAt(pod, this.context.now), this.context.now) : 0;
  }

  #pendingIndexes(count: number): number[] {
    const taken = new Set([...this.active, ...(this.onlyReplacesFailed ? this.pods.filter((pod) => pod.metadata.deletionTimestamp && !isTerminal(pod)) : [])].map((pod) => indexOf(pod, this.completions)));
    const indexes: number[] = [];
    for (let index = 0; index < this.completions && indexes.length < count; index++) {
      if (!taken.has(index) && !this.succeededIndexes.has(index) && !this.failedIndexes?.has(index)) indexes.push(index);
    }
    return indexes;
  }

  /** At least so many active pods; of Indexed Jobs also those whose index another pod has, or nobody should have. */
  #forRemoval(atLeast: number): KubeObject[] {
    const removed: KubeObject[] = [];
    let rest = this.active;
    if (this.indexed) {
      const seen = new Set<number>();
      rest = [];
      for (const pod of inOrderOfDeletion(this.active, () => 0).reverse()) {
        const index = indexOf(pod, this.completions);
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
      this.deletePod(pod);
      this.terminating++;
      if (isReady(pod)) this.ready--;
    }
    return this.active.length - pods.length;
  }

  protected deletePod(pod: KubeObject): void {
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
    const replaced = this.delayed.get(index);
    if (!replaced) return { [INDEX_FAILURES]: '0' };
    const { counts } = matchFailurePolicy(this.spec.podFailurePolicy, replaced);
    const ignored = ignoredFailuresOf(replaced) + (counts ? 0 : 1);
    return { [INDEX_FAILURES]: String(failuresOf(replaced) + (counts ? 1 : 0)), ...(ignored > 0 ? { [INDEX_IGNORED_FAILURES]: String(ignored) } : {}) };
  }
}
