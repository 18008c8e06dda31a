/**
 * The page's side of the replay: one Web Worker, at most one seek under way (the newest wish wins), and the state that the page
 * draws. Also the ClusterSource of the review.
 */
import { ClassClock } from '../../server/recordings/class-clock.ts';
import type { Fidelity, ReplayFrame } from '../../server/recordings/replay.ts';
import type { TerminalUpdate } from '../../server/recordings/terminals.ts';
import type { RecordingManifest } from '../../server/recordings/types.ts';
import type { WorkspaceView } from '../../server/recordings/workspace.ts';
import { TABLE_NAMES, WRITE_RING_LENGTH, type ClusterView, type ProjectionChange } from '../../server/rooms/projection/types.ts';
import { CodedError, type ErrorCode } from '../_lib/api.ts';
import type { ClusterSource } from '../_lib/cluster-source.tsx';
import type { CallName, LoadingPart, ReviewAnswer, ReviewCalls, ReviewFrame, ReviewMessage, ReviewRequest } from './worker/protocol.ts';

export interface ReviewState {
  status: 'loading' | 'ready' | 'failed';
  /** Why nothing can be shown, or why the last wish could not be met. */
  error?: Error;
  /** What is being fetched, while it is. */
  loading?: { part: LoadingPart; bytes: number };
  /** The moment of the class that is shown, wall clock, ms. */
  at: number;
  /** The cluster's virtual time then, ms. */
  time: number;
  /** Whether a seek is under way. */
  seeking: boolean;
  workspace: WorkspaceView;
  opened: readonly string[];
  lastActive?: string;
  fidelity: Fidelity;
  failures: number;
  /** The moment up to which the tapes are there; undefined until something has arrived. */
  terminalsUntil?: number;
  workspaceHere: boolean;
  tookMs: number;
}

const EMPTY_WORKSPACE: WorkspaceView = { chat: [], notes: [], pins: [], files: [] };

/** The part of Worker that is used; tests bring their own. */
export interface WorkerPort {
  postMessage(message: ReviewRequest): void;
  onmessage: ((event: MessageEvent<ReviewMessage>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  terminate(): void;
}

function startWorker(): WorkerPort {
  return new Worker(new URL('./worker/review.worker.ts', import.meta.url), { type: 'module' }) as WorkerPort;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

type Wish = { kind: 'seek'; at: number } | { kind: 'next'; limit: number };

export class ReviewClient {
  readonly source: ClusterSource;
  readonly #worker: WorkerPort;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #state: ReviewState;
  #view: ClusterView | undefined;
  readonly #stateListeners = new Set<() => void>();
  readonly #viewListeners = new Set<() => void>();
  readonly #terminals = new Map<string, (update: TerminalUpdate) => void>();
  readonly #fresh = new Set<string>();
  #wish: Wish | undefined;
  #waiting: { resolve(news: boolean): void }[] = [];
  #moving = false;
  #access: { server: string; token: string; manifest: RecordingManifest } | undefined;

  constructor(at: number, makeWorker: () => WorkerPort = startWorker) {
    this.#state = { status: 'loading', at, time: at, seeking: true, workspace: EMPTY_WORKSPACE, opened: [], fidelity: { kind: 'faithful', checkedKeyframes: 0 }, failures: 0, workspaceHere: false, tookMs: 0 };
    this.#worker = makeWorker();
    this.#worker.onmessage = ({ data }) => this.#receive(data);
    // The worker's script did not load, or something in it threw outside any call.
    this.#worker.onerror = () => this.#fail(new CodedError('worker-failed', 'the worker ended'));
    this.source = {
      mode: 'replay',
      view: () => this.#view,
      subscribe: (listener) => listen(this.#viewListeners, listener),
      object: (ref) => this.#call('object', ref),
      yaml: (ref) => this.#call('yaml', ref),
      describe: (ref) => this.#call('describe', ref),
      events: (ref) => this.#call('events', ref),
      logs: (query) => this.#call('logs', query),
      why: (revision) => this.#call('why', revision),
      effects: (causeKind, causeId) => this.#call('effects', { causeKind, causeId }),
      history: (ref) => this.#call('history', ref),
    };
  }

  readonly state = (): ReviewState => this.#state;
  readonly subscribe = (listener: () => void): (() => void) => listen(this.#stateListeners, listener);

  get manifest(): RecordingManifest | undefined {
    return this.#access?.manifest;
  }

  /** Begins with a recording, or goes on with a longer one; then shows the instant that it stands at. */
  async open(access: { server: string; token: string; manifest: RecordingManifest }): Promise<void> {
    this.#access = access;
    // What time it was then is known before the cluster is there.
    if (this.#state.status === 'loading') this.#set({ time: new ClassClock(access.manifest.clock).timeAt(this.#state.at) });
    try {
      await this.#call('open', access);
      await this.seek(this.#state.at);
    } catch (error) {
      this.#failed(error as Error);
    }
  }

  /** Tries again what failed. */
  retry(): void {
    if (this.#access) void this.open(this.#access);
  }

  /**
   * Shows a moment of the class. While one seek is under way the newest wish waits and older ones are forgotten.
   * @returns whether anything but the time changed; resolves when this or a newer wish is shown, or failed.
   */
  seek(at: number): Promise<boolean> {
    return this.#move({ kind: 'seek', at });
  }

  /** Plays on to the next thing that happens, at most to a moment. */
  next(limit: number): Promise<boolean> {
    return this.#move({ kind: 'next', limit });
  }

  /** Draws a terminal: `draw` gets what an empty screen needs, and everything after. @returns how to stop. */
  watchTerminal(terminalId: string, draw: (update: TerminalUpdate) => void): () => void {
    this.#terminals.set(terminalId, draw);
    this.#fresh.add(terminalId);
    if (this.#state.status === 'ready') void this.seek(this.#state.at);
    return () => {
      if (this.#terminals.get(terminalId) === draw) this.#terminals.delete(terminalId);
    };
  }

  dispose(): void {
    this.#worker.onmessage = null;
    this.#worker.onerror = null;
    this.#worker.terminate();
    this.#stateListeners.clear();
    this.#viewListeners.clear();
  }

  #move(wish: Wish): Promise<boolean> {
    this.#wish = wish;
    const done = new Promise<boolean>((resolve) => this.#waiting.push({ resolve }));
    if (!this.#moving) void this.#work();
    return done;
  }

  async #work(): Promise<void> {
    this.#moving = true;
    this.#set({ seeking: true });
    while (this.#wish) {
      const wish = this.#wish;
      const waiting = this.#waiting;
      this.#wish = undefined;
      this.#waiting = [];
      const fresh = [...this.#fresh];
      this.#fresh.clear();
      const screen = { watched: [...this.#terminals.keys()], fresh };
      let news = false;
      try {
        const frame = await (wish.kind === 'seek' ? this.#call('seek', { at: wish.at, ...screen }) : this.#call('next', { limit: wish.limit, ...screen }));
        news = this.#show(frame);
      } catch (error) {
        for (const id of fresh) this.#fresh.add(id);
        this.#failed(error as Error);
      }
      for (const { resolve } of waiting) resolve(news);
    }
    this.#moving = false;
    this.#set({ seeking: false });
  }

  #show(frame: ReviewFrame): boolean {
    const { at, time, cluster, workspace, terminals, opened, lastActive, fidelity, failures, tookMs } = frame;
    const before = this.#view;
    this.#view = applyFrame(before, cluster);
    for (const update of terminals) this.#terminals.get(update.terminalId)?.(update);
    const { loading: _done, error: _past, ...rest } = this.#state;
    this.#state = {
      ...rest,
      status: 'ready',
      at,
      time,
      fidelity: sameJson(fidelity, rest.fidelity) ? rest.fidelity : fidelity,
      opened: sameJson(opened, rest.opened) ? rest.opened : opened,
      failures,
      tookMs,
      ...(workspace ? { workspace } : {}),
      ...(lastActive === undefined ? {} : { lastActive }),
    };
    if (this.#view !== before) for (const listener of [...this.#viewListeners]) listener();
    this.#tell();
    return cluster.kind === 'whole' || Object.keys(cluster.change.rows).length > 0 || workspace !== undefined || terminals.some(({ parts }) => parts.length > 0);
  }

  #call<Name extends CallName>(call: Name, argument: ReviewCalls[Name]['argument']): Promise<ReviewCalls[Name]['result']> {
    if (this.#state.error instanceof CodedError && this.#state.error.code === 'worker-failed') return Promise.reject(this.#state.error);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject });
      this.#worker.postMessage({ id, call, argument } as ReviewRequest);
    });
  }

  #receive(message: ReviewMessage): void {
    if ('id' in message) return this.#answered(message);
    switch (message.notice) {
      case 'loading':
        if (message.part === 'keyframe' || message.part === 'log') this.#set({ loading: { part: message.part, bytes: message.bytes } });
        break;
      case 'arrived':
        this.#set(message.part === 'workspace' ? { workspaceHere: true } : { terminalsUntil: message.until });
        // Unless somebody goes elsewhere anyway: then the next frame has it.
        if (!this.#wish) void this.seek(this.#state.at);
        break;
      case 'failed':
        this.#set({ error: asError(message.failure) });
        break;
    }
  }

  #answered(answer: ReviewAnswer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if (answer.ok) pending?.resolve(answer.result);
    else pending?.reject(asError(answer.failure));
  }

  /** Something could not be shown; what was there stays. */
  #failed(error: Error): void {
    this.#set({ error, status: this.#view ? 'ready' : 'failed' });
  }

  #fail(error: Error): void {
    this.#set({ error, status: 'failed' });
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }

  #set(changes: Partial<ReviewState>): void {
    this.#state = { ...this.#state, ...changes };
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#stateListeners]) listener();
  }
}

/** A view with a frame's changes; tables without changes stay the same objects. */
export function applyFrame(before: ClusterView | undefined, frame: ReplayFrame): ClusterView | undefined {
  if (frame.kind === 'whole') return frame.view;
  if (!before) return undefined;
  const { meta, rows, writes } = frame.change;
  if (!meta && writes.length === 0 && Object.keys(rows).length === 0) return before;
  const tables: Record<string, ReadonlyMap<string, unknown>> = { ...before.tables };
  for (const name of TABLE_NAMES) {
    const change = rows[name] as NonNullable<ProjectionChange['rows']['pods']> | undefined;
    if (!change) continue;
    const table = new Map(before.tables[name] as ReadonlyMap<string, unknown>);
    for (const key of change.removed) table.delete(key);
    for (const row of change.set) table.set(row.key, row);
    tables[name] = table;
  }
  return { meta: meta ?? before.meta, tables: tables as unknown as ClusterView['tables'], writes: writes.length === 0 ? before.writes : [...before.writes, ...writes].slice(-WRITE_RING_LENGTH) };
}

function listen(listeners: Set<() => void>, listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function asError({ code, message }: { code: string; message: string }): Error {
  return new CodedError(code as ErrorCode, message);
}

function sameJson(x: unknown, y: unknown): boolean {
  return JSON.stringify(x) === JSON.stringify(y);
}
