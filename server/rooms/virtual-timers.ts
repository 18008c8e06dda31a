/** Waiting for virtual time, for shells: a sleep ends when the room's clock has got there, however fast or slow it runs. */
export class VirtualTimers {
  /** Sorted by due time. */
  #waiting: { due: number; fire: () => void }[] = [];

  constructor(private readonly now: () => number) {}

  /** Resolves when `milliseconds` of virtual time have passed. Rejects with an AbortError when the signal fires. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortError());
      if (milliseconds <= 0) return resolve();
      const entry = {
        due: this.now() + milliseconds,
        fire: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      const onAbort = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== entry);
        reject(abortError());
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const index = this.#waiting.findIndex((other) => other.due > entry.due);
      this.#waiting.splice(index < 0 ? this.#waiting.length : index, 0, entry);
    });
  }

  /** To be called whenever time may have moved. */
  run(): void {
    const now = this.now();
    while (this.#waiting[0] && this.#waiting[0].due <= now) this.#waiting.shift()?.fire();
  }
}

function abortError(): Error {
  const error = new Error('aborted');
  error.name = 'AbortError';
  return error;
}
