/** What a room needs of the shell; bound to server/shell in main.ts and in tests, so that rooms can be tested without it. */
import type { ShellFiles, ShellHost } from '../shell/types.ts';

export interface ShellOptions {
  host: ShellHost;
  files: ShellFiles;
  size: { columns: number; rows: number };
  /** Name of the person's account: `/home/NAME`, the prompt. */
  user: string;
  /** Where the shell starts. */
  cwd: string;
  onOutput(text: string): void;
  /** A line was entered at the prompt. */
  onLine(line: string): void;
  /** The shell ended (`exit`, Ctrl-D). */
  onExit(): void;
}

export interface Shell {
  /** Keystrokes as a terminal sends them. */
  input(data: string): void;
  resize(size: { columns: number; rows: number }): void;
  /** Ends whatever runs. */
  close(): void;
}

export interface ShellBinding {
  open(options: ShellOptions): Shell;
  /** Runs one command line without a terminal. @returns what it printed. */
  run(line: string, host: ShellHost, files: ShellFiles): Promise<{ stdout: string; stderr: string; code: number }>;
}
