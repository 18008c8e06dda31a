/**
 * What the shell language is written in, read without parsing: blanks and comments, operators, reserved words, aliases,
 * and where in the text something stands. The parsers share one position in one text through this.
 */
import { ShellSyntaxError } from './errors.ts';

/** A line longer than this, or a here-document, is refused rather than parsed. */
const MAX_TEXT_CHARACTERS = 1024 * 1024;
/** Replacements by aliases in one line. */
const MAX_ALIAS_EXPANSIONS = 100;

const RESERVED = new Set(['if', 'then', 'elif', 'else', 'fi', 'for', 'while', 'until', 'do', 'done', 'case', 'esac', 'in', 'function', '{', '}', '!', '[[', 'time']);
/** A longer operator stands before the shorter ones that it begins with. */
export const OPERATORS = ['&>>', '<<<', '<<-', ';;&', '&&', '||', ';;', ';&', '|&', '&>', '>>', '>&', '>|', '<<', '<&', '<>', '&', '|', ';', '(', ')', '<', '>', '\n'];

export interface TokenReaderOptions {
  aliases?: ReadonlyMap<string, string>;
  /** At the end of the text, an open line wants more input (a terminal) instead of ending there (a script). */
  interactive?: boolean;
}

export class TokenReader {
  text: string;
  position = 0;
  readonly #options: TokenReaderOptions;
  /** Characters that aliases have added to `text` so far. */
  protected grown = 0;
  #aliasExpansions = 0;

  constructor(text: string, options: TokenReaderOptions) {
    if (text.length > MAX_TEXT_CHARACTERS) throw new ShellSyntaxError('command line too long', false, 1);
    this.text = text;
    this.#options = options;
  }

  error(message: string, incomplete = false): ShellSyntaxError {
    return new ShellSyntaxError(message, incomplete, this.lineNumber());
  }

  lineNumber(): number {
    let line = 1;
    for (let at = this.text.indexOf('\n'); at >= 0 && at < this.position; at = this.text.indexOf('\n', at + 1)) line++;
    return line;
  }

  atEnd(): boolean {
    return this.position >= this.text.length;
  }

  skipBlanks(): void {
    for (;;) {
      const c = this.text[this.position];
      if (c === ' ' || c === '\t' || c === '\r') this.position++;
      else if (c === '\\' && this.text[this.position + 1] === '\n') {
        this.position += 2;
        if (this.atEnd() && this.#options.interactive) throw this.error('unexpected end of file', true);
      } else if (c === '#' && this.#startsWord()) {
        const end = this.text.indexOf('\n', this.position);
        this.position = end < 0 ? this.text.length : end;
      } else return;
    }
  }

  #startsWord(): boolean {
    const before = this.text[this.position - 1];
    return before === undefined || ' \t\n\r;|&()'.includes(before);
  }

  peekOperator(): string | undefined {
    this.skipBlanks();
    return OPERATORS.find((operator) => this.text.startsWith(operator, this.position));
  }

  /** The literal word at this place, when it is written without quotes: reserved words are recognised so. */
  #peekLiteral(): string {
    this.skipBlanks();
    return /^[^\s;&|<>()'"\\$`#][^\s;&|<>()'"\\$`]*/.exec(this.text.slice(this.position, this.position + 64))?.[0] ?? '';
  }

  peekReserved(): string | undefined {
    const word = this.#peekLiteral();
    if (!RESERVED.has(word)) return undefined;
    const after = this.text[this.position + word.length];
    return after === undefined || ' \t\n\r;&|<>()'.includes(after) ? word : undefined;
  }

  /** An alias in the place of a command's name is replaced in the text, each at most once in a row. */
  protected expandAlias(): void {
    const { aliases } = this.#options;
    if (!aliases || aliases.size === 0) return;
    const seen = new Set<string>();
    for (;;) {
      const name = this.#peekLiteral();
      const value = seen.has(name) ? undefined : aliases.get(name);
      const after = this.text[this.position + name.length];
      if (value === undefined || (after !== undefined && !' \t\n\r;&|<>()'.includes(after))) return;
      if (++this.#aliasExpansions > MAX_ALIAS_EXPANSIONS) throw this.error('too many alias expansions');
      seen.add(name);
      this.text = this.text.slice(0, this.position) + value + this.text.slice(this.position + name.length);
      this.grown += value.length - name.length;
    }
  }
}
