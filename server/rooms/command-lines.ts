/**
 * Which line in a terminal an entry of the log came from, for «why is this here?». Kept in memory only: after a restart an answer names the
 * request instead, and the recording has the lines in any case.
 */
const MAX_LINES = 5_000;

export class CommandLines {
  /** By sequence, oldest first. */
  readonly #lines = new Map<number, string>();

  remember(sequence: number, line: string): void {
    this.#lines.set(sequence, line);
    if (this.#lines.size <= MAX_LINES) return;
    for (const oldest of this.#lines.keys()) {
      this.#lines.delete(oldest);
      break;
    }
  }

  of(sequence: number): string | undefined {
    return this.#lines.get(sequence);
  }
}
