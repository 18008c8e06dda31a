/** Small programs: how they read their input and where their files are. */
import { resolvePath } from '../../paths.ts';
import type { ProcessContext, Program } from '../types.ts';
import { FileError } from '../types.ts';

/** A program that does its work at once. @param run returns the exit code. */
export function immediate(name: string, run: (process: ProcessContext, args: string[]) => number): Program {
  return {
    name,
    memoryBytes: 524_288,
    step(process, event) {
      if (event.kind === 'start') process.exit(run(process, process.argv.slice(1)));
    },
  };
}

interface FilterState {
  text: string;
}

/**
 * A program that works on its whole input once that has ended.
 * @param files which of the arguments name files to read instead; none: standard input.
 */
export function filter(name: string, files: (args: string[]) => string[], run: (process: ProcessContext, args: string[], inputs: { name: string; text: string }[], failed: boolean) => number): Program {
  return {
    name,
    memoryBytes: 524_288,
    step(process, event) {
      const args = process.argv.slice(1);
      if (event.kind === 'start') {
        const names = files(args);
        if (names.length > 0 && !names.includes('-')) {
          const { inputs, failed } = readAll(process, name, names);
          return process.exit(run(process, args, inputs, failed));
        }
        process.data = { text: '' } satisfies FilterState;
      }
      const state = process.data as FilterState;
      for (;;) {
        const chunk = process.read();
        if (chunk === undefined) return process.exit(run(process, args, [{ name: '-', text: state.text }], false));
        if (chunk === '') return;
        state.text += chunk;
      }
    },
  };
}

/** Reads files, with busybox's words for those that cannot be read. */
export function readAll(process: ProcessContext, tool: string, names: string[]): { inputs: { name: string; text: string }[]; failed: boolean } {
  const inputs: { name: string; text: string }[] = [];
  let failed = false;
  for (const name of names) {
    try {
      inputs.push({ name, text: process.files.read(resolvePath(process.cwd, name)) });
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      failed = true;
      process.write(2, error.message === 'Is a directory' ? `${tool}: read error: Is a directory\n` : `${tool}: can't open '${name}': ${error.message}\n`);
    }
  }
  return { inputs, failed };
}

/**
 * A program that passes its input on line by line as it comes.
 * @param line what becomes of a line (with its end); undefined ends the program.
 */
export function lineByLine(name: string, files: (args: string[]) => string[], line: (process: ProcessContext, args: string[], text: string, state: Record<string, number>, source: string) => boolean, end: (process: ProcessContext, args: string[], state: Record<string, number>) => number): Program {
  return {
    name,
    memoryBytes: 524_288,
    step(process, event) {
      const args = process.argv.slice(1);
      if (event.kind === 'start') {
        process.data = {};
        const names = files(args);
        if (names.length > 0 && !names.includes('-')) {
          const state = process.data as Record<string, number>;
          const { inputs, failed } = readAll(process, name, names);
          reading: for (const input of inputs) {
            for (const text of splitLines(input.text)) if (!line(process, args, text, state, input.name)) break reading;
          }
          return process.exit(failed ? Math.max(1, end(process, args, state)) : end(process, args, state));
        }
      }
      const state = process.data as Record<string, number>;
      for (;;) {
        const text = process.readLine();
        if (text === '') return;
        if (text === undefined || !line(process, args, text, state, '-')) return process.exit(end(process, args, state));
        if (process.ended) return;
      }
    },
  };
}

/** Lines with their ends. */
export function splitLines(text: string): string[] {
  const lines = text.split('\n');
  const last = lines.pop();
  const result = lines.map((line) => `${line}\n`);
  if (last) result.push(last);
  return result;
}

/** Operands: arguments that are not options. @param withValue options that take the next argument. */
export function operands(args: string[], withValue = ''): string[] {
  const result: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const argument = args[i] as string;
    if (argument === '--') return [...result, ...args.slice(i + 1)];
    if (argument.startsWith('-') && argument.length > 1) {
      if (argument.length === 2 && withValue.includes(argument[1] as string)) i++;
    } else result.push(argument);
  }
  return result;
}

/** Whether a one-letter option was given, alone or among others. */
export function has(args: string[], letter: string): boolean {
  for (const argument of args) {
    if (argument === '--') return false;
    if (/^-[A-Za-z0-9]+$/.test(argument) && argument.includes(letter)) return true;
  }
  return false;
}

/** The value of a one-letter option: `-n 5`, `-n5`. */
export function option(args: string[], letter: string): string | undefined {
  for (let i = 0; i < args.length; i++) {
    const argument = args[i] as string;
    if (argument === '--') return undefined;
    if (argument === `-${letter}`) return args[i + 1];
    if (argument.startsWith(`-${letter}`) && argument.length > 2) return argument.slice(2);
  }
  return undefined;
}
