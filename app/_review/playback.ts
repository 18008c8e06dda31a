/**
 * The play button: turns wall-clock time into wishes for instants. At most so many a second, and never a second one while the first
 * is under way: a simulation that is slower than the speed falls behind instead of piling up debt.
 */

export const SPEEDS = [0.5, 1, 2, 10, 60, 'skip'] as const;
/** Virtual seconds in a second; `skip` plays at 1 and leaves out the time in which nothing happens. */
export type Speed = (typeof SPEEDS)[number];

/** How often a picture is asked for, ms: ten a second. */
export const PICTURE_MS = 100;
/** One picture moves on by at most this much wall-clock time, ms. */
const MAX_STEP_MS = 400;
/** Over time that the class leapt over, playing leaps too: such a stretch takes at most this much wall-clock time, ms. */
const LEAP_MS = 3_000;
/** With `skip`, this long nothing may happen before the quiet time is left out, ms. */
const QUIET_MS = 1_500;

export interface PlaybackPort {
  /** Virtual time that is shown, ms. */
  time(): number;
  /** End of the recording, virtual time, ms. */
  end(): number;
  /** The stretch that the class leapt over, if a virtual time (ms) lies in one. */
  leapAt(time: number): { from: number; to: number } | undefined;
  /** @returns whether anything but the time changed. */
  seek(time: number): Promise<boolean>;
  next(limit: number): Promise<boolean>;
}

export interface PlaybackState {
  playing: boolean;
  speed: Speed;
  /** Virtual time that was left out last, ms. */
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
    this.#head = this.port.time();
    this.#set({ playing: this.#head < this.port.end(), skipped: 0 });
  }

  pause(): void {
    this.#set({ playing: false });
  }

  setSpeed(speed: Speed): void {
    this.#set({ speed, skipped: 0 });
  }

  /** Somebody went elsewhere: playing goes on from there. */
  moved(time: number): void {
    this.#head = time;
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
        const leap = this.port.leapAt(this.#head);
        const target = this.#head + passed * (leap ? Math.max(rate, (leap.to - leap.from) / LEAP_MS) : rate);
        // Behind the leap time passes as before.
        this.#head = Math.min(leap ? Math.min(target, leap.to) : target, this.port.end());
        if (await this.port.seek(Math.floor(this.#head))) this.#lastNews = now;
      }
    } finally {
      this.#busy = false;
    }
    if (this.#state.playing && this.port.time() >= this.port.end()) this.pause();
  }

  async #skip(now: number): Promise<void> {
    const before = this.port.time();
    await this.port.next(this.port.end());
    this.#head = this.port.time();
    this.#lastNews = now;
    this.#set({ skipped: this.#head - before });
  }

  #set(changes: Partial<PlaybackState>): void {
    this.#state = { ...this.#state, ...changes };
    for (const listener of [...this.#listeners]) listener();
  }
}
