/** Builtins that steer execution: exit, return, break, eval, source, command, exec, … */
import { ExitSignal, LoopSignal, ReturnSignal } from '../control-flow.ts';
import { stderrOf, stdoutOf } from '../io.ts';
import { resolvePath } from '../paths.ts';
import type { Builtin, BuiltinContext } from './types.ts';

function statusArgument({ shell, args, io, name }: BuiltinContext): number {
  const [text] = args;
  if (text === undefined) return shell.status;
  if (!/^[-+]?\d+$/.test(text)) {
    stderrOf(io).write(`bash: ${name}: ${text}: numeric argument required\n`);
    return 2;
  }
  return Number(text) & 255;
}

function loop(kind: 'break' | 'continue'): Builtin {
  return {
    names: [kind],
    run({ shell, args, io }) {
      if (shell.loopDepth === 0) {
        stderrOf(io).write(`bash: ${kind}: only meaningful in a \`for', \`while', or \`until' loop\n`);
        return 0;
      }
      throw new LoopSignal(kind, Math.max(1, Number(args[0] ?? 1) || 1));
    },
  };
}

/** What a name would run. */
function kindOf(name: string, { shell }: BuiltinContext): { kind: string; text: string } | undefined {
  const alias = shell.aliases.get(name);
  if (alias !== undefined) return { kind: 'alias', text: `${name} is aliased to \`${alias}'` };
  if (['if', 'then', 'else', 'elif', 'fi', 'for', 'while', 'until', 'do', 'done', 'case', 'esac', 'in', 'function', 'time', '{', '}', '!', '[['].includes(name)) return { kind: 'keyword', text: `${name} is a shell keyword` };
  const definition = shell.functions.get(name);
  if (definition) return { kind: 'function', text: `${name} is a function\n${definition.source}` };
  if (shell.interpreter.hasBuiltin(name)) return { kind: 'builtin', text: `${name} is a shell builtin` };
  if (shell.environment.commands.has(name)) return { kind: 'file', text: `${name} is /usr/bin/${name}` };
  if (name.includes('/') && shell.files.read(resolvePath(shell.cwd, name)) !== undefined) return { kind: 'file', text: `${name} is ${name}` };
  return undefined;
}

async function runCommand(context: BuiltinContext): Promise<number> {
  const { shell, io } = context;
  const args = [...context.args];
  const verbose = args[0] === '-v' || args[0] === '-V' ? args.shift() : undefined;
  if (args[0] === '-p' || args[0] === '--') args.shift();
  const [name, ...rest] = args;
  if (name === undefined) return 0;
  if (verbose) {
    const found = kindOf(name, context);
    if (!found) {
      if (verbose === '-V') stderrOf(io).write(`bash: command: ${name}: not found\n`);
      return 1;
    }
    const short = found.kind === 'alias' ? `alias ${name}='${shell.aliases.get(name)}'` : found.kind === 'file' && !name.includes('/') ? `/usr/bin/${name}` : name;
    stdoutOf(io).write(`${verbose === '-V' ? found.text : short}\n`);
    return 0;
  }
  const status = await shell.interpreter.runByName(name, rest, io);
  if (status !== undefined) return status;
  stderrOf(io).write(`bash: ${name}: command not found\n`);
  return 127;
}

async function source({ shell, args, io, name }: BuiltinContext): Promise<number> {
  const [file, ...positional] = args;
  if (file === undefined) {
    stderrOf(io).write(`bash: ${name}: filename argument required\n${name}: usage: ${name} filename [arguments]\n`);
    return 2;
  }
  const text = shell.files.read(resolvePath(shell.cwd, file));
  if (text === undefined) {
    stderrOf(io).write(`bash: ${file}: No such file or directory\n`);
    return 1;
  }
  const before = shell.positional;
  if (positional.length > 0) shell.positional = positional;
  try {
    return await evaluate(text, { shell, io });
  } catch (signal) {
    if (signal instanceof ReturnSignal) return signal.status;
    throw signal;
  } finally {
    shell.positional = before;
  }
}

/** Runs a text in this very shell; what unwinds, unwinds through it. */
async function evaluate(text: string, { shell, io }: Pick<BuiltinContext, 'shell' | 'io'>): Promise<number> {
  const parser = shell.parser(text);
  shell.status = 0;
  for (let line = parser.next(); line; line = parser.next()) await shell.interpreter.script(line.script, io);
  return shell.status;
}

export const control: Builtin[] = [
  { names: [':', 'true'], run: () => 0 },
  { names: ['false'], run: () => 1 },
  {
    names: ['exit', 'logout'],
    run(context) {
      throw new ExitSignal(statusArgument(context));
    },
  },
  {
    names: ['return'],
    run(context) {
      if (context.shell.functionDepth === 0) {
        stderrOf(context.io).write("bash: return: can only `return' from a function or sourced script\n");
        return 2;
      }
      throw new ReturnSignal(statusArgument(context));
    },
  },
  loop('break'),
  loop('continue'),
  { names: ['eval'], run: ({ shell, args, io }) => evaluate(args.join(' '), { shell, io }) },
  { names: ['source', '.'], run: source },
  { names: ['command', 'builtin'], run: runCommand },
  {
    names: ['exec'],
    async run(context) {
      throw new ExitSignal(await runCommand(context));
    },
  },
  {
    names: ['type', 'which'],
    run(context) {
      const { io, name } = context;
      const short = context.args[0] === '-t';
      const asked = context.args.filter((arg) => !arg.startsWith('-'));
      let status = 0;
      for (const candidate of asked) {
        const found = kindOf(candidate, context);
        if (found && name === 'which') {
          if (found.kind === 'file' || found.kind === 'builtin') stdoutOf(io).write(`/usr/bin/${candidate}\n`);
          else status = 1;
        } else if (found) stdoutOf(io).write(`${short ? found.kind : found.text}\n`);
        else {
          if (!short && name === 'type') stderrOf(io).write(`bash: type: ${candidate}: not found\n`);
          status = 1;
        }
      }
      return status;
    },
  },
];
