/** The line editor: keys in, a line out, as readline's emacs mode does it. */
import type { Key } from './keys.ts';
import { LineView } from './line-view.ts';
import { graphemes, textWidth } from './width.ts';

/** Longest line that can be typed, in characters. */
const MAX_LINE_CHARACTERS = 256 * 1024;
/** Completions that are listed without asking. */
const MAX_LISTED = 200;

export interface Completion {
  /** What replaces the word up to the cursor, when there is one answer or a common beginning. */
  insert: string;
  /** Characters (graphemes) before the cursor that it replaces. */
  replaces: number;
  /** All answers, for the list; empty when there is one at most. */
  candidates: string[];
}

export type EditorResult = { kind: 'line'; line: string } | { kind: 'interrupt' } | { kind: 'end' };

export interface EditorOptions {
  write(text: string): void;
  columns: number;
  history: readonly string[];
  complete(before: string): Promise<Completion | undefined>;
  bell(): void;
}

/** A reverse search that goes on: what is looked for, where it was found (-1: nowhere), and the line before it. */
interface Search {
  query: string;
  at: number;
  saved: string;
}

export class LineEditor {
  readonly #view: LineView;
  readonly #options: EditorOptions;
  #prompt = '';
  #buffer: string[] = [];
  #cursor = 0;
  #historyAt = 0;
  /** The line that was being typed before going through the history. */
  #draft = '';
  #killed = '';
  #lastWasTab = false;
  #search: Search | undefined;
  #columns: number;

  constructor(options: EditorOptions) {
    this.#options = options;
    this.#columns = options.columns;
    this.#view = new LineView(options.write, options.columns);
  }

  /** Shows a prompt for a new line, in a terminal that is now so wide. @param lead what stands in its row already. */
  begin(prompt: string, columns: number, lead = ''): void {
    this.#prompt = prompt;
    this.#columns = columns;
    this.#buffer = [];
    this.#cursor = 0;
    this.#historyAt = this.#options.history.length;
    this.#draft = '';
    this.#search = undefined;
    this.#view.begin(columns, lead);
    this.#draw();
  }

  resize(columns: number): void {
    this.#columns = columns;
    this.#view.resize(columns);
    this.#draw();
  }

  get line(): string {
    return this.#buffer.join('');
  }

  /** @returns what the key led to, when it ended the line. */
  async press(key: Key): Promise<EditorResult | undefined> {
    if (this.#search && this.#searching(key)) return undefined;
    const tab = key.kind === 'key' && key.name === 'tab';
    if (!tab) this.#lastWasTab = false;
    if (key.kind === 'text') this.#insert(key.text);
    else if (key.kind === 'paste') this.#insert(key.text.replace(/\t/g, '    '));
    else if (tab) await this.#complete();
    else return this.#control(key.name);
    return undefined;
  }

  #draw(): void {
    if (this.#search) {
      const failed = this.#search.at < 0 ? 'failed ' : '';
      this.#view.draw(`(${failed}reverse-i-search)\`${this.#search.query}': `, this.line, '');
    } else this.#view.draw(this.#prompt, this.#buffer.slice(0, this.#cursor).join(''), this.#buffer.slice(this.#cursor).join(''));
  }

  #insert(text: string): void {
    if (this.#buffer.length + text.length > MAX_LINE_CHARACTERS) return this.#options.bell();
    const before = this.#buffer.slice(0, this.#cursor).join('') + text;
    const after = this.#buffer.slice(this.#cursor).join('');
    // A combining mark joins the character before it.
    this.#buffer = graphemes(before + after);
    this.#cursor = graphemes(before).length;
    this.#draw();
  }

  #set(line: string, cursor = Infinity): void {
    this.#buffer = graphemes(line);
    this.#cursor = Math.min(cursor, this.#buffer.length);
    this.#draw();
  }

  #control(name: string): EditorResult | undefined {
    switch (name) {
      case 'enter':
      case 'ctrl-j':
      case 'ctrl-m':
        return this.#finish({ kind: 'line', line: this.line });
      case 'ctrl-c':
        this.#options.write('^C');
        return this.#finish({ kind: 'interrupt' });
      case 'ctrl-d':
        if (this.#buffer.length === 0) return this.#finish({ kind: 'end' });
        this.#remove(this.#cursor, this.#cursor + 1, false);
        break;
      case 'delete':
        this.#remove(this.#cursor, this.#cursor + 1, false);
        break;
      case 'backspace':
      case 'ctrl-h':
        this.#remove(this.#cursor - 1, this.#cursor, false);
        break;
      case 'left':
      case 'ctrl-b':
        this.#move(this.#cursor - 1);
        break;
      case 'right':
      case 'ctrl-f':
        this.#move(this.#cursor + 1);
        break;
      case 'home':
      case 'ctrl-a':
        this.#move(0);
        break;
      case 'end':
      case 'ctrl-e':
        this.#move(this.#buffer.length);
        break;
      case 'alt-b':
        this.#move(this.#wordStart());
        break;
      case 'alt-f':
        this.#move(this.#wordEnd());
        break;
      case 'ctrl-k':
        this.#remove(this.#cursor, this.#buffer.length, true);
        break;
      case 'ctrl-u':
        this.#remove(0, this.#cursor, true);
        break;
      case 'ctrl-w':
        this.#remove(this.#spaceStart(), this.#cursor, true);
        break;
      case 'alt-backspace':
        this.#remove(this.#wordStart(), this.#cursor, true);
        break;
      case 'alt-d':
        this.#remove(this.#cursor, this.#wordEnd(), true);
        break;
      case 'ctrl-y':
        this.#insert(this.#killed);
        break;
      case 'ctrl-t':
        this.#transpose();
        break;
      case 'ctrl-l':
        this.#options.write('\x1b[H\x1b[2J');
        this.#view.begin(this.#columns);
        this.#draw();
        break;
      case 'up':
      case 'ctrl-p':
        this.#history(-1);
        break;
      case 'down':
      case 'ctrl-n':
        this.#history(1);
        break;
      case 'alt-.':
        this.#insert(/(\S+)\s*$/.exec(this.#options.history.at(-1) ?? '')?.[1] ?? '');
        break;
      case 'ctrl-r':
        this.#search = { query: '', at: this.#options.history.length, saved: this.line };
        this.#draw();
        break;
    }
    return undefined;
  }

  #finish(result: EditorResult): EditorResult {
    this.#view.finish();
    return result;
  }

  #move(to: number): void {
    this.#cursor = Math.max(0, Math.min(this.#buffer.length, to));
    this.#draw();
  }

  #remove(from: number, to: number, keep: boolean): void {
    const start = Math.max(0, from);
    const end = Math.min(this.#buffer.length, to);
    if (end <= start) return;
    const removed = this.#buffer.splice(start, end - start);
    if (keep) this.#killed = removed.join('');
    this.#cursor = start;
    this.#draw();
  }

  #wordStart(): number {
    let at = this.#cursor;
    while (at > 0 && !isWord(this.#buffer[at - 1])) at--;
    while (at > 0 && isWord(this.#buffer[at - 1])) at--;
    return at;
  }

  #wordEnd(): number {
    let at = this.#cursor;
    while (at < this.#buffer.length && !isWord(this.#buffer[at])) at++;
    while (at < this.#buffer.length && isWord(this.#buffer[at])) at++;
    return at;
  }

  #spaceStart(): number {
    let at = this.#cursor;
    while (at > 0 && /\s/.test(this.#buffer[at - 1] as string)) at--;
    while (at > 0 && !/\s/.test(this.#buffer[at - 1] as string)) at--;
    return at;
  }

  #transpose(): void {
    if (this.#buffer.length < 2 || this.#cursor === 0) return;
    const right = Math.min(this.#cursor, this.#buffer.length - 1);
    [this.#buffer[right - 1], this.#buffer[right]] = [this.#buffer[right] as string, this.#buffer[right - 1] as string];
    this.#move(right + 1);
  }

  #history(by: number): void {
    const { history } = this.#options;
    const to = this.#historyAt + by;
    if (to < 0 || to > history.length) return;
    if (this.#historyAt === history.length) this.#draft = this.line;
    this.#historyAt = to;
    this.#set(to === history.length ? this.#draft : (history[to] as string));
  }

  // ---- search ----

  /** @returns whether the key was part of the search. */
  #searching(key: Key): boolean {
    const search = this.#search as Search;
    if (key.kind === 'text') {
      search.query += key.text;
      this.#find(Math.min(search.at < 0 ? this.#options.history.length : search.at + 1, this.#options.history.length));
      return true;
    }
    const name = key.kind === 'key' ? key.name : '';
    if (name === 'ctrl-r') {
      this.#find(search.at < 0 ? this.#options.history.length : search.at);
      return true;
    }
    if (name === 'backspace' || name === 'ctrl-h') {
      search.query = graphemes(search.query).slice(0, -1).join('');
      this.#find(this.#options.history.length);
      return true;
    }
    const given = name === 'ctrl-g' || name === 'ctrl-c';
    this.#search = undefined;
    this.#set(given ? search.saved : this.line);
    if (!given && search.at >= 0) this.#historyAt = Math.min(search.at, this.#options.history.length);
    // Everything else ends the search and does what it does.
    return given;
  }

  #find(below: number): void {
    const search = this.#search as Search;
    for (let at = below - 1; at >= 0; at--) {
      const line = this.#options.history[at] as string;
      if (!line.includes(search.query)) continue;
      search.at = at;
      return this.#set(line);
    }
    search.at = -1;
    this.#draw();
  }

  // ---- completion ----

  async #complete(): Promise<void> {
    const completion = await this.#options.complete(this.#buffer.slice(0, this.#cursor).join(''));
    if (!completion) {
      this.#lastWasTab = false;
      return this.#options.bell();
    }
    const { insert, replaces, candidates } = completion;
    const replaced = this.#buffer.slice(this.#cursor - replaces, this.#cursor).join('');
    if (insert !== replaced) {
      this.#buffer.splice(this.#cursor - replaces, replaces);
      this.#cursor -= replaces;
      this.#insert(insert);
      this.#lastWasTab = true;
      return;
    }
    if (candidates.length > 1) {
      if (this.#lastWasTab) this.#list(candidates);
      else this.#options.bell();
    }
    this.#lastWasTab = true;
  }

  #list(candidates: string[]): void {
    this.#view.finish();
    const shown = candidates.slice(0, MAX_LISTED);
    this.#options.write(inColumns(shown, this.#columns));
    if (shown.length < candidates.length) this.#options.write(`… ${candidates.length - shown.length} more\r\n`);
    this.#draw();
  }
}

function isWord(grapheme: string | undefined): boolean {
  return grapheme !== undefined && /[\p{L}\p{N}_]/u.test(grapheme);
}

/** As readline lists them: down the columns. */
function inColumns(items: string[], columns: number): string {
  const width = Math.max(...items.map(textWidth)) + 2;
  const perRow = Math.max(1, Math.floor(columns / width));
  const rows = Math.ceil(items.length / perRow);
  let text = '';
  for (let row = 0; row < rows; row++) {
    const cells = Array.from({ length: perRow }, (_, column) => items[column * rows + row]).filter((item) => item !== undefined);
    text += `${cells.map((item, index) => (index < cells.length - 1 ? item + ' '.repeat(width - textWidth(item)) : item)).join('')}\r\n`;
  }
  return text;
}
