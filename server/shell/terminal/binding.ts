/** The shell as a room uses it. */
import { createIo } from '../bash/io.ts';
import { Shell } from '../bash/shell.ts';
import { TextOutput } from '../bash/streams.ts';
import { commands } from '../registry.ts';
import type { ShellFiles, ShellHost } from '../types.ts';
import { TerminalSession, type TerminalOptions } from './session.ts';

export type OpenOptions = Omit<TerminalOptions, 'commands'>;

/** Opens a terminal with all commands. */
export function openTerminal(options: OpenOptions): TerminalSession {
  return new TerminalSession({ ...options, commands });
}

/** Runs one command line without a terminal. @param user name of the account whose home the files have. */
export async function runLine(line: string, host: ShellHost, files: ShellFiles, user = 'student'): Promise<{ stdout: string; stderr: string; code: number }> {
  const home = `/home/${user}`;
  const shell = new Shell({ host, files, commands, session: { listeners: new Map() }, size: () => undefined, history: () => [] }, files.isDirectory(home) ? home : '/');
  shell.initialize(user, home);
  const stdout = new TextOutput();
  const stderr = new TextOutput();
  const code = await shell.run(line, createIo({ stdout, stderr, signal: new AbortController().signal }));
  shell.jobs.endAll();
  return { stdout: stdout.text, stderr: stderr.text, code };
}
