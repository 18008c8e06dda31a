/** `set`, `shift`, `alias`, `history`, `help` and what is accepted without meaning here. */
import { stderrOf, stdoutOf } from '../io.ts';
import { quote } from '../quote.ts';
import type { ShellOptions } from '../shell.ts';
import type { Builtin, BuiltinContext } from './types.ts';

const LETTERS: Record<string, keyof ShellOptions> = { f: 'noglob', u: 'nounset', e: 'errexit', x: 'xtrace', C: 'noclobber', n: 'noexec' };

function set({ shell, args, io }: BuiltinContext): number {
  if (args.length === 0) {
    for (const name of shell.variables.names()) {
      const value = shell.variables.find(name)?.value;
      if (Array.isArray(value)) stdoutOf(io).write(`${name}=(${value.map((element, index) => `[${index}]="${element}"`).join(' ')})\n`);
      else if (value !== undefined) stdoutOf(io).write(`${name}=${quote(value)}\n`);
    }
    return 0;
  }
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string;
    if (arg === '--' || !/^[-+]/.test(arg)) {
      shell.positional = args.slice(arg === '--' ? at + 1 : at);
      return 0;
    }
    const on = arg[0] === '-';
    for (const letter of arg.slice(1)) {
      const option = letter === 'o' ? (args[++at] as keyof ShellOptions | undefined) : LETTERS[letter];
      if (letter === 'o' && option === undefined) {
        for (const [name, value] of Object.entries(shell.options)) stdoutOf(io).write(`${name.padEnd(15)}\t${value ? 'on' : 'off'}\n`);
      } else if (option !== undefined && option in shell.options) shell.options[option] = on;
      else if (letter === 'o' && !['vi', 'emacs', 'monitor', 'posix', 'history'].includes(option as string)) {
        stderrOf(io).write(`bash: set: ${String(option)}: invalid option name\n`);
        return 2;
      } else if (letter !== 'o' && !'mhbBE'.includes(letter)) {
        stderrOf(io).write(`bash: set: ${arg}: invalid option\nset: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n`);
        return 2;
      }
    }
  }
  return 0;
}

function help({ shell, io }: BuiltinContext): number {
  const commands = [...shell.environment.commands.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const width = Math.max(...commands.map((command) => command.name.length));
  stdoutOf(io).write('Commands of this terminal:\n');
  for (const { name, summary } of commands) stdoutOf(io).write(`  ${name.padEnd(width)}  ${summary}\n`);
  stdoutOf(io).write("Also bash: variables, pipes, redirections, here-documents, loops, functions, jobs.\nFiles of the shared editor are in the folder where this shell starts.\n");
  return 0;
}

export const settings: Builtin[] = [
  { names: ['set'], run: set },
  {
    names: ['shift'],
    run({ shell, args }) {
      const count = Number(args[0] ?? 1);
      if (!Number.isInteger(count) || count < 0 || count > shell.positional.length) return 1;
      shell.positional = shell.positional.slice(count);
      return 0;
    },
  },
  {
    names: ['alias'],
    run({ shell, args, io }) {
      let status = 0;
      const show = (name: string, value: string): void => stdoutOf(io).write(`alias ${name}='${value.replaceAll("'", `'\\''`)}'\n`);
      if (args.length === 0 || args[0] === '-p') for (const [name, value] of [...shell.aliases].sort()) show(name, value);
      for (const arg of args) {
        const equals = arg.indexOf('=');
        const value = equals > 0 ? undefined : shell.aliases.get(arg);
        if (equals > 0) shell.aliases.set(arg.slice(0, equals), arg.slice(equals + 1));
        else if (value !== undefined) show(arg, value);
        else if (arg !== '-p') {
          stderrOf(io).write(`bash: alias: ${arg}: not found\n`);
          status = 1;
        }
      }
      return status;
    },
  },
  {
    names: ['unalias'],
    run({ shell, args, io }) {
      if (args[0] === '-a') shell.aliases.clear();
      let status = 0;
      for (const name of args) {
        if (name === '-a' || shell.aliases.delete(name)) continue;
        stderrOf(io).write(`bash: unalias: ${name}: not found\n`);
        status = 1;
      }
      return status;
    },
  },
  {
    names: ['history'],
    run({ shell, args, io }) {
      const lines = shell.environment.history();
      const from = args[0] === undefined ? 0 : Math.max(0, lines.length - Number(args[0]));
      lines.slice(from).forEach((line, index) => stdoutOf(io).write(`${String(from + index + 1).padStart(5)}  ${line}\n`));
      return 0;
    },
  },
  { names: ['help'], run: help },
  // Settings of a real machine that have nothing to set here.
  { names: ['shopt', 'umask', 'ulimit', 'hash', 'trap', 'bind', 'complete', 'compopt', 'enable'], run: () => 0 },
];
