/** The newest output of a terminal, up to a limit, so that somebody who comes (back) sees the same screen. */

/** Enough for several thousand lines, and quick to send. */
const MAX_CHARACTERS = 256 * 1024;

export class Scrollback {
  #chunks: string[] = [];
  #length = 0;
  /** Characters ever written. */
  #offset = 0;

  constructor(restored = '') {
    this.push(restored);
  }

  get offset(): number {
    return this.#offset;
  }

  push(text: string): void {
    if (text === '') return;
    this.#chunks.push(text);
    this.#length += text.length;
    this.#offset += text.length;
    if (this.#length > MAX_CHARACTERS * 1.5) {
      // Cut at a line, so that the screen does not begin within an escape sequence.
      const all = this.text();
      this.#chunks = [all];
      this.#length = all.length;
    }
  }

  /** What to write into an empty terminal to see what the others see. */
  text(): string {
    const all = this.#chunks.join('');
    if (all.length <= MAX_CHARACTERS) return all;
    const cut = all.indexOf('\n', all.length - MAX_CHARACTERS);
    return cut < 0 ? all.slice(-MAX_CHARACTERS) : all.slice(cut + 1);
  }
}
