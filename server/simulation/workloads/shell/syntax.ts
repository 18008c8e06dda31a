/**
 * The language of sh(1) as containers need it: text → a flat list of instructions. Programs are kept by their text, so that
 * a running script's state is a text, a position and variables: plain data.
 */
import { Lexer, type Token } from './lexer.ts';
import { SyntaxProblem, type Capture, type Instruction, type Redirect, type Script, type SimpleCommand, type Stage, type Word } from './syntax-types.ts';

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

class Parser extends Lexer {
  readonly #code: Instruction[] = [];

  protected override captured(capture: Capture): void {
    this.#code.push({ op: 'capture', ...capture });
  }

  script(): Script {
    this.#list([]);
    const token = this.peek();
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
      const token = this.peek();
      if (token.kind === 'end') return;
      if (token.kind === 'word' && token.plain && until.includes(token.text)) return;
      if (token.kind === 'operator' && (token.text === ')' || token.text === ';;')) return;
      const begin = this.#code.length;
      const start = token.start;
      this.#andOr();
      const separator = this.peek();
      if (separator.kind === 'operator' && separator.text === '&') {
        this.take();
        this.#code.length = begin;
        this.#code.push({ op: 'background', text: this.text.slice(start, separator.start) });
      } else if (separator.kind === 'operator' && (separator.text === ';' || separator.text === '\n')) this.take();
      else if (separator.kind === 'end') return;
      else if (separator.kind === 'operator' && (separator.text === ')' || separator.text === ';;')) return;
      else if (separator.kind === 'word' && separator.plain && until.includes(separator.text)) return;
      else throw this.#unexpected(separator);
    }
  }

  #andOr(): void {
    this.#pipeline();
    for (;;) {
      const token = this.peek();
      if (token.kind !== 'operator' || (token.text !== '&&' && token.text !== '||')) return;
      this.take();
      this.#skipNewlines();
      const jump: Instruction = { op: 'jump-if', ok: token.text === '||', to: 0 };
      this.#code.push(jump);
      this.#pipeline();
      jump.to = this.#code.length;
    }
  }

  #pipeline(): void {
    let negate = false;
    while (this.peek().plain && this.peek().text === '!') {
      this.take();
      negate = !negate;
    }
    const begin = this.#code.length;
    const start = this.peek().start;
    this.#command();
    if (this.#isOperator('|')) {
      const stages: Stage[] = [this.#stage(begin, start)];
      while (this.#isOperator('|')) {
        this.take();
        this.#skipNewlines();
        const from = this.#code.length;
        const stageStart = this.peek().start;
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
    const text = this.text.slice(start, this.peek().start);
    const last = own[own.length - 1];
    const captures = own.slice(0, -1);
    if (last?.op === 'command' && captures.every((instruction) => instruction.op === 'capture')) {
      return { kind: 'simple', command: last.command, captures: captures as Capture[], text };
    }
    return { kind: 'script', text };
  }

  #command(): void {
    const token = this.peek();
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
            this.take();
            this.#list(['}']);
            this.#expect('}');
          });
        case 'function':
          this.take();
          return this.#function(this.take().text);
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
    this.take();
    const start = this.at;
    const begin = this.#code.length;
    this.#list([]);
    const close = this.peek();
    if (close.kind !== 'operator' || close.text !== ')') throw this.#unexpected(close);
    this.take();
    this.#code.length = begin;
    const text = this.text.slice(start, close.start);
    const redirects: Redirect[] = [];
    for (let redirect = this.#redirect(); redirect; redirect = this.#redirect()) redirects.push(redirect);
    this.#code.push({ op: 'subshell', text, redirects });
  }

  #if(): void {
    this.take();
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
      const word = this.take();
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
    this.take();
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
    this.take();
    const name = this.take();
    if (name.kind !== 'word' || !NAME.test(name.text)) throw this.#unexpected(name);
    this.#skipNewlines();
    let words: Word[] | null = null;
    if (this.peek().plain && this.peek().text === 'in') {
      this.take();
      words = [];
      while (this.peek().kind === 'word') {
        const token = this.take();
        for (const capture of token.captures) this.#code.push({ op: 'capture', ...capture });
        words.push(token.word);
      }
    }
    if (this.#isOperator(';') || this.#isOperator('\n')) this.take();
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
    this.take();
    const subject = this.take();
    for (const capture of subject.captures) this.#code.push({ op: 'capture', ...capture });
    this.#skipNewlines();
    this.#expect('in');
    this.#skipNewlines();
    const instruction: Extract<Instruction, { op: 'case' }> = { op: 'case', word: subject.word, arms: [], end: 0 };
    this.#code.push(instruction);
    const ends: { op: 'jump'; to: number }[] = [];
    while (!(this.peek().plain && this.peek().text === 'esac')) {
      if (this.#isOperator('(')) this.take();
      const patterns: Word[] = [this.take().word];
      while (this.#isOperator('|')) {
        this.take();
        patterns.push(this.take().word);
      }
      const close = this.take();
      if (close.text !== ')') throw this.#unexpected(close);
      instruction.arms.push({ patterns, to: this.#code.length });
      this.#list(['esac']);
      const end: { op: 'jump'; to: number } = { op: 'jump', to: 0 };
      this.#code.push(end);
      ends.push(end);
      if (this.#isOperator(';;')) this.take();
      this.#skipNewlines();
      if (this.peek().kind === 'end') throw this.#unexpected(this.peek());
    }
    this.take();
    instruction.end = this.#code.length;
    for (const end of ends) end.to = this.#code.length;
  }

  #function(name: string): void {
    if (this.#isOperator('(')) {
      this.take();
      const close = this.take();
      if (close.text !== ')') throw this.#unexpected(close);
    }
    this.#skipNewlines();
    const begin = this.#code.length;
    const start = this.peek().start;
    this.#command();
    this.#code.length = begin;
    this.#code.push({ op: 'function', name, text: this.text.slice(start, this.peek().start) });
  }

  #simple(): void {
    const command: SimpleCommand = { assigns: [], words: [], redirects: [] };
    for (;;) {
      const redirect = this.#redirect();
      if (redirect) {
        command.redirects.push(redirect);
        continue;
      }
      const token = this.peek();
      if (token.kind !== 'word') break;
      this.take();
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
    const token = this.peek();
    if (token.kind !== 'operator') return undefined;
    const { text } = token;
    if (!['>', '>>', '<', '<<', '<<-', '>&', '<&', '&>', '>|'].includes(text)) return undefined;
    this.take();
    const target = this.take();
    if (target.kind !== 'word') throw this.#unexpected(target);
    for (const capture of target.captures) this.#code.push({ op: 'capture', ...capture });
    const fd = token.fd ?? (text.startsWith('<') ? 0 : 1);
    if (text === '<<' || text === '<<-') {
      const redirect: Redirect = { fd, op: '<<', target: [] };
      const quoted = target.word.some((part) => part.t === 'text' && part.q);
      this.expectHereDocument({ redirect, delimiter: target.word.map((part) => (part.t === 'text' ? part.v : '')).join(''), quoted, strip: text === '<<-' });
      return redirect;
    }
    return { fd, op: (text === '>|' ? '>' : text) as Redirect['op'], target: target.word };
  }

  #isOperator(text: string): boolean {
    const token = this.peek();
    return token.kind === 'operator' && token.text === text;
  }

  #expect(word: string): void {
    const token = this.take();
    if (token.kind !== 'word' || token.text !== word) throw this.#unexpected(token);
  }

  #skipNewlines(): void {
    while (this.#isOperator('\n')) this.take();
  }
}
