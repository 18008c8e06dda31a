/**
 * Keeps one thing that is fetched up to date: asked to refresh any number of times, it fetches at most once in `everyMs`, never twice at
 * once, and once more after the last request. What was there stays while something newer is on its way, and after the object is gone.
 */
export interface Loaded<T> {
  data: T | undefined;
  /** Why the last fetch failed; undefined when it did not. */
  error: unknown;
  /** Whether the first fetch is still under way. */
  loading: boolean;
}

export const NOTHING_LOADED: Loaded<never> = { data: undefined, error: undefined, loading: true };

/** After a failure it is tried again by itself. */
const RETRY_MS = 4_000;

export class Refresher<T> {
  readonly #load: () => Promise<T>;
  readonly #everyMs: number;
  readonly #tell: (loaded: Loaded<T>) => void;
  readonly #final: (error: unknown) => boolean;
  #loaded: Loaded<T> = NOTHING_LOADED;
  #lastStart = -Infinity;
  #inFlight = false;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  /** @param final whether an error stays an error however often it is tried. */
  constructor(options: { load: () => Promise<T>; everyMs: number; tell: (loaded: Loaded<T>) => void; final: (error: unknown) => boolean }) {
    this.#load = options.load;
    this.#everyMs = options.everyMs;
    this.#tell = options.tell;
    this.#final = options.final;
  }

  /** What is shown may be old. */
  request(): void {
    if (this.#disposed) return;
    if (this.#inFlight) {
      this.#again = true;
      return;
    }
    this.#wait(this.#lastStart + this.#everyMs - performance.now());
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
  }

  #wait(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (milliseconds <= 0) this.#start();
    else this.#timer = setTimeout(() => this.#start(), milliseconds);
  }

  #start(): void {
    this.#timer = undefined;
    this.#inFlight = true;
    this.#again = false;
    this.#lastStart = performance.now();
    this.#load().then(
      (data) => this.#ended({ data, error: undefined, loading: false }),
      (error: unknown) => this.#ended({ data: this.#loaded.data, error, loading: false }),
    );
  }

  #ended(loaded: Loaded<T>): void {
    this.#inFlight = false;
    if (this.#disposed) return;
    this.#loaded = loaded;
    this.#tell(loaded);
    if (this.#again) this.request();
    else if (loaded.error !== undefined && !this.#final(loaded.error)) this.#wait(RETRY_MS);
  }
}
