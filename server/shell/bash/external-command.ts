/**
 * Runs the commands that are no part of the shell, such as `kubectl` and `grep`. One that a signal meant for it has ended
 * writes nothing more, and the shell does not wait for it.
 */
import { realWork } from '../real-work.ts';
import type { Command, CommandContext, ShellOutput } from '../types.ts';
import { AbortedError, ExitSignal } from './control-flow.ts';
import { stderrOf, stdinOf, stdoutOf, type Io } from './io.ts';
import type { Shell } from './shell.ts';
import { ready, type PacedOutput } from './streams.ts';

/** After a signal a command has this many turns of the event loop to say its last words and clean up. */
const GRACE_TURNS = 4;

/** Runs a command of the registry. A signal ends it, whether it listens or not. */
export async function runExternal(command: Command, args: string[], shell: Shell, io: Io): Promise<number> {
  if (io.signal.aborted) throw new AbortedError(io.signal);
  let open = true;
  const gate = (output: ShellOutput): PacedOutput => ({ isTerminal: output.isTerminal, write: (text) => void (open && output.write(text)), ready: () => ready(output) });
  const size = shell.environment.size();
  const context: CommandContext = {
    args,
    stdin: stdinOf(io),
    stdout: gate(stdoutOf(io)),
    stderr: gate(stderrOf(io)),
    env: shell.variables.environment(),
    cwd: shell.cwd,
    files: shell.files,
    host: shell.host,
    signal: io.signal,
    ...(size ? { size } : {}),
    session: shell.environment.session,
    run: (line, streams) => shell.runForCommand(line, io, streams),
  };
  const abort = abortedAfterGrace(io.signal);
  try {
    const status = await Promise.race([command.run(context), abort.promise]);
    if (status === undefined || io.signal.aborted) throw new AbortedError(io.signal);
    return status;
  } catch (error) {
    if (io.signal.aborted) throw new AbortedError(io.signal);
    if (error instanceof ExitSignal) throw error;
    stderrOf(io).write(`${command.name}: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    open = false;
    abort.dispose();
  }
}

/** A promise that resolves with undefined a few turns of the event loop after the signal. */
function abortedAfterGrace(signal: AbortSignal): { promise: Promise<undefined>; dispose: () => void } {
  let dispose = (): void => {};
  const promise = new Promise<undefined>((resolve) => {
    const onAbort = (): void => {
      const wait = async (): Promise<void> => {
        for (let turn = 0; turn < GRACE_TURNS; turn++) await new Promise((next) => setImmediate(next));
        resolve(undefined);
      };
      void realWork(wait());
    };
    signal.addEventListener('abort', onAbort, { once: true });
    dispose = () => signal.removeEventListener('abort', onAbort);
  });
  return { promise, dispose };
}
