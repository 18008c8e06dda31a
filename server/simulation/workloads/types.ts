/**
 * What container images do, in the terms of the container runtime: an image has programs; a program is a machine that
 * is stepped by events and keeps its memory in plain data, so that a snapshot can be taken at any instant.
 */
import type { Delivery, NetworkRequest } from '../network/types.ts';
import type { ContainerNetwork } from '../kubelet/types.ts';
import type { Source } from '../network/types.ts';

/** Why a program is given a turn. */
export type ProcessEvent =
  | { kind: 'start' }
  | { kind: 'timer' }
  /** Something arrived on standard input, or it ended. */
  | { kind: 'input' }
  /** A child ended. */
  | { kind: 'child'; pid: number; code: number }
  | { kind: 'signal'; signal: Signal };

export type Signal = 'TERM' | 'INT' | 'HUP' | 'KILL' | 'QUIT' | 'USR1' | 'USR2' | 'WINCH' | 'PIPE' | 'STOP' | 'CONT';

/** Where a child's standard streams lead: a stream of the container, by number. */
export interface Redirects {
  stdin?: number;
  stdout?: number;
  stderr?: number;
}

export type Spawned = { pid: number; code?: number } | { failed: 'not-found' | 'not-executable' };

/** A directory entry. */
export interface FileInfo {
  name: string;
  directory: boolean;
  executable: boolean;
  readOnly: boolean;
  size: number;
  /** ms since the Unix epoch. */
  modified: number;
}

/** Why a file operation failed, in the words of strerror(3). */
export class FileError extends Error {
  override readonly name = 'FileError';
}

/** The files that a process sees: its image's, what it wrote, and what is mounted. Paths are absolute and normalised. */
export interface Files {
  /** @throws FileError */
  read(path: string): string;
  exists(path: string): boolean;
  isDirectory(path: string): boolean;
  info(path: string): FileInfo | undefined;
  /** Sorted. @throws FileError */
  list(path: string): FileInfo[];
  /** @throws FileError */
  write(path: string, text: string, append?: boolean): void;
  /** @throws FileError */
  makeDirectory(path: string, parents: boolean): void;
  /** @throws FileError */
  remove(path: string, recursive: boolean): void;
  setExecutable(path: string, executable: boolean): void;
  /** Makes a file of so many zero bytes, which takes room but no memory. @throws FileError */
  fill(path: string, bytes: number): void;
  /** The disk that holds a path. */
  space(path: string): { device: string; totalBytes: number; usedBytes: number; mount: string };
}

/** A process as its program sees it during one turn. Not state: made anew for every turn. */
export interface ProcessContext {
  readonly now: number;
  readonly pid: number;
  readonly argv: readonly string[];
  /** The program's memory. Plain data; initially null. */
  data: unknown;
  readonly files: Files;
  cwd: string;
  /** The environment, own variables included. Changing it changes this process's. */
  readonly env: Record<string, string>;
  readonly container: ContainerView;
  readonly network: ContainerNetwork;
  readonly source: Source;
  /** An integer in [0, limit). */
  random(limit: number): number;
  /** Writes to standard output (1) or error (2). */
  write(fd: 1 | 2, text: string): void;
  /** What has arrived on standard input and was not read yet; undefined at its end. Empty: nothing yet. */
  read(): string | undefined;
  /** Takes at most one line, with its newline; the rest stays. Undefined at the end; '' when no whole line is there yet. */
  readLine(): string | undefined;
  readonly interactive: boolean;
  /** A `timer` event after so many ms. One timer a process; a new one replaces the old. */
  sleep(milliseconds: number): void;
  /** Ends the process. Nothing after this has an effect. */
  exit(code: number): void;
  /**
   * Starts another program. Its first turn happens inside this call: `code` is set when it has ended already (then no
   * `child` event follows).
   */
  spawn(argv: readonly string[], env: Record<string, string>, redirects: Redirects): Spawned;
  /** Writes to any stream of the container. */
  writeTo(stream: number, text: string): void;
  /** A program that ended gives its place to another one (execve): same pid, same streams. @returns why it failed. */
  exec(argv: readonly string[]): 'not-found' | 'not-executable' | undefined;
  /** Whether the process has ended. */
  readonly ended: boolean;
  /** Makes a pipe and returns its stream number. */
  pipe(): number;
  /** Opens a file as a stream for writing. @throws FileError */
  openForWriting(path: string, append: boolean): number;
  /** A stream that holds this text to be read. */
  textStream(text: string): number;
  /** Takes what has been written into a pipe. */
  drain(stream: number): string;
  /** Whether every writer of a pipe has gone. */
  closed(stream: number): boolean;
  /** The process's own stream numbers; may be changed, as dup2(2) does. */
  readonly streams: { stdin: number; stdout: number; stderr: number };
  /** Forgets a stream that nobody uses any more. */
  close(stream: number): void;
  /** Gives a compiled part of a script to a copy of this shell. The child's memory is `data`. */
  fork(data: unknown, redirects: Redirects): Spawned;
  /** The process would go on at once if it were given more processor time. */
  busy: boolean;
  signal(pid: number, signal: Signal): boolean;
  /** All processes of the container. */
  processes(): { pid: number; ppid: number; argv: readonly string[]; startedAt: number }[];
  /** Which signals the process handles itself: `handle` makes `signal` events of them, `ignore` drops them. */
  onSignal(signal: Signal, disposition: 'default' | 'ignore' | 'handle'): void;
  /** Looks a program up in PATH; its absolute path, or undefined. */
  which(name: string): string | undefined;
  /** Memory held by the process beyond its program's usual size, bytes. Above the container's limit it is OOM-killed. */
  allocate(bytes: number): void;
}

/** What a process can know of the container around it. */
export interface ContainerView {
  readonly name: string;
  readonly podName: string;
  readonly namespace: string;
  readonly hostname: string;
  readonly ip: string;
  readonly node: string;
  readonly image: string;
  readonly startedAt: number;
  readonly milliCpuLimit: number;
  readonly memoryLimitBytes: number;
}

/** A request to a server in a container. */
export interface ServerRequest extends NetworkRequest {
  /** Path with query. */
  path: string;
  port: number;
  host: string;
  clientAddress: string;
}

export type ServerResponse = Exclude<Delivery, string>;

/** What a server sees when it answers a request. */
export interface ServerContext {
  readonly now: number;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly files: Files;
  readonly container: ContainerView;
  readonly network: ContainerNetwork;
  readonly source: Source;
  /** The program's memory; may be replaced. */
  data: unknown;
  random(limit: number): number;
  log(fd: 1 | 2, text: string): void;
  /** Runs a command to its end if it ends at once; for programs that offer a shell. */
  run(command: string): { code: number; output: string } | undefined;
  /** The program of the cluster that this is, if the cluster considers it healthy. */
  healthy(): boolean;
  /** What the cluster's own program answers (the ingress controller routes by rules that it watches). */
  fromCluster(): Delivery | undefined;
  /** Ends the process, after the answer. */
  exit(code: number): void;
}

/** One program. Its name is unique among all programs. */
export interface Program {
  name: string;
  /** Gives the program a turn. */
  step(process: ProcessContext, event: ProcessEvent): void;
  /** Ports that it listens on. */
  ports?(argv: readonly string[], env: Readonly<Record<string, string>>): number[];
  /** Answers an HTTP request to one of its ports; `undefined`: it speaks another protocol and closes the connection. */
  serve?(request: ServerRequest, context: ServerContext): ServerResponse | undefined;
  /** What SIGTERM (or the image's stop signal) does to it; absent: the default action, which a first process does not feel. */
  termination?: { afterMs: number; code: number };
  /** A server: it runs until it is told to stop. */
  daemon?: boolean;
  /** Memory that it usually uses, bytes, and CPU while idle, millicores. */
  memoryBytes?: number;
  milliCpu?: number;
  /** Processor time that a request takes, microseconds; absent: what is usual for a small answer. */
  requestMicroseconds?: number;
  /** Name of the cluster's program that this is (kube-apiserver, kube-proxy, coredns, …). */
  clusterProgram?: string;
}

/** A container image, all its tags. */
export interface Image {
  /** Repository without registry and tag as containerd normalises it: `docker.io/library/nginx`. */
  repository: string;
  /** Whether a tag exists. */
  hasTag(tag: string): boolean;
  /** Compressed size, bytes. */
  sizeBytes(tag: string): number;
  entrypoint?: string[];
  command?: string[];
  env: Record<string, string>;
  workingDirectory?: string;
  stopSignal?: Signal;
  /** User shown by `id`; default root. */
  user?: { name: string; id: number };
  /** Text files of the image beyond those of its base. */
  files(tag: string): Record<string, string>;
  base: 'busybox' | 'alpine' | 'debian' | 'none';
  /** Path of an executable → name of its program. */
  programs: Record<string, string>;
}
