/** Programs that read and write text. */
import type { Program } from '../types.ts';
import { formatted, unescaped } from './format.ts';
import { absolute, filter, has, immediate, lineByLine, operands, option, readAll, splitLines } from './tool.ts';

const cat = lineByLine(
  'cat',
  (args) => operands(args),
  (process, args, text, state) => {
    if (has(args, 'n')) {
      state.line = (state.line ?? 0) + 1;
      process.write(1, `${String(state.line).padStart(6)}\t${text}`);
    } else process.write(1, text);
    return !process.ended;
  },
  () => 0,
);

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
export function basicToExtended(text: string): string {
  return text.replace(/\\([(){}|+?])|([(){}|+?])/g, (_whole, escaped?: string, plain?: string) => (escaped ? escaped : `\\${plain ?? ''}`));
}

export function safeExpression(source: string, flags: string): RegExp {
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

function lineCount(args: string[]): string {
  return option(args, 'n') ?? args.find((argument) => /^-\d+$/.test(argument))?.slice(1) ?? '10';
}

const head = lineByLine(
  'head',
  (args) => operands(args, 'nc'),
  (process, args, text, state) => {
    const bytes = option(args, 'c');
    if (bytes !== undefined) {
      const left = Number(bytes) - (state.bytes ?? 0);
      process.write(1, text.slice(0, left));
      state.bytes = (state.bytes ?? 0) + text.length;
      return state.bytes < Number(bytes);
    }
    state.line = (state.line ?? 0) + 1;
    const limit = Number(lineCount(args));
    if (state.line <= limit) process.write(1, text);
    return state.line < limit && !process.ended;
  },
  () => 0,
);

interface TailState {
  text: string;
  /** Length of a followed file as far as it was shown. */
  shown: number;
}

/** How often a followed file is looked at. */
const TAIL_POLL_MS = 1_000;

/** `tail`, and `tail -f` of a file; following /dev/null costs nothing. */
const tail: Program = {
  name: 'tail',
  memoryBytes: 524_288,
  step(process, event) {
    const args = process.argv.slice(1);
    const follow = has(args, 'f') || has(args, 'F');
    const names = operands(args, 'nc');
    const show = (text: string): void => {
      const wanted = lineCount(args);
      const lines = splitLines(text);
      process.write(1, (wanted.startsWith('+') ? lines.slice(Number(wanted) - 1) : Number(wanted) === 0 ? [] : lines.slice(-Number(wanted))).join(''));
    };
    if (event.kind === 'start') {
      process.data = { text: '', shown: 0 } satisfies TailState;
      if (names[0] === '/dev/null' && follow) return;
      if (names.length > 0) {
        const { inputs, failed } = readAll(process, 'tail', names);
        for (const input of inputs) {
          if (inputs.length > 1) process.write(1, `==> ${input.name} <==\n`);
          show(input.text);
        }
        if (!follow || (failed && inputs.length === 0)) return process.exit(failed ? 1 : 0);
        (process.data as TailState).shown = inputs[0]?.text.length ?? 0;
        return process.sleep(TAIL_POLL_MS);
      }
    }
    const state = process.data as TailState;
    if (names.length > 0) {
      if (event.kind !== 'timer') return;
      const { inputs } = readAll(process, 'tail', names.slice(0, 1));
      const text = inputs[0]?.text ?? '';
      if (text.length > state.shown) process.write(1, text.slice(state.shown));
      state.shown = text.length;
      return process.sleep(TAIL_POLL_MS);
    }
    for (;;) {
      const chunk = process.read();
      if (chunk === undefined) {
        show(state.text);
        return process.exit(0);
      }
      if (chunk === '') return;
      state.text += chunk;
    }
  },
};

const wc = filter('wc', operands, (process, args, inputs, failed) => {
  const all = !has(args, 'l') && !has(args, 'w') && !has(args, 'c');
  const total = [0, 0, 0];
  const print = (counts: number[], name: string): void => {
    const shown = [all || has(args, 'l') ? counts[0] : undefined, all || has(args, 'w') ? counts[1] : undefined, all || has(args, 'c') ? counts[2] : undefined].filter((count) => count !== undefined);
    const text = shown.length === 1 ? String(shown[0]) : shown.map((count) => String(count).padStart(9)).join(' ');
    process.write(1, `${text}${name === '-' ? '' : ` ${name}`}\n`);
  };
  for (const { name, text } of inputs) {
    const counts = [text.split('\n').length - 1, text.split(/\s+/).filter((word) => word !== '').length, new TextEncoder().encode(text).length];
    counts.forEach((count, index) => ((total[index] as number) += count));
    print(counts, name);
  }
  if (inputs.length > 1) print(total, 'total');
  return failed ? 1 : 0;
});

const sort = filter('sort', (args) => operands(args, 'kt'), (process, args, inputs) => {
  let lines = splitLines(inputs.map(({ text }) => text).join('')).map((line) => line.replace(/\n$/, ''));
  const key = Number((option(args, 'k') ?? '').split(/[,.]/)[0] || 0);
  const separator = option(args, 't');
  const value = (line: string): string => (key > 0 ? ((separator === undefined ? line.trim().split(/\s+/) : line.split(separator)).slice(key - 1).join(' ') ?? '') : line);
  const number = (line: string): number => parseFloat(value(line)) || 0;
  lines.sort((x, y) => (has(args, 'n') || has(args, 'h') ? number(x) - number(y) : 0) || (value(x) < value(y) ? -1 : value(x) > value(y) ? 1 : 0));
  if (has(args, 'r')) lines.reverse();
  if (has(args, 'u')) lines = lines.filter((line, index) => index === 0 || line !== lines[index - 1]);
  process.write(1, lines.map((line) => `${line}\n`).join(''));
  return 0;
});

const uniq = filter('uniq', operands, (process, args, inputs) => {
  const lines = splitLines(inputs.map(({ text }) => text).join('')).map((line) => line.replace(/\n$/, ''));
  for (let i = 0; i < lines.length; ) {
    let end = i;
    while (end < lines.length && lines[end] === lines[i]) end++;
    if (!(has(args, 'd') && end - i < 2)) process.write(1, `${has(args, 'c') ? `${String(end - i).padStart(7)} ` : ''}${lines[i]}\n`);
    i = end;
  }
  return 0;
});

/** `1,3-5` as a test of positions from 1. */
function positions(list: string): (position: number) => boolean {
  const ranges = list.split(',').map((part) => {
    const [from, to] = part.includes('-') ? part.split('-') : [part, part];
    return [Number(from || 1), to === '' ? Number.MAX_SAFE_INTEGER : Number(to)] as const;
  });
  return (position) => ranges.some(([from, to]) => position >= from && position <= to);
}

const cut = filter('cut', (args) => operands(args, 'dfc'), (process, args, inputs) => {
  const fields = option(args, 'f');
  const wanted = positions(fields ?? option(args, 'c') ?? '1');
  const delimiter = option(args, 'd') ?? '\t';
  for (const line of splitLines(inputs.map(({ text }) => text).join(''))) {
    const text = line.replace(/\n$/, '');
    const parts = fields === undefined ? [...text] : text.split(delimiter);
    const kept = parts.length === 1 && fields !== undefined ? parts : parts.filter((_part, index) => wanted(index + 1));
    process.write(1, `${kept.join(fields === undefined ? '' : delimiter)}\n`);
  }
  return 0;
});

function characterSet(text: string): string[] {
  const plain = unescaped(text).replace(/\[:(upper|lower|digit|space):\]/g, (_whole, name: string) => ({ upper: 'A-Z', lower: 'a-z', digit: '0-9', space: ' \t\n' })[name] ?? '');
  const set: string[] = [];
  for (let i = 0; i < plain.length; i++) {
    if (plain[i + 1] === '-' && plain[i + 2] !== undefined) {
      for (let code = plain.charCodeAt(i); code <= plain.charCodeAt(i + 2); code++) set.push(String.fromCharCode(code));
      i += 2;
    } else set.push(plain[i] as string);
  }
  return set;
}

const tr = filter('tr', () => [], (process, args, inputs) => {
  const [from = '', to = ''] = operands(args);
  const source = characterSet(from);
  const target = characterSet(to);
  let result = '';
  let last = '';
  for (const character of inputs[0]?.text ?? '') {
    const at = source.indexOf(character);
    if (has(args, 'd')) {
      if (at < 0) result += character;
      continue;
    }
    const mapped = at < 0 || target.length === 0 ? character : (target[Math.min(at, target.length - 1)] as string);
    if (has(args, 's') && mapped === last && (target.length > 0 ? target : source).includes(mapped)) continue;
    result += mapped;
    last = mapped;
  }
  process.write(1, result);
  return 0;
});

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
  if (has(args, 'i') && names[0]) process.files.write(absolute(process.cwd, names[0]), result);
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

const tee = lineByLine(
  'tee',
  () => [],
  (process, args, text) => {
    process.write(1, text);
    for (const name of operands(args)) process.files.write(absolute(process.cwd, name), text, true);
    return !process.ended;
  },
  () => 0,
);

const base64 = filter('base64', (args) => operands(args, 'w'), (process, args, inputs) => {
  const text = inputs.map((input) => input.text).join('');
  if (has(args, 'd')) {
    try {
      const bytes = Uint8Array.from(atob(text.replace(/\s/g, '')), (character) => character.charCodeAt(0));
      process.write(1, new TextDecoder().decode(bytes));
      return 0;
    } catch {
      process.write(2, 'base64: truncated input\n');
      return 1;
    }
  }
  const encoded = btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  process.write(1, `${has(args, 'w') ? encoded : encoded.replace(/.{76}(?=.)/g, '$&\n')}\n`);
  return 0;
});

const seq = immediate('seq', (process, args) => {
  const numbers = operands(args, 's').map(Number);
  const [first, step, last] = numbers.length === 1 ? [1, 1, numbers[0] as number] : numbers.length === 2 ? [numbers[0] as number, 1, numbers[1] as number] : (numbers as [number, number, number]);
  if (numbers.length === 0 || step === 0 || numbers.some((number) => !Number.isFinite(number))) {
    process.write(2, 'seq: invalid number\n');
    return 1;
  }
  const lines: number[] = [];
  // Beyond this a sequence is a mistake, or a load test that this is no place for.
  for (let value = first; step > 0 ? value <= last : value >= last; value += step) if (lines.push(value) >= 100_000) break;
  process.write(1, lines.map((line) => `${line}\n`).join(''));
  return 0;
});

/** `yes` writes for ever, a little at a time. */
const yes: Program = {
  name: 'yes',
  step(process, event) {
    if (event.kind !== 'start' && event.kind !== 'timer') return;
    process.write(1, `${process.argv.slice(1).join(' ') || 'y'}\n`.repeat(50));
    if (process.ended) return;
    process.busy = true;
    process.sleep(20);
  },
};

const xargs = filter('xargs', () => [], (process, args, inputs) => {
  const words = (inputs[0]?.text ?? '').split(/\s+/).filter((word) => word !== '');
  const per = Number(option(args, 'n') ?? words.length) || 1;
  const command = operands(args, 'nI');
  const base = command.length > 0 ? command : ['echo'];
  let code = 0;
  for (let i = 0; i < Math.max(words.length, 1); i += per) {
    const spawned = process.spawn([...base, ...words.slice(i, i + per)], { ...process.env }, {});
    if ('failed' in spawned) {
      process.write(2, `xargs: ${base[0]}: No such file or directory\n`);
      return 127;
    }
    if (spawned.code) code = 123;
  }
  return code;
});

const echo = immediate('echo', (process, args) => {
  const words = [...args];
  let newline = true;
  let escapes = false;
  while (words[0] !== undefined && /^-[neE]+$/.test(words[0])) {
    const flags = words.shift() as string;
    if (flags.includes('n')) newline = false;
    if (flags.includes('e')) escapes = true;
  }
  process.write(1, (escapes ? unescaped(words.join(' ')) : words.join(' ')) + (newline ? '\n' : ''));
  return 0;
});

const printf = immediate('printf', (process, args) => {
  process.write(1, formatted(args[0] ?? '', args.slice(1)));
  return 0;
});

const basename = immediate('basename', (process, args) => {
  const name = (args[0] ?? '').replace(/\/+$/, '').replace(/^.*\//, '');
  process.write(1, `${args[1] !== undefined && name.endsWith(args[1]) ? name.slice(0, -args[1].length) : name}\n`);
  return 0;
});

const dirname = immediate('dirname', (process, args) => {
  const path = (args[0] ?? '').replace(/\/+$/, '');
  process.write(1, `${path.includes('/') ? path.slice(0, path.lastIndexOf('/')) || '/' : '.'}\n`);
  return 0;
});

const expr = immediate('expr', (process, args) => {
  const [x = '', operator = '', y = ''] = args;
  const integer = (text: string): number => Math.trunc(Number(text));
  let value: string;
  switch (operator) {
    case '':
      value = x;
      break;
    case '+':
    case '-':
    case '*':
    case '/':
    case '%': {
      if (!/^-?\d+$/.test(x) || !/^-?\d+$/.test(y)) {
        process.write(2, 'expr: non-numeric argument\n');
        return 2;
      }
      if ((operator === '/' || operator === '%') && integer(y) === 0) {
        process.write(2, 'expr: division by zero\n');
        return 2;
      }
      const results = { '+': integer(x) + integer(y), '-': integer(x) - integer(y), '*': integer(x) * integer(y), '/': Math.trunc(integer(x) / integer(y)), '%': integer(x) % integer(y) };
      value = String(results[operator]);
      break;
    }
    case '=':
    case '==':
      value = x === y ? '1' : '0';
      break;
    case '!=':
      value = x !== y ? '1' : '0';
      break;
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const numeric = /^-?\d+$/.test(x) && /^-?\d+$/.test(y);
      const difference = numeric ? integer(x) - integer(y) : x < y ? -1 : x > y ? 1 : 0;
      value = ({ '<': difference < 0, '<=': difference <= 0, '>': difference > 0, '>=': difference >= 0 }[operator]) ? '1' : '0';
      break;
    }
    default:
      process.write(2, 'expr: syntax error\n');
      return 2;
  }
  process.write(1, `${value}\n`);
  return value === '0' || value === '' ? 1 : 0;
});

export const textTools: Program[] = [cat, grep, head, tail, wc, sort, uniq, cut, tr, sed, awk, tee, base64, seq, yes, xargs, echo, printf, basename, dirname, expr];
