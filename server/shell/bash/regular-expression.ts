/**
 * Regular expressions of participants, matched in linear time (RE2), so that no pattern can stop the server.
 */
import { RE2JS } from 're2js';
import { ExpansionError } from './errors.ts';

export interface CompiledExpression {
  /** Where the first match at or after `from` is, with its groups; undefined when there is none. */
  find(text: string, from: number): { start: number; end: number; groups: (string | undefined)[] } | undefined;
}

export interface ExpressionOptions {
  ignoreCase?: boolean;
}

/** Compiles an extended regular expression (POSIX ERE, with the usual GNU additions). @throws ExpansionError when it is malformed */
export function compileExtended(source: string, options: ExpressionOptions = {}): CompiledExpression {
  return compile(translate(source, true), options);
}

/** Compiles a basic regular expression (POSIX BRE, with GNU's `\+`, `\?`, `\|`). @throws ExpansionError */
export function compileBasic(source: string, options: ExpressionOptions = {}): CompiledExpression {
  return compile(translate(source, false), options);
}

/** Compiles a Perl-like expression, as far as it is regular. @throws ExpansionError */
export function compilePerl(source: string, options: ExpressionOptions = {}): CompiledExpression {
  return compile(source, options);
}

function compile(source: string, { ignoreCase }: ExpressionOptions): CompiledExpression {
  let expression: RE2JS;
  try {
    expression = RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch {
    throw new ExpansionError('Invalid regular expression');
  }
  return {
    find(text, from) {
      const matcher = expression.matcher(text);
      if (from > text.length || !matcher.find(from)) return undefined;
      const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? undefined);
      return { start: matcher.start(), end: matcher.end(), groups };
    },
  };
}

/** The groups of the first match (the whole first), or undefined. For `[[ =~ ]]`. */
export function matchRegularExpression(source: string, text: string): string[] | undefined {
  return compileExtended(source).find(text, 0)?.groups.map((group) => group ?? '');
}

/** Characters that BRE and ERE give opposite meanings with and without a backslash. */
const TOGGLED = '(){}|+?';

function translate(source: string, extended: boolean): string {
  let result = '';
  for (let at = 0; at < source.length; at++) {
    const c = source[at] as string;
    if (c === '[') {
      const set = bracket(source, at);
      if (!set) throw new ExpansionError('Unmatched [, [^, [:, [., or [=');
      result += set.text;
      at = set.end - 1;
    } else if (c === '\\') {
      const next = source[++at];
      if (next === undefined) throw new ExpansionError('Trailing backslash');
      if (TOGGLED.includes(next)) result += extended ? `\\${next}` : next;
      else if (next === '<' || next === '>') result += '\\b';
      else if (next === "'") result += '\\z';
      else if (next === '`') result += '\\A';
      else if (/[1-9]/.test(next)) throw new ExpansionError('Back-references are not supported');
      else if (/[wWsSbBdDnt]/.test(next)) result += `\\${next}`;
      else result += /[A-Za-z0-9]/.test(next) ? next : `\\${next}`;
    } else if (!extended && TOGGLED.includes(c)) result += `\\${c}`;
    else if (!extended && c === '*' && (at === 0 || /(^|\\\(|\\\|)\^?$/.test(source.slice(0, at)))) result += '\\*';
    else if (!extended && c === '^' && at > 0 && !/\\\(|\\\|/.test(source.slice(at - 2, at))) result += '\\^';
    else if (!extended && c === '$' && at < source.length - 1 && !/^\\[)|]/.test(source.slice(at + 1))) result += '\\$';
    else if (extended && c === '{' && !/^\{\d*,?\d*\}/.test(source.slice(at))) result += '\\{';
    else result += c;
  }
  return result;
}

function bracket(source: string, start: number): { text: string; end: number } | undefined {
  let at = start + 1;
  let text = '[';
  if (source[at] === '^') {
    text += '^';
    at++;
  }
  for (let first = true; ; first = false) {
    const c = source[at];
    if (c === undefined) return undefined;
    if (c === ']' && !first) return { text: `${text}]`, end: at + 1 };
    const named = /^\[[:.=]([^:.=]+)[:.=]\]/.exec(source.slice(at));
    if (named) {
      text += source[at + 1] === ':' ? named[0] : (named[1] as string).replace(/[\\\]^[-]/g, '\\$&');
      at += named[0].length;
      continue;
    }
    text += /[\\\][^]/.test(c) ? `\\${c}` : c;
    at++;
  }
}
