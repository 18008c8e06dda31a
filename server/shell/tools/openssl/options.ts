/** What the commands of openssl share: options with one dash, inputs and outputs, errors. */
import { resolvePath } from '../../bash/paths.ts';
import type { CommandContext } from '../../types.ts';

/** What is printed to standard error, as it is; the command ends with 1. */
export class OpensslError extends Error {
  override readonly name = 'OpensslError';
}

export interface Options {
  has(name: string): boolean;
  value(name: string): string | undefined;
  values(name: string): string[];
  /** A positive whole number. @throws OpensslError */
  number(name: string): number | undefined;
  /** Names in the order in which they were given last. */
  order: string[];
  operands: string[];
}

export interface Tool {
  name: string;
  run(context: CommandContext, args: readonly string[]): Promise<number>;
}

export function usage(tool: string, problem: string): OpensslError {
  return new OpensslError(`${tool}: ${problem}\n${tool}: Use -help for summary.`);
}

/** @param plain names of options that take no value. @throws OpensslError */
export function parseOptions(tool: string, args: readonly string[], plain: readonly string[], valued: readonly string[]): Options {
  const values = new Map<string, string[]>();
  const operands: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string;
    const name = arg.replace(/^--?/, '');
    if (name === arg || name === '') operands.push(arg);
    else {
      if (!plain.includes(name) && !valued.includes(name)) throw usage(tool, `Option -${name} is unknown, or not supported here yet`);
      const value = plain.includes(name) ? '' : args[++at];
      if (value === undefined) throw usage(tool, `Option -${name} needs a value`);
      const all = [...(values.get(name) ?? []), value];
      values.delete(name);
      values.set(name, all);
    }
  }
  return {
    has: (name) => values.has(name),
    value: (name) => values.get(name)?.at(-1),
    values: (name) => values.get(name) ?? [],
    number: (name) => (values.has(name) ? numberOf(tool, values.get(name)?.at(-1) ?? '') : undefined),
    order: [...values.keys()],
    operands,
  };
}

/** @throws OpensslError */
export function numberOf(tool: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw usage(tool, `Can't parse "${text}" as a number`);
  return Number(text);
}

/** The text of a file. @param what for whom it is opened: `private key`. @throws OpensslError */
export function readFile(context: CommandContext, path: string, what: string): string {
  const text = context.files.read(resolvePath(context.cwd, path));
  if (text === undefined) throw new OpensslError(`Could not open file or uri for loading ${what} from ${path}: No such file or directory`);
  return text;
}

/** The file that `-in` names, or standard input. @throws OpensslError */
export async function readInput(context: CommandContext, options: Options): Promise<string> {
  const path = options.value('in');
  if (path === undefined || path === '-') return context.stdin.readAll();
  const text = context.files.read(resolvePath(context.cwd, path));
  if (text === undefined) throw new OpensslError(`Can't open "${path}" for reading, No such file or directory`);
  return text;
}

/** Writes to the file that an option names, or to standard output. @throws OpensslError */
export function writeOutput(context: CommandContext, path: string | undefined, text: string): void {
  if (path === undefined || path === '-' || path === '/dev/stdout') return context.stdout.write(text);
  if (path === '/dev/null') return;
  try {
    context.files.write(resolvePath(context.cwd, path), text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*: /, '') : String(error);
    throw new OpensslError(`Can't open "${path}" for writing, ${reason}`);
  }
}
