/**
 * The work queue of controllers (client-go `workqueue`): a key waits once however often it is added, may be delayed,
 * and comes back with exponential delay after a failure. All of it is plain data.
 */
import { takeFirst } from './first-of-map.ts';
import type { Cause } from './kernel/kernel.ts';

export interface WorkQueueState {
  /** Keys ready now, in order, each with what first made it wait. */
  ready: Map<string, Cause>;
  /** Keys that become ready later: due time in ms and cause. */
  delayed: Map<string, { time: number; cause: Cause }>;
  failures: Map<string, number>;
  /** Keys whose worker still waits for the API server's answers, and until when (ms). */
  busy: Map<string, number>;
}

/** Default controller rate limiter of client-go: 5 ms doubling up to 1000 s. */
const BASE_DELAY_MS = 5;
const MAX_DELAY_MS = 1_000_000;
/** A write of a controller takes this long until it is answered: a round trip and etcd's fsync. */
const WRITE_MS = 5;
/** Workers that have long been done are forgotten beyond this many. */
const MAX_BUSY = 1_000;

export function newWorkQueue(): WorkQueueState {
  return { ready: new Map(), delayed: new Map(), failures: new Map(), busy: new Map() };
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
  if (queue.delayed.size === 0) return undefined;
  let next: number | undefined;
  let due: { key: string; time: number; cause: Cause }[] | undefined;
  queue.delayed.forEach(({ time, cause }, key) => {
    if (time <= now) (due ??= []).push({ key, time, cause });
    else if (next === undefined || time < next) next = time;
  });
  if (!due) return next;
  due.sort((x, y) => x.time - y.time);
  for (const { key, cause } of due) {
    queue.delayed.delete(key);
    enqueue(queue, key, cause);
  }
  return next;
}

/**
 * Notes that a sync of a key has made so many writes. The next sync of it begins when they are answered, and sees everything that
 * happened until then. Similar writes are made side by side, in batches that double (`slowStartBatch`).
 */
export function occupy(queue: WorkQueueState, key: string, writes: number, now: number): void {
  if (writes === 0) return;
  if (queue.busy.size >= MAX_BUSY) for (const [other, until] of queue.busy) if (until <= now) queue.busy.delete(other);
  queue.busy.set(key, now + WRITE_MS * Math.ceil(Math.log2(writes + 1)));
}

/** Takes the next ready key whose worker is free; others come back when it is. */
export function take(queue: WorkQueueState, now: number): [key: string, cause: Cause] | undefined {
  for (let entry = takeFirst(queue.ready); entry; entry = takeFirst(queue.ready)) {
    const [key, cause] = entry;
    const until = queue.busy.get(key);
    if (until === undefined) return entry;
    if (until <= now) {
      queue.busy.delete(key);
      return entry;
    }
    enqueueAt(queue, key, until, cause);
  }
  return undefined;
}
