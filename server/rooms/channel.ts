/** A bounded queue between the room, which never waits, and one reader, who may be slow. */

export class Channel<T> {
  #items: T[] = [];
  #size = 0;
  #overflowed = false;
  #closed = false;
  #wake: (() => void) | undefined;

  /** @param limit of the sum of sizes waiting. */
  constructor(private readonly limit: number) {}

  /** @param size counts against the limit. */
  push(item: T, size: number): void {
    if (this.#closed) return;
    if (this.#size + size > this.limit) {
      // The reader is too slow for what comes: it gets the whole state again instead of a part of it.
      this.#overflowed = true;
      this.#items = [];
      this.#size = 0;
    }
    this.#items.push(item);
    this.#size += size;
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  /** What has gathered, in order; waits until there is something. Undefined at the end. */
  async take(): Promise<{ items: T[]; overflowed: boolean } | undefined> {
    while (this.#items.length === 0 && !this.#overflowed) {
      if (this.#closed) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
    const taken = { items: this.#items, overflowed: this.#overflowed };
    this.#items = [];
    this.#size = 0;
    this.#overflowed = false;
    return taken;
  }
}
