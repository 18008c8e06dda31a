/**
 * The work queue of controllers (client-go `workqueue`): a key waits once however often it is added, may be delayed,
 * and comes back with exponential delay after a failure. All of it is plain data.
 */
import type { Cause } from './kernel/kernel.ts';

export interface WorkQueueState {
  /** Keys ready now, in order, each with what first made it wait. */
  ready: Map<string, Cause>;
  /** Keys that become ready later: due time in ms and cause. */
  delayed: Map<string, { time: number; cause: Cause }>;
  failures: Map<string, number>;
}

/** Default controller rate limiter of client-go: 5 ms doubling up to 1000 s. */
const BASE_DELAY_MS = 5;
const MAX_DELAY_MS = 1_000_000;

export function newWorkQueue(): WorkQueueState {
  return { ready: new Map(), delayed: new Map(), failures: new Map() };
}

export function enqueue(queue: WorkQueueState, key: string, cause: Cause): void {
  if (!queue.ready.has(key)) queue.ready.set(key, cause);
}

/** Makes a key ready at `time` (ms) unless it already waits for an earlier time. */
export function enqueueAt(queue: WorkQueueState, key: string, time: number, cause: Cause): void {
  const waiting = queue.delayed.get(key);
  if (!waiting || waiting.time > time) queue.delayed.set(key, { time, cause });
}

/** Puts a key back after a failure, later each time. */
export function enqueueRateLimited(queue: WorkQueueState, key: string, now: number, cause: Cause): void {
  const failures = queue.failures.get(key) ?? 0;
  queue.failures.set(key, failures + 1);
  enqueueAt(queue, key, now + Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** Math.min(failures, 20)), cause);
}

export function forget(queue: WorkQueueState, key: string): void {
  queue.failures.delete(key);
}

/** Moves keys that have become due to the ready list; returns the time of the next one, or undefined. */
export function promote(queue: WorkQueueState, now: number): number | undefined {
  let next: number | undefined;
  const due: [string, { time: number; cause: Cause }][] = [];
  for (const [key, entry] of queue.delayed) {
    if (entry.time <= now) due.push([key, entry]);
    else if (next === undefined || entry.time < next) next = entry.time;
  }
  due.sort(([, x], [, y]) => x.time - y.time);
  for (const [key, entry] of due) {
    queue.delayed.delete(key);
    enqueue(queue, key, entry.cause);
  }
  return next;
}

/** Takes the next ready key. */
export function take(queue: WorkQueueState): [key: string, cause: Cause] | undefined {
  for (const [key, cause] of queue.ready) {
    queue.ready.delete(key);
    return [key, cause];
  }
  return undefined;
}
