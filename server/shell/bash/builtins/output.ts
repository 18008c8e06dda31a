import { stderrOf, stdoutOf } from '../io.ts';
import { unescapeAnsi } from '../word-parser.ts';
import { formatPrintf } from './printf.ts';
import type { Builtin } from './types.ts';

const echo: Builtin = {
  names: ['echo'],
  run({ args, io }) {
    let newline = true;
    let escapes = false;
    let first = 0;
    for (; /^-[neE]+$/.test(args[first] ?? ''); first++) {
      for (const flag of (args[first] as string).slice(1)) {
        if (flag === 'n') newline = false;
        else escapes = flag === 'e';
      }
    }
    let text = args.slice(first).join(' ');
    if (escapes) {
      const cut = text.indexOf('\\c');
      if (cut >= 0) newline = false;
      text = unescapeAnsi((cut >= 0 ? text.slice(0, cut) : text).replace(/\\0([0-7]{0,3})/g, (_all, digits: string) => `\\${digits || '0'}`));
    }
    stdoutOf(io).write(text + (newline ? '\n' : ''));
    return 0;
  },
};

const printf: Builtin = {
  names: ['printf'],
  run({ shell, args, io }) {
    const variable = args[0] === '-v' ? args[1] : undefined;
    const [format, ...values] = variable === undefined ? (args[0] === '--' ? args.slice(1) : args) : args.slice(2);
    if (format === undefined) {
      stderrOf(io).write('printf: usage: printf [-v var] format [arguments]\n');
      return 2;
    }
    const { text, errors } = formatPrintf(format, values, shell.host.now());
    for (const error of errors) stderrOf(io).write(`bash: printf: ${error}\n`);
    if (variable === undefined) stdoutOf(io).write(text);
    else shell.variables.set(variable, text);
    return errors.length > 0 ? 1 : 0;
  },
};

export const output: Builtin[] = [echo, printf];
