/** The terminal as commands see it: typed lines as input, and output that does not run away from who watches. */
import type { PacedOutput } from '../bash/streams.ts';
import type { ShellInput } from '../types.ts';
import type { Key } from './keys.ts';
import { graphemes, textWidth, withoutEscapes } from './width.ts';

/** Characters that may be printed in one go by commands that print without end. */
const BURST_CHARACTERS = 64 * 1024;
/** Then they wait this long, wall-clock ms. */
const BURST_PAUSE_MS = 100;
/** An unfinished line longer than this is left to its own; the prompt then begins a new one. */
const MAX_TAIL_CHARACTERS = 2_000;
const TAB_COLUMNS = 8;
/** Whatever but colours: it moves the cursor, so that nobody knows what the line looks like. */
const MOVES = /\x1b(?!\[[\d;]*m)|[\x00-\x08\x0b-\x1a\x1c-\x1f]/;

/** Output with the line ends that a terminal wants. */
export class TtyOutput implements PacedOutput {
  readonly isTerminal = true;
  #since = 0;
  #lastWasReturn = false;
  /** What was printed since the last end of a line. */
  #tail = '';

  constructor(private readonly emit: (text: string) => void) {}

  /** The line that the output has not ended, after which a prompt stands as in any terminal; forgotten with this. */
  takeTail(): string {
    const tail = this.#tail;
    this.#tail = '';
    return tail.length > MAX_TAIL_CHARACTERS ? '' : tail;
  }

  #remember(text: string): void {
    const line = text.slice(text.lastIndexOf('\n') + 1);
    const whole = line.length < text.length ? line : this.#tail.length > MAX_TAIL_CHARACTERS ? this.#tail : this.#tail + line;
    // A line that was written over begins anew.
    const last = whole.slice(whole.lastIndexOf('\r') + 1);
    this.#tail = MOVES.test(last) ? '' : withoutTabs(last);
  }

  write(text: string): void {
    if (text === '') return;
    this.#remember(text);
    this.#since += text.length;
    const first = this.#lastWasReturn && text.startsWith('\n') ? text.slice(0, 1) : '';
    this.#lastWasReturn = text.endsWith('\r');
    this.emit(first + text.slice(first.length).replace(/(?<!\r)\n/g, '\r\n'));
  }

  async ready(): Promise<void> {
    if (this.#since < BURST_CHARACTERS) return;
    this.#since = 0;
    await new Promise((resolve) => setTimeout(resolve, BURST_PAUSE_MS));
  }
}

/** The same line with blanks where it has tabs. */
function withoutTabs(line: string): string {
  const [first = '', ...rest] = line.split('\t');
  return rest.reduce((before, after) => before + ' '.repeat(TAB_COLUMNS - (textWidth(withoutEscapes(before)) % TAB_COLUMNS)) + after, first);
}

/** Keys while a command runs: lines with echo for who reads, every key for who asked for that. */
export class TtyInput implements ShellInput {
  readonly isTerminal = true;
  #raw = false;
  #line: string[] = [];
  /** What has been entered and not been read. */
  #ready: string[] = [];
  #ended = false;
  #waiting: ((chunk: string | undefined) => void) | undefined;

  constructor(private readonly echo: (text: string) => void) {}

  /** Whether somebody waits for input: only then what is typed is shown. */
  get isRead(): boolean {
    return this.#waiting !== undefined;
  }

  get isRaw(): boolean {
    return this.#raw;
  }

  setRaw(raw: boolean): void {
    this.#raw = raw;
  }

  read(): Promise<string | undefined> {
    // Who reads later takes over: a command that has ended may still be waiting.
    this.#waiting?.(undefined);
    this.#waiting = undefined;
    const chunk = this.#ready.shift();
    if (chunk !== undefined) return Promise.resolve(chunk);
    if (this.#ended) {
      this.#ended = false;
      return Promise.resolve(undefined);
    }
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  giveUp(): void {
    this.#waiting?.(undefined);
    this.#waiting = undefined;
  }

  async readAll(): Promise<string> {
    let text = '';
    for (let chunk = await this.read(); chunk !== undefined; chunk = await this.read()) text += chunk;
    return text;
  }

  /** Keys as the terminal sent them. */
  raw(data: string): void {
    this.#give(data);
  }

  /** A key in line mode. Ctrl-C never comes here. */
  press(key: Key): void {
    if (key.kind === 'text' || key.kind === 'paste') {
      const lines = key.text.split('\n');
      lines.forEach((text, index) => {
        this.#line.push(...graphemes(text));
        this.echo(text);
        if (index < lines.length - 1) this.#enter();
      });
      return;
    }
    switch (key.name) {
      case 'enter':
        return this.#enter();
      case 'tab':
        this.#line.push('\t');
        return this.echo('\t');
      case 'backspace':
      case 'ctrl-h':
        return this.#erase(1);
      case 'ctrl-u':
        return this.#erase(this.#line.length);
      case 'ctrl-w': {
        let at = this.#line.length;
        while (at > 0 && this.#line[at - 1] === ' ') at--;
        while (at > 0 && this.#line[at - 1] !== ' ') at--;
        return this.#erase(this.#line.length - at);
      }
      case 'ctrl-d':
        if (this.#line.length > 0) {
          const text = this.#line.join('');
          this.#line = [];
          return this.#give(text);
        }
        if (this.#waiting) {
          this.#waiting(undefined);
          this.#waiting = undefined;
        } else this.#ended = true;
    }
  }

  /** Forgets who waited and what was half typed. */
  reset(): void {
    this.#waiting?.(undefined);
    this.#waiting = undefined;
    this.#line = [];
    this.#ready = [];
    this.#ended = false;
    this.#raw = false;
  }

  #erase(count: number): void {
    const removed = this.#line.splice(Math.max(0, this.#line.length - count));
    const width = textWidth(removed.join(''));
    this.echo('\b'.repeat(width) + ' '.repeat(width) + '\b'.repeat(width));
  }

  #enter(): void {
    const text = `${this.#line.join('')}\n`;
    this.#line = [];
    this.echo('\r\n');
    this.#give(text);
  }

  #give(text: string): void {
    if (this.#waiting) {
      const give = this.#waiting;
      this.#waiting = undefined;
      give(text);
    } else this.#ready.push(text);
  }
}
