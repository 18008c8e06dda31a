/** Parses redirections, with the here-documents of a line: their operators are met first, their bodies are read once the line has ended. */
import type { Redirect, RedirectOperator } from './ast.ts';
import type { ShellSyntaxError } from './errors.ts';
import type { Parser } from './parser.ts';
import { OPERATORS } from './token-reader.ts';
import { WordParser } from './word-parser.ts';

const REDIRECTS = new Set(['&>>', '<<<', '<<-', '&>', '>>', '>&', '>|', '<<', '<&', '<>', '<', '>']);

interface PendingHereDocument {
  redirect: Redirect;
  delimiter: string;
  quoted: boolean;
  stripTabs: boolean;
}

export class Redirections {
  #pending: PendingHereDocument[] = [];
  #end = 0;
  /** Here-documents that the end of the text ended: bash warns. */
  readonly warnings: string[] = [];

  /** @param interactive at the end of the text, an open here-document wants more input instead of ending there */
  constructor(
    private readonly parser: Parser,
    private readonly words: WordParser,
    private readonly interactive: boolean,
  ) {}

  /** Where the last here-document that was read ends in the text. */
  get hereDocumentsEnd(): number {
    return this.#end;
  }

  /** The redirection at this place, if one is here. @throws ShellSyntaxError when what it is for is missing */
  next(): Redirect | undefined {
    const { parser } = this;
    parser.skipBlanks();
    const digits = /^\d+(?=[<>])/.exec(parser.text.slice(parser.position, parser.position + 12))?.[0] ?? '';
    const operator = OPERATORS.find((candidate) => parser.text.startsWith(candidate, parser.position + digits.length));
    if (!operator || !REDIRECTS.has(operator)) return undefined;
    if ((operator === '<' || operator === '>') && parser.text[parser.position + digits.length + 1] === '(') return undefined;
    parser.position += digits.length + operator.length;
    const fd = digits === '' ? undefined : Number(digits);
    if (parser.atEnd() || parser.peekOperator()) {
      if (!this.atProcessSubstitution()) throw this.#redirectTargetMissing();
    }
    const target = this.words.word();
    if (operator === '<<' || operator === '<<-') {
      const quoted = /['"\\]/.test(target.source);
      const redirect: Redirect = { operator: '<<', fd, target: { parts: [], source: '' } };
      this.#pending.push({ redirect, delimiter: this.words.unquote(target.source), quoted, stripTabs: operator === '<<-' });
      return redirect;
    }
    return { operator: operator as RedirectOperator, fd, target };
  }

  atProcessSubstitution(): boolean {
    const { parser } = this;
    parser.skipBlanks();
    return /^[<>]\(/.test(parser.text.slice(parser.position, parser.position + 2));
  }

  #redirectTargetMissing(): ShellSyntaxError {
    const { parser } = this;
    if (parser.atEnd()) return parser.error("syntax error near unexpected token `newline'");
    return parser.unexpected();
  }

  /** Takes the bodies of all that wait, from the position on. @throws ShellSyntaxError when a terminal has to ask for more */
  readHereDocuments(): void {
    const { parser } = this;
    const pending = this.#pending;
    this.#pending = [];
    for (const { redirect, delimiter, quoted, stripTabs } of pending) {
      const lines: string[] = [];
      for (;;) {
        if (parser.atEnd()) {
          if (this.interactive) throw parser.error('unexpected end of file', true);
          this.warnings.push(`warning: here-document at line ${parser.lineNumber()} delimited by end-of-file (wanted \`${delimiter}')`);
          break;
        }
        const end = parser.text.indexOf('\n', parser.position);
        let line = parser.text.slice(parser.position, end < 0 ? undefined : end);
        if (end < 0 && this.interactive && stripped(line, stripTabs) !== delimiter) throw parser.error('unexpected end of file', true);
        parser.position = end < 0 ? parser.text.length : end + 1;
        line = stripped(line, stripTabs);
        if (line === delimiter) {
          this.#end = end < 0 ? parser.text.length : end;
          break;
        }
        lines.push(line);
        this.#end = end < 0 ? parser.text.length : end;
      }
      const text = lines.map((line) => `${line}\n`).join('');
      redirect.target = quoted ? { parts: [{ kind: 'text', text, quoted: true }], source: text } : new WordParser(parser.nested(text)).hereDocument();
    }
  }
}

function stripped(line: string, stripTabs: boolean): string {
  return stripTabs ? line.replace(/^\t+/, '') : line;
}
