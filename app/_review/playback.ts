/**
 * The play button: turns wall-clock time into wishes for moments of the class (its own wall clock, ms). At most so many a second, and never a second one while the first
 * is under way: a simulation that is slower than the speed falls behind instead of piling up debt.
 */
import type { Span } from '../../server/recordings/types.ts';

export const SPEEDS = [0.5, 1, 2, 10, 60, 'skip'] as const;
/** Seconds of the class in a second; `skip` plays at 1 and leaves out the time in which nothing happens. */
export type Speed = (typeof SPEEDS)[number];

/** How often a picture is asked for, ms: ten a second. */
export const PICTURE_MS = 100;
/** One picture moves on by at most this much wall-clock time, ms. */
const MAX_STEP_MS = 400;
/** Over a quiet stretch of the class, playing leaps: it takes at most this long, ms. */
const LEAP_MS = 3_000;
/** With `skip`, this long nothing may happen before the quiet time is left out, ms. */
const QUIET_MS = 1_500;

export interface PlaybackPort {
  /** The moment that is shown. */
  at(): number;
  /** End of the recording. */
  end(): number;
  /** The quiet stretch that a moment lies in, if it does. */
  quietAt(at: number): Span | undefined;
  /** @returns whether anything but the time changed. */
  seek(at: number): Promise<boolean>;
  next(limit: number): Promise<boolean>;
}

export interface PlaybackState {
  playing: boolean;
  speed: Speed;
  /** How much of the class was left out last, ms. */
  skipped: number;
}

export class Playback {
  #state: PlaybackState = { playing: false, speed: 1, skipped: 0 };
  #busy = false;
  #lastTick = 0;
  #lastNews = 0;
  /** Where the play head is; ahead of what is shown by what is under way. */
  #head = 0;
  readonly #listeners = new Set<() => void>();

  constructor(private readonly port: PlaybackPort) {}

  readonly state = (): PlaybackState => this.#state;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** @param now wall clock, ms. */
  play(now: number): void {
    this.#lastTick = now;
    this.#lastNews = now;
    // At the end there is nothing more to play: once more from the beginning is for whoever asks for it.
    this.#head = this.port.at();
    this.#set({ playing: this.#head < this.port.end(), skipped: 0 });
  }

  pause(): void {
    this.#set({ playing: false });
  }

  setSpeed(speed: Speed): void {
    this.#set({ speed, skipped: 0 });
  }

  /** Somebody went elsewhere: playing goes on from there. */
  moved(at: number): void {
    this.#head = at;
  }

  /** To be called about every PICTURE_MS while it plays. @param now wall clock, ms. */
  async tick(now: number): Promise<void> {
    if (!this.#state.playing || this.#busy) return;
    const { speed } = this.#state;
    const passed = Math.min(now - this.#lastTick, MAX_STEP_MS);
    this.#lastTick = now;
    this.#busy = true;
    try {
      if (speed === 'skip' && now - this.#lastNews >= QUIET_MS) await this.#skip(now);
      else {
        const rate = speed === 'skip' ? 1 : speed;
        const quiet = this.port.quietAt(this.#head);
        const target = this.#head + passed * (quiet ? Math.max(rate, (quiet.to - quiet.from) / LEAP_MS) : rate);
        // Behind it time passes as before.
        this.#head = Math.min(quiet ? Math.min(target, quiet.to) : target, this.port.end());
        if (await this.port.seek(Math.floor(this.#head))) this.#lastNews = now;
      }
    } finally {
      this.#busy = false;
    }
    if (this.#state.playing && this.port.at() >= this.port.end()) this.pause();
  }

  async #skip(now: number): Promise<void> {
    const before = this.port.at();
    await this.port.next(this.port.end());
    this.#head = this.port.at();
    this.#lastNews = now;
    this.#set({ skipped: this.#head - before });
  }

  #set(changes: Partial<PlaybackState>): void {
    this.#state = { ...this.#state, ...changes };
    for (const listener of [...this.#listeners]) listener();
  }
}
