/** Processes in containers: how their programs are found, how they start, get their turns and receive signals. */
import { resolvePath } from '../paths.ts';
import { imageFor, programNamed } from '../workloads/registry.ts';
import type { ContainerView, Files, ProcessEvent, Signal } from '../workloads/types.ts';
import type { Container, ProcessState } from './container-state.ts';
import { expand } from './environment-variables.ts';
import { recorderTermination } from './recorder.ts';
import type { ContainerRuntime } from './runtime.ts';
import { LOG_ERR, LOG_OUT, newStream, NULL_STREAM } from './streams.ts';
import { Turn } from './turn.ts';

export const SIGNAL_NUMBERS: Record<Signal, number> = { HUP: 1, INT: 2, QUIT: 3, KILL: 9, USR1: 10, USR2: 12, PIPE: 13, TERM: 15, CONT: 18, STOP: 19, WINCH: 28 };
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

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

/** A process that has not had a turn yet. */
export function makeProcess(container: Container, program: string, argv: readonly string[], now: number): ProcessState {
  return { pid: container.nextPid++, ppid: 0, program, argv: [...argv], cwd: container.cwd, data: null, startedAt: now, timer: 0, stdin: NULL_STREAM, stdout: LOG_OUT, stderr: LOG_ERR };
}

/** Starts a container's main process. @returns runc's message when that fails. */
export function spawnMain(runtime: ContainerRuntime, container: Container): string | undefined {
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
  const main = makeProcess(container, found.program, found.argv, runtime.now);
  main.argv = found.argv as string[];
  if (container.stdin) main.stdin = newStream(container, { kind: 'pipe', text: '', writers: 1, reader: main.pid });
  container.processes.set(main.pid, main);
  runtime.listener?.podChanged(container.podUid);
  const clusterProgram = programNamed(found.program)?.clusterProgram;
  if (clusterProgram) runtime.options.programStarted(runtime.node, clusterProgram);
  stepProcess(runtime, container, main, { kind: 'start' });
  if (runtime.sandboxOf(container).crashLoop && container.state === 'running') scheduleExit(runtime, container, main, 500, 1);
  return undefined;
}

function startProblem(name: string, failed: 'not-found' | 'not-executable'): string {
  const why = failed === 'not-executable' ? `exec: "${name}": permission denied` : name.includes('/') ? `exec: "${name}": stat ${name}: no such file or directory` : `exec: "${name}": executable file not found in $PATH`;
  return `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${why}`;
}

function scheduleExit(runtime: ContainerRuntime, container: Container, process: ProcessState, afterMs: number, code: number): void {
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
  const program = programNamed(process.program);
  const termination = (runtime.options.recorderWorkloads && program && recorderTermination(program)) || program?.termination;
  if (termination && (signal === 'TERM' || signal === 'INT' || signal === 'QUIT' || signal === 'WINCH')) {
    scheduleExit(runtime, container, process, termination.afterMs, termination.code);
    return true;
  }
  // Signals without a handler do nothing to the first process of a PID namespace.
  if (process.pid === 1 || signal === 'CONT' || signal === 'WINCH' || signal === 'STOP') return true;
  runtime.exitProcess(container, process.pid, 128 + SIGNAL_NUMBERS[signal]);
  return true;
}
