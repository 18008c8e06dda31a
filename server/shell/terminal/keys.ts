/** Turns what a terminal sends into keys. */

export type Key =
  | { kind: 'text'; text: string }
  /** A pasted text, as one. */
  | { kind: 'paste'; text: string }
  /** `enter`, `tab`, `backspace`, `delete`, `left`, `ctrl-a`, `alt-b`, … */
  | { kind: 'key'; name: string };

const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';
/** A paste longer than this is cut. */
const MAX_PASTE_CHARACTERS = 256 * 1024;

const SEQUENCES: Record<string, string> = {
  '[A': 'up', '[B': 'down', '[C': 'right', '[D': 'left', OA: 'up', OB: 'down', OC: 'right', OD: 'left', '[H': 'home', '[F': 'end', OH: 'home', OF: 'end', '[1~': 'home', '[4~': 'end', '[7~': 'home', '[8~': 'end',
  '[2~': 'insert', '[3~': 'delete', '[5~': 'page-up', '[6~': 'page-down', '[1;5C': 'alt-f', '[1;5D': 'alt-b', '[1;3C': 'alt-f', '[1;3D': 'alt-b', '[5C': 'alt-f', '[5D': 'alt-b', '[3;5~': 'alt-d', '[Z': 'shift-tab',
  '[1;2C': 'right', '[1;2D': 'left', '[1;2A': 'up', '[1;2B': 'down',
};

/** Keeps what is not complete yet: an escape sequence may come in two pieces. */
export class KeyDecoder {
  #rest = '';
  #paste: string | undefined;

  decode(data: string): Key[] {
    const keys: Key[] = [];
    let text = this.#rest + data;
    this.#rest = '';
    while (text !== '') {
      if (this.#paste !== undefined) {
        const end = text.indexOf(PASTE_END);
        if (end < 0) {
          // The end mark itself may have been cut in two.
          const cut = partial(text, PASTE_END);
          this.#append(text.slice(0, text.length - cut));
          this.#rest = text.slice(text.length - cut);
          return keys;
        }
        this.#append(text.slice(0, end));
        keys.push({ kind: 'paste', text: this.#paste.replace(/\r\n?/g, '\n') });
        this.#paste = undefined;
        text = text.slice(end + PASTE_END.length);
        continue;
      }
      if (text.startsWith(PASTE_START)) {
        this.#paste = '';
        text = text.slice(PASTE_START.length);
        continue;
      }
      const taken = this.#one(text, keys);
      if (taken === 0) {
        this.#rest = text;
        return keys;
      }
      text = text.slice(taken);
    }
    return keys;
  }

  #append(text: string): void {
    this.#paste = ((this.#paste ?? '') + text).slice(0, MAX_PASTE_CHARACTERS);
  }

  /** @returns characters taken; 0 when the sequence is not complete. */
  #one(text: string, keys: Key[]): number {
    const c = text[0] as string;
    const code = c.charCodeAt(0);
    if (c === '\x1b') return this.#escape(text, keys);
    if (c === '\r' || c === '\n') keys.push({ kind: 'key', name: 'enter' });
    else if (c === '\t') keys.push({ kind: 'key', name: 'tab' });
    else if (c === '\x7f' || c === '\b') keys.push({ kind: 'key', name: 'backspace' });
    else if (code < 0x20) keys.push({ kind: 'key', name: `ctrl-${String.fromCharCode(code + 0x60)}` });
    else {
      const run = /^[^\x00-\x1f\x7f]+/.exec(text)?.[0] as string;
      keys.push({ kind: 'text', text: run });
      return run.length;
    }
    return 1;
  }

  #escape(text: string, keys: Key[]): number {
    if (text.length === 1) {
      // Escape by itself does nothing here; with what follows it may be a sequence.
      return 0;
    }
    const sequence = /^\x1b(\[[0-9;?]*[ -/]*[@-~]|O[A-Za-z])/.exec(text);
    if (sequence) {
      const name = SEQUENCES[sequence[1] as string];
      if (name) keys.push({ kind: 'key', name });
      return sequence[0].length;
    }
    if (/^\x1b(\[[0-9;?]*|O)$/.test(text)) return 0;
    const next = text[1] as string;
    if (next === '\x7f') keys.push({ kind: 'key', name: 'alt-backspace' });
    else if (next !== '\x1b') keys.push({ kind: 'key', name: `alt-${next.toLowerCase()}` });
    return next === '\x1b' ? 1 : 2;
  }
}

/** Length of the longest end of `text` that is a beginning of `mark`. */
function partial(text: string, mark: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length--) if (mark.startsWith(text.slice(-length))) return length;
  return 0;
}
