/** Exec and attach sessions: commands that people, probes and hooks run in containers, and what is typed into them. */
import type { Container, ProcessState, Session } from './container-state.ts';
import { newEditedLine, typeInto } from './line-editing.ts';
import { containerEnvironment, DEFAULT_PATH, deliverSignal, lookUpProgram, makeProcess, stepProcess } from './processes.ts';
import { recorderCommand } from './recorder.ts';
import type { ContainerRuntime } from './runtime.ts';
import { newStream, NULL_STREAM, PIPE_LIMIT_BYTES } from './streams.ts';

/** Starts an exec session. @returns runc's message when the program cannot be started. */
export function openSession(runtime: ContainerRuntime, container: Container, argv: string[], { id, tty, stdin }: { id: string; tty: boolean; stdin: boolean }): string | undefined {
  const env = containerEnvironment(runtime, container);
  const found = lookUpProgram(runtime, container, argv, env.PATH ?? DEFAULT_PATH, container.cwd);
  if ('failed' in found) return execProblem(argv[0] ?? '', found.failed);
  const process = makeProcess(container, found.program, found.argv, runtime.now);
  if (tty) process.env = { ...env, TERM: 'xterm' };
  process.session = id;
  process.stdin = stdin ? newStream(container, { kind: 'pipe', text: '', writers: 1, reader: process.pid }) : NULL_STREAM;
  process.stdout = newStream(container, { kind: 'session', session: id, fd: 1 });
  process.stderr = tty ? process.stdout : newStream(container, { kind: 'session', session: id, fd: 2 });
  container.processes.set(process.pid, process);
  runtime.state.sessions.set(id, { id, container: container.id, pid: process.pid, tty, input: process.stdin });
  stepProcess(runtime, container, process, { kind: 'start' });
  return undefined;
}

function execProblem(name: string, failed: 'not-found' | 'not-executable'): string {
  const why = failed === 'not-executable' ? `exec: "${name}": permission denied` : name.includes('/') ? `exec: "${name}": stat ${name}: no such file or directory` : `exec: "${name}": executable file not found in $PATH`;
  return `OCI runtime exec failed: exec failed: unable to start container process: ${why}`;
}

/** Starts a session with the main process of a container. */
export function attach(runtime: ContainerRuntime, container: Container, id: string, tty: boolean): void {
  const main = container.processes.get(1);
  const record: Session = { id, container: container.id, pid: 0, tty, input: container.stdin && main ? main.stdin : 0 };
  runtime.state.sessions.set(id, record);
  // The client tells its window's size, upon which line editors draw their prompt again.
  if (tty && main?.signals?.WINCH === 'handle') deliverSignal(runtime, container, main, 'WINCH');
}

export interface CommandResult {
  code: number;
  output: string;
}

/**
 * Runs a command for a probe or hook.
 * @param session collects the output of a command that goes on; its end is told by ContainerRuntime.commandEnded.
 * @returns the result, or undefined while the command goes on.
 */
export function runCommand(runtime: ContainerRuntime, container: Container, argv: string[], session?: string): CommandResult | undefined {
  if (runtime.options.recorderWorkloads) {
    const answer = recorderCommand(argv, runtime.now - container.startedAt);
    if (answer) return answer;
  }
  const id = session ?? `command ${container.id} ${container.nextPid}`;
  runtime.captures.set(id, '');
  const problem = openSession(runtime, container, argv, { id, tty: false, stdin: false });
  if (problem !== undefined) {
    runtime.captures.delete(id);
    return { code: 126, output: `failed to exec in container: failed to start exec: ${problem}: unknown` };
  }
  if (runtime.state.sessions.has(id)) {
    const record = runtime.state.sessions.get(id) as Session;
    if (session !== undefined) {
      record.captured = runtime.captures.get(id) ?? '';
      runtime.captures.delete(id);
    } else {
      // Nobody waits for it: let it run with its output going nowhere.
      runtime.captures.delete(id);
      record.captured = '';
    }
    return undefined;
  }
  const ended = runtime.captures.get(id) ?? '';
  runtime.captures.delete(id);
  return { code: runtime.capturedCode, output: ended };
}

/** Kills a command that went on. */
export function killCommand(runtime: ContainerRuntime, id: string): void {
  const session = runtime.state.sessions.get(id);
  const container = session && runtime.state.containers.get(session.container);
  if (!session || !container) return;
  runtime.state.sessions.delete(id);
  const process = container.processes.get(session.pid);
  if (process) deliverSignal(runtime, container, process, 'KILL');
}

/** Typed or sent input reaches a session. */
export function writeSession(runtime: ContainerRuntime, id: string, data: string): void {
  const session = runtime.state.sessions.get(id);
  const container = session && runtime.state.containers.get(session.container);
  if (!session || !container) return;
  if (!session.tty) return feed(runtime, container, session, data);
  const edited = (session.edited ??= newEditedLine());
  typeInto(edited, data, (text) => text !== '' && runtime.emit(session.id, 'stdout', text), (effect) => {
    if (effect.kind === 'line') feed(runtime, container, session, effect.line);
    else if (effect.kind === 'interrupt') interrupt(runtime, container, session);
    else endInput(runtime, container, session);
  });
}

/** Ctrl-C goes to the foreground: the youngest descendants of the session's process, or the process itself. */
function interrupt(runtime: ContainerRuntime, container: Container, session: Session): void {
  const root = container.processes.get(session.pid || 1);
  if (!root) return;
  const children = [...container.processes.values()].filter((process) => descends(container, process, root.pid) && process.pid !== root.pid);
  // An interactive shell gives up its line before its children end and it would go on with the rest.
  if (children.length === 0 || root.signals?.INT === 'handle') deliverSignal(runtime, container, root, 'INT');
  for (const target of children) deliverSignal(runtime, container, target, 'INT');
}

function descends(container: Container, process: ProcessState, ancestor: number): boolean {
  for (let current: ProcessState | undefined = process; current; current = container.processes.get(current.ppid)) {
    if (current.pid === ancestor) return true;
    if (current.ppid === 0) return false;
  }
  return false;
}

function feed(runtime: ContainerRuntime, container: Container, session: Session, data: string): void {
  const stream = container.streams?.get(session.input);
  if (stream?.kind !== 'pipe') return;
  delete stream.hungry;
  if (stream.text.length + data.length <= PIPE_LIMIT_BYTES) stream.text += data;
  runtime.wakeReader(container, stream.reader);
}

/** Ctrl-D: whoever reads now sees the end. */
function endInput(runtime: ContainerRuntime, container: Container, session: Session): void {
  const stream = container.streams?.get(session.input);
  if (stream?.kind !== 'pipe') return;
  stream.eof = true;
  delete stream.hungry;
  runtime.wakeReader(container, stream.reader);
}

/** Standard input of a session ends. */
export function endSessionInput(runtime: ContainerRuntime, id: string): void {
  const session = runtime.state.sessions.get(id);
  const container = session && runtime.state.containers.get(session.container);
  const stream = session && container?.streams?.get(session.input);
  if (!container || stream?.kind !== 'pipe') return;
  stream.writers = 0;
  runtime.wakeReader(container, stream.reader);
}

/** The client of a session has gone. */
export function hangUp(runtime: ContainerRuntime, id: string): void {
  const session = runtime.state.sessions.get(id);
  if (!session) return;
  const container = runtime.state.containers.get(session.container);
  runtime.state.sessions.delete(id);
  if (!container || session.pid === 0) return;
  const process = container.processes.get(session.pid);
  if (process) deliverSignal(runtime, container, process, 'HUP');
}
