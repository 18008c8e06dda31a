/** Programs that pass text on: whole, in part, counted, ordered, or in another form. */
import { resolvePath } from '../../paths.ts';
import type { Program } from '../types.ts';
import { unescaped } from './format.ts';
import { filter, has, lineByLine, operands, option, readAll, splitLines } from './tool.ts';

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

const tee = lineByLine(
  'tee',
  () => [],
  (process, args, text) => {
    process.write(1, text);
    for (const name of operands(args)) process.files.write(resolvePath(process.cwd, name), text, true);
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

export const textTools: Program[] = [cat, head, tail, wc, sort, uniq, cut, tr, tee, base64];
