/** What terminals had printed at a moment of a recording (wall clock, ms). No Node APIs here. */
import { countUntil } from './moments.ts';
import type { TerminalChunk } from './types.ts';

/** As much as a live terminal keeps, in characters: more would not be on anybody's screen. */
const MAX_CHARACTERS = 256 * 1024;
/** Until its first size is known. */
const DEFAULT_SIZE = { columns: 80, rows: 24 };

/** A step in bringing a screen up to date: printed text, or a new size. */
export type TerminalPart = { data: string } | { columns: number; rows: number };

/** How a screen that shows a terminal becomes the terminal of an instant. */
export interface TerminalUpdate {
  terminalId: string;
  /** Whether the screen is emptied first. */
  reset: boolean;
  parts: TerminalPart[];
  /** Whether the terminal was closed by then. */
  closed: boolean;
  /** Whether it had been opened by then. */
  opened: boolean;
}

export class TerminalTape {
  /** By terminal, in order of time. */
  readonly #chunks = new Map<string, TerminalChunk[]>();
  /** All chunks that somebody caused, in order, to find who typed last. */
  readonly #moments: { wall: number; terminalId: string }[] = [];

  /** Adds chunks that follow those that are there, in order of time within each terminal; those that it has are left out. */
  add(chunks: readonly TerminalChunk[]): void {
    for (const chunk of chunks) {
      let own = this.#chunks.get(chunk.terminalId);
      if (!own) this.#chunks.set(chunk.terminalId, (own = []));
      if (chunk.sequence <= (own.at(-1)?.sequence ?? 0)) continue;
      own.push(chunk);
      if (chunk.kind === 'output' || chunk.kind === 'line') this.#moments.push({ wall: chunk.wall, terminalId: chunk.terminalId });
    }
    this.#moments.sort((x, y) => x.wall - y.wall);
  }

  /** How many chunks of a terminal lie at or before a moment of the class: its position on the tape. */
  position(terminalId: string, at: number): number {
    return countUntil(this.#chunks.get(terminalId) ?? [], at);
  }

  /** Brings a screen from one position to another; from `undefined` it is drawn anew. */
  update(terminalId: string, from: number | undefined, to: number): TerminalUpdate {
    const chunks = this.#chunks.get(terminalId) ?? [];
    const printed = chunks.slice(0, to);
    const closed = printed.at(-1)?.kind === 'closed';
    if (from !== undefined && from <= to) {
      const parts = partsOf(chunks.slice(from, to));
      if (lengthOf(parts) <= MAX_CHARACTERS) return { terminalId, reset: false, parts, closed, opened: to > 0 };
    }
    return { terminalId, reset: true, parts: tail(printed), closed, opened: to > 0 };
  }

  /** Terminals that had been opened at a moment. */
  openedAt(at: number): string[] {
    return [...this.#chunks].filter(([, chunks]) => (chunks[0]?.wall ?? Infinity) <= at).map(([terminalId]) => terminalId);
  }

  /** The terminal in which something happened last before a moment. */
  lastActive(at: number): string | undefined {
    return this.#moments[countUntil(this.#moments, at) - 1]?.terminalId;
  }

  /** When the first thing happened in any terminal after a moment. */
  nextAfter(at: number): number | undefined {
    return this.#moments[countUntil(this.#moments, at)]?.wall;
  }
}

function partsOf(chunks: readonly TerminalChunk[]): TerminalPart[] {
  const parts: TerminalPart[] = [];
  for (const { kind, data } of chunks) {
    const last = parts.at(-1);
    if (kind === 'output') {
      if (last && 'data' in last) last.data += data;
      else parts.push({ data });
    } else if (kind === 'resize') {
      const [columns, rows] = data.split('x').map(Number);
      if (columns && rows) parts.push({ columns, rows });
    }
  }
  return parts;
}

function lengthOf(parts: readonly TerminalPart[]): number {
  return parts.reduce((sum, part) => sum + ('data' in part ? part.data.length : 0), 0);
}

/** The last parts that a screen can hold, with the size that they began at. */
function tail(chunks: readonly TerminalChunk[]): TerminalPart[] {
  const all = partsOf(chunks);
  let begin = all.length;
  for (let characters = 0; begin > 0 && characters < MAX_CHARACTERS; begin--) {
    const part = all[begin - 1] as TerminalPart;
    if ('data' in part) characters += part.data.length;
  }
  const kept = all.slice(begin);
  const first = kept[0];
  if (first && 'data' in first && first.data.length > MAX_CHARACTERS) {
    // Cut at a line, so that the screen does not begin within an escape sequence.
    const at = first.data.indexOf('\n', first.data.length - MAX_CHARACTERS);
    kept[0] = { data: first.data.slice(at < 0 ? -MAX_CHARACTERS : at + 1) };
  }
  const size = all.slice(0, begin).findLast((part) => 'columns' in part) ?? DEFAULT_SIZE;
  return [{ ...size } as TerminalPart, ...kept];
}
