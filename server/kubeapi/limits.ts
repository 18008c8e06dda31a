/** How much a participant may ask of the HTTP API, so that one script does not slow down a class. */

/** A bucket of requests for each participant: a kubectl command needs up to ten, `kubectl get all` a few more. */
const REQUESTS_PER_SECOND = 50;
export const REQUESTS_AT_ONCE = 400;
/** Watches, followed logs, exec sessions and port-forwards that a participant may have open. A controller needs a few dozen. */
export const STREAMS_PER_PARTICIPANT = 64;
/** One request's body. etcd takes no more than 1.5 MiB. */
export const BODY_BYTES = 1_572_864;
/** What may wait in a connection whose client does not read; then its stream ends and the client lists again. */
export const UNREAD_BYTES = 32 * 1_048_576;
/** Nesting of JSON and YAML. No kind is anywhere near. */
export const NESTING_LEVELS = 200;

const MAX_REMEMBERED = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

export class Limits {
  readonly #buckets = new Map<string, Bucket>();
  readonly #streams = new Map<string, number>();

  /** @param wallClock ms. */
  constructor(private readonly wallClock: () => number) {}

  /** Counts a request. @returns seconds to wait when there are too many, else 0. */
  take(id: string): number {
    const now = this.wallClock();
    let bucket = this.#buckets.get(id);
    if (!bucket) {
      if (this.#buckets.size >= MAX_REMEMBERED) this.#buckets.clear();
      this.#buckets.set(id, (bucket = { tokens: REQUESTS_AT_ONCE, at: now }));
    }
    bucket.tokens = Math.min(REQUESTS_AT_ONCE, bucket.tokens + ((now - bucket.at) / 1_000) * REQUESTS_PER_SECOND);
    bucket.at = now;
    if (bucket.tokens < 1) return 1;
    bucket.tokens -= 1;
    return 0;
  }

  /** Opens a stream. @returns how to close it, or undefined when there are too many. */
  open(id: string): (() => void) | undefined {
    const count = this.#streams.get(id) ?? 0;
    if (count >= STREAMS_PER_PARTICIPANT) return undefined;
    this.#streams.set(id, count + 1);
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      const left = (this.#streams.get(id) ?? 1) - 1;
      if (left > 0) this.#streams.set(id, left);
      else this.#streams.delete(id);
    };
  }
}
