/** Programs that work on their arguments: they print, compute or run what those say. */
import type { Program } from '../types.ts';
import { formatted, unescaped } from './format.ts';
import { filter, immediate, operands, option } from './tool.ts';

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

export const argumentTools: Program[] = [seq, yes, xargs, echo, printf, basename, dirname, expr];
