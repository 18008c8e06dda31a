/** Where times lie on the track. Time that the class leapt over takes little room: nobody was there while it passed. */
import type { FaultSpan } from './markers.ts';

/** A leap takes at most this share of the time that the class lived through. */
const LEAP_SHARE = 0.02;
/** And at least this much, ms, if it lasted so long: it must be there to be pointed at. */
const LEAP_LEAST_MS = 5_000;

type Span = Pick<FaultSpan, 'from' | 'to'>;

interface Piece extends Span {
  /** Place of its beginning and end, 0 to 1. */
  begin: number;
  end: number;
}

export class TimeScale {
  readonly #pieces: Piece[];

  /** @param leaps may overlap. Times in ms. */
  constructor(startedAt: number, endedAt: number, leaps: readonly Span[]) {
    const merged: { from: number; to: number }[] = [];
    for (const { from, to } of [...leaps].sort((x, y) => x.from - y.from)) {
      const span = { from: Math.max(from, startedAt), to: Math.min(to, endedAt) };
      const last = merged.at(-1);
      if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
      else if (span.to > span.from) merged.push(span);
    }
    const lived = endedAt - startedAt - merged.reduce((sum, { from, to }) => sum + to - from, 0);
    const leapMost = Math.max(lived * LEAP_SHARE, LEAP_LEAST_MS);
    const weighted: (Span & { weight: number })[] = [];
    let at = startedAt;
    for (const { from, to } of merged) {
      if (from > at) weighted.push({ from: at, to: from, weight: from - at });
      weighted.push({ from, to, weight: Math.min(to - from, leapMost) });
      at = to;
    }
    if (endedAt > at || weighted.length === 0) weighted.push({ from: at, to: endedAt, weight: endedAt - at });
    const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
    let place = 0;
    this.#pieces = weighted.map(({ from, to, weight }) => {
      const begin = place;
      place += total === 0 ? 0 : weight / total;
      return { from, to, begin, end: place };
    });
  }

  /** Place of a time, 0 to 1. */
  position(time: number): number {
    const piece = this.#pieces.find(({ to }) => time <= to) ?? (this.#pieces.at(-1) as Piece);
    if (piece.to <= piece.from) return piece.begin;
    const share = Math.min(1, Math.max(0, (time - piece.from) / (piece.to - piece.from)));
    return Math.min(1, piece.begin + share * (piece.end - piece.begin));
  }

  /** The time at a place from 0 to 1, whole ms. */
  time(position: number): number {
    const piece = this.#pieces.find(({ end }) => position <= end) ?? (this.#pieces.at(-1) as Piece);
    if (piece.end <= piece.begin) return piece.from;
    const share = Math.min(1, Math.max(0, (position - piece.begin) / (piece.end - piece.begin)));
    return Math.round(piece.from + share * (piece.to - piece.from));
  }
}
