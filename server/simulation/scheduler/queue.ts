/** The scheduling queue: pods ready to be tried by priority, and pods that wait for the cluster to change. Plain data. */
import { takeFirst } from '../first-of-map.ts';
import type { Cause } from '../kernel/kernel.ts';

export interface QueuedPod {
  key: string;
  priority: number;
  attempts: number;
  cause: Cause;
  /** When it last failed, ms; 0 before the first attempt. */
  failedAt: number;
  /** The node that was chosen, while volumes are made ready there. */
  reserved?: string;
}

export interface SchedulingQueue {
  /** Priority → pods in order of arrival. */
  active: Map<number, Map<string, QueuedPod>>;
  /** Tried in vain, waiting for a change of the cluster. */
  unschedulable: Map<string, QueuedPod>;
  /** Will be tried again at a time (ms). */
  backoff: Map<string, { pod: QueuedPod; time: number }>;
}

/** podInitialBackoffSeconds and podMaxBackoffSeconds of the scheduler's configuration. */
const INITIAL_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 10_000;
/** Pods that wait longer than this are tried again whatever happened (podMaxInUnschedulablePodsDuration). */
const FLUSH_MS = 300_000;

export function newQueue(): SchedulingQueue {
  return { active: new Map(), unschedulable: new Map(), backoff: new Map() };
}

export function isQueued(queue: SchedulingQueue, key: string, priority: number): boolean {
  return Boolean(queue.active.get(priority)?.has(key)) || queue.unschedulable.has(key) || queue.backoff.has(key);
}

export function activate(queue: SchedulingQueue, pod: QueuedPod): void {
  let bucket = queue.active.get(pod.priority);
  if (!bucket) queue.active.set(pod.priority, (bucket = new Map<string, QueuedPod>()));
  bucket.set(pod.key, pod);
}

/** Takes the most important pod that has waited longest. */
export function pop(queue: SchedulingQueue): QueuedPod | undefined {
  let highest: number | undefined;
  for (const priority of queue.active.keys()) if (highest === undefined || priority > highest) highest = priority;
  if (highest === undefined) return undefined;
  const bucket = queue.active.get(highest) as Map<string, QueuedPod>;
  const pod = takeFirst(bucket)?.[1];
  if (bucket.size === 0) queue.active.delete(highest);
  return pod;
}

export function drop(queue: SchedulingQueue, key: string): void {
  queue.unschedulable.delete(key);
  queue.backoff.delete(key);
  for (const [priority, bucket] of queue.active) {
    if (bucket.delete(key) && bucket.size === 0) queue.active.delete(priority);
  }
}

/** Something changed that may help: everything unschedulable is tried again, each after its back-off. */
export function moveAll(queue: SchedulingQueue, now: number): void {
  for (const pod of queue.unschedulable.values()) {
    const time = pod.failedAt + Math.min(MAX_BACKOFF_MS, INITIAL_BACKOFF_MS * 2 ** Math.min(pod.attempts - 1, 10));
    if (time <= now) activate(queue, pod);
    else queue.backoff.set(pod.key, { pod, time });
  }
  queue.unschedulable.clear();
}

/** Activates what has become due; returns the next due time (ms), or undefined. */
export function promoteQueue(queue: SchedulingQueue, now: number): number | undefined {
  let next: number | undefined;
  const sooner = (time: number): void => {
    if (next === undefined || time < next) next = time;
  };
  for (const [key, { pod, time }] of queue.backoff) {
    if (time > now) sooner(time);
    else {
      queue.backoff.delete(key);
      activate(queue, pod);
    }
  }
  for (const [key, pod] of queue.unschedulable) {
    const time = pod.failedAt + FLUSH_MS;
    if (time > now) sooner(time);
    else {
      queue.unschedulable.delete(key);
      activate(queue, pod);
    }
  }
  return next;
}
