/** A cluster of its own for a shell without a room: requests are applied at once, time passes when everybody waits for it. */
import { userOfCredentials } from '../../simulation/apiserver/authentication/credentials.ts';
import { ApiError, ConnectionError, type ApiRequest, type ApiResponse, type UserInfo } from '../../simulation/apiserver/types.ts';
import { onlyReads } from '../../simulation/apiserver/requests/request-info.ts';
import type { Cluster } from '../../simulation/cluster.ts';
import type { SimulationInput } from '../../simulation/inputs.ts';
import type { LogOptions } from '../../simulation/kubelet/types.ts';
import { Random } from '../../simulation/kernel/random.ts';
import { operationNamed } from '../../simulation/operations/registry.ts';
import type { ExecProcess, ExecRequest, HttpRequest, HttpResult, Identity, OperationRequest, ShellRequest, WatchStreamEvent } from '../types.ts';
import type { Timeline } from './driver.ts';
import type { LabCluster } from './lab-session.ts';
import { VirtualClock } from './virtual-clock.ts';

/** A request takes about this long to reach the API server, ms of virtual time: real clients take as long to start and connect, now more, now less. */
const REQUEST_MS = 5;
const REQUEST_SPREAD_MS = 55;
/** And its answer this long to come back. */
const RESPONSE_MS = 5;

const ADMIN: UserInfo = { username: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated'] };

interface Process {
  output: { stdout(text: string): void; stderr(text: string): void };
  resolve(code: number): void;
  reject(error: unknown): void;
}

export class LabHost implements LabCluster, Timeline {
  readonly #clock: VirtualClock;
  readonly #processes = new Map<string, Process>();
  /** Streams that break when the API server is gone. */
  readonly #connections = new Set<() => void>();
  #sequence = 0;
  /** Something came out of the cluster since the last advance began. */
  #delivered = false;
  readonly #random: Random;

  constructor(
    private readonly cluster: Cluster,
    seed: number,
  ) {
    this.#random = new Random(seed);
    this.#clock = new VirtualClock(() => cluster.now);
    cluster.observeExec({
      output: (id, stream, text) => {
        this.#delivered = true;
        this.#processes.get(id)?.output[stream](text);
      },
      exit: (id, code) => {
        this.#delivered = true;
        this.#processes.get(id)?.resolve(code);
        this.#processes.delete(id);
      },
    });
  }

  // ---- time ----

  now(): number {
    return this.cluster.now;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return this.#clock.sleep(milliseconds, signal);
  }

  next(): number | undefined {
    const sleeper = this.#clock.next();
    // Who waits for a stream waits for the next thing that happens in the cluster.
    const streaming = sleeper === undefined || this.#connections.size > 0 || this.#processes.size > 0;
    const event = streaming ? this.cluster.nextEventTime() : undefined;
    return sleeper === undefined || event === undefined ? (sleeper ?? event) : Math.min(sleeper, event);
  }

  /** Stops early when something came out of the cluster, so that whoever waits for it goes on at that time. */
  advance(until: number): void {
    this.#delivered = false;
    if (this.#connections.size === 0 && this.#processes.size === 0) this.cluster.advance(until);
    else {
      for (let next = this.cluster.nextEventTime(); !this.#delivered; next = this.cluster.nextEventTime()) {
        this.cluster.advance(next === undefined ? until : Math.min(next, until));
        if (next === undefined || next >= until) break;
      }
    }
    if (this.#connections.size > 0 && !this.#reachable()) for (const lose of [...this.#connections]) lose();
    this.#clock.wake();
  }

  #reachable(): boolean {
    try {
      this.cluster.environment.checkApiServer('outside', 'read');
      return true;
    } catch (error) {
      // Without storage the API server still runs, and its streams stay open.
      return !(error instanceof ConnectionError);
    }
  }

  #delay(): number {
    return REQUEST_MS + this.#random.below(REQUEST_SPREAD_MS);
  }

  #apply(input: SimulationInput): unknown {
    return this.cluster.apply(input, ++this.#sequence);
  }

  get hasSessions(): boolean {
    return this.#processes.size > 0;
  }

  get awaitsInput(): boolean {
    return [...this.#processes.keys()].some((id) => this.cluster.pods.awaitsInput(id));
  }

  // ---- requests ----

  identity(): Identity {
    const authority = this.cluster.network.authority();
    return { username: ADMIN.username, server: this.cluster.environment.apiServerAddress, ...(authority === undefined ? {} : { authority }) };
  }

  /** The request with its user, or the answer to whoever shows credentials that are not good. */
  #stamped({ credentials, ...request }: ShellRequest): ApiRequest | ApiResponse {
    try {
      return { ...request, user: userOfCredentials(this.cluster, ADMIN, credentials) };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { status: error.code, body: error.status };
    }
  }

  async request(request: ShellRequest): Promise<ApiResponse> {
    await this.#clock.sleep(this.#delay());
    const full = this.#stamped(request);
    if ('status' in full) return full;
    const response = onlyReads(full) ? this.cluster.handle(full) : (this.#apply({ kind: 'api', request: full }) as ApiResponse);
    await this.#clock.sleep(RESPONSE_MS);
    return response;
  }

  async stream(request: ShellRequest, onEvent: (event: WatchStreamEvent | string) => void, signal: AbortSignal, onOpen?: () => void): Promise<ApiResponse | undefined> {
    await this.#clock.sleep(this.#delay(), signal);
    const full = this.#stamped(request);
    if ('status' in full) return full;
    const deliver = (event: WatchStreamEvent | string): void => {
      this.#delivered = true;
      onEvent(event);
    };
    return full.path.endsWith('/log') ? this.#followLog(full, deliver, signal, onOpen) : this.#watch(full, deliver, signal, onOpen);
  }

  #watch(request: ApiRequest, onEvent: (event: WatchStreamEvent) => void, signal: AbortSignal, onOpen?: () => void): Promise<ApiResponse | undefined> {
    const opened = this.cluster.watch(request, (event) => onEvent(event as WatchStreamEvent));
    if ('status' in opened) return Promise.resolve(opened);
    onOpen?.();
    return this.#open(() => opened.stop(), signal).ended;
  }

  #followLog(request: ApiRequest, onEvent: (text: string) => void, signal: AbortSignal, onOpen?: () => void): Promise<ApiResponse | undefined> {
    const { follow: _follow, ...query } = request.query ?? {};
    // What the server would refuse, it refuses before the stream begins.
    const first = this.cluster.handle({ ...request, query });
    if (first.status !== 200) return Promise.resolve(first);
    onOpen?.();
    const [, , , , namespace, , pod] = request.path.split('/') as string[];
    // A container that has ended ends the stream at once, before there is anything to stop.
    let stop = (): void => {};
    const connection = this.#open(() => stop(), signal);
    stop = this.cluster.pods.followLogs(namespace as string, pod as string, logOptions(query), onEvent, () => connection.end());
    return connection.ended;
  }

  /** A stream that is open until the signal fires, the server ends it or cannot be reached any more. */
  #open(stop: () => void, signal: AbortSignal): { ended: Promise<undefined>; end: () => void } {
    let end = (): void => {};
    const ended = new Promise<undefined>((resolve, reject) => {
      let open = true;
      const finish = (how: () => void): void => {
        if (!open) return;
        open = false;
        this.#connections.delete(lose);
        signal.removeEventListener('abort', end);
        stop();
        how();
      };
      const lose = (): void => finish(() => reject(new ConnectionError('refused', this.cluster.environment.apiServerAddress)));
      end = () => finish(() => resolve(undefined));
      this.#connections.add(lose);
      if (signal.aborted) queueMicrotask(end);
      else signal.addEventListener('abort', end, { once: true });
    });
    return { ended, end };
  }

  exec({ credentials, ...request }: ExecRequest, output: { stdout(text: string): void; stderr(text: string): void }): ExecProcess {
    const processId = `lab-${++this.#sequence}`;
    const done = new Promise<number>((resolve, reject) => this.#processes.set(processId, { output, resolve, reject }));
    done.catch(() => {
      // Whoever asked awaits it later, or has gone.
    });
    const send = (make: () => SimulationInput): void => {
      try {
        this.#apply(make());
      } catch (error) {
        this.#processes.get(processId)?.reject(error);
        this.#processes.delete(processId);
      }
    };
    send(() => ({ kind: 'exec', request: { ...request, user: userOfCredentials(this.cluster, ADMIN, credentials) }, processId }));
    return {
      write: (data) => send(() => ({ kind: 'exec-input', processId, data })),
      end: () => send(() => ({ kind: 'exec-end', processId })),
      kill: () => send(() => ({ kind: 'exec-kill', processId })),
      done,
    };
  }

  async http({ timeoutMs, ...request }: HttpRequest): Promise<HttpResult> {
    const result = this.#apply({ kind: 'http', request, from: 'outside' }) as HttpResult;
    const elapsedMs = Math.min(result.elapsedMs, timeoutMs ?? Infinity);
    if (elapsedMs === result.elapsedMs) return result;
    const url = new URL(request.url);
    return { kind: 'failure', reason: 'timeout', host: url.hostname, port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)), elapsedMs };
  }

  async operation({ credentials, impersonate, ...plain }: OperationRequest): Promise<unknown> {
    await this.#clock.sleep(RESPONSE_MS);
    const operation = operationNamed(plain.name);
    const request = operation?.asUser ? { ...plain, args: { ...plain.args, user: userOfCredentials(this.cluster, ADMIN, credentials), ...(impersonate ? { impersonate } : {}) } } : plain;
    return operation && !operation.changes ? this.cluster.query(request.name, request.args) : this.#apply({ kind: 'operation', request });
  }

  open(): void {
    // There is no screen.
  }
}

function logOptions(query: Record<string, string>): LogOptions {
  const options: LogOptions = {};
  if (query.container !== undefined) options.container = query.container;
  if (query.previous === 'true') options.previous = true;
  if (query.timestamps === 'true') options.timestamps = true;
  if (query.sinceTime !== undefined) options.sinceTime = query.sinceTime;
  if (query.tailLines !== undefined) options.tailLines = Number(query.tailLines);
  if (query.sinceSeconds !== undefined) options.sinceSeconds = Number(query.sinceSeconds);
  if (query.limitBytes !== undefined) options.limitBytes = Number(query.limitBytes);
  return options;
}
