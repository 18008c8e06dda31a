/** Expansion of words: variables, arithmetic, field splitting, file names. */
import type { Files } from '../types.ts';
import type { Part, Word } from './syntax-types.ts';

/** An error that ends the command, as sh prints it. */
export class ExpansionError extends Error {
  override readonly name = 'ExpansionError';
}

export interface Scope {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  /** Positional parameters from $1. */
  args: readonly string[];
  slot(number: number): string;
  files: Files;
  cwd: string;
  strict: boolean;
}

/** A piece of an expanded word: quoted pieces are neither split nor matched against file names. */
interface Piece {
  text: string;
  quoted: boolean;
}


function variable(part: Extract<Part, { t: 'var' }>, scope: Scope): string | undefined {
  if (part.name === '@' || part.name === '*') return scope.args.join(' ');
  return scope.get(part.name);
}

function valueOf(part: Extract<Part, { t: 'var' }>, scope: Scope): string {
  const value = variable(part, scope);
  const { op, arg = [] } = part;
  if (op === undefined) {
    if (value === undefined && scope.strict) throw new ExpansionError(`${part.name}: parameter not set`);
    return value ?? '';
  }
  const missing = value === undefined || (op.startsWith(':') && value === '');
  switch (op) {
    case 'length':
      return String((value ?? '').length);
    case '-':
    case ':-':
      return missing ? expandText(arg, scope) : value;
    case '=':
    case ':=': {
      if (!missing) return value;
      const text = expandText(arg, scope);
      scope.set(part.name, text);
      return text;
    }
    case '+':
    case ':+':
      return missing ? '' : expandText(arg, scope);
    case '?':
    case ':?':
      if (missing) throw new ExpansionError(`${part.name}: ${expandText(arg, scope) || 'parameter not set'}`);
      return value;
    default:
      return trim(value ?? '', op, expandText(arg, scope));
  }
}

/** `${v%pattern}` and its relatives. */
function trim(value: string, op: string, pattern: string): string {
  const matches = patternMatcher(pattern);
  const suffix = op.startsWith('%');
  const longest = op.length === 2;
  for (let i = 0; i <= value.length; i++) {
    const length = longest ? value.length - i : i;
    const piece = suffix ? value.slice(value.length - length) : value.slice(0, length);
    if (matches(piece)) return suffix ? value.slice(0, value.length - length) : value.slice(length);
  }
  return value;
}

/** A shell pattern as a test of whole texts. */
export function patternMatcher(pattern: string): (text: string) => boolean {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i] as string;
    if (character === '*') source += '[\\s\\S]*';
    else if (character === '?') source += '[\\s\\S]';
    else if (character === '[') {
      const end = pattern.indexOf(']', i + 2);
      if (end < 0) source += '\\[';
      else {
        source += `[${pattern.slice(i + 1, end).replace(/^!/, '^').replaceAll('\\', '\\\\')}]`;
        i = end;
      }
    } else if (character === '\\' && i + 1 < pattern.length) source += (pattern[++i] as string).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    else source += character.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  }
  const expression = new RegExp(`^(?:${source})$`);
  return (text) => expression.test(text);
}

function pieces(word: Word, scope: Scope): Piece[] {
  const result: Piece[] = [];
  for (const part of word) {
    switch (part.t) {
      case 'text':
        result.push({ text: part.v, quoted: part.q });
        break;
      case 'var':
        result.push({ text: valueOf(part, scope), quoted: part.q });
        break;
      case 'slot':
        result.push({ text: scope.slot(part.slot), quoted: part.q });
        break;
      case 'arith':
        result.push({ text: String(arithmetic(expandText(part.e, scope), scope)), quoted: true });
    }
  }
  return result;
}

/** One text, without splitting and without file names. */
export function expandText(word: Word, scope: Scope): string {
  return pieces(word, scope)
    .map((piece) => piece.text)
    .join('');
}

/** A pattern of `case`: quoted characters stand for themselves. */
export function expandPattern(word: Word, scope: Scope): string {
  return pieces(word, scope)
    .map((piece) => (piece.quoted ? piece.text.replace(/[*?[\]\\]/g, '\\$&') : piece.text))
    .join('');
}

/** The fields that a word becomes. */
export function expandWord(word: Word, scope: Scope): string[] {
  const only = word.length === 1 ? word[0] : undefined;
  if (only?.t === 'var' && only.name === '@' && only.q) return [...scope.args];
  if (only?.t === 'text' && (only.q || !/[*?[~]/.test(only.v))) return [only.v];
  const fields: { text: string; pattern: boolean; present: boolean }[] = [];
  let current: { text: string; pattern: boolean; present: boolean } | undefined;
  const add = (text: string, quoted: boolean): void => {
    current ??= { text: '', pattern: false, present: false };
    current.text += quoted ? text.replace(/[*?[\]\\]/g, '\\$&') : text;
    if (!quoted && /[*?[]/.test(text)) current.pattern = true;
    if (quoted || text !== '') current.present = true;
  };
  const separators = scope.get('IFS') ?? ' \t\n';
  const all = pieces(word, scope);
  all.forEach((piece, index) => {
    const source = word[index] as Part;
    if (piece.quoted || source.t === 'text') {
      let { text } = piece;
      if (!piece.quoted && index === 0 && (text === '~' || text.startsWith('~/'))) text = (scope.get('HOME') ?? '/root') + text.slice(1);
      return add(text, piece.quoted);
    }
    let field = '';
    for (const character of piece.text) {
      if (!separators.includes(character)) field += character;
      else {
        if (field !== '') add(field, false);
        if (current) fields.push(current);
        current = undefined;
        field = '';
      }
    }
    if (field !== '') add(field, false);
  });
  if (current) fields.push(current);
  const result: string[] = [];
  for (const field of fields) {
    if (!field.present) continue;
    const plain = field.text.replace(/\\([*?[\]\\])/g, '$1');
    if (!field.pattern) {
      result.push(plain);
      continue;
    }
    const matches = globbed(field.text, scope);
    result.push(...(matches.length > 0 ? matches : [plain]));
  }
  return result;
}

/** File names that match a pattern, sorted. */
function globbed(pattern: string, scope: Scope): string[] {
  const absolute = pattern.startsWith('/');
  let bases = [absolute ? '' : null] as (string | null)[];
  for (const segment of pattern.split('/').filter((part) => part !== '')) {
    const next: (string | null)[] = [];
    const matches = patternMatcher(segment);
    for (const base of bases) {
      const directory = base === null ? scope.cwd : base === '' ? '/' : base.startsWith('/') ? base : `${scope.cwd === '/' ? '' : scope.cwd}/${base}`;
      if (!scope.files.isDirectory(directory)) continue;
      for (const { name } of scope.files.list(directory)) {
        if ((name.startsWith('.') && !segment.startsWith('.')) || !matches(name)) continue;
        next.push(base === null ? name : `${base}/${name}`);
      }
    }
    bases = next;
  }
  return bases.filter((base): base is string => base !== null && base !== '').sort();
}

/** `$((…))`: integers, variables, the operators of C. @throws ExpansionError */
export function arithmetic(text: string, scope: Pick<Scope, 'get' | 'set'>): number {
  const tokens = text.match(/\d+|[A-Za-z_][A-Za-z0-9_]*|\*\*|[-+*/%&|^]=|<<|>>|[<>=!]=|&&|\|\||\+\+|--|[-+*/%()<>!~&|^?:=]/g) ?? [];
  let at = 0;
  const levels = [['||'], ['&&'], ['|'], ['^'], ['&'], ['==', '!='], ['<', '>', '<=', '>='], ['<<', '>>'], ['+', '-'], ['*', '/', '%']];
  const number = (name: string): number => Math.trunc(Number(scope.get(name) || 0)) || 0;
  const apply = (operator: string, x: number, y: number): number => {
    switch (operator) {
      case '||':
        return x !== 0 || y !== 0 ? 1 : 0;
      case '&&':
        return x !== 0 && y !== 0 ? 1 : 0;
      case '|':
        return x | y;
      case '^':
        return x ^ y;
      case '&':
        return x & y;
      case '==':
        return x === y ? 1 : 0;
      case '!=':
        return x !== y ? 1 : 0;
      case '<':
        return x < y ? 1 : 0;
      case '>':
        return x > y ? 1 : 0;
      case '<=':
        return x <= y ? 1 : 0;
      case '>=':
        return x >= y ? 1 : 0;
      case '<<':
        return x << y;
      case '>>':
        return x >> y;
      case '+':
        return x + y;
      case '-':
        return x - y;
      case '*':
        return x * y;
      case '/':
      case '%':
        if (y === 0) throw new ExpansionError('divide by zero');
        return operator === '/' ? Math.trunc(x / y) : x % y;
      default:
        throw new ExpansionError(`arithmetic syntax error`);
    }
  };
  const primary = (): number => {
    const token = tokens[at++];
    if (token === undefined) throw new ExpansionError('arithmetic syntax error');
    if (token === '(') {
      const value = ternary();
      if (tokens[at++] !== ')') throw new ExpansionError('arithmetic syntax error');
      return value;
    }
    if (token === '-') return -primary();
    if (token === '+') return primary();
    if (token === '!') return primary() === 0 ? 1 : 0;
    if (token === '~') return ~primary();
    if (/^\d/.test(token)) return Number(token);
    if (/^[A-Za-z_]/.test(token)) {
      const next = tokens[at];
      if (next === '=' || (next !== undefined && /^[-+*/%&|^]=$/.test(next))) {
        at++;
        const right = ternary();
        const value = next === '=' ? right : apply(next[0] as string, number(token), right);
        scope.set(token, String(value));
        return value;
      }
      if (next === '++' || next === '--') {
        at++;
        const value = number(token);
        scope.set(token, String(value + (next === '++' ? 1 : -1)));
        return value;
      }
      return number(token);
    }
    throw new ExpansionError('arithmetic syntax error');
  };
  const binary = (level: number): number => {
    const operators = levels[level];
    if (!operators) return primary();
    let value = binary(level + 1);
    while (operators.includes(tokens[at] ?? '')) {
      const operator = tokens[at++] as string;
      value = apply(operator, value, binary(level + 1));
    }
    return value;
  };
  const ternary = (): number => {
    const condition = binary(0);
    if (tokens[at] !== '?') return condition;
    at++;
    const yes = ternary();
    if (tokens[at++] !== ':') throw new ExpansionError('arithmetic syntax error');
    const no = ternary();
    return condition !== 0 ? yes : no;
  };
  const value = tokens.length === 0 ? 0 : ternary();
  if (at < tokens.length) throw new ExpansionError('arithmetic syntax error');
  return value;
}

