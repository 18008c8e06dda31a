/**
 * Plays a recording: the same simulation, from the nearest keyframe and the log after it. Runs in a Web Worker and in
 * Node alike. Hashes of keyframes are compared with what the replay arrives at, and differences are reported, not hidden.
 */
import { Cluster } from '../simulation/cluster.ts';
import type { ApiRequest, ApiResponse } from '../simulation/apiserver/types.ts';
import type { Snapshot } from '../simulation/kernel/kernel.ts';
import { Projector } from '../rooms/projection/projector.ts';
import type { ClusterView } from '../rooms/projection/types.ts';
import { advance, applyEntry, SimulationBrokenError, STEP_LIMIT_MS } from './apply.ts';
import { LOG_PAGE_ENTRIES, type KeyframeInfo, type LogEntry, type RecordingManifest, type TerminalChunk } from './types.ts';

/** Where the bulk data comes from. */
export interface RecordingSource {
  snapshot(sequence: number): Promise<Snapshot>;
  /** Entries from..to inclusive, at most LOG_PAGE_ENTRIES. */
  log(from: number, to: number): Promise<LogEntry[]>;
}

/** Whether the replay is what was recorded. */
export type Fidelity =
  /** Every keyframe that was met had the hash that was recorded. */
  | { kind: 'faithful'; checkedKeyframes: number }
  /** From this keyframe on the replay is another cluster than the recorded one. */
  | { kind: 'diverged'; keyframe: number; expected: string; actual: string; otherVersion: boolean };

/** Snapshots kept, so that seeking to and fro does not fetch them again. */
const MAX_KEPT_SNAPSHOTS = 8;
/** Virtual time that is cheaper to play through than to load a keyframe for, ms. */
const PLAY_THROUGH_MS = 30_000;

export class Replay {
  readonly #manifest: RecordingManifest;
  readonly #source: RecordingSource;
  readonly #snapshots = new Map<number, Snapshot>();
  /** Pages of the log by the sequence of their first entry. */
  readonly #pages = new Map<number, LogEntry[]>();
  #cluster: Cluster | undefined;
  #projector: Projector | undefined;
  /** Sequence of the last entry that has been applied. */
  #position = 0;
  /** Sequence of the keyframe that was compared last. */
  #lastCompared = -1;
  #fidelity: Fidelity = { kind: 'faithful', checkedKeyframes: 0 };
  #failures = 0;

  constructor(manifest: RecordingManifest, source: RecordingSource) {
    this.#manifest = manifest;
    this.#source = source;
  }

  /** Virtual time that the replay stands at, ms. */
  get now(): number {
    return this.#cluster?.now ?? this.#manifest.startedAt;
  }

  get fidelity(): Fidelity {
    return this.#fidelity;
  }

  /** How often a part of the simulation failed, as it did in the recorded room. */
  get failures(): number {
    return this.#failures;
  }

  /**
   * Goes to a virtual time (ms), forward or back.
   * @returns what the screen shows then. @throws Error when the data cannot be had or the recording has no keyframe.
   */
  async seek(time: number): Promise<ClusterView> {
    const target = Math.min(Math.max(time, this.#manifest.startedAt), this.#manifest.endedAt);
    const keyframe = this.#keyframeBefore(target);
    const behind = this.#cluster === undefined || this.#cluster.now > target;
    const farAhead = !behind && keyframe.sequence > this.#position && keyframe.time - this.now > PLAY_THROUGH_MS;
    if (behind || farAhead) await this.#load(keyframe);
    await this.#play(target);
    return this.#view();
  }

  /** What the API server answers at this instant. Only reads. @throws ConnectionError as the recorded cluster would. */
  read(request: Omit<ApiRequest, 'method'>): ApiResponse {
    if (!this.#cluster) throw new Error('seek() first');
    return this.#cluster.handle({ ...request, method: 'GET' });
  }

  /** The cluster at this instant, for reading only. */
  get cluster(): Cluster {
    if (!this.#cluster) throw new Error('seek() first');
    return this.#cluster;
  }

  #keyframeBefore(time: number): KeyframeInfo {
    const { keyframes } = this.#manifest;
    let found = keyframes[0];
    for (const keyframe of keyframes) if (keyframe.time <= time) found = keyframe;
    if (!found) throw new Error('the recording has no keyframe');
    return found;
  }

  async #load(keyframe: KeyframeInfo): Promise<void> {
    let snapshot = this.#snapshots.get(keyframe.sequence);
    if (!snapshot) {
      snapshot = await this.#source.snapshot(keyframe.sequence);
      if (this.#snapshots.size >= MAX_KEPT_SNAPSHOTS) this.#snapshots.delete(this.#snapshots.keys().next().value as number);
      this.#snapshots.set(keyframe.sequence, snapshot);
    }
    this.#projector?.dispose();
    this.#cluster = Cluster.restore(this.#manifest.config, snapshot);
    this.#projector = new Projector(this.#cluster, (sequence) => this.#authorOf(sequence));
    this.#position = keyframe.sequence;
    this.#compare(keyframe);
  }

  /** Applies what lies before `target` and lets time pass up to it. */
  async #play(target: number): Promise<void> {
    const cluster = this.cluster;
    for (;;) {
      const entry = await this.#entryAfter(this.#position);
      const keyframe = this.#manifest.keyframes.find((candidate) => candidate.sequence === this.#position && candidate.time >= cluster.now && candidate.sequence !== this.#lastCompared);
      // A keyframe that lies on the way is compared at its own instant: after its last entry and before the next one.
      if (keyframe && keyframe.time <= target && (!entry || entry.time >= keyframe.time)) {
        this.#advance(keyframe.time);
        this.#compare(keyframe);
        continue;
      }
      if (!entry || entry.time > target) break;
      if (!this.#apply(entry, target)) return;
      this.#position = entry.sequence;
    }
    this.#advance(target);
  }

  /** @returns false when the entry itself lasts beyond the target: it stays where it is, begun. */
  #apply(entry: LogEntry, target: number): boolean {
    const cluster = this.cluster;
    const { payload } = entry;
    if (payload.kind === 'clock' && payload.command.action === 'jump') {
      const until = entry.time + payload.command.seconds * 1_000;
      this.#advance(Math.min(until, target));
      return until <= target;
    }
    if (payload.kind === 'clock' && payload.command.action === 'step') {
      this.#advance(entry.time);
      const limit = entry.time + STEP_LIMIT_MS;
      const before = cluster.revision;
      cluster.stepWrite(Math.min(limit, target));
      return cluster.revision !== before || limit <= target;
    }
    try {
      applyEntry(cluster, entry, this.#countFailure);
    } catch (error) {
      // What was refused then is refused now; the person has seen it in the terminal.
      if (error instanceof SimulationBrokenError) throw error;
    }
    if (payload.kind === 'input' && payload.input.kind === 'operation') this.#projector?.invalidate();
    return true;
  }

  #authorOf(sequence: number): string | undefined {
    const first = Math.floor((sequence - 1) / LOG_PAGE_ENTRIES) * LOG_PAGE_ENTRIES + 1;
    const entry = this.#pages.get(first)?.find((candidate) => candidate.sequence === sequence);
    return this.#manifest.participants.find(({ id }) => id === entry?.participantId)?.name;
  }

  #advance(until: number): void {
    if (this.cluster.now < until) advance(this.cluster, until, this.#countFailure);
  }

  readonly #countFailure = (): void => {
    this.#failures++;
  };

  #compare(keyframe: KeyframeInfo): void {
    this.#lastCompared = keyframe.sequence;
    if (this.#fidelity.kind === 'diverged') return;
    const actual = this.cluster.hash();
    if (actual === keyframe.hash) this.#fidelity = { kind: 'faithful', checkedKeyframes: this.#fidelity.checkedKeyframes + 1 };
    else this.#fidelity = { kind: 'diverged', keyframe: keyframe.sequence, expected: keyframe.hash, actual, otherVersion: keyframe.simulationVersion !== this.#manifest.simulationVersion };
  }

  async #entryAfter(sequence: number): Promise<LogEntry | undefined> {
    if (sequence >= this.#manifest.lastSequence) return undefined;
    const first = Math.floor(sequence / LOG_PAGE_ENTRIES) * LOG_PAGE_ENTRIES + 1;
    let page = this.#pages.get(first);
    if (!page) {
      page = await this.#source.log(first, first + LOG_PAGE_ENTRIES - 1);
      this.#pages.set(first, page);
    }
    // Usually at this very index; a number may be missing where a write failed.
    const likely = page[sequence + 1 - first];
    const entry = likely?.sequence === sequence + 1 ? likely : page.find((candidate) => candidate.sequence > sequence);
    if (entry) return entry;
    const nextPage = first + LOG_PAGE_ENTRIES;
    return nextPage <= this.#manifest.lastSequence ? this.#entryAfter(nextPage - 1) : undefined;
  }

  #view(): ClusterView {
    const projector = this.#projector as Projector;
    projector.change({ now: this.now, rate: 'paused', paused: true });
    return projector.view();
  }
}

/** Everything that a terminal had printed at a virtual time (ms), and its size then. */
export function terminalAt(chunks: readonly TerminalChunk[], terminalId: string, time: number): { output: string; columns: number; rows: number; closed: boolean } {
  let output = '';
  let columns = 80;
  let rows = 24;
  let closed = false;
  for (const chunk of chunks) {
    if (chunk.terminalId !== terminalId || chunk.time > time) continue;
    if (chunk.kind === 'output') output += chunk.data;
    else if (chunk.kind === 'closed') closed = true;
    else if (chunk.kind === 'resize') {
      const [width, height] = chunk.data.split('x').map(Number);
      columns = width || columns;
      rows = height || rows;
    }
  }
  return { output, columns, rows, closed };
}

/** A source that reads from the server, for browsers. @param token of a participant of the room. */
export function httpSource(server: string, roomId: string, token: string): RecordingSource {
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`${server}/api/recordings/${roomId}/${path}`, { headers: { Authorization: `Bearer ${token}` } });
    if (!response.ok) throw new Error(`the recording could not be read (${response.status})`);
    return response.json();
  };
  return {
    snapshot: async (sequence) => (await get(`keyframes/${sequence}`)) as Snapshot,
    log: async (from, to) => (await get(`log?from=${from}&to=${to}`)) as LogEntry[],
  };
}
