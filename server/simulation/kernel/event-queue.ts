/**
 * Events in (time, sequence) order. Sequences only grow, so that the events of one time are in order as they come: a list for every
 * time, and a heap of the times.
 */
import type { KernelEvent } from './kernel.ts';

interface Instant {
  time: number;
  events: KernelEvent[];
  /** How many of them have left. */
  taken: number;
}

export class EventQueue {
  readonly #instants = new Map<number, Instant>();
  #heap: Instant[] = [];

  get nextTime(): number | undefined {
    return this.#heap[0]?.time;
  }

  /** The event's sequence must be greater than those of all events before. */
  push(event: KernelEvent): void {
    const known = this.#instants.get(event.time);
    if (known) {
      known.events.push(event);
      return;
    }
    const instant: Instant = { time: event.time, events: [event], taken: 0 };
    this.#instants.set(event.time, instant);
    const heap = this.#heap;
    let index = heap.length;
    heap.push(instant);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Instant;
      if (above.time < instant.time) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = instant;
  }

  pop(): KernelEvent | undefined {
    const first = this.#heap[0];
    if (!first) return undefined;
    const event = first.events[first.taken++];
    if (first.taken === first.events.length) this.#removeFirst();
    return event;
  }

  /** All events in order. */
  inOrder(): KernelEvent[] {
    return [...this.#heap].sort((x, y) => x.time - y.time).flatMap(({ events, taken }) => events.slice(taken));
  }

  /** Replaces everything. @param events in order. */
  fill(events: readonly KernelEvent[]): void {
    this.#instants.clear();
    this.#heap = [];
    for (const event of events) this.push(event);
  }

  #removeFirst(): void {
    const heap = this.#heap;
    this.#instants.delete((heap[0] as Instant).time);
    const last = heap.pop() as Instant;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Instant).time < (heap[child] as Instant).time) child++;
      if ((heap[child] as Instant).time > last.time) break;
      heap[index] = heap[child] as Instant;
      index = child;
    }
    heap[index] = last;
  }
}
