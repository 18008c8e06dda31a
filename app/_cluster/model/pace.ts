/**
 * When each write is shown. A cluster writes in bursts, dozens in one instant; shown as they come they would be one flash. So they are shown
 * one after the other, faster the more there are, and of a kind together when there are too many to tell apart. Time is given from outside.
 */
import type { WriteRow } from '../../../server/rooms/projection/types.ts';
import { actorOf } from './actor.ts';

/** One showing: a write, or several of a kind as one. */
export interface Beat {
  /** The last of those that it stands for. */
  write: WriteRow;
  count: number;
  /** How long one stretch of the way takes, ms. */
  legMs: number;
}

/** `single` is slow motion and steps: each write by itself and clearly. */
export type PaceMode = 'single' | 'flow';

/** A burst is over after about this long. */
const DRAIN_MS = 1_700;
/** More than this wait: of a kind are shown together. */
const TELL_APART = 22;
/** More than this are never in line: what is older has been overtaken by what there is to see. */
const MAX_QUEUE = 48;
const SINGLE_INTERVAL_MS = 620;
const SINGLE_LEG_MS = 300;
const FLOW_INTERVAL_MS = { min: 36, max: 210 };
const FLOW_LEG_MS = { min: 130, max: 300 };

export class Pace {
  #queue: Beat[] = [];
  #next = 0;

  /** Something waits to be shown. */
  get waiting(): number {
    return this.#queue.length;
  }

  add(writes: readonly WriteRow[]): void {
    for (const write of writes) this.#queue.push({ write, count: 1, legMs: 0 });
    if (this.#queue.length > TELL_APART) this.#queue = together(this.#queue);
    if (this.#queue.length > MAX_QUEUE) this.#queue = this.#queue.slice(-MAX_QUEUE);
  }

  clear(): void {
    this.#queue = [];
    this.#next = 0;
  }

  /** @param now ms of any clock that does not go back. @returns the next showing when its time has come. */
  take(now: number, mode: PaceMode): Beat | undefined {
    if (now < this.#next) return undefined;
    const left = this.#queue.length;
    const beat = this.#queue.shift();
    if (!beat) return undefined;
    // In slow motion the room makes a write every 0.8 s; a step may bring several, which must not lag behind for ever.
    const interval = mode === 'single' ? Math.max(FLOW_INTERVAL_MS.max, Math.min(SINGLE_INTERVAL_MS, (DRAIN_MS * 1.5) / left)) : Math.min(FLOW_INTERVAL_MS.max, Math.max(FLOW_INTERVAL_MS.min, DRAIN_MS / left));
    this.#next = now + interval;
    return { ...beat, legMs: mode === 'single' ? SINGLE_LEG_MS : Math.min(FLOW_LEG_MS.max, Math.max(FLOW_LEG_MS.min, interval * 2.2)) };
  }
}

/** Beats of the same writer about the same kind of thing at the same place become one, at the place of the first. */
function together(beats: readonly Beat[]): Beat[] {
  const found = new Map<string, Beat>();
  for (const beat of beats) {
    const { write } = beat;
    const name = `${actorOf(write).station} ${write.verb} ${write.resource} ${write.change?.kind ?? ''} ${write.node ?? ''}`;
    const same = found.get(name);
    if (same) {
      same.count += beat.count;
      same.write = write;
    } else found.set(name, { ...beat });
  }
  return [...found.values()];
}
