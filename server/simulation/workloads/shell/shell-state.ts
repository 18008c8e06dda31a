/** What a shell remembers between turns: plain data. */

export interface Frame {
  text: string;
  pc: number;
  /** Positional parameters of a function, or of the script. */
  args: string[];
  loops: { end: number; again: number; redirects: number; items?: string[] }[];
  /** Streams to go back to after redirected compounds. */
  saved: { stdin: number; stdout: number; stderr: number }[];
  slots: Record<number, string>;
  items: string[];
  kind: 'script' | 'function' | 'trap' | 'eval' | 'source' | 'line';
  locals?: Record<string, string | null>;
  /** Status to go back to after a trap. */
  status?: number;
}

export type Wait =
  | { kind: 'child'; pid: number }
  | { kind: 'capture'; pid: number; stream: number; slot: number }
  | { kind: 'pipeline'; pids: number[]; last: number; code: number }
  | { kind: 'jobs'; pid: number }
  | { kind: 'read'; names: string[] }
  | { kind: 'line' };

export interface ShellState {
  frames: Frame[];
  vars: Record<string, string>;
  exported: string[];
  functions: Record<string, string>;
  traps: Record<string, string>;
  pendingSignals: string[];
  status: number;
  wait: Wait | null;
  name: string;
  args: string[];
  options: { errexit: boolean; nounset: boolean; xtrace: boolean };
  background: number[];
  finished: Record<number, number>;
  lastBackground: number;
  /** Reads its program from standard input. */
  reading: boolean;
  interactive: boolean;
  /** Lines of a command that is not complete yet. */
  partial: string;
  prompt: string;
}

export function newShell(name: string, args: string[]): ShellState {
  return { frames: [], vars: {}, exported: [], functions: {}, traps: {}, pendingSignals: [], status: 0, wait: null, name, args, options: { errexit: false, nounset: false, xtrace: false }, background: [], finished: {}, lastBackground: 0, reading: false, interactive: false, partial: '', prompt: '# ' };
}

export function newFrame(text: string, kind: Frame['kind'], args: string[] = []): Frame {
  return { text, pc: 0, args, loops: [], saved: [], slots: {}, items: [], kind };
}
