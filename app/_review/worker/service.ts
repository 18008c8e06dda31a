/**
 * What runs in the Web Worker of a review: the replay, the tapes of terminals and workspace, and kubectl over the cluster of the
 * instant. Calls are served one after the other, so that what is asked about an instant is answered of that instant.
 */
import { Replay, type ReplayFrame } from '../../../server/recordings/replay.ts';
import { runInReplay } from '../../../server/recordings/replay-host.ts';
import { httpSource, RecordingUnreadableError, type FullRecordingSource } from '../../../server/recordings/source.ts';
import { TerminalTape } from '../../../server/recordings/terminals.ts';
import type { RecordingManifest } from '../../../server/recordings/types.ts';
import { WorkspaceTape } from '../../../server/recordings/workspace.ts';
import { isRoomError } from '../../../server/rooms/errors.ts';
import { Inspect } from '../../../server/rooms/inspect.ts';
import type { Participant } from '../../../server/rooms/types.ts';
import type { FrameWish, LoadingPart, ReviewCalls, ReviewFailure, ReviewFrame, ReviewMessage, ReviewNotice, ReviewRequest } from './protocol.ts';

/** Terminal output is fetched in windows of about this much of the class: the first of it is there soon. */
const WINDOW_MS = 20 * 60_000;
const MAX_WINDOWS = 24;
/** A live room writes terminal output a moment later: this much of what was fetched is fetched again. */
const OVERLAP_MS = 10 * 60_000;
const TAIL_LINES = 1_000;

/** The reader of a recording has no rights to check: what may be seen was decided when it was fetched. */
const READER: Participant = { id: '', name: '', role: 'observer', color: '', online: true, joinedAt: 0 };

export type SourceFactory = (server: string, roomId: string, token: string, onBytes: (path: string, bytes: number) => void) => FullRecordingSource;

interface Opened {
  manifest: RecordingManifest;
  source: FullRecordingSource;
  replay: Replay;
  inspect: Inspect;
}

export class ReviewService {
  #opened: Opened | undefined;
  readonly #terminals = new TerminalTape();
  readonly #workspace = new WorkspaceTape();
  #terminalsUntil: number | undefined;
  /** Position on its tape of each terminal that the screen shows. */
  readonly #positions = new Map<string, number>();
  #workspacePosition: number | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly post: (message: ReviewMessage) => void,
    private readonly makeSource: SourceFactory = httpSource,
  ) {}

  /** Serves a call when those before it are done, and posts its answer. */
  receive(request: ReviewRequest): Promise<void> {
    const served = this.#queue.then(async () => {
      try {
        this.post({ id: request.id, ok: true, result: await this.#serve(request) });
      } catch (error) {
        this.post({ id: request.id, ok: false, failure: failureOf(error) });
      }
    });
    this.#queue = served;
    return served;
  }

  #serve(request: ReviewRequest): Promise<unknown> {
    switch (request.call) {
      case 'open':
        return this.#open(request.argument);
      case 'seek': {
        const { at } = request.argument;
        return this.#frame(request.argument, (replay) => replay.seekFrame(at));
      }
      case 'next': {
        const { limit } = request.argument;
        return this.#frame(request.argument, (replay) => replay.playToChange(Math.min(limit, this.#nextOnTapes(replay.at))));
      }
      case 'object':
        return this.#room.inspect.object(READER, request.argument);
      case 'yaml':
        return this.#room.inspect.yaml(READER, request.argument);
      case 'describe':
        return this.#room.inspect.describe(READER, request.argument);
      case 'events':
        return this.#room.inspect.events(READER, request.argument);
      case 'logs':
        return this.#room.inspect.logs(READER, { ...request.argument, tailLines: TAIL_LINES });
      case 'why':
        return this.#room.inspect.why(request.argument);
      case 'effects':
        return Promise.resolve(this.#room.inspect.effects(request.argument.causeKind, request.argument.causeId));
      case 'history':
        return Promise.resolve(this.#room.inspect.history(request.argument));
    }
  }

  get #room(): Opened {
    if (!this.#opened) throw new Error('open() first');
    return this.#opened;
  }

  async #open({ server, token, manifest }: ReviewCalls['open']['argument']): Promise<undefined> {
    const source = this.#opened?.source ?? this.makeSource(server, manifest.roomId, token, (path, bytes) => this.#notify({ notice: 'loading', part: partOf(path), bytes }));
    const before = this.#opened;
    const replay = new Replay(manifest, source);
    if (before) await replay.goTo(before.replay.at);
    const nameOf = (id: string): string | undefined => manifest.participants.find((one) => one.id === id)?.name;
    const cluster = () => replay.cluster;
    this.#opened = { manifest, source, replay, inspect: new Inspect({ cluster, run: (_id, line) => runInReplay(cluster, line), entry: (sequence) => replay.entry(sequence), nameOf }) };
    if (before) this.#fetchTapes();
    return undefined;
  }

  /** Fetches what is not needed for the first picture; what has arrived is told. */
  #fetchTapes(): void {
    void this.#fetchWorkspace();
    void this.#fetchTerminals();
  }

  async #fetchWorkspace(): Promise<void> {
    const { source, manifest } = this.#room;
    try {
      this.#workspace.load(await source.workspace());
      this.#workspacePosition = undefined;
      this.#notify({ notice: 'arrived', part: 'workspace', until: manifest.axis.to });
    } catch (error) {
      this.#notify({ notice: 'failed', part: 'workspace', failure: failureOf(error) });
    }
  }

  async #fetchTerminals(): Promise<void> {
    const { source, manifest: { axis } } = this.#room;
    try {
      const begin = this.#terminalsUntil === undefined ? 0 : Math.max(0, this.#terminalsUntil - OVERLAP_MS);
      const length = axis.to - Math.max(begin, axis.from);
      const windows = Math.max(1, Math.min(MAX_WINDOWS, Math.ceil(length / WINDOW_MS)));
      for (let index = 1, from = begin; index <= windows; index++) {
        const last = index === windows;
        const to = last ? axis.to : Math.floor(Math.max(begin, axis.from) + (length * index) / windows);
        // What was printed a moment after the end belongs to it: it is stamped when it is written down.
        this.#terminals.add(await source.terminals(from, last ? Number.MAX_SAFE_INTEGER : to));
        from = to + 1;
        this.#terminalsUntil = to;
        this.#notify({ notice: 'arrived', part: 'terminals', until: to });
      }
    } catch (error) {
      this.#notify({ notice: 'failed', part: 'terminals', failure: failureOf(error) });
    }
  }

  async #frame(wish: FrameWish, move: (replay: Replay) => Promise<ReplayFrame>): Promise<ReviewFrame> {
    const { replay } = this.#room;
    const begin = performance.now();
    const cluster = await move(replay);
    const { at, now: time } = replay;
    const workspacePosition = this.#workspace.position(at);
    const workspace = workspacePosition === this.#workspacePosition ? undefined : this.#workspace.at(workspacePosition);
    this.#workspacePosition = workspacePosition;
    const lastActive = this.#terminals.lastActive(at);
    const frame: ReviewFrame = {
      at,
      time,
      cluster,
      ...(workspace ? { workspace } : {}),
      terminals: this.#terminalUpdates(wish, at),
      opened: this.#terminals.openedAt(at),
      ...(lastActive === undefined ? {} : { lastActive }),
      fidelity: replay.fidelity,
      failures: replay.failures,
      tookMs: performance.now() - begin,
    };
    if (this.#terminalsUntil === undefined) {
      // The first picture is there; now the rest.
      this.#terminalsUntil = this.#room.manifest.axis.from;
      this.#fetchTapes();
    }
    return frame;
  }

  #terminalUpdates({ watched, fresh }: FrameWish, at: number): ReviewFrame['terminals'] {
    for (const id of [...this.#positions.keys()]) if (!watched.includes(id) || fresh.includes(id)) this.#positions.delete(id);
    return watched.flatMap((id) => {
      const before = this.#positions.get(id);
      const position = this.#terminals.position(id, at);
      if (before === position) return [];
      this.#positions.set(id, position);
      return [this.#terminals.update(id, before, position)];
    });
  }

  /** When the next thing is printed, said or noted after a moment. */
  #nextOnTapes(at: number): number {
    return Math.min(this.#terminals.nextAfter(at) ?? Infinity, this.#workspace.nextAfter(at) ?? Infinity);
  }

  #notify(notice: ReviewNotice): void {
    this.post(notice);
  }
}

function partOf(path: string): LoadingPart {
  if (path.startsWith('keyframes')) return 'keyframe';
  if (path.startsWith('log')) return 'log';
  return path.startsWith('terminals') ? 'terminals' : 'workspace';
}

function failureOf(error: unknown): ReviewFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (isRoomError(error)) return { code: error.code, message };
  if (error instanceof RecordingUnreadableError) return { code: error.status === undefined ? 'network' : error.status === 401 ? 'token-invalid' : 'recording-unreadable', message };
  return { code: 'replay-failed', message };
}
