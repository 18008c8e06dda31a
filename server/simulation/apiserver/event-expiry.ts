/**
 * Events do not stay: kube-apiserver stores them with a lease of an hour (`--event-ttl`), renewed by every write. Here
 * one timer looks from time to time instead of a lease for each.
 */
import type { Kernel, Part } from '../kernel/kernel.ts';
import { objectKey, type Store } from './store.ts';
import type { KubeObject } from './types.ts';

const EVENTS = 'events';
const TTL_MS = 3_600_000;
/** Leases are shared by what is written within a minute, so nothing expires more precisely than that. */
const GRANULARITY_MS = 60_000;

export interface EventExpiryState {
  /** Whether a look is due at some time. */
  waiting: boolean;
}

function lastWrite(event: KubeObject): number {
  return Date.parse(event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp ?? event.metadata.creationTimestamp);
}

export class EventExpiry implements Part {
  readonly name = 'event-expiry';
  state: EventExpiryState = { waiting: false };
  readonly #kernel: Kernel;
  readonly #store: Store;

  constructor(kernel: Kernel, store: Store) {
    this.#kernel = kernel;
    this.#store = store;
    kernel.register(this);
    store.onWrite((event) => {
      if (event.resource === EVENTS && !this.state.waiting && event.type !== 'DELETED') this.#waitUntil(kernel.now + TTL_MS);
    });
  }

  handle(): void {
    this.state.waiting = false;
    const now = this.#kernel.now;
    let next: number | undefined;
    const gone: KubeObject[] = [];
    for (const event of this.#store.values(EVENTS)) {
      const due = lastWrite(event) + TTL_MS;
      if (due <= now) gone.push(event);
      else if (next === undefined || due < next) next = due;
    }
    for (const event of gone) this.#store.remove(EVENTS, objectKey(event.metadata.namespace, event.metadata.name), 'etcd');
    if (next !== undefined) this.#waitUntil(Math.max(next, now + GRANULARITY_MS));
  }

  #waitUntil(time: number): void {
    this.state.waiting = true;
    this.#kernel.schedule(time, this.name, 'expire');
  }
}
