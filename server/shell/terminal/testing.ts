/** A terminal for tests: a session on a cluster of its own, typed into and read from the screen that a person would see. */
import headless from '@xterm/headless';
import type { Cluster } from '../../simulation/cluster.ts';
import { defaultConfig } from '../../simulation/config.ts';
import { settledCluster } from '../../simulation/harness/settled.ts';
import { drive } from '../lab/driver.ts';
import { LabHost } from '../lab/lab-host.ts';
import { MemoryFiles } from '../lab/memory-files.ts';
import { commands } from '../registry.ts';
import type { ShellHost } from '../types.ts';
import { TerminalSession, type EnteredLine } from './session.ts';

const SEED = 7;
const START = Date.UTC(2026, 10, 24, 0, 30, 0);
/** After a key, whatever it set off may take this much virtual time before the next. */
const KEY_MS = 1_000;

export interface TestTerminal {
  readonly cluster: Cluster;
  readonly files: MemoryFiles;
  readonly session: TerminalSession;
  readonly entered: EnteredLine[];
  readonly exited: () => boolean;
  /** Types, and lets virtual time pass. `\r` is Enter. */
  type(keys: string, milliseconds?: number): Promise<void>;
  wait(milliseconds: number): Promise<void>;
  resize(columns: number, rows: number): void;
  /** The screen's lines, without blanks at their ends and without empty lines at the end. */
  screen(): Promise<string[]>;
  /** Where the cursor is: column and row of the screen, from 0. */
  cursor(): Promise<{ x: number; y: number }>;
}

export function testTerminal({ columns = 100, rows = 30, edit }: { columns?: number; rows?: number; edit?: ShellHost['edit'] } = {}): TestTerminal {
  const cluster = settledCluster(defaultConfig(SEED, START));
  const host = new LabHost(cluster, SEED);
  const files = new MemoryFiles(['/home/alice', '/tmp']);
  const screen = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
  const entered: EnteredLine[] = [];
  let exited = false;
  const session = new TerminalSession({
    host: edit ? Object.assign(host, { edit }) : host,
    files,
    commands,
    user: 'alice',
    size: { columns, rows },
    onOutput: (text) => screen.write(text),
    onLineEnd: (line) => entered.push(line),
    onExit: () => (exited = true),
  });
  const wait = (milliseconds: number): Promise<void> => drive(host.sleep(milliseconds), host);
  const flushed = (): Promise<void> => new Promise((resolve) => screen.write('', resolve));
  return {
    cluster,
    files,
    session,
    entered,
    exited: () => exited,
    async type(keys, milliseconds = KEY_MS) {
      session.input(keys);
      await wait(milliseconds);
    },
    wait,
    resize(newColumns, newRows) {
      screen.resize(newColumns, newRows);
      session.resize({ columns: newColumns, rows: newRows });
    },
    async screen() {
      await flushed();
      const buffer = screen.buffer.active;
      const lines = Array.from({ length: buffer.length }, (_, index) => buffer.getLine(index)?.translateToString(true).trimEnd() ?? '');
      while (lines.length > 0 && lines.at(-1) === '') lines.pop();
      return lines;
    },
    async cursor() {
      await flushed();
      return { x: screen.buffer.active.cursorX, y: screen.buffer.active.cursorY };
    },
  };
}
