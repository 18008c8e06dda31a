/** Formatting of `printf`. */
import { formatDate } from '../../tools/date-format.ts';
import { quote } from '../quote.ts';
import { unescapeAnsi } from '../word-parser.ts';

const DIRECTIVE = /%(?:%|([-+ 0#]*)(\*|\d+)?(?:\.(\*|-?\d+)?)?(?:\((.*?)\)(T)|([a-zA-Z])))/g;
/** A width of more than this is a mistake, not a layout. */
const MAX_WIDTH = 10_000;

/** @param now ms since the epoch, for `%(…)T`. */
export function formatPrintf(format: string, values: string[], now: number): { text: string; errors: string[] } {
  const errors: string[] = [];
  const left = [...values];
  let text = '';
  let stopped = false;
  do {
    const before = left.length;
    const last = { at: 0 };
    for (const match of format.matchAll(DIRECTIVE)) {
      text += unescapeAnsi(format.slice(last.at, match.index).replace(/\\c[^]*/, ''));
      last.at = match.index + match[0].length;
      if (match[0] === '%%') text += '%';
      else {
        const result = directive(match, left, errors, now);
        text += result.text;
        if (result.stop) stopped = true;
      }
      if (stopped) break;
    }
    if (stopped) break;
    text += unescapeAnsi(format.slice(last.at).replace(/\\c[^]*/, ''));
    if (left.length === before) break;
  } while (left.length > 0);
  return { text, errors };
}

function directive(match: RegExpMatchArray, values: string[], errors: string[], now: number): { text: string; stop?: boolean } {
  const [whole, flags = '', widthText, precisionText, dateFormat, dateLetter, plainLetter] = match;
  const letter = (dateLetter ?? plainLetter) as string;
  const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : text === '*' ? Number(values.shift() ?? 0) || 0 : Number(text));
  let width = number(widthText);
  const hasPrecision = /\./.test(whole.replace(/\(.*\)/, ''));
  const precision = hasPrecision ? (number(precisionText) ?? 0) : undefined;
  let left = flags.includes('-');
  if (width !== undefined && width < 0) {
    left = true;
    width = -width;
  }
  const pad = (text: string, zero = false): string => {
    const target = Math.min(width ?? 0, MAX_WIDTH);
    if (left) return text.padEnd(target);
    if (!zero || !flags.includes('0')) return text.padStart(target);
    const sign = /^[-+ ]?(0[xX])?/.exec(text)?.[0] ?? '';
    return sign + text.slice(sign.length).padStart(target - sign.length, '0');
  };
  const signed = (text: string): string => (text.startsWith('-') ? text : flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text);
  switch (letter) {
    case 's':
      return { text: pad([...(values.shift() ?? '')].slice(0, precision).join('')) };
    case 'b': {
      const value = values.shift() ?? '';
      const cut = value.indexOf('\\c');
      const text = unescapeAnsi((cut >= 0 ? value.slice(0, cut) : value).replace(/\\0([0-7]{1,3})/g, '\\$1'));
      return { text: pad(text.slice(0, precision)), stop: cut >= 0 };
    }
    case 'q':
      return { text: pad(quote(values.shift() ?? '')) };
    case 'c':
      return { text: pad([...(values.shift() ?? '')][0] ?? '') };
    case 'd':
    case 'i':
    case 'u': {
      const digits = String(integer(values.shift(), errors));
      const negative = digits.startsWith('-');
      const padded = (negative ? '-' : '') + (negative ? digits.slice(1) : digits).padStart(Math.min(precision ?? 0, MAX_WIDTH), '0');
      return { text: pad(signed(padded), precision === undefined) };
    }
    case 'x':
    case 'X':
    case 'o': {
      const value = BigInt.asUintN(64, integer(values.shift(), errors));
      const digits = value.toString(letter === 'o' ? 8 : 16).padStart(Math.min(precision ?? 0, MAX_WIDTH), '0');
      const prefix = flags.includes('#') && value !== 0n ? (letter === 'o' ? '0' : '0x') : '';
      const text = prefix + digits;
      return { text: pad(letter === 'X' ? text.toUpperCase() : text, true) };
    }
    case 'f':
    case 'F':
    case 'e':
    case 'E':
    case 'g':
    case 'G': {
      const raw = values.shift() ?? '0';
      const value = Number(raw);
      if (Number.isNaN(value)) errors.push(`${raw}: invalid number`);
      return { text: pad(signed(float(Number.isNaN(value) ? 0 : value, letter, Math.min(precision ?? 6, 100))), true) };
    }
    case 'T': {
      const value = values.shift();
      const time = value === undefined || value === '-1' || value === '-2' ? now : Number(value) * 1_000;
      return { text: pad(formatDate(dateFormat || '%H:%M:%S', time)) };
    }
    default:
      errors.push(`\`${letter}': invalid format character`);
      return { text: '', stop: true };
  }
}

function integer(text: string | undefined, errors: string[]): bigint {
  if (text === undefined || text === '') return 0n;
  if (/^['"]./.test(text)) return BigInt(text.codePointAt(1) as number);
  const match = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|\d+)/.exec(text);
  if (!match || match[0].length !== text.length) errors.push(`${text}: invalid number`);
  if (!match) return 0n;
  const digits = match[2] as string;
  const value = /^0\d/.test(digits) ? BigInt(`0o${/^[0-7]+/.exec(digits)?.[0] ?? '0'}`) : BigInt(digits);
  return match[1] === '-' ? -value : value;
}

function float(value: number, letter: string, precision: number): string {
  const exponent = (text: string): string => text.replace(/e([-+])(\d)$/, 'e$10$2');
  const lower = letter.toLowerCase();
  let text: string;
  if (lower === 'f') text = value.toFixed(precision);
  else if (lower === 'e') text = exponent(value.toExponential(precision));
  else {
    const digits = precision === 0 ? 1 : precision;
    const power = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
    const general = power < -4 || power >= digits ? exponent(value.toExponential(digits - 1)) : value.toFixed(Math.max(0, digits - 1 - power));
    text = general.includes('.') ? general.replace(/\.?0+(e|$)/, '$1') : general;
  }
  return letter === lower ? text : text.toUpperCase();
}
