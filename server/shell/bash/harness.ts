/** A shell for tests: files in memory, a clock of its own, no cluster. */
import { drive } from '../lab/driver.ts';
import { MemoryFiles } from '../lab/memory-files.ts';
import { VirtualClock } from '../lab/virtual-clock.ts';
import type { Command, ShellHost } from '../types.ts';
import { createIo } from './io.ts';
import { Shell } from './shell.ts';
import { TextOutput, textInput } from './streams.ts';

const START = Date.UTC(2026, 10, 24, 9, 0, 0);

export interface TestShell {
  shell: Shell;
  files: MemoryFiles;
  now(): number;
  /** Lets work go on until it ends; virtual time passes when everything waits. */
  drive<T>(work: Promise<T>): Promise<T>;
  run(text: string, options?: { stdin?: string; signal?: AbortSignal }): Promise<{ stdout: string; stderr: string; code: number }>;
}

export function testShell(commands: ReadonlyMap<string, Command>): TestShell {
  let now = START;
  const clock = new VirtualClock(() => now);
  const files = new MemoryFiles(['/home/alice', '/tmp']);
  const refuse = (): never => {
    throw new Error('there is no cluster in this test');
  };
  const host: ShellHost = { identity: () => ({ username: 'kubernetes-admin', server: '192.168.49.2:6443' }), now: () => now, sleep: (ms, signal) => clock.sleep(ms, signal), request: refuse, stream: refuse, exec: refuse, http: refuse, operation: refuse, open: () => {} };
  const shell = new Shell({ host, files, commands, session: { listeners: new Map() }, size: () => undefined, history: () => [] }, '/home/alice');
  shell.initialize('alice', '/home/alice');
  const timeline = {
    now: () => now,
    next: () => clock.next(),
    advance: (until: number) => {
      now = until;
      while (clock.wake());
    },
  };
  return {
    shell,
    files,
    now: () => now,
    drive: (work) => drive(work, timeline),
    async run(text, { stdin = '', signal = new AbortController().signal } = {}) {
      const stdout = new TextOutput();
      const stderr = new TextOutput();
      const code = await drive(shell.run(text, createIo({ stdin: textInput(stdin), stdout, stderr, signal })), timeline);
      return { stdout: stdout.text, stderr: stderr.text, code };
    },
  };
}
