/**
 * The language of sh(1) as containers need it: text → a flat list of instructions. Programs are kept by their text, so that
 * a running script's state is a text, a position and variables: plain data.
 */

export type Word = Part[];

export type Part =
  | { t: 'text'; v: string; q: boolean }
  /** `op`: what follows the name in `${…}`. */
  | { t: 'var'; name: string; q: boolean; op?: string; arg?: Word }
  /** Output of the program captured in a slot before the word is expanded. */
  | { t: 'slot'; slot: number; q: boolean }
  | { t: 'arith'; e: Word; q: boolean };

export interface Redirect {
  fd: number;
  op: '>' | '>>' | '<' | '<<' | '>&' | '<&' | '&>';
  target: Word;
}

export interface SimpleCommand {
  assigns: { name: string; value: Word }[];
  words: Word[];
  redirects: Redirect[];
}

export type Stage = { kind: 'simple'; command: SimpleCommand; captures: Capture[]; text: string } | { kind: 'script'; text: string };

export interface Capture {
  slot: number;
  text: string;
}

export type Instruction =
  | { op: 'command'; command: SimpleCommand }
  | { op: 'capture'; slot: number; text: string }
  | { op: 'pipeline'; stages: Stage[] }
  | { op: 'subshell'; text: string; redirects: Redirect[] }
  | { op: 'background'; text: string }
  | { op: 'jump'; to: number }
  | { op: 'jump-if'; ok: boolean; to: number }
  | { op: 'not' }
  | { op: 'status'; code: number }
  | { op: 'for'; name: string; words: Word[] | null }
  | { op: 'next'; name: string; end: number }
  | { op: 'case'; word: Word; arms: { patterns: Word[]; to: number }[]; end: number }
  | { op: 'function'; name: string; text: string }
  | { op: 'redirect'; redirects: Redirect[] }
  | { op: 'unredirect' }
  | { op: 'loop'; end: number; again: number }
  | { op: 'end-loop' };

export interface Script {
  code: Instruction[];
}

/** The text is no complete program. `incomplete`: more lines could make it one. */
export class SyntaxProblem extends Error {
  override readonly name = 'SyntaxProblem';
  constructor(
    message: string,
    readonly incomplete: boolean,
  ) {
    super(message);
  }
}

const cache = new Map<string, Script>();
const CACHE_LIMIT = 500;

/** @throws SyntaxProblem */
export function compile(text: string): Script {
  const known = cache.get(text);
  if (known) return known;
  const script = new Parser(text).script();
  if (cache.size >= CACHE_LIMIT) cache.clear();
  cache.set(text, script);
  return script;
}

const RESERVED = new Set(['if', 'then', 'else', 'elif', 'fi', 'do', 'done', 'case', 'esac', 'while', 'until', 'for', '{', '}', '!', 'in']);
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const OPERATORS = ['&&', '||', ';;', '<<-', '<<', '>>', '>&', '<&', '&>', '>|', ';', '&', '|', '<', '>', '(', ')', '\n'];

interface Token {
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

class Parser {
  #at = 0;
  #peeked: Token | undefined;
  #slots = 0;
  readonly #code: Instruction[] = [];
  #hereDocuments: { redirect: Redirect; delimiter: string; quoted: boolean; strip: boolean }[] = [];

  constructor(private readonly text: string) {}

  script(): Script {
    this.#list([]);
    const token = this.#peek();
    if (token.kind !== 'end') throw this.#unexpected(token);
    return { code: this.#code };
  }

  // ---- grammar ----

  #unexpected(token: Token): SyntaxProblem {
    if (token.kind === 'end') return new SyntaxProblem('syntax error: unexpected end of file', true);
    const shown = token.text === '\n' ? 'newline' : token.text;
    return new SyntaxProblem(`syntax error: unexpected ${token.kind === 'operator' && token.text === '\n' ? 'newline' : `"${shown}"`}`, false);
  }

  /** A list up to one of the reserved words, or to the end. */
  #list(until: string[]): void {
    for (;;) {
      this.#skipNewlines();
      const token = this.#peek();
      if (token.kind === 'end') return;
      if (token.kind === 'word' && token.plain && until.includes(token.text)) return;
      if (token.kind === 'operator' && (token.text === ')' || token.text === ';;')) return;
      const begin = this.#code.length;
      const start = token.start;
      this.#andOr();
      const separator = this.#peek();
      if (separator.kind === 'operator' && separator.text === '&') {
        this.#take();
        this.#code.length = begin;
        this.#code.push({ op: 'background', text: this.text.slice(start, separator.start) });
      } else if (separator.kind === 'operator' && (separator.text === ';' || separator.text === '\n')) this.#take();
      else if (separator.kind === 'end') return;
      else if (separator.kind === 'operator' && (separator.text === ')' || separator.text === ';;')) return;
      else if (separator.kind === 'word' && separator.plain && until.includes(separator.text)) return;
      else throw this.#unexpected(separator);
    }
  }

  #andOr(): void {
    this.#pipeline();
    for (;;) {
      const token = this.#peek();
      if (token.kind !== 'operator' || (token.text !== '&&' && token.text !== '||')) return;
      this.#take();
      this.#skipNewlines();
      const jump: Instruction = { op: 'jump-if', ok: token.text === '||', to: 0 };
      this.#code.push(jump);
      this.#pipeline();
      jump.to = this.#code.length;
    }
  }

  #pipeline(): void {
    let negate = false;
    while (this.#peek().plain && this.#peek().text === '!') {
      this.#take();
      negate = !negate;
    }
    const begin = this.#code.length;
    const start = this.#peek().start;
    this.#command();
    if (this.#isOperator('|')) {
      const stages: Stage[] = [this.#stage(begin, start)];
      while (this.#isOperator('|')) {
        this.#take();
        this.#skipNewlines();
        const from = this.#code.length;
        const stageStart = this.#peek().start;
        this.#command();
        stages.push(this.#stage(from, stageStart));
      }
      this.#code.push({ op: 'pipeline', stages });
    }
    if (negate) this.#code.push({ op: 'not' });
  }

  /** Takes the instructions since `begin` back and makes a stage of a pipeline of them. */
  #stage(begin: number, start: number): Stage {
    const own = this.#code.splice(begin);
    const text = this.text.slice(start, this.#peek().start);
    const last = own[own.length - 1];
    const captures = own.slice(0, -1);
    if (last?.op === 'command' && captures.every((instruction) => instruction.op === 'capture')) {
      return { kind: 'simple', command: last.command, captures: captures as Capture[], text };
    }
    return { kind: 'script', text };
  }

  #command(): void {
    const token = this.#peek();
    if (token.kind === 'operator') {
      if (token.text === '(') return this.#subshell();
      if (token.text !== '<' && token.text !== '>' && token.text !== '>>' && token.text !== '<<' && token.text !== '&>') throw this.#unexpected(token);
    }
    if (token.kind === 'end') throw this.#unexpected(token);
    if (token.kind === 'word' && token.plain) {
      switch (token.text) {
        case 'if':
          return this.#compound(() => this.#if());
        case 'while':
        case 'until':
          return this.#compound(() => this.#while(token.text === 'until'));
        case 'for':
          return this.#compound(() => this.#for());
        case 'case':
          return this.#compound(() => this.#case());
        case '{':
          return this.#compound(() => {
            this.#take();
            this.#list(['}']);
            this.#expect('}');
          });
        case 'function':
          this.#take();
          return this.#function(this.#take().text);
        default:
          if (RESERVED.has(token.text) && token.text !== 'in') throw this.#unexpected(token);
      }
    }
    this.#simple();
  }

  /** A compound command with the redirections after it. */
  #compound(body: () => void): void {
    const at = this.#code.length;
    // Room for a redirection is kept, because it is known only at the end; positions inside stay right.
    this.#code.push({ op: 'redirect', redirects: [] });
    body();
    const redirects: Redirect[] = [];
    for (let redirect = this.#redirect(); redirect; redirect = this.#redirect()) redirects.push(redirect);
    if (redirects.length > 0) this.#code[at] = { op: 'redirect', redirects };
    this.#code.push({ op: 'unredirect' });
  }

  #subshell(): void {
    this.#take();
    const start = this.#at;
    const begin = this.#code.length;
    this.#list([]);
    const close = this.#peek();
    if (close.kind !== 'operator' || close.text !== ')') throw this.#unexpected(close);
    this.#take();
    this.#code.length = begin;
    const text = this.text.slice(start, close.start);
    const redirects: Redirect[] = [];
    for (let redirect = this.#redirect(); redirect; redirect = this.#redirect()) redirects.push(redirect);
    this.#code.push({ op: 'subshell', text, redirects });
  }

  #if(): void {
    this.#take();
    const ends: { op: 'jump'; to: number }[] = [];
    for (;;) {
      this.#list(['then']);
      this.#expect('then');
      const skip: Instruction = { op: 'jump-if', ok: false, to: 0 };
      this.#code.push(skip);
      this.#list(['elif', 'else', 'fi']);
      const end: { op: 'jump'; to: number } = { op: 'jump', to: 0 };
      this.#code.push(end);
      ends.push(end);
      skip.to = this.#code.length;
      const word = this.#take();
      if (word.text === 'elif') continue;
      if (word.text === 'else') {
        this.#list(['fi']);
        this.#expect('fi');
      } else if (word.text === 'fi') this.#code.push({ op: 'status', code: 0 });
      else throw this.#unexpected(word);
      break;
    }
    for (const end of ends) end.to = this.#code.length;
  }

  #while(until: boolean): void {
    this.#take();
    const loop: Instruction = { op: 'loop', end: 0, again: 0 };
    this.#code.push(loop);
    loop.again = this.#code.length;
    this.#list(['do']);
    this.#expect('do');
    const leave: Instruction = { op: 'jump-if', ok: until, to: 0 };
    this.#code.push(leave);
    this.#list(['done']);
    this.#expect('done');
    this.#code.push({ op: 'jump', to: loop.again });
    leave.to = this.#code.length;
    this.#code.push({ op: 'status', code: 0 });
    this.#code.push({ op: 'end-loop' });
    loop.end = this.#code.length;
  }

  #for(): void {
    this.#take();
    const name = this.#take();
    if (name.kind !== 'word' || !NAME.test(name.text)) throw this.#unexpected(name);
    this.#skipNewlines();
    let words: Word[] | null = null;
    if (this.#peek().plain && this.#peek().text === 'in') {
      this.#take();
      words = [];
      while (this.#peek().kind === 'word') {
        const token = this.#take();
        for (const capture of token.captures) this.#code.push({ op: 'capture', ...capture });
        words.push(token.word);
      }
    }
    if (this.#isOperator(';') || this.#isOperator('\n')) this.#take();
    this.#skipNewlines();
    this.#expect('do');
    const loop: Instruction = { op: 'loop', end: 0, again: 0 };
    this.#code.push({ op: 'for', name: name.text, words });
    this.#code.push(loop);
    loop.again = this.#code.length;
    const next: Instruction = { op: 'next', name: name.text, end: 0 };
    this.#code.push(next);
    this.#list(['done']);
    this.#expect('done');
    this.#code.push({ op: 'jump', to: loop.again });
    next.end = this.#code.length;
    this.#code.push({ op: 'end-loop' });
    loop.end = this.#code.length;
  }

  #case(): void {
    this.#take();
    const subject = this.#take();
    for (const capture of subject.captures) this.#code.push({ op: 'capture', ...capture });
    this.#skipNewlines();
    this.#expect('in');
    this.#skipNewlines();
    const instruction: Extract<Instruction, { op: 'case' }> = { op: 'case', word: subject.word, arms: [], end: 0 };
    this.#code.push(instruction);
    const ends: { op: 'jump'; to: number }[] = [];
    while (!(this.#peek().plain && this.#peek().text === 'esac')) {
      if (this.#isOperator('(')) this.#take();
      const patterns: Word[] = [this.#take().word];
      while (this.#isOperator('|')) {
        this.#take();
        patterns.push(this.#take().word);
      }
      const close = this.#take();
      if (close.text !== ')') throw this.#unexpected(close);
      instruction.arms.push({ patterns, to: this.#code.length });
      this.#list(['esac']);
      const end: { op: 'jump'; to: number } = { op: 'jump', to: 0 };
      this.#code.push(end);
      ends.push(end);
      if (this.#isOperator(';;')) this.#take();
      this.#skipNewlines();
      if (this.#peek().kind === 'end') throw this.#unexpected(this.#peek());
    }
    this.#take();
    instruction.end = this.#code.length;
    for (const end of ends) end.to = this.#code.length;
  }

  #function(name: string): void {
    if (this.#isOperator('(')) {
      this.#take();
      const close = this.#take();
      if (close.text !== ')') throw this.#unexpected(close);
    }
    this.#skipNewlines();
    const begin = this.#code.length;
    const start = this.#peek().start;
    this.#command();
    this.#code.length = begin;
    this.#code.push({ op: 'function', name, text: this.text.slice(start, this.#peek().start) });
  }

  #simple(): void {
    const command: SimpleCommand = { assigns: [], words: [], redirects: [] };
    for (;;) {
      const redirect = this.#redirect();
      if (redirect) {
        command.redirects.push(redirect);
        continue;
      }
      const token = this.#peek();
      if (token.kind !== 'word') break;
      this.#take();
      if (command.words.length === 0 && command.assigns.length === 0 && this.#isOperator('(') && NAME.test(token.text)) return this.#function(token.text);
      for (const capture of token.captures) this.#code.push({ op: 'capture', ...capture });
      const first = token.word[0];
      const assignment = command.words.length === 0 && first?.t === 'text' && !first.q ? /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(first.v) : null;
      if (assignment && first?.t === 'text') {
        const rest = first.v.slice(assignment[0].length);
        command.assigns.push({ name: assignment[1] as string, value: [...(rest ? [{ ...first, v: rest }] : []), ...token.word.slice(1)] });
      } else command.words.push(token.word);
    }
    this.#code.push({ op: 'command', command });
  }

  #redirect(): Redirect | undefined {
    const token = this.#peek();
    if (token.kind !== 'operator') return undefined;
    const { text } = token;
    if (!['>', '>>', '<', '<<', '<<-', '>&', '<&', '&>', '>|'].includes(text)) return undefined;
    this.#take();
    const target = this.#take();
    if (target.kind !== 'word') throw this.#unexpected(target);
    for (const capture of target.captures) this.#code.push({ op: 'capture', ...capture });
    const fd = token.fd ?? (text.startsWith('<') ? 0 : 1);
    if (text === '<<' || text === '<<-') {
      const redirect: Redirect = { fd, op: '<<', target: [] };
      const quoted = target.word.some((part) => part.t === 'text' && part.q);
      this.#hereDocuments.push({ redirect, delimiter: target.word.map((part) => (part.t === 'text' ? part.v : '')).join(''), quoted, strip: text === '<<-' });
      return redirect;
    }
    return { fd, op: (text === '>|' ? '>' : text) as Redirect['op'], target: target.word };
  }

  #isOperator(text: string): boolean {
    const token = this.#peek();
    return token.kind === 'operator' && token.text === text;
  }

  #expect(word: string): void {
    const token = this.#take();
    if (token.kind !== 'word' || token.text !== word) throw this.#unexpected(token);
  }

  #skipNewlines(): void {
    while (this.#isOperator('\n')) this.#take();
  }

  // ---- tokens ----

  #peek(): Token {
    return (this.#peeked ??= this.#scan());
  }

  #take(): Token {
    const token = this.#peek();
    this.#peeked = undefined;
    this.#at = token.end;
    return token;
  }

  #scan(): Token {
    const { text } = this;
    let at = this.#at;
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
    for (const capture of state.captures) this.#code.push({ op: 'capture', ...capture });
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
