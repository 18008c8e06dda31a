/** Expansion of words: braces, tilde, parameters, substitutions, arithmetic, splitting, file names, quote removal. */
import type { ShellFiles } from '../types.ts';
import { evaluateArithmetic } from './arithmetic.ts';
import type { ParameterExpansion, Script, Word, WordPart } from './ast.ts';
import { expandBraces } from './brace.ts';
import { ExpansionError } from './errors.ts';
import { resolvePath } from './paths.ts';
import { hasPattern, Pattern, type PatternPiece } from './pattern.ts';
import type { VariableStore } from './variables.ts';

/** What expansion needs of the shell. */
export interface ExpansionHost {
  readonly variables: VariableStore;
  readonly files: ShellFiles;
  readonly cwd: string;
  readonly options: { noglob: boolean; nounset: boolean };
  /** `$1` and on. */
  readonly positional: string[];
  /** `$?`, `$$`, `$!`, `$0`, `$-`, `$#`, and variables that the shell computes; undefined when the name is none of these. */
  special(name: string): string | undefined;
  /** Output of `$(…)`. */
  substitute(script: Script): Promise<string>;
  /** Name of a file with the output of `<(…)`. */
  processFile(script: Script): Promise<string>;
}

const MAX_FIELDS = 100_000;
const DEFAULT_IFS = ' \t\n';

/** Builds fields out of pieces. */
class Fields {
  readonly done: PatternPiece[][] = [];
  #current: PatternPiece[] = [];
  #started = false;

  add(text: string, quoted: boolean): void {
    if (quoted || text !== '') this.#started = true;
    this.#current.push({ text, quoted });
  }

  /** Ends the present field. @returns whether there was one. */
  split(): boolean {
    if (!this.#started) return false;
    if (this.done.length >= MAX_FIELDS) throw new ExpansionError('argument list too long');
    this.done.push(this.#current);
    this.#current = [];
    this.#started = false;
    return true;
  }

  /** Ends the present field even when it is empty. */
  splitAlways(): void {
    this.#started = true;
    this.split();
  }
}

export class Expander {
  constructor(private readonly host: ExpansionHost) {}

  /** Arguments of a command. @throws ExpansionError */
  async words(words: Word[]): Promise<string[]> {
    const result: string[] = [];
    for (const word of words) {
      for (const single of expandBraces(word)) {
        const fields = new Fields();
        await this.#parts(tilde(single.parts, this.host), fields, false);
        fields.split();
        for (const pieces of fields.done) result.push(...this.#fileNames(pieces));
      }
    }
    return result;
  }

  /** One string: assignments, here-documents, `case` words, targets. */
  async word(word: Word): Promise<string> {
    return (await this.pieces(word)).map((piece) => piece.text).join('');
  }

  /** One field whose quoted parts are marked, for patterns. */
  async pieces(word: Word): Promise<PatternPiece[]> {
    const pieces: PatternPiece[] = [];
    for (const part of tilde(word.parts, this.host)) pieces.push(...(await this.#unsplit(part)));
    return pieces;
  }

  async arithmetic(expression: Word): Promise<bigint> {
    const text = await this.word(expression);
    return evaluateArithmetic(text, this.#arithmeticVariables());
  }

  #arithmeticVariables(): { get(name: string): string | undefined; set(name: string, value: string): void } {
    const { variables } = this.host;
    const split = (name: string): [string, number] | undefined => {
      const match = /^(\w+)\[(.*)\]$/.exec(name);
      return match ? [match[1] as string, Number(evaluateArithmetic(match[2] as string, this.#arithmeticVariables(), 1))] : undefined;
    };
    return {
      get: (name) => {
        const element = split(name);
        if (element) return variables.elements(element[0])?.at(element[1]);
        return this.host.special(name) ?? variables.get(name);
      },
      set: (name, value) => {
        const element = split(name);
        if (element) variables.setElement(...element, value);
        else variables.set(name, value);
      },
    };
  }

  // ---- parts ----

  /** @param splitText whether unquoted text is split too, as in the word of `${x:-a b}`. */
  async #parts(parts: WordPart[], fields: Fields, splitText: boolean): Promise<void> {
    for (const part of parts) {
      switch (part.kind) {
        case 'text':
          if (splitText && !part.quoted) this.#split(part.text, fields);
          else fields.add(part.text, part.quoted);
          break;
        case 'parameter':
          await this.#parameter(part.expansion, part.quoted, fields);
          break;
        default: {
          const [piece] = await this.#unsplit(part);
          if (piece?.quoted) fields.add(piece.text, true);
          else this.#split(piece?.text ?? '', fields);
        }
      }
    }
  }

  async #parameter(expansion: ParameterExpansion, quoted: boolean, fields: Fields): Promise<void> {
    const { value, operand } = await this.#value(expansion);
    if (operand) return this.#parts(quoted ? operand.parts.map((part) => ({ ...part, quoted: true }) as WordPart) : operand.parts, fields, !quoted);
    if (!Array.isArray(value)) return quoted ? fields.add(value, true) : this.#split(value, fields);
    const star = expansion.subscript === '*' || expansion.name === '*';
    if (quoted && star) return fields.add(value.join((this.#ifs[0] ?? '')), true);
    value.forEach((element, index) => {
      if (index > 0) {
        if (quoted) fields.splitAlways();
        else fields.split();
      }
      if (quoted) fields.add(element, true);
      else this.#split(element, fields);
    });
  }

  /** A part as one string, with lists joined. */
  async #unsplit(part: WordPart): Promise<PatternPiece[]> {
    switch (part.kind) {
      case 'text':
        return [{ text: part.text, quoted: part.quoted }];
      case 'command':
        return [{ text: (await this.host.substitute(part.script)).replace(/\n+$/, ''), quoted: part.quoted }];
      case 'arithmetic':
        return [{ text: String(await this.arithmetic(part.expression)), quoted: part.quoted }];
      case 'process':
        return [{ text: await this.host.processFile(part.script), quoted: true }];
      case 'parameter': {
        const { value, operand } = await this.#value(part.expansion);
        if (operand) return this.pieces({ parts: operand.parts, source: operand.source });
        return [{ text: Array.isArray(value) ? value.join(' ') : value, quoted: part.quoted }];
      }
    }
  }

  get #ifs(): string {
    return this.host.variables.get('IFS') ?? DEFAULT_IFS;
  }

  #split(text: string, fields: Fields): void {
    const ifs = this.#ifs;
    if (ifs === '') return fields.add(text, false);
    let run = '';
    // White space beside another separator is one separator with it.
    let afterBlank = false;
    for (const c of text) {
      if (!ifs.includes(c)) {
        run += c;
        continue;
      }
      const blank = DEFAULT_IFS.includes(c);
      if (run !== '') {
        fields.add(run, false);
        fields.split();
        afterBlank = blank;
      } else if (blank) afterBlank = fields.split() || afterBlank;
      else if (afterBlank) afterBlank = false;
      else fields.splitAlways();
      run = '';
    }
    if (run !== '') fields.add(run, false);
  }

  // ---- parameters ----

  /** The value, or the word that stands in for it (whose quoting still counts). */
  async #value(expansion: ParameterExpansion): Promise<{ value: string | string[]; operand?: Word }> {
    let value = await this.#lookUp(expansion);
    const { operator, name } = expansion;
    if (expansion.indirect) value = typeof value === 'string' ? await this.#lookUp({ name: value }) : value;
    if (expansion.length) {
      const isList = expansion.subscript === '@' || expansion.subscript === '*' || name === '@' || name === '*';
      return { value: String(isList ? (value?.length ?? 0) : [...((value as string | undefined) ?? '')].length) };
    }
    if (operator && /^:?[-=?+]$/.test(operator)) {
      const empty = value === undefined || (Array.isArray(value) ? value.length === 0 : value === '');
      const missing = operator.length === 2 ? empty : value === undefined || (Array.isArray(value) && value.length === 0);
      const operand = expansion.operand as Word;
      switch (operator.at(-1)) {
        case '+':
          return missing ? { value: '' } : { value: '', operand };
        case '-':
          return missing ? { value: '', operand } : { value: value as string | string[] };
        case '=':
          if (!missing) return { value: value as string | string[] };
          if (!/^[A-Za-z_]/.test(name)) throw new ExpansionError(`$${name}: cannot assign in this way`);
          value = await this.word(operand);
          this.host.variables.set(name, value);
          return { value };
        default:
          if (!missing) return { value: value as string | string[] };
          throw new ExpansionError(`${name}: ${(await this.word(operand)) || 'parameter null or not set'}`);
      }
    }
    if (value === undefined) {
      if (this.host.options.nounset && name !== '@' && name !== '*') throw new ExpansionError(`${name}: unbound variable`);
      value = '';
    }
    if (!operator) return { value };
    if (operator === ':' && Array.isArray(value)) return { value: await this.#slice(expansion, value, expansion.name === '@' || expansion.name === '*') };
    if (Array.isArray(value)) return { value: await Promise.all(value.map((element) => this.#transform(expansion, element))) };
    return { value: await this.#transform(expansion, value) };
  }

  async #lookUp({ name, subscript }: ParameterExpansion): Promise<string | string[] | undefined> {
    const { variables, positional } = this.host;
    if (name === '@' || name === '*') return [...positional];
    if (/^[1-9]\d*$/.test(name)) return positional[Number(name) - 1];
    if (subscript === undefined) return this.host.special(name) ?? variables.get(name);
    const elements = variables.elements(name);
    if (subscript === '@' || subscript === '*') return [...(elements ?? [])];
    return elements?.at(Number(await this.arithmetic(subscript)));
  }

  async #slice<T extends string | string[]>({ operand, second }: ParameterExpansion, value: T, positional: boolean): Promise<T> {
    let start = Number(await this.arithmetic(operand as Word));
    // `${@:1}` begins with $1: $0 has the place 0.
    if (positional && start > 0) start--;
    if (start < 0) start = Math.max(0, value.length + start);
    if (!second) return value.slice(start) as T;
    const length = Number(await this.arithmetic(second));
    const end = length < 0 ? value.length + length : start + length;
    if (end < start) throw new ExpansionError(`${second.source}: substring expression < 0`);
    return value.slice(start, end) as T;
  }

  async #transform(expansion: ParameterExpansion, value: string): Promise<string> {
    const operator = expansion.operator as string;
    const operand = expansion.operand as Word;
    if (operator === ':') return this.#slice(expansion, value, false);
    const pattern = new Pattern(await this.pieces(operand));
    switch (operator) {
      case '#':
      case '##':
        return value.slice(pattern.prefix(value, operator === '##') ?? 0);
      case '%':
      case '%%':
        return value.slice(0, pattern.suffix(value, operator === '%%') ?? value.length);
      case '^':
      case '^^':
      case ',':
      case ',,': {
        const change = (text: string): string => (operator[0] === '^' ? text.toUpperCase() : text.toLowerCase());
        return operator.length === 2 ? change(value) : change(value.slice(0, 1)) + value.slice(1);
      }
      default:
        return replace(value, pattern, operand.source === '', operator, expansion.second ? await this.word(expansion.second) : '');
    }
  }

  // ---- file names ----

  #fileNames(pieces: PatternPiece[]): string[] {
    const text = pieces.map((piece) => piece.text).join('');
    if (this.host.options.noglob || !hasPattern(pieces)) return [text];
    const found = this.#match(components(pieces), text.startsWith('/'));
    return found.length > 0 ? found.sort() : [text];
  }

  #match(parts: PatternPiece[][], absolute: boolean): string[] {
    const { files, cwd } = this.host;
    let paths = [absolute ? '/' : ''];
    for (const [index, part] of parts.entries()) {
      const last = index === parts.length - 1;
      const text = part.map((piece) => piece.text).join('');
      const next: string[] = [];
      for (const path of paths) {
        const folder = resolvePath(cwd, path || '.');
        const names = hasPattern(part) ? this.#namesIn(folder, part, text) : files.isDirectory(resolvePath(folder, text)) || (last && files.read(resolvePath(folder, text)) !== undefined) ? [text] : [];
        for (const name of names) {
          if (last) next.push(path + name);
          else if (files.isDirectory(resolvePath(folder, name))) next.push(`${path}${name}/`);
        }
      }
      paths = next;
    }
    return paths;
  }

  #namesIn(folder: string, part: PatternPiece[], text: string): string[] {
    const pattern = new Pattern(part);
    return (this.host.files.list(folder) ?? []).filter((name) => (!name.startsWith('.') || text.startsWith('.')) && pattern.matches(name));
  }
}

function components(pieces: PatternPiece[]): PatternPiece[][] {
  const parts: PatternPiece[][] = [[]];
  for (const { text, quoted } of pieces) {
    text.split('/').forEach((segment, index) => {
      if (index > 0) parts.push([]);
      if (segment !== '') (parts.at(-1) as PatternPiece[]).push({ text: segment, quoted });
    });
  }
  return parts.filter((part, index) => part.length > 0 || index === parts.length - 1).filter((part) => part.length > 0);
}

function tilde(parts: WordPart[], host: ExpansionHost): WordPart[] {
  const [first, ...rest] = parts;
  if (first?.kind !== 'text' || first.quoted || !/^~(\/|$)/.test(first.text)) return parts;
  const home = host.variables.get('HOME');
  return home === undefined ? parts : [{ kind: 'text', text: home, quoted: true }, { ...first, text: first.text.slice(1) }, ...rest];
}

function replace(value: string, pattern: Pattern, emptyPattern: boolean, operator: string, replacement: string): string {
  if (emptyPattern) return value;
  if (operator === '/#') {
    const end = pattern.prefix(value, true);
    return end === undefined ? value : replacement + value.slice(end);
  }
  if (operator === '/%') {
    const start = pattern.suffix(value, true);
    return start === undefined ? value : value.slice(0, start) + replacement;
  }
  let result = '';
  for (let at = 0; at < value.length; ) {
    const length = pattern.prefix(value.slice(at), true);
    if (length === undefined || length === 0) {
      result += value[at++];
      continue;
    }
    result += replacement;
    at += length;
    if (operator === '/') return result + value.slice(at);
  }
  return result;
}
