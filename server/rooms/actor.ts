/**
 * The room actor: the only writer of a room's cluster. Inputs queue up, are stamped with the virtual time and a sequence
 * number, written to the durable log, then applied, then answered. The clock runs between batches.
 *
 * Time that passes by itself is logged too, ahead of it being shown: an entry `running until T` allows the clock to go on
 * to T, so that a room that was killed comes back at or after everything that anybody has seen.
 */
import type { Cluster } from '../simulation/cluster.ts';
import type { SimulationInput } from '../simulation/inputs.ts';
import { advance, applyEntry, SimulationBrokenError } from '../recordings/apply.ts';
import type { ClockStamp, LogEntry, LogPayload } from '../recordings/types.ts';
import { RoomBusyError, RoomFailedError, StorageFailedError } from './errors.ts';
import type { Journal } from './journal.ts';
import type { ClockRate } from './projection/types.ts';
import { ROOM_LIMITS, type ClockCommand } from './types.ts';

/** How far ahead the clock may run on one log entry, wall-clock ms by rate. Less means more entries; more means a larger leap after a crash. */
const GRANT_MS: Readonly<Record<1 | 10 | 60, number>> = { 1: 5_000, 10: 2_500, 60: 1_500 };
/** A new grant is asked for when less than this is left, wall-clock ms; well over the time that a commit takes. */
const GRANT_REFILL_MS = 800;
/** Wall-clock time between two writes in slow motion. */
const SLOW_STEP_MS = 800;
/** A long run is done in slices of about this much wall-clock time, so that other rooms are served in between. */
const SLICE_MS = 12;
/** When the simulation cannot keep up with the rate, it falls behind instead of piling up debt: at most this much wall-clock time is made good. */
const MAX_CATCH_UP_MS = 1_000;

interface Queued {
  payload: LogPayload;
  participantId: string | undefined;
  resolve: (value: Applied) => void;
  reject: (error: unknown) => void;
}

/** What came of an input. */
export interface Applied {
  entry: LogEntry;
  /** What the input returned, or threw: both are results of an input that was applied. */
  outcome: { ok: true; value: unknown } | { ok: false; error: unknown };
}

export interface ActorOptions {
  roomId: string;
  cluster: Cluster;
  /** Sequence of the last log entry that the cluster contains. */
  lastSequence: number;
  rate: ClockRate;
  /** Latest moment that the room has recorded, wall clock, ms. */
  lastWall: number;
  journal: Journal;
  /** Wall clock, ms; monotonic. */
  wallClock: () => number;
  /** After every batch of inputs and every run of the clock: the cluster may have changed. */
  onProgress: () => void;
  /** An entry was applied. Called before its sender is answered. */
  onApplied: (applied: Applied) => void;
  /** A part of the simulation threw. */
  onSimulationFailure: (error: unknown) => void;
  /** The actor cannot go on; the room must be read from the store again. */
  onBroken: (error: unknown) => void;
}

export class RoomActor {
  readonly cluster: Cluster;
  #queue: Queued[] = [];
  #lastSequence: number;
  #rate: ClockRate;
  /** Whether anybody is there for whom time should pass. */
  #awake = false;
  #busy = false;
  #stopped = false;
  /** Virtual time up to which the log allows the clock to run. */
  #horizon: number;
  #grantInFlight = false;
  #applying: LogEntry | undefined;
  /** The clock runs from this pair of virtual and wall-clock time. */
  #anchor: { virtual: number; wall: number };
  #nextSlowStep = 0;
  /** What is added to the wall clock, so that a room's record does not go back where the machine's clock was set back. */
  readonly #wallAhead: number;
  readonly #options: ActorOptions;

  constructor(options: ActorOptions) {
    this.#options = options;
    this.cluster = options.cluster;
    this.#lastSequence = options.lastSequence;
    this.#rate = options.rate;
    this.#horizon = options.cluster.now;
    this.#wallAhead = Math.max(0, options.lastWall - Math.floor(options.wallClock()));
    this.#anchor = { virtual: options.cluster.now, wall: options.wallClock() };
    this.#stamp();
  }

  /** The wall clock as the room records it, whole ms. Never before anything that it has recorded. */
  get wall(): number {
    return Math.floor(this.#options.wallClock()) + this.#wallAhead;
  }

  get rate(): ClockRate {
    return this.#rate;
  }

  /** Virtual time now, ms. The cluster itself may be behind when nothing has happened since. */
  get now(): number {
    return Math.max(this.cluster.now, Math.min(this.#target(this.#options.wallClock()), this.#horizon));
  }

  /** Virtual time that the log allows the clock to reach, ms. */
  get horizon(): number {
    return this.#horizon;
  }

  get awake(): boolean {
    return this.#awake;
  }

  /** Sequence of the last entry that has been applied or is being written. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** Whether nothing waits and nothing is being written. */
  get idle(): boolean {
    return !this.#busy && this.#queue.length === 0 && !this.#grantInFlight;
  }

  /** Time passes only while somebody is there. */
  setAwake(awake: boolean): void {
    if (awake === this.#awake) return;
    this.#awake = awake;
    this.#reanchor();
    this.#options.onProgress();
  }

  /** Brings an idle room's cluster to the present, so that what is read from it is not older than the clock. */
  catchUp(): void {
    if (this.#busy || this.#stopped || this.#queue.length > 0) return;
    const now = this.now;
    // A long way is left to the clock, which does it in slices.
    if (now - this.cluster.now > 0 && now - this.cluster.now < 60_000) advance(this.cluster, now, this.#options.onSimulationFailure);
  }

  /** Applies an input to the simulation. @throws RoomBusyError, StorageFailedError, RoomFailedError: then it was not applied. */
  input(input: SimulationInput, participantId: string | undefined): Promise<Applied> {
    return this.#submit({ kind: 'input', input }, participantId);
  }

  /** Changes the clock. Resolves when a step or jump is done. */
  clock(command: ClockCommand, participantId: string | undefined): Promise<Applied> {
    return this.#submit({ kind: 'clock', command }, participantId);
  }

  /** To be called about 20 times a second: lets the clock run on. */
  tick(): void {
    if (this.#stopped || this.#busy) return;
    if (this.#queue.length > 0) return this.#start();
    if (!this.#awake) return;
    const wall = this.#options.wallClock();
    if (this.#rate === 'slow') {
      if (wall < this.#nextSlowStep) return;
      this.#nextSlowStep = wall + SLOW_STEP_MS;
      this.clock({ action: 'step' }, undefined).catch(() => {
        // The failure has been told through onBroken; slow motion has nobody to answer to.
      });
      return;
    }
    if (this.#rate === 'paused') return;
    this.#requestGrant(wall);
    const next = this.cluster.nextEventTime();
    const target = Math.min(this.#target(wall), this.#horizon);
    if (next === undefined || next > target) return;
    this.#start();
  }

  /** No more inputs are taken; those that wait are refused. Resolves when what is being written has been applied. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const queued of this.#queue.splice(0)) queued.reject(new RoomFailedError());
    while (this.#busy || this.#grantInFlight) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  #submit(payload: LogPayload, participantId: string | undefined): Promise<Applied> {
    if (this.#stopped) return Promise.reject(new RoomFailedError());
    if (this.#queue.length >= ROOM_LIMITS.queuedInputs) return Promise.reject(new RoomBusyError());
    return new Promise((resolve, reject) => {
      this.#queue.push({ payload, participantId, resolve, reject });
      this.#start();
    });
  }

  #start(): void {
    if (this.#busy || this.#stopped) return;
    this.#busy = true;
    void this.#work();
  }

  async #work(): Promise<void> {
    try {
      do {
        await this.#runClock();
        await this.#applyBatch();
        this.#options.onProgress();
      } while (this.#queue.length > 0 && !this.#stopped);
    } catch (error) {
      this.#break(error);
    } finally {
      this.#busy = false;
    }
  }

  /** Brings the cluster to the present, as far as the log allows. */
  async #runClock(): Promise<void> {
    if (!this.#awake || typeof this.#rate !== 'number') return;
    const wall = this.#options.wallClock();
    await this.#advance(Math.min(this.#target(wall), this.#horizon));
    // A simulation slower than the rate must not try for ever to catch up.
    const behind = this.#target(this.#options.wallClock()) - this.cluster.now;
    if (behind > MAX_CATCH_UP_MS * this.#rate) this.#reanchor();
  }

  async #advance(until: number): Promise<void> {
    if (until <= this.cluster.now) return;
    const { onSimulationFailure, onProgress } = this.#options;
    let slice = Math.max(50, until - this.cluster.now);
    while (this.cluster.now < until) {
      const begin = performance.now();
      const to = Math.min(until, this.cluster.now + slice);
      // A slice ends between two events, where the cluster is consistent.
      advance(this.cluster, to, onSimulationFailure);
      const took = performance.now() - begin;
      if (took > SLICE_MS) slice = Math.max(50, Math.floor((slice * SLICE_MS) / took));
      else if (took < SLICE_MS / 4) slice *= 2;
      if (this.cluster.now < until) {
        onProgress();
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  async #applyBatch(): Promise<void> {
    const batch = this.#queue.splice(0);
    if (batch.length === 0) return;
    // A step or jump moves time, so that whatever came after it can only be stamped afterwards.
    const mover = batch.findIndex(({ payload }) => payload.kind === 'clock');
    if (mover >= 0 && mover < batch.length - 1) this.#queue.unshift(...batch.splice(mover + 1));
    const entries = batch.map(({ payload, participantId }): LogEntry => ({ sequence: ++this.#lastSequence, time: this.cluster.now, wall: this.wall, payload, ...(participantId === undefined ? {} : { participantId }) }));
    try {
      await this.#options.journal.append(this.#options.roomId, entries);
    } catch (error) {
      for (const { reject } of batch) reject(new StorageFailedError({ cause: error }));
      throw error;
    }
    for (const [index, { resolve }] of batch.entries()) {
      const applied = await this.#apply(entries[index] as LogEntry);
      this.#options.onApplied(applied);
      resolve(applied);
    }
  }

  async #apply(entry: LogEntry): Promise<Applied> {
    const { payload } = entry;
    if (payload.kind === 'clock' && payload.command.action === 'jump') {
      this.#stamp('leap');
      await this.#advance(entry.time + payload.command.seconds * 1_000);
    }
    let outcome: Applied['outcome'];
    this.#applying = entry;
    try {
      outcome = { ok: true, value: applyEntry(this.cluster, entry, this.#options.onSimulationFailure) };
    } catch (error) {
      if (error instanceof SimulationBrokenError) throw error;
      outcome = { ok: false, error };
    } finally {
      this.#applying = undefined;
    }
    if (payload.kind === 'clock') this.#clockChanged(payload.command, entry.participantId !== undefined);
    return { entry, outcome };
  }

  #clockChanged(command: ClockCommand, byPerson: boolean): void {
    this.#rate = rateAfter(command, this.#rate, byPerson);
    this.#horizon = this.cluster.now;
    this.#reanchor();
  }

  #reanchor(): void {
    this.#anchor = { virtual: this.cluster.now, wall: this.#options.wallClock() };
    this.#stamp();
  }

  /** Records how the clock goes from here on. */
  #stamp(rate: ClockStamp['rate'] = this.#awake && typeof this.#rate === 'number' ? this.#rate : 0): void {
    this.#options.journal.clock(this.#options.roomId, { wall: this.wall, time: this.cluster.now, rate });
  }

  /** Name of whoever made the input that is being applied now; writes happen while it is. */
  authorOf(sequence: number, nameOf: (participantId: string) => string | undefined): string | undefined {
    const author = this.#applying?.sequence === sequence ? this.#applying.participantId : undefined;
    return author === undefined ? undefined : nameOf(author);
  }

  /** Where the clock should be, by the rate. */
  #target(wall: number): number {
    if (!this.#awake || typeof this.#rate !== 'number') return this.cluster.now;
    return Math.floor(this.#anchor.virtual + (wall - this.#anchor.wall) * this.#rate);
  }

  #requestGrant(wall: number): void {
    if (this.#grantInFlight || typeof this.#rate !== 'number') return;
    const target = this.#target(wall);
    if (this.#horizon - target >= GRANT_REFILL_MS * this.#rate) return;
    const until = Math.min(target, this.#horizon + MAX_CATCH_UP_MS * this.#rate) + GRANT_MS[this.#rate] * this.#rate;
    const entry: LogEntry = { sequence: ++this.#lastSequence, time: this.cluster.now, wall: this.wall, payload: { kind: 'running', until } };
    this.#grantInFlight = true;
    // The clock stands still when nothing is left: then somebody waits.
    const urgency = target >= this.#horizon ? 'now' : 'soon';
    this.#options.journal.append(this.#options.roomId, [entry], urgency).then(
      () => {
        this.#grantInFlight = false;
        // Entries are written in order: a clock command that came later has not been applied yet and will take it back.
        this.#horizon = Math.max(this.#horizon, until);
      },
      (error: unknown) => {
        this.#grantInFlight = false;
        this.#break(error);
      },
    );
  }

  #break(error: unknown): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const queued of this.#queue.splice(0)) queued.reject(new RoomFailedError({ cause: error }));
    this.#options.onBroken(error);
  }
}

/** The rate after a clock command. Steps of slow motion come from the room itself and leave it as it is. */
export function rateAfter(command: ClockCommand, rate: ClockRate, byPerson: boolean): ClockRate {
  switch (command.action) {
    case 'pause':
      return 'paused';
    case 'run':
      return command.rate;
    case 'step':
      return byPerson ? 'paused' : rate;
    case 'jump':
      return rate;
  }
}
