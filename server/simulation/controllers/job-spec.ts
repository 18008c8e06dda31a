/** What a Job is: its spec and status, and the finalizer by which its pods wait until they are counted. */
import { ApiError, type KubeObject } from '../apiserver/types.ts';
import type { PodFailurePolicy, SuccessPolicy } from './job-policies.ts';
import type { PodTemplate } from './replica-set.ts';
import type { ControllerContext } from './types.ts';

export const JOBS = 'jobs.batch';
export const FINALIZER = 'batch.kubernetes.io/job-tracking';

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

export interface JobSpec {
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
export interface BackoffRecord {
  failures: number;
  lastFailure: number;
}

export interface JobState {
  backoffs: Map<string, BackoffRecord>;
}

export type JobContext = ControllerContext<JobState>;

export function conditionOf(job: KubeObject, type: string): JobCondition | undefined {
  return (job.status as JobStatus | undefined)?.conditions?.find((condition) => condition.type === type && condition.status === 'True');
}

export function isFinished(job: KubeObject): boolean {
  return conditionOf(job, 'Complete') !== undefined || conditionOf(job, 'Failed') !== undefined;
}

export function podsOf(found: KubeObject, context: JobContext): KubeObject[] {
  return [...context.lister.indexed('pods', 'controller', found.metadata.uid)];
}

export function isTracked(pod: KubeObject): boolean {
  return pod.metadata.finalizers?.includes(FINALIZER) ?? false;
}

/** Removes the finalizer that holds a pod until it is counted. */
export function release(pod: KubeObject, context: JobContext): void {
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
