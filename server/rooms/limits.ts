/** Limits of tries per network address. */
import { RateLimitedError } from './errors.ts';

/** More addresses than this are forgotten, oldest first: an attacker with many must not fill the memory. */
const MAX_ADDRESSES = 50_000;

/** A sliding window of tries per key. */
export class TryLimit {
  readonly #tries = new Map<string, number[]>();

  constructor(
    private readonly tries: number,
    private readonly windowMs: number,
    private readonly wallClock: () => number,
  ) {}

  /** Counts a try. @throws RateLimitedError when there were too many in the window. */
  count(key: string): void {
    const now = this.wallClock();
    const recent = (this.#tries.get(key) ?? []).filter((time) => time > now - this.windowMs);
    this.#tries.delete(key);
    if (recent.length >= this.tries) {
      this.#tries.set(key, recent);
      throw new RateLimitedError(Math.max(1, Math.ceil(((recent[0] as number) + this.windowMs - now) / 1_000)));
    }
    recent.push(now);
    this.#tries.set(key, recent);
    if (this.#tries.size > MAX_ADDRESSES) this.#tries.delete(this.#tries.keys().next().value as string);
  }
}

/** A token bucket for what one connection sends. */
export class Bucket {
  #tokens: number;
  #last: number;

  /** @param perSecond refill. @param burst what may come at once. */
  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    private readonly wallClock: () => number,
  ) {
    this.#tokens = burst;
    this.#last = wallClock();
  }

  /** Takes one; false when there is none left. */
  take(): boolean {
    const now = this.wallClock();
    this.#tokens = Math.min(this.burst, this.#tokens + ((now - this.#last) / 1_000) * this.perSecond);
    this.#last = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
