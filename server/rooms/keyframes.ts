/** Decides when a room takes a keyframe, and takes it. */
import type { RoomActor } from './actor.ts';
import { makeKeyframe } from './restore.ts';
import type { RoomStore } from './store/types.ts';

/** Wall-clock time between keyframes at least. A replay simulates from one, so less means faster seeking and a larger recording. */
const INTERVAL_MS = 120_000;
/** Inputs after which one is taken early: they cost a restart and a replay more than quiet time does. */
const INTERVAL_ENTRIES = 400;
/** Virtual time after which one is taken early: fast time passes much between two minutes of wall clock. */
const INTERVAL_VIRTUAL_MS = 10 * 60_000;
/** Early ones are still this far apart. */
const MIN_INTERVAL_MS = 5_000;
/** Keyframes may take this share of a room's time: a large cluster takes fewer. */
const MAX_SHARE = 0.02;

export class Keyframer {
  #lastWall: number;
  #lastSequence: number;
  #lastVirtual: number;
  #costMs = 0;
  #writing: Promise<void> | undefined;

  constructor(
    private readonly roomId: string,
    private readonly actor: RoomActor,
    private readonly store: RoomStore,
    private readonly wallClock: () => number,
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.#lastWall = wallClock();
    this.#lastSequence = actor.lastSequence;
    this.#lastVirtual = actor.cluster.now;
  }

  /** Takes one if it is time for it. To be called now and then while the room is at work. @returns whether it did. */
  consider(): boolean {
    if (this.#writing || !this.actor.idle) return false;
    const since = this.wallClock() - this.#lastWall;
    if (since < Math.max(MIN_INTERVAL_MS, this.#costMs / MAX_SHARE)) return false;
    const entries = this.actor.lastSequence - this.#lastSequence;
    const virtual = this.actor.cluster.now - this.#lastVirtual;
    const due = (since >= INTERVAL_MS && (entries > 0 || virtual > 0)) || entries >= INTERVAL_ENTRIES || virtual >= INTERVAL_VIRTUAL_MS;
    if (due) void this.take();
    return due;
  }

  /** Takes one now; the actor must be idle. Resolves when it is stored, or has failed. */
  take(horizon = this.actor.horizon): Promise<void> {
    this.#writing ??= this.#take(horizon).finally(() => (this.#writing = undefined));
    return this.#writing;
  }

  async #take(horizon: number): Promise<void> {
    this.#lastWall = this.wallClock();
    this.#lastSequence = this.actor.lastSequence;
    this.#lastVirtual = this.actor.cluster.now;
    const begin = performance.now();
    const making = makeKeyframe(this.roomId, this.actor.cluster, { sequence: this.actor.lastSequence, wall: this.actor.wall, horizon });
    this.#costMs = performance.now() - begin;
    try {
      await this.store.addKeyframe(await making);
    } catch (error) {
      this.onFailure(error);
    }
  }
}
