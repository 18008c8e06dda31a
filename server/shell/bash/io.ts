/** File descriptors of a command, and redirections. */
import type { ShellFiles, ShellInput, ShellOutput } from '../types.ts';
import type { Redirect } from './ast.ts';
import { parentOf, resolvePath } from './paths.ts';
import { FileOutput, LineReader, NO_OUTPUT, textInput } from './streams.ts';

export interface Descriptor {
  input?: LineReader;
  output?: ShellOutput;
}

/** What a command runs with. */
export interface Io {
  descriptors: ReadonlyMap<number, Descriptor>;
  /** Fires when the command should end; the reason is the name of the signal. */
  signal: AbortSignal;
}

/** A redirection that failed; the message is what bash prints after `bash: `. */
export class RedirectError extends Error {
  override readonly name = 'RedirectError';
}

const MAX_DESCRIPTOR = 255;

export function createIo(streams: { stdin?: ShellInput; stdout: ShellOutput; stderr: ShellOutput; signal: AbortSignal }): Io {
  return {
    descriptors: new Map<number, Descriptor>([
      [0, { input: lineReader(streams.stdin ?? textInput('')) }],
      [1, { output: streams.stdout }],
      [2, { output: streams.stderr }],
    ]),
    signal: streams.signal,
  };
}

export function lineReader(input: ShellInput): LineReader {
  return input instanceof LineReader ? input : new LineReader(input);
}

export function stdinOf(io: Io): LineReader {
  return io.descriptors.get(0)?.input ?? new LineReader(textInput(''));
}

export function stdoutOf(io: Io): ShellOutput {
  return io.descriptors.get(1)?.output ?? NO_OUTPUT;
}

export function stderrOf(io: Io): ShellOutput {
  return io.descriptors.get(2)?.output ?? NO_OUTPUT;
}

export function withDescriptor(io: Io, fd: number, descriptor: Descriptor): Io {
  return { ...io, descriptors: new Map(io.descriptors).set(fd, descriptor) };
}

export function withSignal(io: Io, signal: AbortSignal): Io {
  return { ...io, signal };
}

export interface RedirectContext {
  files: ShellFiles;
  cwd: string;
  noclobber: boolean;
  /** Expands a target to exactly one word. @throws RedirectError */
  target(redirect: Redirect): Promise<string>;
  /** Expands a here-document or here-string. */
  text(redirect: Redirect): Promise<string>;
  /** Reports a write that failed later. */
  onError(error: unknown): void;
}

/** Applies redirections from left to right. `close` is to be called when the command has ended. @throws RedirectError */
export async function redirect(io: Io, redirects: Redirect[], context: RedirectContext): Promise<{ io: Io; close: () => void }> {
  const descriptors = new Map(io.descriptors);
  const opened: FileOutput[] = [];
  const open = (path: string, append: boolean): ShellOutput => {
    const output = openForWriting(path, append, io, context);
    if (output instanceof FileOutput) opened.push(output);
    return output;
  };
  for (const entry of redirects) {
    const { operator } = entry;
    const fd = entry.fd ?? (operator.startsWith('<') ? 0 : 1);
    if (fd > MAX_DESCRIPTOR) throw new RedirectError(`${fd}: Bad file descriptor`);
    if (operator === '<<') descriptors.set(fd, { input: new LineReader(textInput(await context.text(entry))) });
    else if (operator === '<<<') descriptors.set(fd, { input: new LineReader(textInput(`${await context.text(entry)}\n`)) });
    else {
      const target = await context.target(entry);
      switch (operator) {
        case '<':
        case '<>':
          descriptors.set(fd, { input: openForReading(target, io, context) });
          break;
        case '>':
        case '>|':
          if (operator === '>' && context.noclobber && context.files.read(resolvePath(context.cwd, target)) !== undefined) throw new RedirectError(`${target}: cannot overwrite existing file`);
          descriptors.set(fd, { output: open(target, false) });
          break;
        case '>>':
          descriptors.set(fd, { output: open(target, true) });
          break;
        case '&>':
        case '&>>': {
          const output = open(target, operator === '&>>');
          descriptors.set(1, { output }).set(2, { output });
          break;
        }
        case '>&':
        case '<&': {
          if (operator === '>&' && !/^(\d+|-)$/.test(target)) {
            const output = open(target, false);
            descriptors.set(1, { output }).set(2, { output });
            break;
          }
          if (target === '-') {
            descriptors.delete(fd);
            break;
          }
          const source = descriptors.get(Number(target));
          if (!/^\d+$/.test(target) || !source) throw new RedirectError(`${target}: Bad file descriptor`);
          descriptors.set(fd, source);
        }
      }
    }
  }
  return { io: { ...io, descriptors }, close: () => opened.forEach((output) => output.flush()) };
}

function openForReading(target: string, io: Io, { files, cwd }: RedirectContext): LineReader {
  const path = resolvePath(cwd, target);
  if (path === '/dev/null') return new LineReader(textInput(''));
  if (path === '/dev/stdin' || path === '/dev/tty') return stdinOf(io);
  if (files.isDirectory(path)) throw new RedirectError(`${target}: Is a directory`);
  const text = files.read(path);
  if (text === undefined) throw new RedirectError(`${target}: No such file or directory`);
  return new LineReader(textInput(text));
}

function openForWriting(target: string, append: boolean, io: Io, { files, cwd, onError }: RedirectContext): ShellOutput {
  const path = resolvePath(cwd, target);
  if (path === '/dev/null') return NO_OUTPUT;
  if (path === '/dev/stdout') return stdoutOf(io);
  if (path === '/dev/stderr' || path === '/dev/tty') return stderrOf(io);
  if (target === '' || !files.isDirectory(parentOf(path))) throw new RedirectError(`${target}: No such file or directory`);
  if (files.isDirectory(path)) throw new RedirectError(`${target}: Is a directory`);
  try {
    return new FileOutput(files, path, append, onError);
  } catch (error) {
    throw new RedirectError(fileErrorMessage(target, error));
  }
}

/** What a tool says about a file that it could not write. */
export function fileErrorMessage(target: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.includes(target) ? message.slice(message.indexOf(target)) : `${target}: ${message}`;
}
