/** What a Job makes of pods that have ended: failure and success policies, and the back-off (`pkg/controller/job`). */
import type { KubeObject } from '../apiserver/types.ts';
import { statusOf } from './pods.ts';

export interface PodFailurePolicy {
  rules: {
    action: 'FailJob' | 'FailIndex' | 'Ignore' | 'Count';
    onExitCodes?: { containerName?: string; operator: 'In' | 'NotIn'; values: number[] };
    onPodConditions?: { type: string; status?: string }[];
  }[];
}

export interface SuccessPolicy {
  rules: { succeededIndexes?: string; succeededCount?: number }[];
}

interface Terminated {
  exitCode: number;
  finishedAt?: string | null;
}

interface ContainerStatus {
  name: string;
  restartCount: number;
  state?: { terminated?: Terminated };
}

interface Statuses {
  containerStatuses?: ContainerStatus[];
  initContainerStatuses?: ContainerStatus[];
}

/** The first wait after a failure (`DefaultJobPodFailureBackOff`), doubling up to the second (`MaxJobPodFailureBackOff`). */
const BACKOFF_MS = 10_000;
const MAX_BACKOFF_MS = 600_000;

export function containerStatuses(pod: KubeObject): ContainerStatus[] {
  return (pod.status as Statuses | undefined)?.containerStatuses ?? [];
}

export function initContainerStatuses(pod: KubeObject): ContainerStatus[] {
  return (pod.status as Statuses | undefined)?.initContainerStatuses ?? [];
}

export interface Verdict {
  /** Why the whole Job fails. */
  failJob?: string;
  /** Whether the failure counts. */
  counts: boolean;
  action?: string;
}

/** @param pod one that has failed. */
export function matchFailurePolicy(policy: PodFailurePolicy | undefined, pod: KubeObject): Verdict {
  for (const [at, rule] of (policy?.rules ?? []).entries()) {
    const { namespace, name } = pod.metadata;
    let why: string | undefined;
    if (rule.onExitCodes) {
      const { containerName, operator, values } = rule.onExitCodes;
      const matches = ({ name: container, state }: ContainerStatus): boolean => {
        const code = state?.terminated?.exitCode ?? 0;
        return code !== 0 && (containerName === undefined || containerName === container) && values.includes(code) === (operator === 'In');
      };
      const found = containerStatuses(pod).find(matches) ?? initContainerStatuses(pod).find(matches);
      if (found) why = `Container ${found.name} for pod ${namespace}/${name} failed with exit code ${found.state?.terminated?.exitCode} matching ${rule.action} rule at index ${at}`;
    } else if (rule.onPodConditions) {
      const found = statusOf(pod).conditions?.find((condition) => rule.onPodConditions?.some((pattern) => pattern.type === condition.type && (pattern.status ?? 'True') === condition.status));
      if (found) why = `Pod ${namespace}/${name} has condition ${found.type} matching ${rule.action} rule at index ${at}`;
    }
    if (why === undefined) continue;
    if (rule.action === 'FailJob') return { failJob: why, counts: true, action: 'FailJob' };
    return { counts: rule.action !== 'Ignore', action: rule.action };
  }
  return { counts: true };
}

/** @returns why the Job counts as successful before all of its indexes have succeeded. */
export function matchSuccessPolicy(policy: SuccessPolicy | undefined, succeeded: ReadonlySet<number>, parse: (text: string) => Set<number>): string | undefined {
  for (const [at, rule] of (policy?.rules ?? []).entries()) {
    const wanted = rule.succeededIndexes === undefined ? undefined : parse(rule.succeededIndexes);
    const found = wanted ? [...wanted].filter((index) => succeeded.has(index)).length : succeeded.size;
    const needed = rule.succeededCount ?? wanted?.size;
    if (needed !== undefined && found >= needed) return `Matched rules at index ${at}`;
  }
  return undefined;
}

/** When a pod has ended, ms (`getFinishedTime`). */
export function finishedAt(pod: KubeObject, now: number): number {
  let last: number | undefined;
  for (const { state } of containerStatuses(pod)) {
    const time = state?.terminated?.finishedAt;
    if (!time) {
      last = undefined;
      break;
    }
    last = Math.max(last ?? 0, Date.parse(time));
  }
  if (last !== undefined) return last;
  const ready = statusOf(pod).conditions?.find((condition) => condition.type === 'Ready');
  if (ready?.status === 'False' && ready.lastTransitionTime) return Date.parse(ready.lastTransitionTime);
  if (pod.metadata.deletionTimestamp) return Date.parse(pod.metadata.deletionTimestamp) - (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1_000;
  return now;
}

/** How long to wait until the next pod, ms. @param failures since the last success. */
export function remainingBackoff(failures: number, lastFailure: number, now: number): number {
  if (failures === 0) return 0;
  return Math.max(0, lastFailure + Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** Math.min(failures - 1, 20)) - now);
}
