/**
 * Lets virtual time pass for shells that run without a screen: whenever everybody waits for it, time jumps to what comes next.
 */
import { isSpinning, isWorking } from '../real-work.ts';

/** What has a clock of its own: the cluster and the sleepers. */
export interface Timeline {
  now(): number;
  /** When something happens next, ms; undefined when nothing ever will. */
  next(): number | undefined;
  /** Lets time pass up to there, and what is due happen. */
  advance(until: number): void;
}

/** Turns of the event loop without anything happening after which everybody is taken to wait. */
const QUIET_TURNS = 3;
/** A loop that never waits for virtual time takes this much of it a turn, as it would on a real machine. */
const SPIN_MS = 1;

/** @throws Error when the work can never end, because nothing will happen any more. */
export async function drive<T>(work: Promise<T>, timeline: Timeline): Promise<T> {
  let done = false;
  const settled = work.finally(() => (done = true));
  settled.catch(() => {
    // The caller gets it below.
  });
  while (!done) {
    for (let turn = 0; turn < QUIET_TURNS && !done; turn++) await nextTurn();
    while (isWorking() && !done) await nextTurn();
    if (done) break;
    if (isSpinning()) {
      timeline.advance(timeline.now() + SPIN_MS);
      continue;
    }
    const next = timeline.next();
    if (next === undefined) throw new Error('the command waits for something that will never happen');
    timeline.advance(Math.max(next, timeline.now()));
  }
  return settled;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
