/** grep, sed and awk: programs that look for patterns in text. */
import { resolvePath } from '../../paths.ts';
import type { Program } from '../types.ts';
import { unescaped } from './format.ts';
import { filter, has, lineByLine, operands, option, splitLines } from './tool.ts';

function matcher(args: string[]): (line: string) => boolean {
  const patterns = args.flatMap((argument, index) => (args[index - 1] === '-e' ? [argument] : []));
  const pattern = patterns.length > 0 ? patterns : [(operands(args, 'eABCm')[0] ?? '')];
  const flags = has(args, 'i') ? 'i' : '';
  const expressions = pattern.flatMap((text) => text.split('\n')).map((text) => {
    let source = has(args, 'F') ? text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : has(args, 'E') || args.includes('-P') ? text : basicToExtended(text);
    if (has(args, 'w')) source = `\\b(?:${source})\\b`;
    if (has(args, 'x')) source = `^(?:${source})$`;
    return safeExpression(source, flags);
  });
  const invert = has(args, 'v');
  return (line) => expressions.some((expression) => expression.test(line)) !== invert;
}

/** A basic regular expression in the notation of extended ones. */
function basicToExtended(text: string): string {
  return text.replace(/\\([(){}|+?])|([(){}|+?])/g, (_whole, escaped?: string, plain?: string) => (escaped ? escaped : `\\${plain ?? ''}`));
}

function safeExpression(source: string, flags: string): RegExp {
  const classes = source.replace(/\[:(alpha|digit|alnum|space|upper|lower|punct):\]/g, (_whole, name: string) => ({ alpha: 'a-zA-Z', digit: '0-9', alnum: 'a-zA-Z0-9', space: '\\s', upper: 'A-Z', lower: 'a-z', punct: '!-/:-@[-`{-~' })[name] ?? '');
  try {
    return new RegExp(classes, flags);
  } catch {
    return new RegExp(classes.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), flags);
  }
}

function grepFiles(args: string[]): string[] {
  const all = operands(args, 'eABCm');
  return args.includes('-e') ? all : all.slice(1);
}

const grep = lineByLine(
  'grep',
  (args) => grepFiles(args),
  (process, args, text, state, source) => {
    state.line = (state.line ?? 0) + 1;
    if (!matcher(args)(text.replace(/\n$/, ''))) return true;
    state.found = (state.found ?? 0) + 1;
    if (has(args, 'q')) return false;
    if (has(args, 'c') || has(args, 'l')) return true;
    const prefix = grepFiles(args).length > 1 && !has(args, 'h') ? `${source}:` : '';
    process.write(1, `${prefix}${has(args, 'n') ? `${state.line}:` : ''}${text.endsWith('\n') ? text : `${text}\n`}`);
    const limit = option(args, 'm');
    return !process.ended && (limit === undefined || state.found < Number(limit));
  },
  (process, args, state) => {
    if (has(args, 'c') && !has(args, 'q')) process.write(1, `${state.found ?? 0}\n`);
    if (has(args, 'l') && (state.found ?? 0) > 0) process.write(1, `${grepFiles(args)[0] ?? '(standard input)'}\n`);
    return (state.found ?? 0) > 0 ? 0 : 1;
  },
);

/** `s/…/…/`, `N p`, `N d`, `/…/ d`, `/…/ p`. */
const sed = filter('sed', (args) => (args.includes('-e') ? operands(args, 'e') : operands(args, 'e').slice(1)), (process, args, inputs, failed) => {
  const scripts = args.flatMap((argument, index) => (args[index - 1] === '-e' ? [argument] : []));
  const commands = (scripts.length > 0 ? scripts : [operands(args, 'e')[0] ?? '']).flatMap((text) => text.split(/[;\n]/)).filter((text) => text.trim() !== '');
  const extended = has(args, 'E') || has(args, 'r');
  const output: string[] = [];
  const names = args.includes('-e') ? operands(args, 'e') : operands(args, 'e').slice(1);
  for (const { text } of inputs) {
    splitLines(text).forEach((raw, index, all) => {
      let line = raw.replace(/\n$/, '');
      let deleted = false;
      let printed = false;
      for (const command of commands) {
        const match = /^\s*(?:(\d+|\$)(?:,(\d+|\$))?|\/((?:[^/\\]|\\.)*)\/)?\s*([sdpq])(.*)$/.exec(command);
        if (!match) {
          process.write(2, `sed: unsupported command ${command}\n`);
          continue;
        }
        const number = (part: string): number => (part === '$' ? all.length : Number(part));
        if (match[1] !== undefined && (index + 1 < number(match[1]) || index + 1 > number(match[2] ?? match[1]))) continue;
        if (match[3] !== undefined && !safeExpression(extended ? match[3] : basicToExtended(match[3]), '').test(line)) continue;
        if (match[4] === 'd') deleted = true;
        else if (match[4] === 'p') printed = true;
        else if (match[4] === 's') {
          const separator = (match[5] as string)[0] ?? '/';
          const parts = (match[5] as string).slice(1).split(new RegExp(`(?<!\\\\)\\${separator}`));
          const flags = parts[2] ?? '';
          const source = extended ? (parts[0] as string) : basicToExtended(parts[0] as string);
          const replacement = (parts[1] ?? '').replaceAll('$', '$$$$').replace(/\\(\d)/g, '$$$1').replace(/(?<!\\)&/g, '$$&').replaceAll(`\\${separator}`, separator);
          line = line.replace(safeExpression(source.replaceAll(`\\${separator}`, separator), `${flags.includes('g') ? 'g' : ''}${flags.includes('i') || flags.includes('I') ? 'i' : ''}`), unescaped(replacement));
          if (flags.includes('p')) printed = true;
        }
      }
      if (printed) output.push(line);
      if (!deleted && !has(args, 'n')) output.push(line);
    });
  }
  const result = output.map((line) => `${line}\n`).join('');
  if (has(args, 'i') && names[0]) process.files.write(resolvePath(process.cwd, names[0]), result);
  else process.write(1, result);
  return failed ? 1 : 0;
});

/** `{print $N, "text"}` with an optional /pattern/ and -F. */
const awk = filter('awk', (args) => operands(args, 'Fv').slice(1), (process, args, inputs) => {
  const program = operands(args, 'Fv')[0] ?? '';
  const match = /^\s*(?:\/((?:[^/\\]|\\.)*)\/|(NR\s*[=!<>]=?\s*\d+))?\s*(?:\{\s*print\s*([^}]*)\})?\s*$/.exec(program);
  if (!match) {
    process.write(2, 'awk: only patterns and print are known here\n');
    return 2;
  }
  const separator = option(args, 'F');
  const items = (match[3] ?? '').trim().match(/"(?:[^"\\]|\\.)*"|\$NF|\$\d+|NR|NF|,/g) ?? [];
  splitLines(inputs.map(({ text }) => text).join('')).forEach((raw, index) => {
    const line = raw.replace(/\n$/, '');
    if (match[1] !== undefined && !safeExpression(match[1], '').test(line)) return;
    const condition = /^NR\s*([=!<>]=?)\s*(\d+)$/.exec(match[2] ?? '');
    if (condition) {
      const n = Number(condition[2]);
      const holds = { '==': index + 1 === n, '!=': index + 1 !== n, '<': index + 1 < n, '>': index + 1 > n, '<=': index + 1 <= n, '>=': index + 1 >= n }[condition[1] as string];
      if (!holds) return;
    }
    const fields = separator === undefined ? line.trim().split(/\s+/) : line.split(separator);
    const text = items.map((item) => (item === ',' ? ' ' : item === 'NR' ? String(index + 1) : item === 'NF' ? String(fields.length) : item === '$NF' ? (fields[fields.length - 1] ?? '') : item.startsWith('$') ? (item === '$0' ? line : (fields[Number(item.slice(1)) - 1] ?? '')) : unescaped(item.slice(1, -1)))).join('');
    process.write(1, `${items.length === 0 ? line : text}\n`);
  });
  return 0;
});

export const patternTools: Program[] = [grep, sed, awk];
