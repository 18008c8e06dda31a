/** What a program sees and can do while it has its turn. */
import type { Source } from '../network/types.ts';
import { programNamed } from '../workloads/registry.ts';
import type { ContainerView, Files, ProcessContext, Program, Redirects, Signal, Spawned } from '../workloads/types.ts';
import type { Container, ProcessState } from './container-state.ts';
import { spend } from './cpu-time.ts';
import { relieve } from './out-of-memory.ts';
import { containerEnvironment, containerView, DEFAULT_PATH, deliverSignal, lookUpProgram, makeProcess, SIGNAL_NUMBERS } from './processes.ts';
import type { ContainerRuntime } from './runtime.ts';
import { LOG_ERR, LOG_OUT, newStream, NULL_STREAM, retain, writeStream } from './streams.ts';
import type { ContainerNetwork } from './types.ts';

/** A container has at most so many processes at a time (kubelet's podPidsLimit is far above what scripts need). */
const PROCESS_LIMIT = 200;
/** Processor time that starting a program and its exit take. */
const PROCESS_MICROSECONDS = 1_000;

/** One turn of one process. */
export class Turn implements ProcessContext {
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
    if (text === '' && stream.eof) {
      delete stream.eof;
      return undefined;
    }
    if (text === '' && stream.writers > 0) stream.hungry = true;
    return text === '' && stream.writers <= 0 ? undefined : text;
  }

  readLine(): string | undefined {
    const stream = this.state.streams?.get(this.process.stdin);
    if (stream?.kind !== 'pipe') return undefined;
    const end = stream.text.indexOf('\n');
    if (end < 0) {
      if (stream.writers > 0 && !stream.eof) {
        stream.hungry = true;
        return '';
      }
      const rest = stream.text;
      stream.text = '';
      delete stream.eof;
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
    spend(this.state, PROCESS_MICROSECONDS, this.now);
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
    if (bytes <= 0) return;
    if (relieve(this.runtime, this.state)) this.ended = true;
    else this.runtime.listener?.resourcesTaken();
  }

  get busy(): boolean {
    return this.process.busy ?? false;
  }

  set busy(busy: boolean) {
    if (busy) this.process.busy = true;
    else delete this.process.busy;
  }
}
