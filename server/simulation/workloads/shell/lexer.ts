/** Words and operators of sh: quotes, expansions and here-documents. */
import { SyntaxProblem, type Capture, type Redirect, type Word } from './syntax-types.ts';

const OPERATORS = ['&&', '||', ';;', '<<-', '<<', '>>', '>&', '<&', '&>', '>|', ';', '&', '|', '<', '>', '(', ')', '\n'];

export interface Token {
  kind: 'word' | 'operator' | 'end';
  /** Operator text, or the word as it was written. */
  text: string;
  word: Word;
  captures: Capture[];
  /** No quotes or expansions in it: may be a reserved word. */
  plain: boolean;
  start: number;
  end: number;
  /** A number directly before a redirection. */
  fd?: number;
}


interface HereDocument {
  redirect: Redirect;
  delimiter: string;
  quoted: boolean;
  strip: boolean;
}

export abstract class Lexer {
  protected at = 0;
  #peeked: Token | undefined;
  #slots = 0;
  #hereDocuments: HereDocument[] = [];

  constructor(protected readonly text: string) {}

  /** A command substitution in a here-document, which is read before its command's instruction is made. */
  protected abstract captured(capture: Capture): void;

  /** The lines after this one belong to a redirection. */
  protected expectHereDocument(document: HereDocument): void {
    this.#hereDocuments.push(document);
  }

  /** The next token, which stays. */
  peek(): Token {
    return (this.#peeked ??= this.#scan());
  }

  take(): Token {
    const token = this.peek();
    this.#peeked = undefined;
    this.at = token.end;
    return token;
  }

  #scan(): Token {
    const { text } = this;
    let at = this.at;
    for (;;) {
      const character = text[at];
      if (character === ' ' || character === '\t' || character === '\r') at++;
      else if (character === '\\' && text[at + 1] === '\n') at += 2;
      else if (character === '#') while (at < text.length && text[at] !== '\n') at++;
      else break;
    }
    const none = { word: [], captures: [], plain: false };
    if (at >= text.length) {
      if (this.#hereDocuments.length > 0) throw new SyntaxProblem('here-document is not ended', true);
      return { kind: 'end', text: '', ...none, start: at, end: at };
    }
    const number = /^\d+(?=[<>])/.exec(text.slice(at, at + 4))?.[0];
    const operatorAt = at + (number?.length ?? 0);
    for (const operator of OPERATORS) {
      if (!text.startsWith(operator, operatorAt)) continue;
      if (number !== undefined && !/[<>]/.test(operator)) continue;
      let end = operatorAt + operator.length;
      if (operator === '\n') end = this.#readHereDocuments(end);
      return { kind: 'operator', text: operator, ...none, start: at, end, ...(number === undefined ? {} : { fd: Number(number) }) };
    }
    return this.#word(at);
  }

  #readHereDocuments(from: number): number {
    let at = from;
    for (const { redirect, delimiter, quoted, strip } of this.#hereDocuments) {
      let body = '';
      for (;;) {
        if (at >= this.text.length) throw new SyntaxProblem('here-document is not ended', true);
        let end = this.text.indexOf('\n', at);
        if (end < 0) end = this.text.length;
        let line = this.text.slice(at, end);
        if (strip) line = line.replace(/^\t+/, '');
        at = Math.min(end + 1, this.text.length);
        if (line === delimiter) break;
        body += `${line}\n`;
        if (end >= this.text.length) throw new SyntaxProblem('here-document is not ended', true);
      }
      redirect.target = quoted ? [{ t: 'text', v: body, q: true }] : this.#quotedParts(body);
    }
    this.#hereDocuments = [];
    return at;
  }

  /** Parts of a here-document: expansions as in double quotes. It is read before its command's instruction is made. */
  #quotedParts(body: string): Word {
    const state = { at: 0, word: [] as Word, captures: [] as Capture[] };
    this.#double(body, state, undefined);
    for (const capture of state.captures) this.captured(capture);
    return state.word;
  }

  #word(start: number): Token {
    const { text } = this;
    const state = { at: start, word: [] as Word, captures: [] as Capture[] };
    let plain = true;
    let literal = '';
    const flush = (): void => {
      if (literal) state.word.push({ t: 'text', v: literal, q: false });
      literal = '';
    };
    scanning: while (state.at < text.length) {
      const character = text[state.at] as string;
      switch (character) {
        case ' ':
        case '\t':
        case '\r':
        case '\n':
        case ';':
        case '&':
        case '|':
        case '<':
        case '>':
        case '(':
        case ')':
          break scanning;
        case '\\':
          if (state.at + 1 >= text.length) throw new SyntaxProblem('unexpected end of file', true);
          if (text[state.at + 1] !== '\n') {
            flush();
            state.word.push({ t: 'text', v: text[state.at + 1] as string, q: true });
            plain = false;
          }
          state.at += 2;
          break;
        case "'": {
          const end = text.indexOf("'", state.at + 1);
          if (end < 0) throw new SyntaxProblem('syntax error: unterminated quoted string', true);
          flush();
          state.word.push({ t: 'text', v: text.slice(state.at + 1, end), q: true });
          state.at = end + 1;
          plain = false;
          break;
        }
        case '"':
          flush();
          state.at++;
          if (text[state.at] === '"') state.word.push({ t: 'text', v: '', q: true });
          this.#double(text, state, '"');
          plain = false;
          break;
        case '$':
        case '`':
          flush();
          if (this.#expansion(text, state, false)) plain = false;
          else literal += '$';
          break;
        default:
          literal += character;
          state.at++;
      }
    }
    flush();
    return { kind: 'word', text: text.slice(start, state.at), word: state.word, captures: state.captures, plain, start, end: state.at };
  }

  /** Scans a double-quoted text up to `close` (or to the end), leaving the position behind it. */
  #double(text: string, state: { at: number; word: Word; captures: Capture[] }, close: '"' | undefined): void {
    let literal = '';
    const flush = (): void => {
      if (literal) state.word.push({ t: 'text', v: literal, q: true });
      literal = '';
    };
    for (;;) {
      if (state.at >= text.length) {
        if (close) throw new SyntaxProblem('syntax error: unterminated quoted string', true);
        return flush();
      }
      const character = text[state.at] as string;
      if (character === close) {
        state.at++;
        return flush();
      }
      if (character === '\\' && /[$`"\\\n]/.test(text[state.at + 1] ?? '')) {
        if (text[state.at + 1] !== '\n') literal += text[state.at + 1];
        state.at += 2;
      } else if (character === '$' || character === '`') {
        flush();
        if (!this.#expansion(text, state, true)) literal += '$';
      } else {
        literal += character;
        state.at++;
      }
    }
  }

  /** Scans what begins with `$` or a backquote. @returns false for a lone dollar sign (which is passed over). */
  #expansion(text: string, state: { at: number; word: Word; captures: Capture[] }, q: boolean): boolean {
    const { at } = state;
    const capture = (body: string): void => {
      const slot = this.#slots++;
      state.captures.push({ slot, text: body });
      state.word.push({ t: 'slot', slot, q });
    };
    if (text[at] === '`') {
      const end = text.indexOf('`', at + 1);
      if (end < 0) throw new SyntaxProblem('syntax error: unterminated backquote', true);
      capture(text.slice(at + 1, end).replace(/\\([`$\\])/g, '$1'));
      state.at = end + 1;
      return true;
    }
    const next = text[at + 1] ?? '';
    if (text.startsWith('$((', at)) {
      const end = closing(text, at + 3, '))');
      const inner = { at: 0, word: [] as Word, captures: state.captures };
      const body = text.slice(at + 3, end);
      this.#double(body, inner, undefined);
      state.word.push({ t: 'arith', e: inner.word, q });
      state.at = end + 2;
      return true;
    }
    if (next === '(') {
      const end = closing(text, at + 2, ')');
      capture(text.slice(at + 2, end));
      state.at = end + 1;
      return true;
    }
    if (next === '{') {
      const end = closing(text, at + 2, '}');
      const match = /^(#?)([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[?$!@*#-])((?::?[-=+?]|%%?|##?)([\s\S]*))?$/.exec(text.slice(at + 2, end));
      if (!match) throw new SyntaxProblem('bad substitution', false);
      const inner = { at: 0, word: [] as Word, captures: state.captures };
      const argument = match[4] ?? '';
      if (argument) this.#argument(argument, inner, q);
      const operator = match[3] ? match[3].slice(0, match[3].length - argument.length) : undefined;
      state.word.push({ t: 'var', name: match[2] as string, q, ...(match[1] ? { op: 'length' } : operator ? { op: operator, arg: inner.word } : {}) });
      state.at = end + 1;
      return true;
    }
    const name = /^(?:[A-Za-z_][A-Za-z0-9_]*|[0-9?$!@*#-])/.exec(text.slice(at + 1, at + 200))?.[0];
    if (!name) {
      state.at++;
      return false;
    }
    state.word.push({ t: 'var', name, q });
    state.at = at + 1 + name.length;
    return true;
  }

  /** The word after the operator of `${name…}`: quotes are taken off, expansions kept. */
  #argument(text: string, state: { at: number; word: Word; captures: Capture[] }, q: boolean): void {
    const stripped = text.replace(/^"([\s\S]*)"$/, '$1').replace(/^'([\s\S]*)'$/, '$1');
    this.#double(stripped, state, undefined);
    if (!q && stripped === text) for (const part of state.word) part.q = false;
  }
}

/** Position of the bracket that closes what was opened before `from`. */
function closing(text: string, from: number, close: ')' | '}' | '))'): number {
  let depth = 0;
  const open = close === '}' ? '{' : '(';
  const shut = close === '}' ? '}' : ')';
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (character === "'" && close !== '}') {
      at = text.indexOf("'", at + 1);
      if (at < 0) break;
    } else if (character === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++;
    } else if (character === open) depth++;
    else if (character === shut) {
      if (depth > 0) depth--;
      else if (close !== '))' || text[at + 1] === ')') return at;
    }
  }
  throw new SyntaxProblem('syntax error: unexpected end of file', true);
}
