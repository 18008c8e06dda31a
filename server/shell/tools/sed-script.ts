/** Parser of sed's scripts. */
import { compileBasic, compileExtended, type CompiledExpression } from '../bash/regular-expression.ts';
import { ExpansionError } from '../bash/errors.ts';

export class SedError extends Error {}

export type Address = { kind: 'line'; number: number } | { kind: 'last' } | { kind: 'match'; expression: CompiledExpression | undefined } | { kind: 'step'; first: number; step: number } | { kind: 'plus'; count: number };

export interface SedCommand {
  from?: Address;
  to?: Address;
  negated: boolean;
  action: SedAction;
}

export type SedAction =
  | { name: '{'; body: SedCommand[] }
  | { name: 'd' | 'D' | 'p' | 'P' | 'n' | 'N' | 'g' | 'G' | 'h' | 'H' | 'x' | '=' | 'l' }
  | { name: 'q' | 'Q'; status: number }
  | { name: 'a' | 'i' | 'c'; text: string }
  | { name: 'b' | 't' | 'T'; label: string }
  | { name: ':'; label: string }
  | { name: 'y'; from: string[]; to: string[] }
  | { name: 'r' | 'w'; file: string }
  | { name: 's'; expression: CompiledExpression | undefined; replacement: Replacement[]; global: boolean; print: boolean; nth: number; file?: string };

/** Pieces of the right side of `s`: text, a group, or a change of case. */
export type Replacement = { kind: 'text'; text: string } | { kind: 'group'; index: number } | { kind: 'case'; mode: 'U' | 'L' | 'E' | 'u' | 'l' };

/** @throws SedError */
export function parseSed(source: string, extended: boolean): SedCommand[] {
  const parser = new SedParser(source, extended);
  return parser.block(false);
}

class SedParser {
  #at = 0;

  constructor(
    private readonly source: string,
    private readonly extended: boolean,
  ) {}

  #error(message: string): SedError {
    return new SedError(`-e expression #1, char ${Math.min(this.#at, this.source.length)}: ${message}`);
  }

  #peek(): string | undefined {
    return this.source[this.#at];
  }

  #skip(pattern: RegExp): string {
    const match = new RegExp(pattern.source, 'y');
    match.lastIndex = this.#at;
    const text = match.exec(this.source)?.[0] ?? '';
    this.#at += text.length;
    return text;
  }

  block(nested: boolean): SedCommand[] {
    const commands: SedCommand[] = [];
    for (;;) {
      this.#skip(/[\s;]+/);
      const c = this.#peek();
      if (c === undefined) {
        if (nested) throw this.#error("unmatched `{'");
        return commands;
      }
      if (c === '#') {
        this.#skip(/[^\n]*/);
        continue;
      }
      if (c === '}') {
        if (!nested) throw this.#error("unexpected `}'");
        this.#at++;
        return commands;
      }
      commands.push(this.#command());
    }
  }

  #command(): SedCommand {
    const from = this.#address();
    let to: Address | undefined;
    if (from) {
      this.#skip(/\s+/);
      if (this.#peek() === ',') {
        this.#at++;
        this.#skip(/\s+/);
        to = this.#address();
        if (!to) throw this.#error("unexpected `,'");
      }
    }
    this.#skip(/\s+/);
    let negated = false;
    while (this.#peek() === '!') {
      negated = true;
      this.#at++;
      this.#skip(/\s+/);
    }
    const action = this.#action();
    return { ...(from ? { from } : {}), ...(to ? { to } : {}), negated, action };
  }

  #address(): Address | undefined {
    const c = this.#peek();
    if (c === '$') {
      this.#at++;
      return { kind: 'last' };
    }
    if (c === '+') {
      this.#at++;
      return { kind: 'plus', count: Number(this.#skip(/\d+/)) };
    }
    if (c === '/' || c === '\\') {
      if (c === '\\') this.#at++;
      const delimiter = this.source[this.#at++] as string;
      const pattern = this.#delimited(delimiter, 'unterminated address regex');
      const ignoreCase = this.#skip(/[IM]+/).includes('I');
      return { kind: 'match', expression: this.#compile(pattern, ignoreCase) };
    }
    const digits = this.#skip(/\d+/);
    if (digits === '') return undefined;
    if (this.#peek() !== '~') return { kind: 'line', number: Number(digits) };
    this.#at++;
    return { kind: 'step', first: Number(digits), step: Number(this.#skip(/\d+/)) };
  }

  #compile(pattern: string, ignoreCase: boolean): CompiledExpression | undefined {
    if (pattern === '') return undefined;
    try {
      return (this.extended ? compileExtended : compileBasic)(pattern, { ignoreCase });
    } catch (error) {
      if (error instanceof ExpansionError) throw this.#error(error.message);
      throw error;
    }
  }

  /** Text up to the delimiter, which is taken; an escaped delimiter stands for itself. */
  #delimited(delimiter: string, message: string): string {
    let text = '';
    let inSet = false;
    for (;;) {
      const c = this.source[this.#at++];
      if (c === undefined || (c === '\n' && message.includes('address'))) throw this.#error(message);
      if (c === '\\') {
        const next = this.source[this.#at++];
        if (next === undefined) throw this.#error(message);
        if (next === delimiter && !inSet) text += /[a-zA-Z0-9]/.test(delimiter) || !'^$.*[]\\/|+?(){}'.includes(delimiter) || delimiter === '/' ? next : `\\${next}`;
        else if (next === 'n') text += '\n';
        else text += `\\${next}`;
      } else if (c === delimiter && !inSet) return text;
      else {
        if (c === '[' && !inSet) {
          inSet = true;
          text += c;
          const start = /^\^?\]?/.exec(this.source.slice(this.#at))?.[0] ?? '';
          text += start;
          this.#at += start.length;
          if (!this.source.slice(this.#at).includes(']')) inSet = false;
          continue;
        }
        if (c === ']' && inSet) inSet = false;
        text += c;
      }
    }
  }

  #action(): SedAction {
    const name = this.source[this.#at++];
    switch (name) {
      case undefined:
        throw this.#error('missing command');
      case '{':
        return { name, body: this.block(true) };
      case 'd':
      case 'D':
      case 'p':
      case 'P':
      case 'n':
      case 'N':
      case 'g':
      case 'G':
      case 'h':
      case 'H':
      case 'x':
      case '=':
      case 'l':
        this.#end();
        return { name };
      case 'q':
      case 'Q': {
        this.#skip(/[ \t]+/);
        const status = Number(this.#skip(/\d+/) || '0');
        this.#end();
        return { name, status };
      }
      case 'a':
      case 'i':
      case 'c':
        return { name, text: this.#text() };
      case ':':
        return { name, label: this.#skip(/[^\n;]*/).trim() };
      case 'b':
      case 't':
      case 'T':
        this.#skip(/[ \t]+/);
        return { name, label: this.#skip(/[^\n;}]*/).trim() };
      case 'r':
      case 'w':
        this.#skip(/[ \t]+/);
        return { name, file: this.#skip(/[^\n]*/) };
      case 'y': {
        const delimiter = this.source[this.#at++] as string;
        const unescape = (text: string): string[] => [...text.replace(/\\(.)/g, '$1')];
        const from = unescape(this.#delimited(delimiter, "unterminated `y' command"));
        const to = unescape(this.#delimited(delimiter, "unterminated `y' command"));
        if (from.length !== to.length) throw this.#error("strings for `y' command are different lengths");
        this.#end();
        return { name, from, to };
      }
      case 's':
        return this.#substitute();
      default:
        throw this.#error(`unknown command: \`${name}'`);
    }
  }

  #end(): void {
    this.#skip(/[ \t]+/);
    const c = this.#peek();
    if (c !== undefined && !'\n;}#'.includes(c)) {
      this.#at++;
      throw this.#error('extra characters after command');
    }
  }

  #text(): string {
    this.#skip(/[ \t]*/);
    if (this.#peek() === '\\') {
      this.#at++;
      this.#skip(/[ \t]*\n?/);
    }
    let text = '';
    for (;;) {
      const c = this.source[this.#at++];
      if (c === undefined || c === '\n') return text;
      text += c === '\\' ? (this.source[this.#at++] ?? '') : c;
    }
  }

  #substitute(): SedAction {
    const delimiter = this.source[this.#at++];
    if (delimiter === undefined || delimiter === '\n' || delimiter === '\\') throw this.#error("unterminated `s' command");
    const pattern = this.#delimited(delimiter, "unterminated `s' command");
    const replacement = this.#replacement(delimiter);
    const flags = this.#skip(/[gpiIemM0-9]*/);
    const file = this.#peek() === 'w' ? this.#skip(/w[^\n]*/).slice(1).trim() : undefined;
    if (file === undefined) {
      this.#skip(/[ \t]+/);
      const c = this.#peek();
      if (c !== undefined && !'\n;}#'.includes(c)) {
        this.#at++;
        throw this.#error("unknown option to `s'");
      }
    }
    const nth = Number(/\d+/.exec(flags)?.[0] ?? 1);
    const expression = this.#compile(pattern, /[iI]/.test(flags));
    return { name: 's', expression, replacement, global: flags.includes('g'), print: flags.includes('p'), nth, ...(file === undefined ? {} : { file }) };
  }

  #replacement(delimiter: string): Replacement[] {
    const parts: Replacement[] = [];
    let text = '';
    const push = (part: Replacement): void => {
      if (text !== '') parts.push({ kind: 'text', text });
      text = '';
      parts.push(part);
    };
    for (;;) {
      const c = this.source[this.#at++];
      if (c === undefined) throw this.#error("unterminated `s' command");
      if (c === delimiter) break;
      if (c === '&') push({ kind: 'group', index: 0 });
      else if (c === '\\') {
        const next = this.source[this.#at++] ?? '';
        if (/\d/.test(next)) push({ kind: 'group', index: Number(next) });
        else if (/[ULEul]/.test(next)) push({ kind: 'case', mode: next as 'U' });
        else text += { n: '\n', t: '\t', r: '\r' }[next] ?? next;
      } else text += c;
    }
    if (text !== '') parts.push({ kind: 'text', text });
    return parts;
  }
}

/** Whether the script needs to know which line is the last. */
export function asksForLast(commands: SedCommand[]): boolean {
  return commands.some(({ from, to, action }) => from?.kind === 'last' || to?.kind === 'last' || (action.name === '{' && asksForLast(action.body)) || action.name === 'N' || action.name === 'n');
}
