/** sed: its options, and the files that it reads, or edits in place. */
import { fileErrorMessage } from '../bash/io.ts';
import { resolvePath } from '../bash/paths.ts';
import { TextOutput } from '../bash/streams.ts';
import type { Command, CommandContext, ShellOutput } from '../types.ts';
import { openInput, parseOptions, UsageError, withUsage } from './common.ts';
import { Lines, SedMachine } from './sed-machine.ts';
import { asksForLast, parseSed, SedError, type SedCommand } from './sed-script.ts';

const USAGE = 'Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n';

async function run(context: CommandContext): Promise<number> {
  const args = context.args.map((arg) => (/^-i./.test(arg) && !arg.startsWith('--') ? '-i' : arg));
  const options = parseOptions(args, ['n', 'E', 'r', 's', 'u', 'z', 'i', 'quiet', 'silent', 'regexp-extended', 'in-place', 'separate', 'unbuffered', 'debug', 'posix'], ['e', 'f', 'expression', 'file', 'l']);
  const has = (...names: string[]): boolean => names.some((name) => options.flags.has(name));
  const parts: string[] = [];
  for (const [flag, value] of options.all) {
    if (flag === 'e' || flag === 'expression') parts.push(String(value));
    if (flag === 'f' || flag === 'file') {
      const text = context.files.read(resolvePath(context.cwd, String(value)));
      if (text === undefined) throw new UsageError(`couldn't open file ${String(value)}: No such file or directory`);
      parts.push(text);
    }
  }
  const files = [...options.operands];
  if (parts.length === 0) {
    const script = files.shift();
    if (script === undefined) {
      context.stderr.write(USAGE);
      return 1;
    }
    parts.push(script);
  }
  const script = parseSed(parts.join('\n'), has('E', 'r', 'regexp-extended'));
  const silent = has('n', 'quiet', 'silent');
  let status = 0;
  const onMissing = (): void => void (status = 2);
  if (has('i', 'in-place')) {
    for (const file of files) status = (await inPlace(file, script, silent, context, onMissing)) || status;
    return status;
  }
  const machine = new SedMachine(script, silent, new Lines(linesOf(files.length > 0 ? files : ['-'], context, onMissing), asksForLast(script)), context.stdout, context);
  await machine.run();
  return machine.status || status;
}

async function inPlace(file: string, script: SedCommand[], silent: boolean, context: CommandContext, onMissing: () => void): Promise<number> {
  const path = resolvePath(context.cwd, file);
  if (context.files.read(path) === undefined) {
    context.stderr.write(context.files.isDirectory(path) ? `sed: couldn't edit ${file}: not a regular file\n` : `sed: can't read ${file}: No such file or directory\n`);
    return context.files.isDirectory(path) ? 4 : 2;
  }
  const output = new TextOutput();
  const machine = new SedMachine(script, silent, new Lines(linesOf([file], context, onMissing), true), output, context);
  await machine.run();
  try {
    context.files.write(path, output.text);
  } catch (error) {
    throw new UsageError(`couldn't open file ${fileErrorMessage(file, error)}`);
  }
  return machine.status;
}

function linesOf(files: string[], context: CommandContext, onMissing: () => void): () => Promise<string | undefined> {
  const left = [...files];
  let input = undefined as Awaited<ReturnType<typeof openInput>>;
  const stderr: ShellOutput = { isTerminal: false, write: (text) => context.stderr.write(text.replace(/^sed: (.*): No such/, "sed: can't read $1: No such").replace(/^sed: (.*): Is a directory/, "sed: couldn't read $1: Is a directory")) };
  return async () => {
    for (;;) {
      const line = await input?.line();
      if (line !== undefined) return line;
      const file = left.shift();
      if (file === undefined) return undefined;
      input = openInput('sed', file, { ...context, stderr });
      if (!input) onMissing();
    }
  };
}

export const sed: Command = {
  name: 'sed',
  summary: 'edit lines as they pass',
  run: (context) =>
    withUsage('sed', context, async () => {
      try {
        return await run(context);
      } catch (error) {
        if (!(error instanceof SedError)) throw error;
        context.stderr.write(`sed: ${error.message}\n`);
        return 1;
      }
    }),
};
