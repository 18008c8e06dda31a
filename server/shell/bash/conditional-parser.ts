/** Parses what stands between `[[` and `]]`: a small language of its own, in which `<`, `(` and `&&` mean something else. */
import type { Command, Conditional } from './ast.ts';
import type { Parser } from './parser.ts';
import type { WordParser } from './word-parser.ts';

export class ConditionalParser {
  constructor(
    private readonly parser: Parser,
    private readonly words: WordParser,
  ) {}

  /** The whole command, with the position at its first bracket. @throws ShellSyntaxError */
  command(): Extract<Command, { kind: 'conditional' }> {
    this.parser.position += 2;
    const expression = this.#or();
    this.parser.skipSeparators();
    if (this.#token() !== ']]') throw this.parser.unexpected();
    this.parser.position += 2;
    return { kind: 'conditional', expression, redirects: [] };
  }

  /** The next unquoted word, as written, without taking it. */
  #token(): string {
    this.parser.skipSeparators();
    if (this.parser.atEnd()) throw this.parser.error('syntax error: unexpected end of file', true);
    return /^[^\s;&|()'"\\$`]+/.exec(this.parser.text.slice(this.parser.position, this.parser.position + 32))?.[0] ?? '';
  }

  #or(): Conditional {
    let left = this.#and();
    while (this.parser.peekOperator() === '||') {
      this.parser.position += 2;
      left = { kind: 'or', left, right: this.#and() };
    }
    return left;
  }

  #and(): Conditional {
    let left = this.#primary();
    while (this.parser.peekOperator() === '&&') {
      this.parser.position += 2;
      left = { kind: 'and', left, right: this.#primary() };
    }
    return left;
  }

  #primary(): Conditional {
    const token = this.#token();
    if (token === '!') {
      this.parser.position++;
      return { kind: 'not', operand: this.#primary() };
    }
    if (this.parser.text[this.parser.position] === '(') {
      this.parser.position++;
      const inner = this.#or();
      this.parser.skipSeparators();
      if (this.parser.text[this.parser.position] !== ')') throw this.parser.unexpected();
      this.parser.position++;
      return inner;
    }
    if (token === ']]') throw this.parser.unexpected();
    if (/^-[a-zA-Z]$/.test(token) && !/^\s*\]\]/.test(this.parser.text.slice(this.parser.position + 2, this.parser.position + 8))) {
      this.parser.position += 2;
      this.parser.skipBlanks();
      return { kind: 'unary', operator: token, operand: this.words.conditionalWord() };
    }
    const left = this.words.conditionalWord();
    this.parser.skipBlanks();
    const operator = /^(=~|==|=|!=|<|>|-(?:eq|ne|lt|le|gt|ge|nt|ot|ef)(?=\s))/.exec(this.parser.text.slice(this.parser.position, this.parser.position + 5))?.[0];
    if (!operator) return { kind: 'unary', operator: '-n', operand: left };
    this.parser.position += operator.length;
    this.parser.skipBlanks();
    return { kind: 'binary', operator, left, right: operator === '=~' ? this.words.regularExpression() : this.words.conditionalWord() };
  }
}
