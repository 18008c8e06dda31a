import type { KubeObject } from '../types.ts';
import { age, humanDuration } from './duration.ts';
import { containersAndImages, formatLabelSelector } from './format.ts';
import type { Printer } from './types.ts';

function completions({ spec, status = {} }: KubeObject): string {
  const succeeded: number = status.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism: number = spec.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function statusText(job: KubeObject): string {
  const has = (type: string): boolean => ((job.status?.conditions ?? []) as { type: string; status: string }[]).some((condition) => condition.type === type && condition.status === 'True');
  if (has('Complete')) return 'Complete';
  if (has('Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating';
  for (const type of ['Suspended', 'FailureTarget', 'SuccessCriteriaMet']) if (has(type)) return type;
  return 'Running';
}

function duration({ status = {} }: KubeObject, now: number): string {
  if (!status.startTime) return '';
  return humanDuration((status.completionTime ? Date.parse(status.completionTime) : now) - Date.parse(status.startTime));
}

export const job = {
  kind: 'Job',
  group: 'batch',
  cells: (object, now) => [
    object.metadata.name,
    statusText(object),
    completions(object),
    duration(object, now),
    age(object.metadata.creationTimestamp, now),
    ...containersAndImages(object.spec.template?.spec),
    formatLabelSelector(object.spec.selector),
  ],
} satisfies Printer;
