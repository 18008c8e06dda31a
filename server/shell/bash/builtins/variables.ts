import { evaluateArithmetic } from '../arithmetic.ts';
import { stderrOf, stdoutOf } from '../io.ts';
import type { Builtin, BuiltinContext } from './types.ts';

const NAME = /^[A-Za-z_]\w*$/;

function split(arg: string): { name: string; value: string | undefined; append: boolean } {
  const match = /^([^=+]+)(\+?)=([^]*)$/.exec(arg);
  return match ? { name: match[1] as string, value: match[3] as string, append: match[2] === '+' } : { name: arg, value: undefined, append: false };
}

function show({ shell, io }: BuiltinContext, names: string[], exportedOnly: boolean): void {
  for (const name of names) {
    const variable = shell.variables.find(name);
    if (!variable || (exportedOnly && !variable.exported)) continue;
    const flags = `${Array.isArray(variable.value) ? 'a' : ''}${variable.exported ? 'x' : ''}${variable.readonly ? 'r' : ''}` || '-';
    const text = Array.isArray(variable.value) ? `=(${variable.value.map((element, index) => `[${index}]="${element}"`).join(' ')})` : variable.value === undefined ? '' : `="${variable.value.replace(/["\\$`]/g, '\\$&')}"`;
    stdoutOf(io).write(`declare -${flags} ${name}${text}\n`);
  }
}

function declare(context: BuiltinContext): number {
  const { shell, args, io, name: command } = context;
  if (command === 'local' && shell.functionDepth === 0) {
    stderrOf(io).write('bash: local: can only be used in a function\n');
    return 1;
  }
  const flags = args.filter((arg) => /^[-+][a-zA-Z]+$/.test(arg)).join('');
  const words = args.filter((arg) => !/^[-+][a-zA-Z]+$/.test(arg) && arg !== '--');
  const exports = command === 'export' || flags.includes('x');
  if (words.length === 0 || flags.includes('p')) {
    show(context, words.length > 0 ? words : shell.variables.names(), command === 'export');
    return 0;
  }
  let status = 0;
  for (const word of words) {
    const { name, value, append } = split(word);
    if (!NAME.test(name)) {
      stderrOf(io).write(`bash: ${command}: \`${word}': not a valid identifier\n`);
      status = 1;
      continue;
    }
    if (command === 'export' && flags.includes('n')) {
      shell.variables.mark(name, { exported: false });
      continue;
    }
    const local = shell.functionDepth > 0 && ['local', 'declare', 'typeset'].includes(command) && !flags.includes('g');
    const computed = value !== undefined && flags.includes('i') ? String(evaluateArithmetic(value, { get: (other) => shell.variables.get(other), set: (other, text) => shell.variables.set(other, text) })) : value;
    const list = computed !== undefined && /^\(.*\)$/s.test(computed) && (flags.includes('a') || local || command === 'declare');
    const final = list ? computed.slice(1, -1).split(/\s+/).filter((element) => element !== '') : computed;
    if (local) shell.variables.declareLocal(name, final ?? (flags.includes('a') ? [] : undefined));
    else if (final !== undefined) shell.variables.set(name, append && typeof final === 'string' ? (shell.variables.get(name) ?? '') + final : final);
    else if (flags.includes('a') && !shell.variables.find(name)) shell.variables.set(name, []);
    if (exports) shell.variables.mark(name, { exported: true });
    if (command === 'readonly' || flags.includes('r')) shell.variables.mark(name, { readonly: true });
  }
  return status;
}

export const variables: Builtin[] = [
  { names: ['export', 'declare', 'typeset', 'local', 'readonly'], run: declare },
  {
    names: ['unset'],
    run({ shell, args, io }) {
      let status = 0;
      const onlyFunctions = args[0] === '-f';
      for (const name of args) {
        if (name === '-f' || name === '-v') continue;
        try {
          if (onlyFunctions || !shell.variables.find(name)) shell.functions.delete(name);
          else shell.variables.unset(name);
        } catch (error) {
          stderrOf(io).write(`bash: unset: ${(error as Error).message}\n`);
          status = 1;
        }
      }
      return status;
    },
  },
  {
    names: ['let'],
    run({ shell, args }) {
      let value = 0n;
      for (const arg of args) value = evaluateArithmetic(arg, { get: (name) => shell.special(name) ?? shell.variables.get(name), set: (name, text) => shell.variables.set(name, text) });
      return value === 0n ? 1 : 0;
    },
  },
  {
    names: ['getopts'],
    run({ shell, args }) {
      const [options = '', name = 'opt', ...rest] = args;
      const words = rest.length > 0 ? rest : shell.positional;
      let index = Number(shell.variables.get('OPTIND') ?? 1);
      const inside = Number(shell.variables.get('_OPTPOS') ?? 1);
      const word = words[index - 1];
      if (word === undefined || !/^-./.test(word) || word === '--') {
        if (word === '--') shell.variables.set('OPTIND', String(index + 1));
        shell.variables.set(name, '?');
        return 1;
      }
      const letter = word[inside] as string;
      const known = options.indexOf(letter);
      const takesValue = known >= 0 && options[known + 1] === ':';
      let position = inside + 1;
      shell.variables.unset('OPTARG');
      if (takesValue) {
        const value = position < word.length ? word.slice(position) : words[index++];
        if (value !== undefined) shell.variables.set('OPTARG', value);
        position = word.length;
      }
      const atEnd = position >= word.length;
      shell.variables.set('OPTIND', String(atEnd ? index + 1 : index));
      shell.variables.set('_OPTPOS', String(atEnd ? 1 : position));
      shell.variables.set(name, known >= 0 ? letter : '?');
      return 0;
    },
  },
];

