import type { KubeObject } from '../types.ts';
import { age } from './duration.ts';
import type { Cell, Printer } from './types.ts';

function source(event: KubeObject): string {
  const component: string = event.source?.component || event.reportingComponent || '';
  const instance: string = event.source?.host || event.reportingInstance || '';
  return instance === '' ? component : `${component}, ${instance}`;
}

function cells(event: KubeObject, now: number): Cell[] {
  const first = age(event.firstTimestamp ?? event.eventTime, now);
  let last = event.lastTimestamp ? age(event.lastTimestamp, now) : first;
  let count: number = event.count ?? 0;
  if (event.series) {
    last = age(event.series.lastObservedTime, now);
    count = event.series.count;
  } else if (count === 0) count = 1;
  const involved: { kind?: string; name?: string; fieldPath?: string } = event.involvedObject ?? {};
  const kind = (involved.kind ?? '').toLowerCase();
  return [
    last,
    event.type ?? '',
    event.reason ?? '',
    involved.name ? `${kind}/${involved.name}` : kind,
    involved.fieldPath ?? '',
    source(event),
    (event.message ?? '').trim(),
    first,
    count,
    event.metadata.name,
  ];
}

export const event = { kind: 'Event', group: '', cells } satisfies Printer;
