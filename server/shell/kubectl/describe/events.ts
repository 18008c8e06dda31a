/** The event table at the end of a description. */
import { humanDuration } from '../../../simulation/apiserver/tables/duration.ts';
import type { EventObject } from './types.ts';
import type { Writer } from './writer.ts';

/** What kubectl shows of an event. */
export interface EventFields {
  type?: string;
  reason?: string;
  message?: string;
  count?: number;
  firstTimestamp?: string | null;
  lastTimestamp?: string | null;
  eventTime?: string | null;
  series?: { count: number; lastObservedTime: string };
  source?: { component?: string };
  reportingComponent?: string;
  involvedObject?: { kind?: string; name?: string; fieldPath?: string };
}

const UNKNOWN = '<unknown>';

/** How long ago something was, as kubectl words it. */
export function since(time: string | undefined | null, now: number): string {
  return time ? humanDuration(now - Date.parse(time)) : UNKNOWN;
}

/** Time by which events are ordered. Those written through events.k8s.io have no lastTimestamp and come first (`SortableEvents`). */
function lastTime(event: EventFields): number {
  return event.lastTimestamp ? Date.parse(event.lastTimestamp) : 0;
}

/** `Events:` and the table, or `<none>`; nothing when events are not wanted. */
export function describeEvents(writer: Writer, events: EventObject[] | undefined, now: number): void {
  if (events === undefined) return;
  if (events.length === 0) return writer.line(0, 'Events:\t<none>');
  writer.line(0, 'Events:\n  Type\tReason\tAge\tFrom\tMessage');
  writer.line(1, '----\t------\t----\t----\t-------');
  const sorted = [...events].sort((x, y) => lastTime(x as unknown as EventFields) - lastTime(y as unknown as EventFields));
  for (const object of sorted) {
    const event = object as unknown as EventFields & { metadata: { creationTimestamp: string } };
    const first = event.firstTimestamp ?? event.eventTime;
    let age: string;
    if (event.series) age = `${since(event.series.lastObservedTime, now)} (x${event.series.count} over ${since(event.eventTime, now)})`;
    else if ((event.count ?? 0) > 1) age = `${since(event.lastTimestamp, now)} (x${event.count} over ${since(event.firstTimestamp, now)})`;
    else age = since(first, now);
    const source = event.source?.component || event.reportingComponent || '';
    const field = event.involvedObject?.fieldPath;
    const message = (event.message ?? '').trim();
    writer.line(1, `${event.type}\t${event.reason}\t${age}\t${source}\t${field ? `${field}: ` : ''}${message}`);
  }
}
