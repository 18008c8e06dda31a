/** Marks of a recording on a track of limited width. Moments are of the class: wall clock, ms. Pure functions. */
import type { Marker, MarkerKind, Span } from '../../server/recordings/types.ts';

/** What is drawn first where several kinds share a place: the rarer and the more telling. */
const WEIGHT: Record<MarkerKind, number> = { fault: 8, 'pod-failing': 7, heal: 6, note: 5, clock: 4, join: 3, away: 2, back: 1, command: 0 };

export interface MarkerCluster {
  /** The kind that stands for all. */
  kind: MarkerKind;
  /** In order of time; at least one. */
  markers: Marker[];
  /** Place on the track, 0 to 1. */
  position: number;
}

/** Place of a moment on the track, 0 to 1. */
export type Place = (at: number) => number;

/**
 * Marks that would touch each other become one.
 * @param width of the track. @param apart least distance between two places, in the unit of `width`.
 */
export function clusterMarkers(markers: readonly Marker[], place: Place, width: number, apart: number): MarkerCluster[] {
  const clusters: MarkerCluster[] = [];
  let begin = -Infinity;
  for (const marker of inOrder(markers)) {
    const position = place(marker.wall);
    const last = clusters.at(-1);
    // Measured from a group's first mark: a chain of close ones does not become one endless group.
    if (last && position * width - begin < apart) {
      last.markers.push(marker);
      if (WEIGHT[marker.kind] > WEIGHT[last.kind]) last.kind = marker.kind;
      continue;
    }
    begin = position * width;
    clusters.push({ kind: marker.kind, markers: [marker], position });
  }
  return clusters;
}

/** How much happened in each of `count` equal parts of the track, 0 to 1 by the busiest. */
export function activity(markers: readonly Marker[], place: Place, count: number): number[] {
  const counts = new Array<number>(count).fill(0);
  for (const { wall } of markers) {
    const index = Math.min(count - 1, Math.floor(place(wall) * count));
    counts[index] = (counts[index] as number) + 1;
  }
  const most = Math.max(1, ...counts);
  return counts.map((one) => one / most);
}

export interface FaultSpan extends Span {
  text: string;
}

/** From when to when something was broken; what was never healed lasts to the end. */
export function faultSpans(markers: readonly Marker[], end: number): FaultSpan[] {
  const spans: FaultSpan[] = [];
  const open = new Map<string, FaultSpan>();
  for (const { kind, text, wall } of inOrder(markers)) {
    if (kind === 'fault' && !open.has(text)) {
      const span = { text, from: wall, to: end };
      open.set(text, span);
      spans.push(span);
    } else if (kind === 'heal') {
      const span = open.get(text);
      if (span) span.to = wall;
      open.delete(text);
    }
  }
  return spans;
}

/** The moments of the marks before and after a moment; those at the same one are one. */
export function neighbours(markers: readonly Marker[], at: number): { previous?: number; next?: number } {
  const result: { previous?: number; next?: number } = {};
  for (const { wall } of markers) {
    if (wall < at && (result.previous === undefined || wall > result.previous)) result.previous = wall;
    if (wall > at && (result.next === undefined || wall < result.next)) result.next = wall;
  }
  return result;
}

export interface Presence {
  /** Names of those who had joined by then, in the order of joining. */
  joined: string[];
  /** Those of them who were there. */
  here: ReadonlySet<string>;
}

/** Who was there at a moment. */
export function presenceAt(markers: readonly Marker[], at: number): Presence {
  const joined: string[] = [];
  const here = new Set<string>();
  for (const { kind, participantName: name, wall } of inOrder(markers)) {
    if (wall > at) break;
    if (name === undefined) continue;
    if (kind === 'join') {
      if (!joined.includes(name)) joined.push(name);
      here.add(name);
    } else if (kind === 'back') here.add(name);
    else if (kind === 'away') here.delete(name);
  }
  return { joined, here };
}

/** In order of moments. */
export function inOrder(markers: readonly Marker[]): Marker[] {
  return [...markers].sort((x, y) => x.wall - y.wall || x.id - y.id);
}
