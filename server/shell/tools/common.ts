/** What the tools share: options, inputs, errors. */
import { AbortedError } from '../bash/control-flow.ts';
import { lineReader } from '../bash/io.ts';
import { resolvePath } from '../bash/paths.ts';
import { LineReader, textInput } from '../bash/streams.ts';
import type { CommandContext } from '../types.ts';

/** A mistake in the arguments; the message is printed after the tool's name. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Options {
  /** Flags in order, with values where they take one; long names without dashes. */
  flags: Map<string, string | true>;
  /** Every use, for flags that may be repeated. */
  all: [string, string | true][];
  operands: string[];
}

/**
 * GNU-style options: bundled short ones, `--long=value`, `--`.
 * @param valued names that take a value. @param plain names that take none. @param stopAtOperand as for `xargs`, `timeout`: the rest belongs to a command.
 * @throws UsageError
 */
export function parseOptions(args: string[], plain: string[], valued: string[], stopAtOperand = false): Options {
  const result: Options = { flags: new Map(), all: [], operands: [] };
  const add = (name: string, value: string | true): void => {
    result.flags.set(name, value);
    result.all.push([name, value]);
  };
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string;
    if (arg === '--') {
      result.operands.push(...args.slice(at + 1));
      break;
    }
    if (arg.startsWith('--')) {
      const [name, value] = arg.includes('=') ? [arg.slice(2, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)] : [arg.slice(2), undefined];
      if (plain.includes(name)) add(name, true);
      else if (valued.includes(name)) {
        const given = value ?? args[++at];
        if (given === undefined) throw new UsageError(`option '--${name}' requires an argument`);
        add(name, given);
      } else throw new UsageError(`unrecognized option '${arg}'`);
    } else if (arg.startsWith('-') && arg !== '-') {
      for (let i = 1; i < arg.length; i++) {
        const letter = arg[i] as string;
        if (plain.includes(letter)) add(letter, true);
        else if (valued.includes(letter)) {
          const given = i + 1 < arg.length ? arg.slice(i + 1) : args[++at];
          if (given === undefined) throw new UsageError(`option requires an argument -- '${letter}'`);
          add(letter, given);
          break;
        } else throw new UsageError(`invalid option -- '${letter}'`);
      }
    } else if (stopAtOperand) {
      result.operands.push(...args.slice(at));
      break;
    } else result.operands.push(arg);
  }
  return result;
}

/** Runs a tool's body; a UsageError becomes its message and the status. */
export async function withUsage(name: string, context: CommandContext, body: () => Promise<number>, status = 1): Promise<number> {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    context.stderr.write(`${name}: ${error.message}\n`);
    return status;
  }
}

/** A file, or standard input for `-`; says why not and gives undefined when it cannot be read. */
export function openInput(name: string, file: string, context: CommandContext): LineReader | undefined {
  if (file === '-' || file === '/dev/stdin') return lineReader(context.stdin);
  if (file === '/dev/null') return new LineReader(textInput(''));
  const path = resolvePath(context.cwd, file);
  const text = context.files.read(path);
  if (text !== undefined) return new LineReader(textInput(text));
  context.stderr.write(`${name}: ${file}: ${context.files.isDirectory(path) ? 'Is a directory' : 'No such file or directory'}\n`);
  return undefined;
}

/** To be called in loops: a signal ends the tool. */
export function checkSignal(context: Pick<CommandContext, 'signal'>): void {
  if (context.signal.aborted) throw new AbortedError(context.signal);
}

/** `10`, `1.5`, `2m`, `1h`, `1d` in ms. Undefined when it is no duration. */
export function durationMs(text: string): number | undefined {
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text);
  if (!match) return undefined;
  const unit = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400 }[match[2] as string] as number;
  return Math.round(Number(match[1]) * unit * 1_000);
}
