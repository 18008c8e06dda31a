/**
 * A room as a shell sees it. Reads are answered at once; whatever changes the cluster goes through the actor, in the
 * participant's name, and is answered when it is in the log and applied.
 */
import { userOfCredentials, type Credentials } from '../simulation/apiserver/authentication/credentials.ts';
import { ApiError, ConnectionError, type ApiRequest, type ApiResponse, type UserInfo } from '../simulation/apiserver/types.ts';
import { onlyReads } from '../simulation/apiserver/requests/request-info.ts';
import type { SimulationInput } from '../simulation/inputs.ts';
import { operationNamed } from '../simulation/operations/registry.ts';
import { homeNamespace } from '../shell/kubectl/framework/home-namespace.ts';
import type { Classmate, ExecProcess, ExecRequest, Identity, HttpRequest, HttpResult, OperationRequest, ShellHost, ShellRequest, WatchStreamEvent } from '../shell/types.ts';
import type { RoomActor } from './actor.ts';
import { LimitExceededError } from './errors.ts';
import { ROOM_LIMITS } from './types.ts';
import type { CommandLines } from './command-lines.ts';
import type { VirtualTimers } from './virtual-timers.ts';

/** Latencies below this are not waited for: nobody sees them, and a paused clock must not hold up a request that was answered. */
const SHORTEST_WAIT_MS = 250;
/** curl's own limit when none is given (TCP gives up). */
const DEFAULT_HTTP_TIMEOUT_MS = 130_000;

/** What can be asked of an open stream. */
export interface StreamControls {
  /** Makes a watch tell the revision that it has reached. */
  bookmark(): void;
}

/** What the shells of one room share. */
export interface HostContext {
  actor: RoomActor;
  timers: VirtualTimers;
  /** Output and end of exec sessions, by process. */
  processes: Processes;
  /** Streams that end when the API server is gone. */
  connections: Connections;
  commandLines: CommandLines;
  /** Refuses what the participant's role or the settings do not allow. @throws RoomError */
  checkInput: (participantId: string, input: SimulationInput) => void;
  /** The Kubernetes user that a participant is now: roles change. */
  userOf: (participantId: string) => UserInfo;
  /** The students of the room, for who gives them something. */
  students: () => Classmate[];
}

export interface Screen {
  open: ShellHost['open'];
  edit?: NonNullable<ShellHost['edit']>;
  /** The line that was entered last. */
  line?: () => string | undefined;
}

export class RoomHost implements ShellHost {
  readonly #context: HostContext;
  /** A participant's id; undefined for users who are no participants. */
  readonly #participantId: string | undefined;
  readonly #userNow: () => UserInfo;
  readonly #screen: Screen;
  readonly edit?: NonNullable<ShellHost['edit']>;

  /** @param who a participant's id, or a user who is none. */
  constructor(context: HostContext, who: string | UserInfo, screen: Screen) {
    this.#context = context;
    this.#participantId = typeof who === 'string' ? who : undefined;
    this.#userNow = typeof who === 'string' ? () => context.userOf(who) : () => who;
    this.#screen = screen;
    if (screen.edit) this.edit = screen.edit;
  }

  get #user(): UserInfo {
    return this.#userNow();
  }

  identity(): Identity {
    const { username } = this.#user;
    const { environment, store, network } = this.#context.actor.cluster;
    const authority = network.authority();
    const namespace = homeNamespace(store.values('namespaces'), username);
    return { username, server: environment.apiServerAddress, ...(namespace === undefined ? {} : { namespace }), ...(authority === undefined ? {} : { authority }) };
  }

  students(): Classmate[] {
    return this.#context.students();
  }

  now(): number {
    return this.#context.actor.now;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return this.#context.timers.sleep(milliseconds, signal);
  }

  async request(request: ShellRequest): Promise<ApiResponse> {
    const full = this.#stamped(request);
    if ('status' in full) return full;
    if (onlyReads(full)) {
      this.#context.actor.catchUp();
      return this.#context.actor.cluster.handle(full);
    }
    const response = (await this.#input({ kind: 'api', request: full })) as ApiResponse;
    if ((response.elapsedMs ?? 0) >= SHORTEST_WAIT_MS) await this.sleep(response.elapsedMs as number);
    return response;
  }

  stream(request: ShellRequest, onEvent: (event: WatchStreamEvent | string) => void, signal: AbortSignal, onOpen?: (controls: StreamControls) => void): Promise<ApiResponse | undefined> {
    const full = this.#stamped(request);
    if ('status' in full) return Promise.resolve(full);
    this.#context.actor.catchUp();
    return full.path.endsWith('/log') ? this.#followLog(full, onEvent, signal, onOpen) : this.#watch(full, onEvent, signal, onOpen);
  }

  #watch(request: ApiRequest, onEvent: (event: WatchStreamEvent) => void, signal: AbortSignal, onOpen?: (controls: StreamControls) => void): Promise<ApiResponse | undefined> {
    return new Promise((resolve, reject) => {
      const opened = this.#context.actor.cluster.watch(request, (event) => onEvent(event as WatchStreamEvent));
      if ('status' in opened) return resolve(opened);
      this.#untilClosed(() => opened.stop(), signal, resolve, reject);
      onOpen?.({ bookmark: () => opened.bookmark() });
    });
  }

  #followLog(request: ApiRequest, onEvent: (text: string) => void, signal: AbortSignal, onOpen?: (controls: StreamControls) => void): Promise<ApiResponse | undefined> {
    const { cluster } = this.#context.actor;
    // What the server would refuse, it refuses before the stream begins.
    const { follow: _follow, ...query } = request.query ?? {};
    const first = cluster.handle({ ...request, query });
    if (first.status !== 200) return Promise.resolve(first);
    onOpen?.({ bookmark: () => {} });
    const [, , , , namespace, , pod] = request.path.split('/') as string[];
    return new Promise((resolve, reject) => {
      // A container that has ended ends the stream at once, before there is anything to stop.
      let stop = (): void => {};
      const close = this.#untilClosed(() => stop(), signal, resolve, reject);
      stop = cluster.pods.followLogs(namespace as string, pod as string, logOptions(query), onEvent, () => close());
      if (signal.aborted) stop();
    });
  }

  /** Ends a stream on the signal, when the API server is gone, or when the returned function is called. */
  #untilClosed(stop: () => void, signal: AbortSignal, resolve: (value: undefined) => void, reject: (error: Error) => void): () => void {
    const { connections } = this.#context;
    let open = true;
    const end = (finish: () => void) => (): void => {
      if (!open) return;
      open = false;
      connections.delete(connection);
      signal.removeEventListener('abort', onAbort);
      stop();
      finish();
    };
    const connection = { lost: end(() => reject(new ConnectionError('refused', this.#context.actor.cluster.environment.apiServerAddress))) };
    const onAbort = end(() => resolve(undefined));
    connections.add(connection);
    if (signal.aborted) queueMicrotask(onAbort);
    else signal.addEventListener('abort', onAbort, { once: true });
    return end(() => resolve(undefined));
  }

  /** `started` resolves when the process runs and rejects when that is refused, as `done` then does. */
  exec({ credentials, ...request }: ExecRequest, output: { stdout(text: string): void; stderr(text: string): void }): ExecProcess & { started: Promise<void> } {
    const { processes } = this.#context;
    const { processId, done, fail } = processes.open(output);
    const send = async (make: () => SimulationInput): Promise<void> => {
      try {
        await this.#input(make());
      } catch (error) {
        fail(error);
        throw error;
      }
    };
    const tell = (input: SimulationInput): void => void send(() => input).catch(() => {});
    const started = send(() => ({ kind: 'exec', request: { ...request, user: this.#bearing(credentials) }, processId }));
    started.catch(() => {});
    return {
      started,
      write: (data) => tell({ kind: 'exec-input', processId, data }),
      end: () => tell({ kind: 'exec-end', processId }),
      kill: () => tell({ kind: 'exec-kill', processId }),
      done,
    };
  }

  async http(request: HttpRequest): Promise<HttpResult> {
    const { timeoutMs, ...wire } = request;
    const result = (await this.#input({ kind: 'http', request: wire, from: 'outside' })) as HttpResult;
    const limit = timeoutMs ?? DEFAULT_HTTP_TIMEOUT_MS;
    const elapsed = Math.min(result.elapsedMs, limit);
    if (elapsed >= SHORTEST_WAIT_MS) await this.sleep(elapsed);
    if (result.elapsedMs <= limit) return result;
    const url = new URL(request.url);
    return { kind: 'failure', reason: 'timeout', host: url.hostname, port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)), elapsedMs: limit };
  }

  async operation(asked: OperationRequest): Promise<unknown> {
    const operation = operationNamed(asked.name);
    const { credentials, impersonate, ...plain } = asked;
    const request = operation?.asUser ? { ...plain, args: { ...asked.args, user: this.#bearing(credentials), ...(impersonate ? { impersonate } : {}) } } : plain;
    if (operation && !operation.changes) {
      this.#context.actor.catchUp();
      return this.#context.actor.cluster.query(request.name, request.args);
    }
    return this.#input({ kind: 'operation', request });
  }

  open(target: Parameters<ShellHost['open']>[0]): void {
    this.#screen.open(target);
  }

  /** @throws ApiError 401 */
  #bearing(credentials: Credentials | undefined): UserInfo {
    return userOfCredentials(this.#context.actor.cluster, this.#user, credentials);
  }

  /** The request with its user, or the answer to whoever shows credentials that are not good. */
  #stamped({ credentials, ...request }: ShellRequest): ApiRequest | ApiResponse {
    try {
      return { ...request, user: this.#bearing(credentials) };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { status: error.code, body: error.status };
    }
  }

  async #input(input: SimulationInput): Promise<unknown> {
    // Others may only ask the API server, which has its own opinion of them.
    if (this.#participantId !== undefined) this.#context.checkInput(this.#participantId, input);
    if (JSON.stringify(input).length > ROOM_LIMITS.requestBytes) throw new LimitExceededError('bytes in one request', ROOM_LIMITS.requestBytes);
    const line = this.#screen.line?.();
    const { entry, outcome } = await this.#context.actor.input(input, this.#participantId);
    if (line !== undefined) this.#context.commandLines.remember(entry.sequence, line);
    if (!outcome.ok) throw outcome.error;
    return outcome.value;
  }
}

/** Open streams of a room. */
export class Connections {
  readonly #open = new Set<{ lost: () => void }>();

  add(connection: { lost: () => void }): void {
    this.#open.add(connection);
  }

  delete(connection: { lost: () => void }): void {
    this.#open.delete(connection);
  }

  /** To be called when the cluster may have changed: streams break when the API server is gone. */
  check(reachable: boolean): void {
    if (!reachable) for (const connection of [...this.#open]) connection.lost();
  }
}

/** Exec sessions that shells of this room have open. */
export class Processes {
  readonly #open = new Map<string, { stdout(text: string): void; stderr(text: string): void; exit(code: number): void }>();
  #next = 1;

  /** @param prefix keeps ids of this life of the room apart from those of earlier ones. */
  constructor(private readonly prefix: string) {}

  open(output: { stdout(text: string): void; stderr(text: string): void }): { processId: string; done: Promise<number>; fail: (error: unknown) => void } {
    const processId = `${this.prefix}-${this.#next++}`;
    let fail: (error: unknown) => void = () => {};
    const done = new Promise<number>((resolve, reject) => {
      this.#open.set(processId, { ...output, stdout: (text) => output.stdout(text), stderr: (text) => output.stderr(text), exit: resolve });
      fail = reject;
    }).finally(() => this.#open.delete(processId));
    // The shell awaits `done`, but perhaps not before it has failed.
    done.catch(() => {});
    return { processId, done, fail };
  }

  output(id: string, stream: 'stdout' | 'stderr', text: string): void {
    this.#open.get(id)?.[stream](text);
  }

  exit(id: string, code: number): void {
    this.#open.get(id)?.exit(code);
  }
}

function logOptions(query: Record<string, string>): Parameters<RoomActor['cluster']['pods']['followLogs']>[2] {
  const number = (name: string): number | undefined => (query[name] === undefined ? undefined : Number(query[name]));
  const tailLines = number('tailLines');
  const sinceSeconds = number('sinceSeconds');
  const limitBytes = number('limitBytes');
  return {
    ...(query.container === undefined ? {} : { container: query.container }),
    ...(query.previous === 'true' ? { previous: true } : {}),
    ...(query.timestamps === 'true' ? { timestamps: true } : {}),
    ...(query.sinceTime === undefined ? {} : { sinceTime: query.sinceTime }),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
  };
}
