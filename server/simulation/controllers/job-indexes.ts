/** Completion indexes of Indexed Jobs: sorted, and written as `0-2,5` (`pkg/controller/job/indexed_job_utils.go`). */
import type { KubeObject } from '../apiserver/types.ts';

export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';
export const INDEX_FAILURES = 'batch.kubernetes.io/job-index-failure-count';
/** Failures that a pod failure policy ignores count for the back-off all the same. */
export const INDEX_IGNORED_FAILURES = 'batch.kubernetes.io/job-index-ignored-failure-count';
const MAX_GENERATED_NAME = 58;

/** @returns undefined when the pod has no index, or none of this Job. */
export function indexOf(pod: KubeObject, completions: number): number | undefined {
  const text = pod.metadata.annotations?.[COMPLETION_INDEX];
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  const index = Number(text);
  return index < completions ? index : undefined;
}

export function parseIndexes(text: string | undefined, completions: number): Set<number> {
  const indexes = new Set<number>();
  for (const interval of text ? text.split(',') : []) {
    const [first, last = first] = interval.split('-').map(Number) as [number, number?];
    for (let index = first; index <= last && index < completions; index++) indexes.add(index);
  }
  return indexes;
}

export function formatIndexes(indexes: ReadonlySet<number>): string {
  const sorted = [...indexes].sort((x, y) => x - y);
  const intervals: string[] = [];
  for (let at = 0; at < sorted.length; at++) {
    const first = sorted[at] as number;
    while (sorted[at + 1] === (sorted[at] as number) + 1) at++;
    const last = sorted[at] as number;
    intervals.push(last === first ? String(first) : last === first + 1 ? `${first},${last}` : `${first}-${last}`);
  }
  return intervals.join(',');
}

export function failuresOf(pod: KubeObject): number {
  return Number(pod.metadata.annotations?.[INDEX_FAILURES] ?? 0) || 0;
}

export function ignoredFailuresOf(pod: KubeObject): number {
  return Number(pod.metadata.annotations?.[INDEX_IGNORED_FAILURES] ?? 0) || 0;
}

/** The prefix of the names of an index's pods. */
export function generateNameFor(job: string, index: number): string {
  const suffix = `-${index}-`;
  return `${job.slice(0, MAX_GENERATED_NAME - suffix.length)}${suffix}`;
}
