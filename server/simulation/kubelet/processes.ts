/** Processes in containers: how they start, get their turns, read and write, receive signals and end. */
import { imageFor, programNamed } from '../workloads/registry.ts';
import { FileError, type ContainerView, type Files, type ProcessContext, type ProcessEvent, type Program, type Redirects, type Signal, type Spawned } from '../workloads/types.ts';
import type { ContainerNetwork } from './types.ts';
import type { Source } from '../network/types.ts';
import type { Container, ProcessState, Session, StreamState } from './container-state.ts';
import { expand } from './environment-variables.ts';
import { resolvePath } from './files.ts';
import { recorderCommand, recorderProgram } from './recorder.ts';
import type { ContainerRuntime } from './runtime.ts';

/** A container has at most so many processes at a time (kubelet's podPidsLimit is far above what scripts need). */
const PROCESS_LIMIT = 200;
/** A pipe or typed input holds at most so much, bytes; more is lost, which no script of a class notices. */
const PIPE_LIMIT_BYTES = 1_048_576;

const SIGNAL_NUMBERS: Record<Signal, number> = { HUP: 1, INT: 2, QUIT: 3, KILL: 9, USR1: 10, USR2: 12, PIPE: 13, TERM: 15, CONT: 18, STOP: 19, WINCH: 28 };
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The environment that a container's processes start with. */
export function containerEnvironment(runtime: ContainerRuntime, container: Container): Record<string, string> {
  const sandbox = runtime.sandboxOf(container);
  const image = runtime.imageOf(container);
  return {
    PATH: DEFAULT_PATH,
    HOSTNAME: sandbox.hostname,
    ...(image?.env ?? {}),
    ...(runtime.state.serviceVariables.get(container.services) ?? {}),
    ...(container.env ?? {}),
    HOME: container.env?.HOME ?? image?.env.HOME ?? '/root',
  };
}

export function containerView(runtime: ContainerRuntime, container: Container): ContainerView {
  const sandbox = runtime.sandboxOf(container);
  return {
    name: container.name,
    podName: sandbox.name,
    namespace: sandbox.namespace,
    hostname: sandbox.hostname,
    ip: sandbox.ip,
    node: runtime.node,
    image: container.image,
    startedAt: container.startedAt,
    milliCpuLimit: container.milliCpuLimit,
    memoryLimitBytes: container.memoryLimitBytes,
  };
}

type LookUp = { program: string; argv: readonly string[]; path: string } | { failed: 'not-found' | 'not-executable' };

/** Finds the program for a command; scripts in the container's files are run by their interpreter. */
export function lookUpProgram(runtime: ContainerRuntime, container: Container, argv: readonly string[], path: string, cwd: string): LookUp {
  const name = argv[0] ?? '';
  const image = imageFor(container.repository, runtime.options.recorderWorkloads);
  const executables = image?.programs ?? {};
  if (image && !container.layer && name.startsWith('/')) {
    // The usual case, without looking at files.
    const program = executables[name];
    if (program !== undefined && !container.mounts.some((mount) => name.startsWith(mount.path))) return { program, argv, path: name };
  }
  const candidates = name.includes('/') ? [resolvePath(cwd, name)] : path.split(':').map((directory) => `${directory}/${name}`);
  let files: Files | undefined;
  let seen = false;
  for (const candidate of candidates) {
    const program = executables[candidate];
    const layered = container.layer?.get(candidate);
    if (program !== undefined && !layered) return { program, argv, path: candidate };
    if (layered || container.mounts.some((mount) => candidate.startsWith(mount.path)) || image?.files(container.tag)[candidate] !== undefined) {
      files ??= runtime.filesOf(container);
      const info = files.info(candidate);
      if (!info || info.directory) continue;
      seen = true;
      const text = files.read(candidate);
      const shebang = /^#!\s*(\S+)(?:[ \t]+(\S+))?/.exec(text);
      if (!info.executable && !shebang) continue;
      if (!info.executable) continue;
      const interpreter = shebang ? [shebang[1] as string, ...(shebang[2] ? [shebang[2]] : [])] : ['/bin/sh'];
      if (interpreter[0] === '/usr/bin/env') interpreter.shift();
      const found = lookUpProgram(runtime, container, interpreter, path, cwd);
      if ('failed' in found) return found;
      return { program: found.program, argv: [...interpreter, candidate, ...argv.slice(1)], path: candidate };
    }
  }
  return { failed: seen ? 'not-executable' : 'not-found' };
}

/** @returns the number of a new stream of the container. */
export function newStream(container: Container, stream: StreamState): number {
  const number = container.nextStream++;
  (container.streams ??= new Map()).set(number, stream);
  return number;
}

/** Stream numbers that every container has without an entry of their own: nothing, and the log. */
const NULL_STREAM = 0;
const LOG_OUT = -1;
const LOG_ERR = -2;

function makeProcess(container: Container, program: string, argv: readonly string[], now: number): ProcessState {
  return { pid: container.nextPid++, ppid: 0, program, argv: [...argv], cwd: container.cwd, data: null, startedAt: now, timer: 0, stdin: NULL_STREAM, stdout: LOG_OUT, stderr: LOG_ERR };
}

/** Starts a container's main process. @returns runc's message when that fails. */
export function spawnMain(runtime: ContainerRuntime, container: Container): string | undefined {
  const recorder = runtime.options.recorderWorkloads;
  let argv: readonly string[] = container.argv;
  let path = DEFAULT_PATH;
  if (container.env || argv.some((argument) => argument.includes('$('))) {
    const env = containerEnvironment(runtime, container);
    argv = argv.map((argument) => expand(argument, (name) => env[name]));
    path = env.PATH as string;
  } else path = runtime.imageOf(container)?.env.PATH ?? DEFAULT_PATH;
  container.argv = argv as string[];
  const found = lookUpProgram(runtime, container, argv, path, container.cwd);
  if ('failed' in found) return startProblem(argv[0] ?? '', found.failed);
  container.state = 'running';
  container.startedAt = runtime.now;
  container.nextPid = 1;
  const program = recorder ? recorderProgram(programNamed(found.program) as Program, found.program) : found.program;
  const main = makeProcess(container, program, found.argv, runtime.now);
  if (container.stdin) main.stdin = newStream(container, { kind: 'pipe', text: '', writers: 1, reader: main.pid });
  container.processes.set(main.pid, main);
  if (recorder) runtime.appendLog(container, 1, `started ${container.name}\n`);
  runtime.listener?.podChanged(container.podUid);
  const clusterProgram = programNamed(program)?.clusterProgram;
  if (clusterProgram) runtime.options.programStarted(runtime.node, clusterProgram);
  stepProcess(runtime, container, main, { kind: 'start' });
  if (runtime.sandboxOf(container).crashLoop && container.state === 'running') scheduleExit(runtime, container, main, 500, 1);
  return undefined;
}

function startProblem(name: string, failed: 'not-found' | 'not-executable'): string {
  const why = failed === 'not-executable' ? `exec: "${name}": permission denied` : name.includes('/') ? `exec: "${name}": stat ${name}: no such file or directory` : `exec: "${name}": executable file not found in $PATH`;
  return `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${why}`;
}

export function scheduleExit(runtime: ContainerRuntime, container: Container, process: ProcessState, afterMs: number, code: number): void {
  runtime.context.kernel.schedule(runtime.now + afterMs, runtime.name, 'exit', [container.id, process.pid, code]);
}

/** Gives a process a turn. */
export function stepProcess(runtime: ContainerRuntime, container: Container, process: ProcessState, event: ProcessEvent): void {
  if (container.state !== 'running' || container.processes.get(process.pid) !== process) return;
  const program = programNamed(process.program);
  if (!program) throw new Error(`no program is named ${process.program}`);
  const turn = new Turn(runtime, container, process);
  program.step(turn, event);
  turn.finish();
}

/** Does what a signal does to a process. @returns false when there is no such process any more. */
export function deliverSignal(runtime: ContainerRuntime, container: Container, process: ProcessState, signal: Signal): boolean {
  if (container.state !== 'running' || container.processes.get(process.pid) !== process) return false;
  if (signal === 'KILL') {
    runtime.exitProcess(container, process.pid, 137);
    return true;
  }
  const disposition = process.signals?.[signal];
  if (disposition === 'ignore') return true;
  if (disposition === 'handle') {
    stepProcess(runtime, container, process, { kind: 'signal', signal });
    return true;
  }
  const termination = programNamed(process.program)?.termination;
  if (termination && (signal === 'TERM' || signal === 'INT' || signal === 'QUIT' || signal === 'WINCH')) {
    scheduleExit(runtime, container, process, termination.afterMs, termination.code);
    return true;
  }
  // Signals without a handler do nothing to the first process of a PID namespace.
  if (process.pid === 1 || signal === 'CONT' || signal === 'WINCH' || signal === 'STOP') return true;
  runtime.exitProcess(container, process.pid, 128 + SIGNAL_NUMBERS[signal]);
  return true;
}

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
  runtime.state.sessions.set(id, { id, container: container.id, pid: process.pid, tty, input: process.stdin, line: '' });
  stepProcess(runtime, container, process, { kind: 'start' });
  return undefined;
}

function execProblem(name: string, failed: 'not-found' | 'not-executable'): string {
  const why = failed === 'not-executable' ? `exec: "${name}": permission denied` : name.includes('/') ? `exec: "${name}": stat ${name}: no such file or directory` : `exec: "${name}": executable file not found in $PATH`;
  return `OCI runtime exec failed: exec failed: unable to start container process: ${why}`;
}

export type CommandResult = { code: number; output: string; pid: number };

/**
 * Runs a command for a probe or hook.
 * @param session collects the output of a command that goes on; its end is told by ContainerRuntime.commandEnded.
 * @returns the result, or undefined while the command goes on.
 */
export function runCommand(runtime: ContainerRuntime, container: Container, argv: string[], session?: string): CommandResult | undefined {
  if (runtime.options.recorderWorkloads) {
    const answer = recorderCommand(argv, runtime.now - container.startedAt);
    if (answer) return { ...answer, pid: 0 };
  }
  const id = session ?? `command ${container.id} ${container.nextPid}`;
  runtime.captures.set(id, '');
  const problem = openSession(runtime, container, argv, { id, tty: false, stdin: false });
  if (problem !== undefined) {
    runtime.captures.delete(id);
    return { code: 126, output: `failed to exec in container: failed to start exec: ${problem}: unknown`, pid: 0 };
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
  const code = runtime.capturedCode;
  return { code, output: ended, pid: 0 };
}

/** Typed or sent input reaches a session. */
export function pushInput(runtime: ContainerRuntime, session: Session, data: string): void {
  const container = runtime.state.containers.get(session.container);
  if (!container) return;
  if (!session.tty) return feed(runtime, container, session, data);
  let echo = '';
  for (const character of data) {
    switch (character) {
      case '\r':
      case '\n':
        echo += '\r\n';
        if (echo) runtime.emit(session.id, 'stdout', echo);
        echo = '';
        feed(runtime, container, session, `${session.line}\n`);
        session.line = '';
        break;
      case '\u007f':
      case '\b':
        if (session.line) {
          session.line = session.line.slice(0, -1);
          echo += '\b \b';
        }
        break;
      case '\u0003':
        runtime.emit(session.id, 'stdout', `${echo}^C\r\n`);
        echo = '';
        session.line = '';
        interrupt(runtime, container, session);
        break;
      case '\u0004':
        if (session.line === '') endSession(runtime, session);
        break;
      default:
        if (character >= ' ' || character === '\t') {
          session.line += character;
          echo += character;
        }
    }
  }
  if (echo) runtime.emit(session.id, 'stdout', echo);
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
  if (stream.text.length + data.length <= PIPE_LIMIT_BYTES) stream.text += data;
  runtime.wakeReader(container, stream.reader);
}

/** Standard input of a session ends. */
export function endSession(runtime: ContainerRuntime, session: Session): void {
  const container = runtime.state.containers.get(session.container);
  const stream = container?.streams?.get(session.input);
  if (!container || stream?.kind !== 'pipe') return;
  stream.writers = 0;
  runtime.wakeReader(container, stream.reader);
}

/** @returns `broken` when nobody reads the pipe any more. */
function writeStream(runtime: ContainerRuntime, container: Container, number: number, text: string): 'broken' | undefined | void {
  if (text === '' || number === NULL_STREAM) return;
  if (number === LOG_OUT || number === LOG_ERR) return runtime.appendLog(container, number === LOG_OUT ? 1 : 2, text);
  const stream = container.streams?.get(number);
  if (!stream) return;
  switch (stream.kind) {
    case 'null':
      return;
    case 'session': {
      const tty = runtime.state.sessions.get(stream.session)?.tty ?? false;
      return runtime.emit(stream.session, stream.fd === 1 ? 'stdout' : 'stderr', tty ? text.replaceAll('\n', '\r\n') : text);
    }
    case 'pipe':
      if (stream.broken) return 'broken';
      if (stream.text.length + text.length <= PIPE_LIMIT_BYTES) stream.text += text;
      runtime.wakeReader(container, stream.reader);
      return;
    case 'file': {
      const files = runtime.filesOf(container);
      try {
        files.write(stream.path, text, true);
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
      }
    }
  }
}

function retain(container: Container, stdout: number, stderr: number): void {
  for (const number of stdout === stderr ? [stdout] : [stdout, stderr]) {
    const stream = container.streams?.get(number);
    if (stream?.kind === 'pipe') stream.writers++;
  }
}

/** One turn of one process. */
class Turn implements ProcessContext {
  ended = false;
  #code = 0;
  #files: Files | undefined;
  #env: Record<string, string> | undefined;

  constructor(
    private readonly runtime: ContainerRuntime,
    private readonly state: Container,
    private readonly process: ProcessState,
  ) {}

  get now(): number {
    return this.runtime.now;
  }

  get pid(): number {
    return this.process.pid;
  }

  get argv(): readonly string[] {
    return this.process.argv;
  }

  get data(): unknown {
    return this.process.data;
  }

  set data(value: unknown) {
    this.process.data = value;
  }

  get files(): Files {
    return (this.#files ??= this.runtime.filesOf(this.state));
  }

  get cwd(): string {
    return this.process.cwd;
  }

  set cwd(path: string) {
    this.process.cwd = path;
  }

  get env(): Record<string, string> {
    return (this.#env ??= this.process.env ??= containerEnvironment(this.runtime, this.state));
  }

  /** PATH, without making an environment of the process's own. */
  get #path(): string {
    return this.process.env?.PATH ?? this.state.env?.PATH ?? this.runtime.imageOf(this.state)?.env.PATH ?? DEFAULT_PATH;
  }

  get container(): ContainerView {
    return containerView(this.runtime, this.state);
  }

  get network(): ContainerNetwork {
    return this.runtime.options.network();
  }

  get source(): Source {
    return this.runtime.sourceOf(this.runtime.sandboxOf(this.state));
  }

  get streams(): { stdin: number; stdout: number; stderr: number } {
    return this.process;
  }

  get interactive(): boolean {
    const session = this.process.session ? this.runtime.state.sessions.get(this.process.session) : undefined;
    return session ? session.tty && session.pid === this.pid : this.state.tty && this.pid === 1;
  }

  random(limit: number): number {
    return this.runtime.context.kernel.random.below(limit);
  }

  write(fd: 1 | 2, text: string): void {
    this.writeTo(fd === 1 ? this.process.stdout : this.process.stderr, text);
  }

  writeTo(stream: number, text: string): void {
    if (writeStream(this.runtime, this.state, stream, text) === 'broken') this.exit(128 + SIGNAL_NUMBERS.PIPE);
  }

  read(): string | undefined {
    const stream = this.state.streams?.get(this.process.stdin);
    if (stream?.kind !== 'pipe') return undefined;
    const text = stream.text;
    stream.text = '';
    return text === '' && stream.writers <= 0 ? undefined : text;
  }

  readLine(): string | undefined {
    const stream = this.state.streams?.get(this.process.stdin);
    if (stream?.kind !== 'pipe') return undefined;
    const end = stream.text.indexOf('\n');
    if (end < 0) {
      if (stream.writers > 0) return '';
      const rest = stream.text;
      stream.text = '';
      return rest === '' ? undefined : rest;
    }
    const line = stream.text.slice(0, end + 1);
    stream.text = stream.text.slice(end + 1);
    return line;
  }

  sleep(milliseconds: number): void {
    this.process.timer = this.runtime.context.kernel.schedule(this.now + Math.max(0, Math.ceil(milliseconds)), this.runtime.name, 'timer', [this.state.id, this.pid]);
  }

  exit(code: number): void {
    if (this.ended) return;
    this.ended = true;
    this.#code = code & 255;
  }

  finish(): void {
    if (this.ended) this.runtime.exitProcess(this.state, this.pid, this.#code);
  }

  spawn(argv: readonly string[], env: Record<string, string>, redirects: Redirects): Spawned {
    const found = lookUpProgram(this.runtime, this.state, argv, env.PATH ?? DEFAULT_PATH, this.cwd);
    if ('failed' in found) return found;
    return this.#begin(makeProcess(this.state, found.program, found.argv, this.now), env, null, redirects);
  }

  fork(data: unknown, redirects: Redirects): Spawned {
    return this.#begin(makeProcess(this.state, this.process.program, this.process.argv, this.now), { ...this.env }, data, redirects);
  }

  #begin(child: ProcessState, env: Record<string, string>, data: unknown, redirects: Redirects): Spawned {
    if (this.state.processes.size >= PROCESS_LIMIT) return { failed: 'not-executable' };
    child.ppid = this.pid;
    child.cwd = this.cwd;
    child.env = env;
    child.data = data;
    child.stdin = redirects.stdin ?? this.process.stdin;
    child.stdout = redirects.stdout ?? this.process.stdout;
    child.stderr = redirects.stderr ?? this.process.stderr;
    if (this.process.session) child.session = this.process.session;
    const input = this.state.streams?.get(child.stdin);
    if (input?.kind === 'pipe') input.reader = child.pid;
    retain(this.state, child.stdout, child.stderr);
    this.state.processes.set(child.pid, child);
    const turn = new Turn(this.runtime, this.state, child);
    (programNamed(child.program) as Program).step(turn, { kind: 'start' });
    if (!turn.ended || this.state.processes.get(child.pid) !== child) return { pid: child.pid };
    this.state.processes.delete(child.pid);
    this.runtime.releaseStreams(this.state, child, this.process);
    for (const other of this.state.processes.values()) if (other.ppid === child.pid) other.ppid = 1;
    return { pid: child.pid, code: turn.#code };
  }

  exec(argv: readonly string[]): 'not-found' | 'not-executable' | undefined {
    const found = lookUpProgram(this.runtime, this.state, argv, this.#path, this.cwd);
    if ('failed' in found) return found.failed;
    this.process.program = found.program;
    this.process.argv = [...found.argv];
    this.process.data = null;
    this.process.timer = 0;
    const program = programNamed(found.program) as Program;
    if (program.clusterProgram) this.runtime.options.programStarted(this.runtime.node, program.clusterProgram);
    program.step(this, { kind: 'start' });
    return undefined;
  }

  pipe(): number {
    return newStream(this.state, { kind: 'pipe', text: '', writers: 0, reader: this.pid });
  }

  openForWriting(path: string, append: boolean): number {
    if (path === '/dev/null') return NULL_STREAM;
    if (path === '/dev/stdout') return this.process.stdout;
    if (path === '/dev/stderr') return this.process.stderr;
    if (path === '/proc/1/fd/1') return LOG_OUT;
    if (path === '/proc/1/fd/2') return LOG_ERR;
    this.files.write(path, '', append);
    return newStream(this.state, { kind: 'file', path });
  }

  textStream(text: string): number {
    return newStream(this.state, { kind: 'pipe', text, writers: 0, reader: this.pid });
  }

  drain(number: number): string {
    const stream = this.state.streams?.get(number);
    if (stream?.kind !== 'pipe') return '';
    const text = stream.text;
    stream.text = '';
    return text;
  }

  closed(number: number): boolean {
    const stream = this.state.streams?.get(number);
    return stream?.kind !== 'pipe' || stream.writers <= 0;
  }

  close(number: number): void {
    if (number > 0) this.state.streams?.delete(number);
  }

  signal(pid: number, signal: Signal): boolean {
    const target = this.state.processes.get(pid);
    if (!target) return false;
    if (pid === this.pid) {
      if (signal === 'KILL') {
        // The kernel protects the first process from signals of its own namespace.
        if (pid !== 1) this.exit(137);
      } else if (this.process.signals?.[signal] === undefined && pid !== 1) this.exit(128 + SIGNAL_NUMBERS[signal]);
      return true;
    }
    if (signal === 'KILL' && pid === 1) return true;
    return deliverSignal(this.runtime, this.state, target, signal);
  }

  processes(): { pid: number; ppid: number; argv: readonly string[]; startedAt: number }[] {
    return [...this.state.processes.values()].map(({ pid, ppid, argv, startedAt }) => ({ pid, ppid, argv, startedAt }));
  }

  onSignal(signal: Signal, disposition: 'default' | 'ignore' | 'handle'): void {
    if (disposition === 'default') {
      if (this.process.signals) delete this.process.signals[signal];
    } else (this.process.signals ??= {})[signal] = disposition;
  }

  which(name: string): string | undefined {
    const found = lookUpProgram(this.runtime, this.state, [name], this.#path, this.cwd);
    return 'failed' in found ? undefined : found.path;
  }

  allocate(bytes: number): void {
    this.process.allocated = (this.process.allocated ?? 0) + bytes;
    const limit = this.state.memoryLimitBytes > 0 ? this.state.memoryLimitBytes : this.runtime.options.memoryMi * 1_048_576;
    if (this.runtime.usageOf(this.state).memoryBytes > limit) {
      this.ended = true;
      this.runtime.exitContainer(this.state, 137, 'OOMKilled');
    }
  }

  get busy(): boolean {
    return this.process.busy ?? false;
  }

  set busy(busy: boolean) {
    if (busy) this.process.busy = true;
    else delete this.process.busy;
  }
}
