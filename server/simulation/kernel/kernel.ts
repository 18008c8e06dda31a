/**
 * The kernel: a virtual clock, an event queue ordered by (time, sequence), seeded randomness, and the states of all
 * parts. It knows nothing of Kubernetes. See SPEC.md beside this file for what it promises.
 */
import { EventQueue } from './event-queue.ts';
import { Decoder, Encoder, type Encoded } from './plain-data.ts';
import { Hasher, hashPlain } from './hash.ts';
import { Random, type RandomState } from './random.ts';

/** Why something happens: the write, timer or input that set it off. */
export interface Cause {
  /** What kind of thing set this off. */
  kind: 'input' | 'write' | 'timer' | 'boot';
  /** Input: its sequence number in the room's log. Write: the revision. Timer: the kernel event's sequence. */
  id: number;
}

/** One entry of the event queue. All of it is plain data, so that a snapshot can hold it. */
export interface KernelEvent {
  /** Due time: milliseconds since the Unix epoch, of virtual time. */
  time: number;
  sequence: number;
  /** Name of the part that handles it. */
  target: string;
  type: string;
  payload: unknown;
  cause: Cause;
}

/** A part of the simulation whose state a snapshot must hold. */
export interface Part {
  readonly name: string;
  /** Plain data (see plain-data.ts), replaced as a whole on restore. */
  state: unknown;
  /** Called for events scheduled with this part's name as target. */
  handle?(event: KernelEvent): void;
}

/** The whole kernel state as plain data. */
export interface Snapshot {
  now: number;
  sequence: number;
  random: RandomState;
  events: Encoded;
  parts: { [name: string]: Encoded };
  shared: Encoded[];
}

/** A snapshot of an earlier version lacks what parts remember since: that begins as in a new cluster. */
function withMissing(initial: unknown, stored: unknown): unknown {
  const plain = (value: unknown): value is object => typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return plain(initial) && plain(stored) ? { ...initial, ...stored } : stored;
}

/** A run that handles more events than this without the clock moving is a loop, not a cluster. */
const MAX_EVENTS_AT_ONE_INSTANT = 1_000_000;

export class Kernel {
  /** Virtual time, milliseconds since the Unix epoch. */
  now: number;
  readonly random: Random;
  /** What is being reacted to right now. Writes and newly scheduled events inherit it. */
  cause: Cause = { kind: 'boot', id: 0 };
  readonly #parts = new Map<string, Part>();
  readonly #queue = new EventQueue();
  #sequence = 0;
  #eventsAtInstant = 0;

  /** @param start virtual time to begin at, ms since the Unix epoch. @param seed 32-bit integer. */
  constructor(
    start: number,
    readonly seed: number,
  ) {
    this.now = start;
    this.random = new Random(seed);
  }

  /** Adds a part. Names are unique; throws otherwise. */
  register(part: Part): void {
    if (this.#parts.has(part.name)) throw new Error(`two parts are named ${part.name}`);
    this.#parts.set(part.name, part);
  }

  /** Removes a part; events still queued for it are dropped when due. */
  unregister(name: string): void {
    this.#parts.delete(name);
  }

  part(name: string): Part | undefined {
    return this.#parts.get(name);
  }

  /**
   * Queues an event.
   * @param time due time in ms; a past time means now.
   * @returns the event's sequence number, by which a part can recognise that a timer is outdated.
   */
  schedule(time: number, target: string, type: string, payload: unknown = null, cause: Cause = this.cause): number {
    const sequence = ++this.#sequence;
    this.#queue.push({ time: time < this.now ? this.now : Math.ceil(time), sequence, target, type, payload, cause });
    return sequence;
  }

  /** How many events have been queued so far. */
  get scheduled(): number {
    return this.#sequence;
  }

  /** Due time of the next event, or undefined when nothing is queued. */
  nextEventTime(): number | undefined {
    return this.#queue.nextTime;
  }

  /** Handles exactly one event, moving the clock to it. Returns false when nothing is queued. */
  step(): boolean {
    const event = this.#queue.pop();
    if (!event) return false;
    if (event.time > this.now) {
      this.now = event.time;
      this.#eventsAtInstant = 0;
    } else if (++this.#eventsAtInstant > MAX_EVENTS_AT_ONE_INSTANT) {
      throw new Error(`more than ${MAX_EVENTS_AT_ONE_INSTANT} events at one instant; last target ${event.target}/${event.type}`);
    }
    const part = this.#parts.get(event.target);
    if (part?.handle) {
      this.cause = event.cause;
      part.handle(event);
    }
    return true;
  }

  /** Handles every event due up to and including `until` (ms), then sets the clock to it. */
  advance(until: number): void {
    for (;;) {
      const next = this.#queue.nextTime;
      if (next === undefined || next > until) break;
      this.step();
    }
    if (until > this.now) {
      this.now = until;
      this.#eventsAtInstant = 0;
    }
  }

  snapshot(): Snapshot {
    const encoder = new Encoder();
    const parts: { [name: string]: Encoded } = {};
    for (const [name, part] of this.#parts) parts[name] = encoder.encode(part.state);
    const events = encoder.encode(this.#queue.inOrder());
    return { now: this.now, sequence: this.#sequence, random: { ...this.random.state }, events, parts, shared: encoder.shared };
  }

  /**
   * Puts the kernel into the state of a snapshot. The same parts must be registered, in the same order; a part that a
   * snapshot of an earlier version does not know keeps the state of its beginning.
   * @throws Error when the snapshot has parts that this kernel has not.
   */
  restore(snapshot: Snapshot): void {
    const here = [...this.#parts.keys()].filter((name) => name in snapshot.parts).join();
    const there = Object.keys(snapshot.parts).join();
    if (here !== there) throw new Error(`the snapshot has the parts ${there}, this kernel has ${here}`);
    const decoder = new Decoder(snapshot.shared);
    for (const [name, part] of this.#parts) if (name in snapshot.parts) part.state = withMissing(part.state, decoder.decode(snapshot.parts[name] as Encoded));
    this.#queue.fill(decoder.decode(snapshot.events) as KernelEvent[]);
    this.now = snapshot.now;
    this.#sequence = snapshot.sequence;
    this.random.state = { ...snapshot.random };
    this.#eventsAtInstant = 0;
  }

  /** 16 hexadecimal digits over the whole state. Equal states have equal hashes on every machine. */
  hash(): string {
    const hasher = new Hasher();
    hashPlain(hasher, [this.now, this.#sequence, this.random.state]);
    hashPlain(hasher, this.#queue.inOrder());
    for (const [name, part] of this.#parts) {
      hasher.string(name);
      hashPlain(hasher, part.state);
    }
    return hasher.digest();
  }

  /** The hash of each part on its own, for finding which one diverged. */
  partHashes(): Record<string, string> {
    const result: Record<string, string> = {};
    for (const [name, part] of this.#parts) {
      const hasher = new Hasher();
      hashPlain(hasher, part.state);
      result[name] = hasher.digest();
    }
    const events = new Hasher();
    hashPlain(events, this.#queue.inOrder());
    result['(events)'] = events.digest();
    return result;
  }
}
