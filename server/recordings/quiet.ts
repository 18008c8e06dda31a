/**
 * Stretches of a class in which there is nothing to see: the room was empty and its cluster stood still, or it was left open and nobody
 * did anything for long. The axis of a recording shortens them.
 */
import type { ClockStamp, Marker, Span } from './types.ts';

/** What is done is told apart no finer than this, ms. */
export const ACTIVITY_SLOT_MS = 10_000;
/** While the cluster stands still, so long nobody must have done anything, ms. */
const STANDING_MS = 60_000;
/** While it runs, so long: what a cluster does by itself is worth watching for some minutes. */
const RUNNING_MS = 10 * 60_000;
/** Of a stretch in which the cluster ran, this much of its beginning is kept, ms: what had been begun ends there. */
const KEPT_MS = 60_000;

/**
 * @param slots numbers of the slots of ACTIVITY_SLOT_MS in which somebody did something or something was said, ascending.
 * @param markers for what was recorded before wall clocks were kept: there, jumps are long.
 */
export function quietSpans(axis: Span, slots: readonly number[], clock: readonly ClockStamp[], markers: readonly Marker[]): Span[] {
  const spans = gapsBetween(axis, slots).flatMap((gap) => (gap.to - gap.from >= RUNNING_MS ? [{ from: gap.from + KEPT_MS, to: gap.to }] : standing(clock, gap).filter(({ from, to }) => to - from >= STANDING_MS)));
  const stampedFrom = clock[0]?.wall ?? Infinity;
  return merged([...spans, ...jumps(markers, axis.to).filter(({ from }) => from < stampedFrom)]);
}

/** Stretches without activity. */
function gapsBetween({ from, to }: Span, slots: readonly number[]): Span[] {
  const gaps: Span[] = [];
  let begin = from;
  for (const slot of slots) {
    if (slot * ACTIVITY_SLOT_MS > begin) gaps.push({ from: begin, to: Math.min(to, slot * ACTIVITY_SLOT_MS) });
    begin = Math.max(begin, (slot + 1) * ACTIVITY_SLOT_MS);
  }
  if (to > begin) gaps.push({ from: begin, to });
  return gaps;
}

/** Parts of a stretch in which the cluster's clock stood. */
function standing(clock: readonly ClockStamp[], { from, to }: Span): Span[] {
  const parts: Span[] = [];
  for (const [index, { wall, rate }] of clock.entries()) {
    const part = { from: Math.max(from, wall), to: Math.min(to, clock[index + 1]?.wall ?? Infinity) };
    const last = parts.at(-1);
    if (rate !== 0 || part.to <= part.from) continue;
    if (last?.to === part.from) last.to = part.to;
    else parts.push(part);
  }
  return parts;
}

function jumps(markers: readonly Marker[], end: number): Span[] {
  return markers.flatMap(({ kind, text, wall }) => {
    const seconds = kind === 'clock' ? Number(/^jump (\d+)$/.exec(text)?.[1] ?? NaN) : NaN;
    return Number.isNaN(seconds) ? [] : [{ from: wall, to: Math.min(end, wall + seconds * 1_000) }];
  });
}

/** Spans in order, those that touch as one. */
function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const { from, to } of [...spans].sort((x, y) => x.from - y.from)) {
    const last = result.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else if (to > from) result.push({ from, to });
  }
  return result;
}
