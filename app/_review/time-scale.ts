/** Where moments of a class lie on the track. Its quiet stretches take little room. */
import type { Span } from '../../server/recordings/types.ts';

/** A quiet stretch takes at most this share of the rest. */
const QUIET_SHARE = 0.02;
/** And at least this much, ms, if it lasted so long: it must be there to be pointed at. */
const QUIET_LEAST_MS = 5_000;

interface Piece extends Span {
  /** Place of its beginning and end, 0 to 1. */
  begin: number;
  end: number;
}

export class TimeScale {
  readonly #pieces: Piece[];

  /** @param quiet within the axis, in order, none touching another. */
  constructor({ from: beginning, to: end }: Span, quiet: readonly Span[]) {
    const lived = end - beginning - quiet.reduce((sum, { from, to }) => sum + to - from, 0);
    const quietMost = Math.max(lived * QUIET_SHARE, QUIET_LEAST_MS);
    const weighted: (Span & { weight: number })[] = [];
    let at = beginning;
    for (const { from, to } of quiet) {
      if (from > at) weighted.push({ from: at, to: from, weight: from - at });
      weighted.push({ from, to, weight: Math.min(to - from, quietMost) });
      at = to;
    }
    if (end > at || weighted.length === 0) weighted.push({ from: at, to: end, weight: end - at });
    const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
    let place = 0;
    this.#pieces = weighted.map(({ from, to, weight }) => {
      const begin = place;
      place += total === 0 ? 0 : weight / total;
      return { from, to, begin, end: place };
    });
  }

  /** Place of a moment, 0 to 1. */
  position(at: number): number {
    const piece = this.#pieces.find(({ to }) => at <= to) ?? (this.#pieces.at(-1) as Piece);
    if (piece.to <= piece.from) return piece.begin;
    const share = Math.min(1, Math.max(0, (at - piece.from) / (piece.to - piece.from)));
    return Math.min(1, piece.begin + share * (piece.end - piece.begin));
  }

  /** The moment at a place from 0 to 1, whole ms. */
  moment(position: number): number {
    const piece = this.#pieces.find(({ end }) => position <= end) ?? (this.#pieces.at(-1) as Piece);
    if (piece.end <= piece.begin) return piece.from;
    const share = Math.min(1, Math.max(0, (position - piece.begin) / (piece.end - piece.begin)));
    return Math.round(piece.from + share * (piece.to - piece.from));
  }
}
