/**
 * Parser of the shell language: one complete command line at a time, because a terminal and a lab both execute a line
 * before they read the next. Works on the text directly; what a word contains is parsed where the word is.
 */
import type { AndOr, Assignment, CaseClause, Command, Pipeline, Redirect, Script, Word } from './ast.ts';
import { ConditionalParser } from './conditional-parser.ts';
import type { ShellSyntaxError } from './errors.ts';
import { Redirections } from './redirections.ts';
import { TokenReader, type TokenReaderOptions } from './token-reader.ts';
import { WordParser } from './word-parser.ts';

/** Nesting of compound commands and substitutions. */
const MAX_DEPTH = 100;

const CLOSERS = new Set(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}', ')', ';;', ';&', ';;&']);
const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)(\[|\+?=)/;

export interface CompleteCommand {
  script: Script;
  /** Where it begins and ends in the text, without the final newline. */
  start: number;
  end: number;
}

export interface ParserOptions extends TokenReaderOptions {
  depth?: number;
}

export class Parser extends TokenReader {
  readonly #words: WordParser;
  readonly #conditionals: ConditionalParser;
  readonly #redirections: Redirections;
  #depth: number;

  constructor(text: string, options: ParserOptions = {}) {
    super(text, options);
    this.#depth = options.depth ?? 0;
    this.#words = new WordParser(this);
    this.#conditionals = new ConditionalParser(this, this.#words);
    this.#redirections = new Redirections(this, this.#words, options.interactive ?? false);
  }

  /** Here-documents that the end of the text ended: bash warns. */
  get warnings(): string[] {
    return this.#redirections.warnings;
  }

  /** The next complete command line; undefined at the end of the text. @throws ShellSyntaxError */
  next(): CompleteCommand | undefined {
    this.skipSeparators();
    if (this.atEnd()) return undefined;
    const start = this.position - this.grown;
    const script = this.#line();
    const end = this.position - this.grown;
    if (this.peekOperator() === '\n') this.#newline();
    else if (this.atEnd()) this.#redirections.readHereDocuments();
    return { script, start, end: Math.max(end, this.#redirections.hereDocumentsEnd - this.grown) };
  }

  /** Everything that is left. @throws ShellSyntaxError */
  all(): Script {
    const script: Script = [];
    for (let line = this.next(); line; line = this.next()) script.push(...line.script);
    return script;
  }

  /** The text between here and an unquoted `)`, parsed; the position is left behind it. For `$(…)`. */
  substitution(): Script {
    this.#enter();
    const script = this.#list((operator) => operator === ')', 'unexpected EOF while looking for matching `)\'');
    this.position++;
    this.#depth--;
    return script;
  }

  /** A parser of a text inside this one, such as the inside of backticks. */
  nested(text: string): Parser {
    if (this.#depth + 1 > MAX_DEPTH) throw this.error('maximum nesting depth exceeded');
    return new Parser(text, { depth: this.#depth + 1 });
  }

  // ---- tokens ----

  skipSeparators(): void {
    while (this.peekOperator() === '\n') this.#newline();
  }

  #newline(): void {
    this.position++;
    this.#redirections.readHereDocuments();
  }

  #takeReserved(word: string): void {
    this.skipSeparators();
    if (this.peekReserved() !== word) throw this.unexpected();
    this.position += word.length;
  }

  /** The error for whatever stands here. */
  unexpected(): ShellSyntaxError {
    this.skipBlanks();
    if (this.atEnd()) return this.error('syntax error: unexpected end of file', true);
    const operator = this.peekOperator();
    const token = operator === '\n' ? 'newline' : (operator ?? this.#words.skimWord());
    return this.error(`syntax error near unexpected token \`${token}'`);
  }

  #enter(): void {
    if (++this.#depth > MAX_DEPTH) throw this.error('maximum nesting depth exceeded');
  }

  // ---- lists ----

  /** Commands up to the newline. */
  #line(): Script {
    const script: Script = [];
    for (;;) {
      script.push(this.#andOr());
      const operator = this.peekOperator();
      if (operator === ';' || operator === '&') {
        this.position++;
        const next = this.peekOperator();
        if (next === '\n' || this.atEnd()) return script;
        if (next && CLOSERS.has(next)) throw this.unexpected();
      } else if (operator === '\n' || this.atEnd()) return script;
      else throw this.unexpected();
    }
  }

  /** Commands up to a closing word or operator, which is left where it is. */
  #list(closes: (token: string) => boolean, eofMessage = 'syntax error: unexpected end of file'): Script {
    const script: Script = [];
    for (;;) {
      this.skipSeparators();
      if (this.atEnd()) throw this.error(eofMessage, true);
      const token = this.peekReserved() ?? this.peekOperator();
      if (token && closes(token)) return script;
      script.push(this.#andOr());
      const operator = this.peekOperator();
      if (operator === ';' || operator === '&') this.position++;
      else if (operator !== '\n' && !this.atEnd()) {
        const end = this.peekReserved() ?? operator;
        if (!end || !closes(end)) throw this.unexpected();
      }
    }
  }

  /** A list that must hold at least one command. */
  #body(...closers: string[]): Script {
    this.#enter();
    const script = this.#list((token) => closers.includes(token));
    if (script.length === 0) throw this.unexpected();
    this.#depth--;
    return script;
  }

  #andOr(): AndOr {
    this.skipBlanks();
    const start = this.position;
    const first = this.#pipeline();
    const rest: AndOr['rest'] = [];
    for (;;) {
      const operator = this.peekOperator();
      if (operator !== '&&' && operator !== '||') {
        const source = this.text.slice(start, this.position).trimEnd();
        return { first, rest, background: operator === '&', source };
      }
      this.position += 2;
      this.#continueLine();
      rest.push({ operator, pipeline: this.#pipeline() });
    }
  }

  /** After `&&`, `||` and `|` the command may come on a later line. */
  #continueLine(): void {
    this.skipSeparators();
    if (this.atEnd()) throw this.error('syntax error: unexpected end of file', true);
  }

  #pipeline(): Pipeline {
    const pipeline: Pipeline = { negated: false, timed: false, commands: [], withErrors: [] };
    for (let word = this.peekReserved(); word === '!' || word === 'time'; word = this.peekReserved()) {
      this.position += word.length;
      if (word === '!') pipeline.negated = !pipeline.negated;
      else pipeline.timed = true;
    }
    for (;;) {
      pipeline.commands.push(this.#command());
      const operator = this.peekOperator();
      if (operator !== '|' && operator !== '|&') return pipeline;
      this.position += operator.length;
      pipeline.withErrors.push(operator === '|&');
      this.#continueLine();
    }
  }

  // ---- commands ----

  #command(): Command {
    this.expandAlias();
    const reserved = this.peekReserved();
    if (reserved) {
      switch (reserved) {
        case 'if':
          return this.#withRedirects(this.#if());
        case 'for':
          return this.#withRedirects(this.#for());
        case 'while':
        case 'until':
          return this.#withRedirects(this.#while(reserved));
        case 'case':
          return this.#withRedirects(this.#case());
        case '{': {
          this.position++;
          const body = this.#body('}');
          this.position++;
          return this.#withRedirects({ kind: 'group', body, redirects: [] });
        }
        case '[[':
          return this.#withRedirects(this.#conditionals.command());
        case 'function':
          this.position += reserved.length;
          return this.#function(this.#words.word().source);
        default:
          if (reserved !== 'in') throw this.unexpected();
      }
    }
    if (this.peekOperator() === '(') {
      if (this.text.startsWith('((', this.position)) {
        const arithmetic = this.#arithmetic();
        if (arithmetic) return this.#withRedirects({ kind: 'arithmetic', expression: arithmetic, redirects: [] });
      }
      this.position++;
      const body = this.#body(')');
      this.position++;
      return this.#withRedirects({ kind: 'subshell', body, redirects: [] });
    }
    return this.#simple();
  }

  #withRedirects<C extends Command & { redirects: Redirect[] }>(command: C): C {
    for (let redirect = this.#redirections.next(); redirect; redirect = this.#redirections.next()) command.redirects.push(redirect);
    return command;
  }

  #if(): Extract<Command, { kind: 'if' }> {
    this.position += 2;
    const branches: { condition: Script; body: Script }[] = [];
    let otherwise: Script | undefined;
    for (;;) {
      const condition = this.#body('then');
      this.#takeReserved('then');
      branches.push({ condition, body: this.#body('elif', 'else', 'fi') });
      const word = this.peekReserved();
      if (word !== 'elif') break;
      this.position += 4;
    }
    if (this.peekReserved() === 'else') {
      this.position += 4;
      otherwise = this.#body('fi');
    }
    this.#takeReserved('fi');
    return { kind: 'if', branches, ...(otherwise ? { otherwise } : {}), redirects: [] };
  }

  #doBody(): Script {
    this.#takeReserved('do');
    const body = this.#body('done');
    this.#takeReserved('done');
    return body;
  }

  #for(): Extract<Command, { kind: 'for' | 'arithmetic-for' }> {
    this.position += 3;
    this.skipBlanks();
    if (this.text.startsWith('((', this.position)) {
      const header = this.#arithmetic();
      const parts = header ? this.#words.splitArithmetic(header.source) : [];
      if (parts.length !== 3) throw this.error("syntax error: arithmetic expression required");
      if (this.peekOperator() === ';') this.position++;
      const [start, condition, step] = parts as [Word, Word, Word];
      return { kind: 'arithmetic-for', start, condition, step, body: this.#doBody(), redirects: [] };
    }
    if (this.atEnd() || this.peekOperator()) throw this.unexpected();
    const name = this.#words.word().source;
    if (!/^[A-Za-z_]\w*$/.test(name)) throw this.error(`\`${name}': not a valid identifier`);
    let words: Word[] | undefined;
    this.skipSeparators();
    if (this.peekReserved() === 'in') {
      this.position += 2;
      words = [];
      while (!this.peekOperator() && !this.atEnd()) words.push(this.#words.word());
    }
    const operator = this.peekOperator();
    if (operator === ';') this.position++;
    else if (words && operator !== '\n') throw this.unexpected();
    return { kind: 'for', name, words, body: this.#doBody(), redirects: [] };
  }

  #while(word: 'while' | 'until'): Extract<Command, { kind: 'while' }> {
    this.position += word.length;
    const condition = this.#body('do');
    return { kind: 'while', until: word === 'until', condition, body: this.#doBody(), redirects: [] };
  }

  #case(): Extract<Command, { kind: 'case' }> {
    this.position += 4;
    const word = this.#requireWord();
    this.#takeReserved('in');
    const clauses: CaseClause[] = [];
    for (;;) {
      this.skipSeparators();
      if (this.atEnd()) throw this.unexpected();
      if (this.peekReserved() === 'esac') break;
      if (this.peekOperator() === '(') this.position++;
      const patterns = [this.#requireWord()];
      while (this.peekOperator() === '|') {
        this.position++;
        patterns.push(this.#requireWord());
      }
      if (this.peekOperator() !== ')') throw this.unexpected();
      this.position++;
      this.#enter();
      const body = this.#list((token) => token === 'esac' || token === ';;' || token === ';&' || token === ';;&');
      this.#depth--;
      const operator = this.peekOperator();
      const end = operator === ';;' || operator === ';&' || operator === ';;&' ? operator : ';;';
      if (operator === end) this.position += end.length;
      clauses.push({ patterns, body, end });
    }
    this.#takeReserved('esac');
    return { kind: 'case', word, clauses, redirects: [] };
  }

  #function(name: string): Command {
    const start = this.position;
    if (this.peekOperator() === '(') {
      this.position++;
      if (this.peekOperator() !== ')') throw this.unexpected();
      this.position++;
    }
    this.skipSeparators();
    if (this.atEnd()) throw this.unexpected();
    const body = this.#command();
    if (body.kind === 'simple') throw this.error(`syntax error near unexpected token \`${body.words[0]?.source ?? 'newline'}'`);
    return { kind: 'function', name, body, source: `${name} ${this.text.slice(start, this.position).trim()}` };
  }

  /** `((…))`, with the position at the first parenthesis; undefined when the parentheses do not match as arithmetic. */
  #arithmetic(): Word | undefined {
    const from = this.position;
    this.position += 2;
    const expression = this.#words.arithmetic();
    if (!expression) this.position = from;
    return expression;
  }

  #requireWord(): Word {
    this.skipSeparators();
    if (this.atEnd() || this.peekOperator()) throw this.unexpected();
    return this.#words.word();
  }

  #simple(): Command {
    const line = this.lineNumber();
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    for (;;) {
      const redirect = this.#redirections.next();
      if (redirect) {
        redirects.push(redirect);
        continue;
      }
      const operator = this.#redirections.atProcessSubstitution() ? undefined : this.peekOperator();
      if (operator || this.atEnd()) {
        const empty = words.length === 0 && assignments.length === 0 && redirects.length === 0;
        if (empty) throw this.unexpected();
        if (operator === '(' && words.length === 1 && assignments.length === 0) {
          const name = (words[0] as Word).source;
          if (/^[^\s'"\\$`]+$/.test(name) && /^\(\s*\)/.test(this.text.slice(this.position))) return this.#function(name);
        }
        if (operator === '(') throw this.unexpected();
        return { kind: 'simple', assignments, words, redirects, line };
      }
      const assignment = words.length === 0 ? this.#assignment() : undefined;
      if (assignment) assignments.push(assignment);
      else words.push(this.#words.word());
    }
  }

  #assignment(): Assignment | undefined {
    this.skipBlanks();
    const match = ASSIGNMENT.exec(this.text.slice(this.position, this.position + 256));
    if (!match) return undefined;
    const [, name, operator] = match as unknown as [string, string, string];
    const from = this.position;
    this.position += match[0].length;
    let subscript: Word | undefined;
    let append = operator === '+=';
    if (operator === '[') {
      subscript = this.#words.until(']');
      const rest = /^\](\+?)=/.exec(this.text.slice(this.position, this.position + 3));
      if (!rest) {
        this.position = from;
        return undefined;
      }
      this.position += rest[0].length;
      append = rest[1] === '+';
    }
    const withSubscript = subscript ? { subscript } : {};
    if (this.text[this.position] === '(' && !subscript) {
      this.position++;
      const value: Word[] = [];
      for (;;) {
        this.skipSeparators();
        if (this.atEnd()) throw this.error("unexpected EOF while looking for matching `)'", true);
        if (this.peekOperator() === ')') break;
        if (this.peekOperator()) throw this.unexpected();
        value.push(this.#words.word());
      }
      this.position++;
      return { name, append, value };
    }
    return { name, ...withSubscript, append, value: this.#words.optionalWord() };
  }
}
