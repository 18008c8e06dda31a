/** Tools that run others or tell about the machine: xargs, env, bash, sudo, an editor, … */
import { quote } from '../bash/quote.ts';
import { fileErrorMessage, lineReader } from '../bash/io.ts';
import { parentOf, resolvePath } from '../bash/paths.ts';
import { textInput } from '../bash/streams.ts';
import type { Command, CommandContext } from '../types.ts';
import { checkSignal, parseOptions, UsageError, withUsage } from './common.ts';

/** Arguments on one command line of xargs. */
const MAX_ARGUMENTS = 1_000;

const xargs: Command = {
  name: 'xargs',
  summary: 'run a command with arguments from standard input',
  run: (context) =>
    withUsage('xargs', context, async () => {
      const { flags, operands } = parseOptions(context.args, ['0', 'null', 'r', 'no-run-if-empty', 't', 'verbose', 'p'], ['n', 'I', 'd', 'P', 'L', 'max-args', 'delimiter', 'max-procs', 'replace'], true);
      const command = operands.length > 0 ? operands : ['echo'];
      const replaced = flags.get('I') ?? flags.get('replace');
      const delimiter = flags.has('0') || flags.has('null') ? '\0' : flags.get('d') ?? flags.get('delimiter');
      const byLine = replaced !== undefined || flags.has('L');
      const text = await lineReader(context.stdin).readAll();
      const items = delimiter !== undefined ? split(text, String(delimiter)) : byLine ? text.split('\n').map((line) => line.trim()).filter((line) => line !== '') : words(text);
      const each = replaced !== undefined || flags.has('L') ? 1 : Number(flags.get('n') ?? flags.get('max-args') ?? MAX_ARGUMENTS);
      if (!(each > 0)) throw new UsageError('value for -n option should be >= 1');
      if (items.length === 0) {
        if (flags.has('r') || flags.has('no-run-if-empty') || replaced !== undefined) return 0;
        return context.run(command.map(quote).join(' '), { stdin: textInput('') });
      }
      let status = 0;
      for (let at = 0; at < items.length; at += each) {
        checkSignal(context);
        const some = items.slice(at, at + each);
        const line = replaced !== undefined ? command.map((word) => word.replaceAll(String(replaced), some[0] as string)) : [...command, ...(flags.has('L') ? words(some[0] as string) : some)];
        if (flags.has('t') || flags.has('verbose')) context.stderr.write(`${line.join(' ')}\n`);
        const code = await context.run(line.map(quote).join(' '), { stdin: textInput('') });
        if (code === 127) return 127;
        if (code === 255) {
          context.stderr.write(`xargs: ${command[0]}: exited with status 255; aborting\n`);
          return 124;
        }
        if (code !== 0) status = 123;
      }
      return status;
    }),
};

function split(text: string, delimiter: string): string[] {
  const separator = delimiter === '\\n' ? '\n' : delimiter === '\\t' ? '\t' : delimiter === '\\0' ? '\0' : delimiter;
  const parts = text.split(separator);
  if (parts.at(-1) === '') parts.pop();
  return parts;
}

/** Words with quotes and backslashes, as xargs reads them. */
function words(text: string): string[] {
  const found: string[] = [];
  for (const match of text.matchAll(/(?:[^\s'"\\]+|'[^'\n]*'|"[^"\n]*"|\\.)+/gs)) {
    found.push(match[0].replace(/'([^']*)'|"([^"]*)"|\\(.)/gs, (_all, single?: string, double?: string, escaped?: string) => single ?? double ?? escaped ?? ''));
  }
  return found;
}

const env: Command = {
  name: 'env',
  summary: 'print the environment, or run a command with more of it',
  async run(context) {
    const args = [...context.args];
    let clear = false;
    const assignments: string[] = [];
    const unset: string[] = [];
    for (;;) {
      const [arg] = args;
      if (arg === '-i' || arg === '-' || arg === '--ignore-environment') clear = true;
      else if (arg === '-u' || arg === '--unset') unset.push(...args.splice(1, 1));
      else if (arg !== undefined && /^[A-Za-z_]\w*=/.test(arg)) assignments.push(arg);
      else break;
      args.shift();
    }
    if (args.length > 0) {
      const quoted = assignments.map((assignment) => `${assignment.slice(0, assignment.indexOf('='))}=${quote(assignment.slice(assignment.indexOf('=') + 1))}`);
      const removed = clear ? Object.keys(context.env) : unset;
      const line = [...quoted, ...args.map(quote)].join(' ');
      return context.run(removed.length > 0 ? `unset ${removed.join(' ')}; ${line}` : line);
    }
    const shown = new Map(clear ? [] : Object.entries(context.env));
    for (const name of unset) shown.delete(name);
    for (const assignment of assignments) shown.set(assignment.slice(0, assignment.indexOf('=')), assignment.slice(assignment.indexOf('=') + 1));
    for (const [name, value] of shown) context.stdout.write(`${name}=${value}\n`);
    return 0;
  },
};

const printenv: Command = {
  name: 'printenv',
  summary: 'print environment variables',
  async run({ args, env: environment, stdout }) {
    if (args.length === 0) for (const [name, value] of Object.entries(environment)) stdout.write(`${name}=${value}\n`);
    let status = 0;
    for (const name of args) {
      const value = environment[name];
      if (value === undefined) status = 1;
      else stdout.write(`${value}\n`);
    }
    return status;
  },
};

function bash(name: string): Command {
  return {
    name,
    summary: 'run a script',
    async run(context) {
      const args = [...context.args];
      let setup = '';
      while (/^-[euxf]+$/.test(args[0] ?? '') || args[0] === '-o') setup += args[0] === '-o' ? `set -o ${args.splice(0, 2)[1]};` : `set ${args.shift()};`;
      if (/^-[a-z]*c$/.test(args[0] ?? '')) {
        const flags = (args[0] as string).slice(1, -1);
        const [, script, , ...positional] = args;
        if (script === undefined) {
          context.stderr.write(`${name}: -c: option requires an argument\n`);
          return 2;
        }
        return context.run(`${setup}${flags ? `set -${flags};` : ''}set -- ${positional.map(quote).join(' ')}\n${script}`);
      }
      const [file, ...positional] = args;
      if (file === undefined || file === '-s' || file === '-') {
        if (context.stdin.isTerminal) {
          context.stderr.write(`${name}: this terminal has one shell; type \`exit' to leave it\n`);
          return 1;
        }
        return context.run(`${setup}set -- ${positional.map(quote).join(' ')}\n${await context.stdin.readAll()}`, { stdin: textInput('') });
      }
      const text = context.files.read(resolvePath(context.cwd, file));
      if (text === undefined) {
        context.stderr.write(`${name}: ${file}: No such file or directory\n`);
        return 127;
      }
      return context.run(`${setup}set -- ${positional.map(quote).join(' ')}\n${text}`);
    },
  };
}

/** Runs the rest of the line as it is. */
function transparent(name: string, summary: string): Command {
  return {
    name,
    summary,
    async run(context) {
      const command = context.args.filter((arg, index, all) => !(arg.startsWith('-') && all.slice(0, index).every((before) => before.startsWith('-'))));
      return command.length === 0 ? 0 : context.run(command.map(quote).join(' '));
    },
  };
}

/** Opens a file in the editor on the person's screen. */
function editor(name: string): Command {
  return {
    name,
    summary: 'edit a file on the screen',
    async run(context) {
      const [file] = context.args.filter((arg) => !/^[-+]/.test(arg));
      if (file === undefined) {
        context.stderr.write(`${name}: name a file to edit\n`);
        return 1;
      }
      if (!context.host.edit) {
        context.stderr.write(`${name}: there is no screen to edit on; write the file with a here-document\n`);
        return 1;
      }
      const path = resolvePath(context.cwd, file);
      if (context.files.isDirectory(path)) return complain(context, name, `${file}: Is a directory`);
      if (!context.files.isDirectory(parentOf(path))) return complain(context, name, `${file}: No such file or directory`);
      const text = await context.host.edit(context.files.read(path) ?? '', file);
      if (text === null) return 0;
      try {
        context.files.write(path, text);
      } catch (error) {
        return complain(context, name, fileErrorMessage(file, error));
      }
      return 0;
    },
  };
}

function complain(context: CommandContext, name: string, message: string): number {
  context.stderr.write(`${name}: ${message}\n`);
  return 1;
}

function constant(name: string, summary: string, text: (context: CommandContext) => string): Command {
  return {
    name,
    summary,
    async run(context) {
      context.stdout.write(text(context));
      return 0;
    },
  };
}

export const systemTools: Command[] = [
  xargs,
  env,
  printenv,
  bash('bash'),
  bash('sh'),
  transparent('sudo', 'run a command (everybody is root here)'),
  transparent('nohup', 'run a command'),
  transparent('stdbuf', 'run a command'),
  editor('vi'),
  editor('vim'),
  editor('nano'),
  editor('edit'),
  constant('clear', 'clear the screen', () => '\x1b[H\x1b[2J\x1b[3J'),
  constant('reset', 'reset the terminal', () => '\x1bc'),
  constant('whoami', 'print the name of the account', ({ env: { USER = 'student' } }) => `${USER}\n`),
  constant('hostname', 'print the name of this machine', () => 'quorum\n'),
  constant('id', 'print who one is', ({ env: { USER = 'student' } }) => `uid=1000(${USER}) gid=1000(${USER}) groups=1000(${USER})\n`),
  constant('uname', 'print the name of the system', ({ args }) => (args.includes('-a') ? 'Linux quorum 6.12.0 #1 SMP x86_64 GNU/Linux\n' : args.includes('-r') ? '6.12.0\n' : args.includes('-m') ? 'x86_64\n' : 'Linux\n')),
  constant('tty', 'print the name of the terminal', ({ stdin }) => (stdin.isTerminal ? '/dev/pts/0\n' : 'not a tty\n')),
  constant('nproc', 'print the number of processors', () => '2\n'),
];
