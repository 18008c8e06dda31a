/** sh(1): how it is started, and what each event does to it. */
import { resolvePath } from '../../paths.ts';
import type { ProcessContext, ProcessEvent, Program } from '../types.ts';
import { FileError } from '../types.ts';
import { builtins } from './builtins.ts';
import { Shell } from './shell.ts';
import { newFrame, newShell } from './shell-state.ts';

/** Gives a shell its turn after an event, and runs on. */
function step(process: ProcessContext, event: ProcessEvent): void {
  if (event.kind === 'start' && process.data === null) {
    if (!begin(process)) return;
  }
  const shell = new Shell(process);
  const { state } = shell;
  process.busy = false;
  switch (event.kind) {
    case 'child':
      shell.child(event.pid, event.code);
      break;
    case 'signal':
      shell.signal(event.signal);
      break;
    case 'input':
      if (state.wait?.kind === 'line') state.wait = null;
      else if (state.wait?.kind === 'read') {
        const { names } = state.wait;
        state.wait = null;
        const code = builtins.read?.(shell, names, 'read');
        if (code !== undefined) state.status = code;
      }
      break;
    case 'start':
    case 'timer':
      break;
  }
  shell.run();
}

/** Reads the command line of sh. @returns false when it has ended already. */
function begin(process: ProcessContext): boolean {
  const [name = 'sh', ...rest] = process.argv;
  const state = newShell(name.replace(/^.*\//, ''), []);
  process.data = state;
  let at = 0;
  let command: string | undefined;
  for (; at < rest.length; at++) {
    const word = rest[at] as string;
    if (word === '--') {
      at++;
      break;
    }
    if (!/^[-+][a-zA-Z]+$/.test(word)) break;
    const on = word.startsWith('-');
    if (word.includes('e')) state.options.errexit = on;
    if (word.includes('u')) state.options.nounset = on;
    if (word.includes('x')) state.options.xtrace = on;
    if (word.includes('o')) at++;
    if (word.includes('c')) {
      command = rest[at + 1];
      at += 2;
      break;
    }
  }
  const after = rest.slice(at);
  if (command !== undefined) {
    if (after[0] !== undefined) state.name = after[0];
    state.args = after.slice(1);
    state.frames.push(newFrame(command, 'script'));
    return true;
  }
  if (after[0] !== undefined) {
    try {
      const text = process.files.read(resolvePath(process.cwd, after[0]));
      state.name = after[0];
      state.args = after.slice(1);
      state.frames.push(newFrame(text, 'script'));
      return true;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      process.write(2, `${state.name}: can't open '${after[0]}': ${error.message}\n`);
      process.exit(2);
      return false;
    }
  }
  state.reading = true;
  state.interactive = process.interactive;
  if (state.interactive) {
    const debian = process.files.exists('/etc/debian_version');
    const bash = state.name === 'bash';
    state.prompt = bash ? `root@${process.container.hostname}:\\w# ` : debian ? '# ' : '\\w # ';
    process.onSignal('INT', 'handle');
    process.onSignal('WINCH', 'handle');
    process.write(1, state.prompt.replace('\\w', process.cwd));
  }
  return true;
}

export const sh: Program = { name: 'sh', memoryBytes: 720_896, step };
