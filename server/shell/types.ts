/**
 * What a shell is and what it stands on. A shell is a client of a room: it sees the cluster only through ShellHost,
 * so that the same commands run in a browser terminal, in the lab runner and in a test.
 */
import type { Credentials } from '../simulation/apiserver/authentication/credentials.ts';
import type { ApiRequest, ApiResponse, UserInfo } from '../simulation/apiserver/types.ts';

/** An API request before the host stamps the user on it. */
export type ShellRequest = Omit<ApiRequest, 'user'> & Bearing;

/** As whom something is asked for, where that is not simply the terminal's user. */
export interface Bearing {
  /** Instead of the terminal's own. */
  credentials?: Credentials;
  /** Whom the user wants to act as. */
  impersonate?: UserInfo;
}

export interface WatchStreamEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: unknown;
}

/** A process started in a container by exec or attach. */
export interface ExecProcess {
  write(data: string): void;
  /** End of standard input. */
  end(): void;
  kill(): void;
  /** Exit code. Rejects with ApiError when the exec request itself is refused. */
  readonly done: Promise<number>;
}

export interface ExecRequest extends Bearing {
  namespace: string;
  pod: string;
  /** Default: the pod's first container. */
  container?: string;
  command: string[];
  tty: boolean;
  stdin: boolean;
  /** Joins the main process; then `command` is empty. */
  attach?: boolean;
}

/** A simulated HTTP request made from somewhere in or outside the cluster. */
export interface HttpRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
  timeoutMs?: number;
}

export type HttpResult =
  | { kind: 'response'; status: number; statusText: string; headers: [string, string][]; body: string; address: string; elapsedMs: number }
  /** The request got no response; `reason` decides what curl says and its exit code. */
  | { kind: 'failure'; reason: 'dns' | 'refused' | 'timeout' | 'unreachable' | 'reset'; host: string; port: number; elapsedMs: number };

/**
 * Something the simulation does for a shell that is not the Kubernetes API: faults, nodes joining, minikube,
 * host commands. `name` picks the registered operation; `args` are checked by it. See server/simulation/operations.ts.
 */
export interface OperationRequest extends Bearing {
  name: string;
  args: Record<string, unknown>;
}

/** What the kubeconfig of a terminal says about its person. */
export interface Identity {
  username: string;
  /** The namespace that an instructor has given to this user. */
  namespace?: string;
  /** `host:port` of the API server, as the cluster's kubeconfigs name it. */
  server: string;
  /** Certificate of the cluster's authority, PEM. */
  authority?: string;
}

/** A student, as a person and as a user of the cluster. */
export interface Classmate {
  name: string;
  username: string;
}

/** How a shell reaches the cluster, time, and the person. Every method may be called concurrently. */
export interface ShellHost {
  /** Who asks, as the cluster sees it. */
  identity(): Identity;
  /** The students of the class; undefined where there is none. */
  students?(): Classmate[];
  /** Virtual time, ms since the Unix epoch. */
  now(): number;
  /** Resolves when that much virtual time has passed; rejects with an AbortError when the signal fires. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** @throws ConnectionError when no API server answers. An error status is a normal response. */
  request(request: ShellRequest): Promise<ApiResponse>;
  /**
   * A streaming GET: `watch=true`, or `log?follow=true` (then each event is a line of text).
   * Resolves when the stream ends: aborted by the signal, closed by the server, or connection lost (rejects).
   * @returns the error response when the server refuses, else undefined.
   */
  stream(request: ShellRequest, onEvent: (event: WatchStreamEvent | string) => void, signal: AbortSignal): Promise<ApiResponse | undefined>;
  exec(request: ExecRequest, output: { stdout(text: string): void; stderr(text: string): void }): ExecProcess;
  /** An HTTP request from outside the cluster (the participant's own machine). */
  http(request: HttpRequest): Promise<HttpResult>;
  /** @throws ApiError or Error with a message for the person. */
  operation(request: OperationRequest): Promise<unknown>;
  /** Asks the participant's screen to show something; does nothing where there is no screen. */
  open(target: { kind: 'dashboard' } | { kind: 'url'; url: string }): void;
  /** Lets the person edit a text on screen; undefined when there is no screen. Resolves null when cancelled. */
  edit?(text: string, fileName: string): Promise<string | null>;
}

/** A text stream into a command. */
export interface ShellInput {
  /** Next chunk as soon as there is one, or undefined at the end. */
  read(): Promise<string | undefined>;
  readAll(): Promise<string>;
  readonly isTerminal: boolean;
  /** Of a terminal. Raw: every key as it is typed, without echo; Ctrl-C too. */
  setRaw?(raw: boolean): void;
  /** Of a terminal. Who waits for input gets none: what comes is for who reads next. */
  giveUp?(): void;
  /**
   * What a person types into a session inside a container, where commands otherwise run without a terminal (a lab's lines).
   * `close` when the session ends: what was not read stays.
   */
  typed?(): ShellInput & { close(): void };
}

export interface ShellOutput {
  write(text: string): void;
  readonly isTerminal: boolean;
}

/** The shell's files. Paths are absolute; text only. */
export interface ShellFiles {
  read(path: string): string | undefined;
  write(path: string, text: string): void;
  remove(path: string): boolean;
  /** Names of direct children, sorted; undefined when the path is not a directory. */
  list(path: string): string[] | undefined;
  isDirectory(path: string): boolean;
  makeDirectory(path: string): void;
}

export interface CommandContext {
  /** Arguments after the command's name. */
  args: string[];
  stdin: ShellInput;
  stdout: ShellOutput;
  stderr: ShellOutput;
  /** Exported variables. */
  env: Record<string, string>;
  /** Absolute current directory. */
  cwd: string;
  files: ShellFiles;
  host: ShellHost;
  /** Fires on Ctrl-C, on `timeout`, and when a reader of the pipe has gone. */
  signal: AbortSignal;
  /** Width and height of the terminal, in characters; undefined without a terminal. */
  size?: { columns: number; rows: number };
  /** Per-terminal values that outlive a command (kubeconfig, running tunnels and proxies). */
  session: ShellSession;
  /** Runs another command line in the same shell, as `watch`, `timeout` and `$EDITOR` do. */
  run(line: string, streams?: { stdin?: ShellInput; stdout?: ShellOutput; stderr?: ShellOutput; signal?: AbortSignal }): Promise<number>;
}

/** State of one terminal that commands share. */
export interface ShellSession {
  /** Servers on the participant's own machine, by port: `kubectl proxy`, `kubectl port-forward`. curl asks here first. */
  listeners: Map<number, (request: HttpRequest) => Promise<HttpResult>>;
}

export interface Command {
  name: string;
  /** One line for `help`. */
  summary: string;
  run(context: CommandContext): Promise<number>;
  /** Completions for the last word of `words` (the first is this command's name). */
  complete?(words: string[], context: Pick<CommandContext, 'host' | 'files' | 'cwd' | 'session'>): Promise<string[]>;
}
