/** Who waits for virtual time, and until when. */
export class VirtualClock {
  /** Sorted by due time; those due together in the order in which they came. */
  #waiting: { due: number; fire: () => void }[] = [];

  /** @param now virtual time, ms. */
  constructor(private readonly now: () => number) {}

  /** Resolves when that much virtual time has passed; rejects with an AbortError when the signal fires. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(aborted());
      const entry = {
        due: this.now() + Math.max(0, milliseconds),
        fire: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      const onAbort = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== entry);
        reject(aborted());
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const index = this.#waiting.findIndex((other) => other.due > entry.due);
      this.#waiting.splice(index < 0 ? this.#waiting.length : index, 0, entry);
    });
  }

  /** When the next sleeper is due, ms; undefined when nobody sleeps. */
  next(): number | undefined {
    return this.#waiting[0]?.due;
  }

  /** Wakes the first that is due. @returns whether there was one. */
  wake(): boolean {
    const [first] = this.#waiting;
    if (!first || first.due > this.now()) return false;
    this.#waiting.shift();
    first.fire();
    return true;
  }
}

function aborted(): Error {
  const error = new Error('aborted');
  error.name = 'AbortError';
  return error;
}
