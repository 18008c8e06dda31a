/**
 * A node's container runtime (containerd): sandboxes, containers, images and the processes in them. It knows nothing of
 * restart policies or the API server, and it lives on while the kubelet is stopped.
 */
import type { ComponentContext } from '../component.ts';
import type { KernelEvent, Part } from '../kernel/kernel.ts';
import { resolvConf, resolverOf, type DnsConfig } from '../network/resolver.ts';
import type { Source } from '../network/types.ts';
import { imageFor, programNamed } from '../workloads/registry.ts';
import type { Image, Program, Signal } from '../workloads/types.ts';
import { emptyRuntimeState, type Container, type LogEntry, type ProcessState, type RuntimeState, type Sandbox } from './container-state.ts';
import { workOf } from './cpu-time.ts';
import { machineDiskBytes } from './disk.ts';
import { ContainerFiles, generatedFiles, type ImageTree } from './files.ts';
import { deliverSignal, spawnMain, stepProcess } from './processes.ts';
import { RuntimeError } from './runtime-error.ts';
import { releaseAddress } from './sandboxes.ts';
import type { KubeletOptions } from './types.ts';

/** As the machines' own resolv.conf has it. */
const MACHINE_NAME_SERVER = '192.168.49.1';
/** A container keeps this much of its log, bytes; the oldest goes first. */
const LOG_LIMIT_BYTES = 262_144;

/** Told about everything that happens to containers. Not part of the state. */
export interface RuntimeListener {
  /** A sandbox or container of the pod changed its state. */
  podChanged(podUid: string): void;
  /** Some program uses more memory than before, or has filled a disk. */
  resourcesTaken(): void;
  /** The machine had no memory left, and a program was killed. */
  systemOutOfMemory(program: string, pid: number): void;
  /** A command of execSync that went on has ended. */
  commandEnded(podUid: string, id: string, code: number, output: string): void;
}

const trees = new WeakMap<Image, Map<string, ImageTree>>();

/** Files of an image by tag; made once. */
function treeOf(image: Image, tag: string): ImageTree {
  let byTag = trees.get(image);
  if (!byTag) trees.set(image, (byTag = new Map<string, ImageTree>()));
  let tree = byTag.get(tag);
  if (!tree) byTag.set(tag, (tree = { texts: image.files(tag), executables: image.programs }));
  return tree;
}

export class ContainerRuntime implements Part {
  readonly name: string;
  state: RuntimeState = emptyRuntimeState();
  listener: RuntimeListener | undefined;
  /** Called with what sessions print and how they end. */
  output: ((session: string, stream: 'stdout' | 'stderr', text: string) => void) | undefined;
  ended: ((session: string, code: number) => void) | undefined;
  /** Output of commands that run in this very turn. */
  readonly captures = new Map<string, string>();
  /** Exit code of the last captured command. */
  capturedCode = 0;
  /** Called for every text appended to a log, and when a container ends (text undefined). */
  logged: ((container: string, entry: LogEntry | undefined) => void) | undefined;

  constructor(
    readonly node: string,
    readonly context: ComponentContext,
    readonly options: KubeletOptions,
  ) {
    this.name = `containers ${node}`;
    context.kernel.register(this);
  }

  get now(): number {
    return this.context.kernel.now;
  }

  handle(event: KernelEvent): void {
    this.#deliver(event.type, event.payload, event.sequence);
  }

  #deliver(type: string, payload: unknown, sequence: number): void {
    if (this.state.suspended) {
      this.state.deferred.push({ type, payload, sequence });
      return;
    }
    if (this.state.off) return;
    const [containerId, pid, extra] = payload as [string, number, number?];
    const container = this.state.containers.get(containerId);
    const process = container?.processes.get(pid);
    if (!container || !process || container.state !== 'running') return;
    switch (type) {
      case 'timer':
        if (process.timer !== sequence) return;
        process.timer = 0;
        return stepProcess(this, container, process, { kind: 'timer' });
      case 'input':
        process.inputQueued = false;
        return stepProcess(this, container, process, { kind: 'input' });
      case 'exit':
        return this.exitProcess(container, pid, extra ?? 0);
      default:
        throw new Error(`unknown event ${type} for ${this.name}`);
    }
  }

  // ---- power ----

  /** The machine loses power: nothing runs any more; disks keep what they hold. */
  powerOff(): void {
    if (this.state.off) return;
    this.state.off = true;
    for (const session of [...this.state.sessions.keys()]) this.closeSession(session, 137);
    for (const container of this.state.containers.values()) {
      const program = this.mainProgram(container)?.clusterProgram;
      container.processes = new Map();
      delete container.streams;
      if (program) this.options.programStopped(this.node, program);
    }
  }

  /** The machine starts: containerd finds the containers that ran and does not know how they ended. */
  powerOn(): void {
    if (!this.state.off) return;
    this.state.off = false;
    this.state.boots++;
    for (const container of this.state.containers.values()) {
      if (container.state === 'exited') continue;
      container.state = 'exited';
      container.exitCode = 255;
      container.reason = 'Unknown';
      container.finishedAt = this.now;
      this.logged?.(container.id, undefined);
    }
    for (const sandbox of this.state.sandboxes.values()) releaseAddress(this, sandbox);
  }

  /** Everything stands still, as a suspended virtual machine does. */
  suspend(): void {
    this.state.suspended = true;
  }

  resume(): void {
    if (!this.state.suspended) return;
    this.state.suspended = false;
    const deferred = this.state.deferred;
    this.state.deferred = [];
    for (const { type, payload, sequence } of deferred) this.#deliver(type, payload, sequence);
  }

  /** The disk is erased. */
  wipe(): void {
    this.state = emptyRuntimeState();
    this.state.off = true;
  }

  // ---- images ----

  hasImage(name: string): boolean {
    return this.state.images.has(name);
  }

  // ---- containers ----

  /** Containers of a pod, oldest first. */
  containersOf(podUid: string): Container[] {
    const result: Container[] = [];
    const sandbox = this.state.sandboxes.get(podUid);
    if (sandbox) for (const id of sandbox.containers) result.push(this.state.containers.get(id) as Container);
    return result;
  }

  /** The newest container of a name. */
  latest(podUid: string, name: string): Container | undefined {
    const sandbox = this.state.sandboxes.get(podUid);
    if (!sandbox) return undefined;
    for (let i = sandbox.containers.length - 1; i >= 0; i--) {
      const container = this.state.containers.get(sandbox.containers[i] as string);
      if (container?.name === name) return container;
    }
    return undefined;
  }

  /** Starts the main process. @throws RuntimeError with runc's words; the container has ended then (StartError, 128). */
  startContainer(container: Container): void {
    const problem = spawnMain(this, container);
    if (problem !== undefined) {
      container.state = 'exited';
      container.startedAt = 0;
      container.finishedAt = this.now;
      container.exitCode = 128;
      container.reason = 'StartError';
      container.message = problem;
      this.listener?.podChanged(container.podUid);
      throw new RuntimeError(problem);
    }
  }

  /** The main process's program, if the container runs. */
  mainProgram(container: Container): Program | undefined {
    const main = container.processes.get(1);
    return main ? programNamed(main.program) : undefined;
  }

  /** Sends a signal to the main process. */
  signalContainer(container: Container, signal: Signal): void {
    if (container.state !== 'running' || this.state.suspended) return;
    const main = container.processes.get(1);
    if (main) deliverSignal(this, container, main, signal);
  }

  /** A process has ended; with the first one the container ends. */
  exitProcess(container: Container, pid: number, code: number, reason?: string): void {
    if (pid === 1) return this.exitContainer(container, code, reason ?? (code === 0 ? 'Completed' : 'Error'));
    const process = container.processes.get(pid);
    if (!process) return;
    container.processes.delete(pid);
    this.releaseStreams(container, process, container.processes.get(process.ppid));
    for (const other of container.processes.values()) if (other.ppid === pid) other.ppid = 1;
    if (process.session) {
      const session = this.state.sessions.get(process.session);
      if (session?.pid === pid) this.closeSession(process.session, code);
    }
    const parent = container.processes.get(process.ppid);
    if (parent && process.ppid !== 0) stepProcess(this, container, parent, { kind: 'child', pid, code });
  }

  /** Takes a process off its streams: readers of its pipes learn of the end, writers into its input get no further. */
  releaseStreams(container: Container, ended: ProcessState, parent: ProcessState | undefined): void {
    const { stdin, stdout, stderr } = ended;
    const input = container.streams?.get(stdin);
    if (input?.kind === 'pipe' && input.reader === ended.pid) {
      if (parent?.stdin === stdin) {
        input.reader = parent.pid;
        if (input.text !== '') this.wakeReader(container, parent.pid);
      } else input.broken = true;
    }
    for (const number of stdout === stderr ? [stdout] : [stdout, stderr]) {
      const stream = container.streams?.get(number);
      if (stream?.kind !== 'pipe') continue;
      stream.writers--;
      if (stream.writers <= 0) this.wakeReader(container, stream.reader);
    }
  }

  /** Queues an `input` turn of a process. */
  wakeReader(container: Container, pid: number): void {
    const process = container.processes.get(pid);
    if (!process || process.inputQueued) return;
    process.inputQueued = true;
    this.context.kernel.schedule(this.now, this.name, 'input', [container.id, pid]);
  }

  /** The container ends now: all its processes are gone. */
  exitContainer(container: Container, code: number, reason: string): void {
    if (container.state !== 'running') return;
    const program = this.mainProgram(container);
    container.message = this.#terminationMessage(container);
    container.state = 'exited';
    container.exitCode = code;
    container.reason = reason;
    container.finishedAt = this.now;
    container.processes = new Map();
    delete container.streams;
    for (const [id, session] of [...this.state.sessions]) if (session.container === container.id) this.closeSession(id, session.pid === 0 ? code : 137);
    this.logged?.(container.id, undefined);
    if (program?.clusterProgram) this.options.programStopped(this.node, program.clusterProgram);
    this.listener?.podChanged(container.podUid);
  }

  /** A program of the cluster gives up: its container ends with this exit code. */
  exitProgram(program: string, code: number): void {
    for (const container of this.state.containers.values()) {
      const main = container.state === 'running' ? this.mainProgram(container) : undefined;
      if (main?.clusterProgram === program) this.exitContainer(container, code, 'Error');
    }
  }

  /** What the program left in its termination message file, as far as that is read (4096 bytes). */
  #terminationMessage(container: Container): string {
    if (!container.layer) return '';
    const entry = container.layer.get(container.terminationMessagePath);
    return entry?.text === undefined || entry.removed ? '' : entry.text.slice(0, 4_096);
  }

  /** Whether a program of the cluster runs in some container. */
  programRunning(program: string): boolean {
    if (this.state.off) return false;
    for (const container of this.state.containers.values()) if (container.state === 'running' && this.mainProgram(container)?.clusterProgram === program) return true;
    return false;
  }

  /** Where the connections of a running container of an image begin; undefined when none runs. */
  sourceRunning(repository: string): Source | undefined {
    for (const container of this.state.containers.values()) if (container.state === 'running' && container.repository === repository) return this.sourceOf(this.sandboxOf(container));
    return undefined;
  }

  // ---- what processes see ----

  imageOf(container: Container): Image | undefined {
    return imageFor(container.repository, this.options.recorderWorkloads);
  }

  filesOf(container: Container): ContainerFiles {
    const sandbox = this.state.sandboxes.get(container.podUid) as Sandbox;
    const image = this.imageOf(container);
    const tree = image ? treeOf(image, container.tag) : { texts: {}, executables: {} };
    const source = this.sourceOf(sandbox);
    return new ContainerFiles(tree, generatedFiles(sandbox, resolvConf(resolverOf(source, MACHINE_NAME_SERVER))), container, sandbox, this.state.volumes.get(sandbox.podUid), this.state.hostFiles, this.now, { nodeMilliCpu: this.options.cpu * 1_000, nodeMemoryBytes: this.options.memoryMi * 1_048_576, disk: this.options.disk, diskBytes: () => machineDiskBytes(this), diskFilled: () => this.listener?.resourcesTaken(), token: this.options.token });
  }

  sandboxOf(container: Container): Sandbox {
    return this.state.sandboxes.get(container.podUid) as Sandbox;
  }

  sourceOf(sandbox: Sandbox): Extract<Source, { kind: 'pod' }> {
    const { dnsConfig } = sandbox.pod.spec as { dnsConfig?: DnsConfig };
    return { kind: 'pod', namespace: sandbox.namespace, name: sandbox.name, node: this.node, ip: sandbox.ip, hostNetwork: sandbox.hostNetwork, dnsPolicy: sandbox.dnsPolicy, ...(dnsConfig ? { dnsConfig } : {}) };
  }

  appendLog(container: Container, fd: 1 | 2, text: string): void {
    if (text === '') return;
    const entry: LogEntry = { time: this.now, stream: fd === 1 ? 'stdout' : 'stderr', text };
    container.log.push(entry);
    container.logBytes += text.length;
    while (container.logBytes > LOG_LIMIT_BYTES && container.log.length > 1) container.logBytes -= (container.log.shift() as LogEntry).text.length;
    this.logged?.(container.id, entry);
    if (this.state.sessions.size > 0) {
      for (const session of this.state.sessions.values()) if (session.pid === 0 && session.container === container.id) this.output?.(session.id, entry.stream, text);
    }
  }

  // ---- sessions ----

  /** Passes on what a session prints. */
  emit(id: string, stream: 'stdout' | 'stderr', text: string): void {
    const captured = this.captures.get(id);
    if (captured !== undefined) {
      this.captures.set(id, captured + text);
      return;
    }
    const session = this.state.sessions.get(id);
    if (session?.captured !== undefined) session.captured = (session.captured + text).slice(0, 10_240);
    else this.output?.(id, stream, text);
  }

  closeSession(id: string, code: number): void {
    const session = this.state.sessions.get(id);
    if (!session) return;
    this.state.sessions.delete(id);
    if (this.captures.has(id)) this.capturedCode = code;
    else if (session.captured === undefined) this.ended?.(id, code);
    else {
      const container = this.state.containers.get(session.container);
      if (container) this.listener?.commandEnded(container.podUid, id, code, session.captured);
    }
  }

  /** Memory of a running container now, and CPU: what its processes use by themselves, and what its work of late took. */
  usageOf(container: Container): { milliCpu: number; memoryBytes: number } {
    let milliCpu = 0;
    let memoryBytes = 0;
    for (const process of container.processes.values()) {
      const program = programNamed(process.program);
      milliCpu += process.busy ? 1_000 : (program?.milliCpu ?? 0);
      memoryBytes += (program?.memoryBytes ?? 524_288) + (process.allocated ?? 0);
    }
    milliCpu += workOf(container, this.now);
    if (container.milliCpuLimit > 0) milliCpu = Math.min(milliCpu, container.milliCpuLimit);
    return { milliCpu, memoryBytes };
  }
}
