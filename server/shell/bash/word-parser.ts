/** Parses what words are made of: quoting, parameters, substitutions, arithmetic. Works on the parser's text and position. */
import type { ParameterExpansion, Word, WordPart } from './ast.ts';
import type { ShellSyntaxError } from './errors.ts';
import type { Parser } from './parser.ts';

const METACHARACTERS = ' \t\n\r;&|<>()';
const SPECIAL_PARAMETERS = '@*#?-$!0123456789';
const OPERATORS = [':-', ':=', ':?', ':+', '##', '%%', '//', '/#', '/%', '^^', ',,', '-', '=', '?', '+', '#', '%', '/', ':', '^', ','];

/** Where a run of word text is: decides what ends it and what quotes mean. */
interface Context {
  /** Ends at one of these, unquoted. */
  ends: string;
  /** Inside double quotes or a here-document: everything is quoted, and single quotes mean nothing. */
  quoted: boolean;
  hereDocument?: boolean;
  /** Keeps backslashes and takes parentheses, for the right side of `=~`. */
  pattern?: boolean;
}

export class WordParser {
  constructor(private readonly parser: Parser) {}

  get #text(): string {
    return this.parser.text;
  }

  get #at(): number {
    return this.parser.position;
  }

  set #at(position: number) {
    this.parser.position = position;
  }

  /** The word at this place. @throws ShellSyntaxError when none begins here. */
  word(): Word {
    this.parser.skipBlanks();
    const word = this.optionalWord();
    if (word.source === '') throw this.parser.error(`syntax error near unexpected token \`${this.#text[this.#at] ?? 'newline'}'`);
    return word;
  }

  /** The word that begins exactly here; empty when a metacharacter follows at once. */
  optionalWord(): Word {
    return this.#run({ ends: METACHARACTERS, quoted: false });
  }

  conditionalWord(): Word {
    this.parser.skipBlanks();
    return this.#run({ ends: METACHARACTERS, quoted: false });
  }

  regularExpression(): Word {
    return this.#run({ ends: ' \t\n', quoted: false, pattern: true });
  }

  /** Text up to (not including) an unquoted character of `ends`. */
  until(ends: string, quoted = false): Word {
    return this.#run({ ends, quoted });
  }

  /** The whole rest of the text as the body of a here-document whose delimiter was not quoted. */
  hereDocument(): Word {
    return this.#run({ ends: '', quoted: true, hereDocument: true });
  }

  /** The source of the word that begins here, as far as it can be told without parsing. */
  skimWord(): string {
    return /^[^\s;&|<>()]+/.exec(this.#text.slice(this.#at, this.#at + 80))?.[0] ?? '';
  }

  /** Quote removal only, for the delimiter of a here-document. */
  unquote(source: string): string {
    return source.replace(/\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)"/gs, (_all, escaped?: string, single?: string, double?: string) => escaped ?? single ?? (double ?? '').replace(/\\([$`"\\])/g, '$1'));
  }

  #run(context: Context): Word {
    const start = this.#at;
    const parts: WordPart[] = [];
    let literal = '';
    const flush = (): void => {
      if (literal !== '') parts.push({ kind: 'text', text: literal, quoted: context.quoted });
      literal = '';
    };
    let parentheses = 0;
    for (;;) {
      const c = this.#text[this.#at];
      if (c === undefined) break;
      if (context.pattern && (c === '(' || c === ')')) parentheses += c === '(' ? 1 : -1;
      if (context.ends.includes(c) && !(context.pattern && parentheses > 0)) {
        if ((c === '<' || c === '>') && this.#at === start && this.#text[this.#at + 1] === '(' && context.ends === METACHARACTERS) {
          parts.push(this.#processSubstitution());
          continue;
        }
        break;
      }
      if (c === '\\') {
        const next = this.#text[this.#at + 1];
        if (next === undefined) {
          literal += '\\';
          this.#at++;
        } else if (next === '\n') {
          this.#at += 2;
        } else if (context.quoted && !(context.hereDocument ? '$`\\' : '$`"\\}').includes(next)) {
          literal += `\\${next}`;
          this.#at += 2;
        } else {
          flush();
          parts.push({ kind: 'text', text: next, quoted: true });
          this.#at += 2;
        }
      } else if (c === "'" && !context.quoted) {
        flush();
        parts.push({ kind: 'text', text: this.#singleQuoted(), quoted: true });
      } else if (c === '"' && !context.hereDocument) {
        flush();
        this.#doubleQuoted(parts);
      } else if (c === '$') {
        const part = this.#dollar(context.quoted);
        if (part === undefined) {
          literal += '$';
          this.#at++;
        } else {
          flush();
          parts.push(...part);
        }
      } else if (c === '`') {
        flush();
        parts.push(this.#backticks(context.quoted));
      } else {
        literal += c;
        this.#at++;
      }
    }
    flush();
    return { parts, source: this.#text.slice(start, this.#at) };
  }

  #singleQuoted(): string {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end < 0) throw this.parser.error("unexpected EOF while looking for matching `''", true);
    const text = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return text;
  }

  #doubleQuoted(parts: WordPart[]): void {
    this.#at++;
    const before = parts.length;
    const inner = this.#run({ ends: '"', quoted: true });
    if (this.#text[this.#at] !== '"') throw this.parser.error('unexpected EOF while looking for matching `"\'', true);
    this.#at++;
    parts.push(...inner.parts);
    // An empty string is a word all the same, unless it surrounds an empty "$@".
    if (parts.length === before) parts.push({ kind: 'text', text: '', quoted: true });
  }

  #dollar(quoted: boolean): WordPart[] | undefined {
    const next = this.#text[this.#at + 1];
    if (next === undefined) return undefined;
    if (next === '(') {
      if (this.#text[this.#at + 2] === '(') {
        const from = this.#at;
        this.#at += 3;
        const expression = this.arithmetic();
        if (expression) return [{ kind: 'arithmetic', expression, quoted }];
        this.#at = from;
      }
      this.#at += 2;
      return [{ kind: 'command', script: this.parser.substitution(), quoted }];
    }
    if (next === '{') return [{ kind: 'parameter', expansion: this.#braces(quoted), quoted }];
    if (next === "'" && !quoted) return [{ kind: 'text', text: this.#ansiQuoted(), quoted: true }];
    if (next === '"' && !quoted) {
      this.#at++;
      return [];
    }
    const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(this.#text.slice(this.#at + 1, this.#at + 256))?.[0] ?? (SPECIAL_PARAMETERS.includes(next) ? next : undefined);
    if (name === undefined) return undefined;
    this.#at += 1 + name.length;
    return [{ kind: 'parameter', expansion: { name }, quoted }];
  }

  #braces(quoted: boolean): ParameterExpansion {
    const start = this.#at;
    this.#at += 2;
    const rest = (): string => this.#text.slice(this.#at, this.#at + 256);
    const bad = (): ShellSyntaxError => {
      const end = this.#text.indexOf('}', start);
      if (end < 0) return this.parser.error("unexpected EOF while looking for matching `}'", true);
      return this.parser.error(`${this.#text.slice(start, end + 1)}: bad substitution`);
    };
    const flags: Partial<ParameterExpansion> = {};
    if (/^#[A-Za-z_0-9@*]/.test(rest())) {
      flags.length = true;
      this.#at++;
    } else if (/^![A-Za-z_0-9]/.test(rest())) {
      flags.indirect = true;
      this.#at++;
    }
    const name = /^([A-Za-z_]\w*|\d+|[@*#?\-$!])/.exec(rest())?.[0];
    if (name === undefined) throw bad();
    this.#at += name.length;
    const expansion: ParameterExpansion = { name, ...flags };
    if (this.#text[this.#at] === '[') {
      this.#at++;
      const all = /^[@*](?=\])/.exec(rest())?.[0] as '@' | '*' | undefined;
      expansion.subscript = all ?? this.until(']');
      if (all) this.#at++;
      if (this.#text[this.#at] !== ']') throw bad();
      this.#at++;
    }
    if (this.#text[this.#at] !== '}') {
      const operator = OPERATORS.find((candidate) => this.#text.startsWith(candidate, this.#at));
      if (!operator) throw bad();
      this.#at += operator.length;
      expansion.operator = operator;
      const isPattern = operator[0] === '/' || operator[0] === '#' || operator[0] === '%';
      if (operator[0] === '/' || operator === ':') {
        const separator = operator === ':' ? ':' : '/';
        expansion.operand = this.until(`${separator}}`);
        if (this.#text[this.#at] === separator) {
          this.#at++;
          expansion.second = this.until('}', quoted);
        }
      } else expansion.operand = this.until('}', quoted && !isPattern);
    }
    if (this.#text[this.#at] !== '}') throw this.parser.error("unexpected EOF while looking for matching `}'", true);
    this.#at++;
    return expansion;
  }

  /** Between `((` and `))`; the position is left behind them. Undefined when a single `)` closes first. */
  arithmetic(): Word | undefined {
    const start = this.#at;
    const parts: WordPart[] = [];
    let literal = '';
    let depth = 0;
    const flush = (): void => {
      if (literal !== '') parts.push({ kind: 'text', text: literal, quoted: true });
      literal = '';
    };
    for (;;) {
      const c = this.#text[this.#at];
      if (c === undefined) throw this.parser.error("unexpected EOF while looking for matching `)'", true);
      if (c === ')' && depth === 0) {
        if (this.#text[this.#at + 1] !== ')') return undefined;
        flush();
        const source = this.#text.slice(start, this.#at);
        this.#at += 2;
        return { parts, source };
      }
      if (c === '$' || c === '`') {
        const part = c === '`' ? [this.#backticks(true)] : this.#dollar(true);
        if (part) {
          flush();
          parts.push(...part);
          continue;
        }
      }
      if (c === '(') depth++;
      if (c === ')') depth--;
      if (c !== '"') literal += c;
      this.#at++;
    }
  }

  /** The three parts of `for ((…;…;…))`. */
  splitArithmetic(source: string): Word[] {
    return source.split(';').map((part) => {
      const parser = this.parser.nested(`${part}))`);
      return new WordParser(parser).arithmetic() ?? { parts: [], source: '' };
    });
  }

  #backticks(quoted: boolean): WordPart {
    let inner = '';
    for (this.#at++; ; this.#at++) {
      const c = this.#text[this.#at];
      if (c === undefined) throw this.parser.error("unexpected EOF while looking for matching ``'", true);
      if (c === '`') break;
      const next = this.#text[this.#at + 1];
      if (c === '\\' && next !== undefined && (quoted ? '$`\\"' : '$`\\').includes(next)) {
        inner += next;
        this.#at++;
      } else inner += c;
    }
    this.#at++;
    return { kind: 'command', script: this.parser.nested(inner).all(), quoted };
  }

  #processSubstitution(): WordPart {
    if (this.#text[this.#at] === '>') throw this.parser.error('output process substitution is not supported');
    this.#at += 2;
    return { kind: 'process', script: this.parser.substitution() };
  }

  /** `$'…'` */
  #ansiQuoted(): string {
    this.#at += 2;
    let source = '';
    for (;;) {
      const c = this.#text[this.#at];
      if (c === undefined) throw this.parser.error("unexpected EOF while looking for matching `''", true);
      this.#at++;
      if (c === "'") return unescapeAnsi(source);
      source += c;
      if (c === '\\') source += this.#text[this.#at++] ?? '';
    }
  }
}

const SIMPLE_ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', e: '\x1b', E: '\x1b', f: '\f', v: '\v', '\\': '\\', "'": "'", '"': '"', '?': '?' };

/** Backslash escapes as `$'…'`, `printf` and `echo -e` know them. */
export function unescapeAnsi(text: string): string {
  return text.replace(/\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|(.))/gs, (all, octal?: string, hex?: string, short?: string, long?: string, letter?: string) => {
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8) & 0xff);
    const code = hex ?? short ?? long;
    if (code !== undefined) return codePoint(parseInt(code, 16));
    return SIMPLE_ESCAPES[letter as string] ?? all;
  });
}

function codePoint(code: number): string {
  return code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code);
}
