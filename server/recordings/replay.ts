/**
 * Plays a recording: the same simulation, from the nearest keyframe and the log after it. Runs in a Web Worker and in
 * Node alike. Hashes of keyframes are compared with what the replay arrives at, and differences are reported, not hidden.
 */
import { Cluster } from '../simulation/cluster.ts';
import type { ApiRequest, ApiResponse } from '../simulation/apiserver/types.ts';
import type { Snapshot } from '../simulation/kernel/kernel.ts';
import { Projector } from '../rooms/projection/projector.ts';
import type { ClusterView, ProjectionChange } from '../rooms/projection/types.ts';
import { advance, applyUntil } from './apply.ts';
import { LOG_PAGE_ENTRIES, type KeyframeInfo, type LogEntry, type RecordingManifest } from './types.ts';

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

/** What a screen that follows a replay has to change. */
export type ReplayFrame =
  /** Another cluster object stands behind it: everything anew. */
  | { kind: 'whole'; view: ClusterView }
  | { kind: 'change'; change: ProjectionChange };

/** Snapshots kept, so that seeking to and fro does not fetch them again. */
const MAX_KEPT_SNAPSHOTS = 8;
/** Virtual time that is cheaper to play through than to load a keyframe for, ms. */
const PLAY_THROUGH_MS = 30_000;
/** When looking for the next thing that happens, this much virtual time is played at once, ms. */
const LOOK_AHEAD_STEP_MS = 1_000;

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
  /** Keyframes whose hash was met, by sequence: by loading them alone, or by the simulation arriving there. */
  readonly #checked = new Map<number, 'loaded' | 'simulated'>();
  #divergence: Extract<Fidelity, { kind: 'diverged' }> | undefined;
  /** Whether a cluster was loaded that no frame has shown yet. */
  #loaded = false;
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
    return this.#divergence ?? { kind: 'faithful', checkedKeyframes: this.#checked.size };
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
    await this.goTo(time);
    this.#loaded = false;
    this.#project();
    return this.#shown.view();
  }

  /** As seek(), for a screen that follows: only what is different from the frame before, where that can be said. */
  async seekFrame(time: number): Promise<ReplayFrame> {
    await this.goTo(time);
    return this.frame();
  }

  /** What changed on the screen since the last frame. */
  frame(): ReplayFrame {
    const change = this.#project();
    if (!this.#loaded) return { kind: 'change', change };
    this.#loaded = false;
    return { kind: 'whole', view: this.#shown.view() };
  }

  /**
   * Plays on until something changes on the screen besides the time, at most to `limit` (virtual time, ms).
   * @returns the changes; the replay stands at the instant of the first of them.
   */
  async playToChange(limit: number): Promise<ReplayFrame> {
    for (;;) {
      const frame = await this.seekFrame(Math.min(this.now + LOOK_AHEAD_STEP_MS, limit));
      if (frame.kind === 'whole' || this.now >= Math.min(limit, this.#manifest.endedAt) || isNews(frame.change)) return frame;
    }
  }

  /** Moves the cluster to a virtual time (ms) and draws nothing. @throws as seek(). */
  async goTo(time: number): Promise<void> {
    const target = Math.min(Math.max(time, this.#manifest.startedAt), this.#manifest.endedAt);
    const keyframe = this.#keyframeBefore(target);
    const behind = this.#cluster === undefined || this.#cluster.now > target;
    const farAhead = !behind && keyframe.sequence > this.#position && keyframe.time - this.now > PLAY_THROUGH_MS;
    if (behind || farAhead) await this.#load(keyframe);
    await this.#play(target);
  }

  /** A log entry, if the recording has it. */
  async entry(sequence: number): Promise<LogEntry | undefined> {
    const found = await this.#entryAfter(sequence - 1);
    return found?.sequence === sequence ? found : undefined;
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
    this.#loaded = true;
    this.#compare(keyframe, 'loaded');
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
        this.#compare(keyframe, 'simulated');
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
    const finished = applyUntil(this.cluster, entry, target, this.#countFailure);
    if (entry.payload.kind === 'input' && entry.payload.input.kind === 'operation') this.#projector?.invalidate();
    return finished;
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

  /** A hash costs as much as the cluster is large, so that nothing is checked twice. */
  #compare(keyframe: KeyframeInfo, how: 'loaded' | 'simulated'): void {
    const { sequence, hash, simulationVersion } = keyframe;
    this.#lastCompared = sequence;
    const before = this.#checked.get(sequence);
    if (this.#divergence || before === 'simulated' || before === how) return;
    const actual = this.cluster.hash();
    if (actual === hash) this.#checked.set(sequence, how);
    else this.#divergence = { kind: 'diverged', keyframe: sequence, expected: hash, actual, otherVersion: simulationVersion !== this.#manifest.simulationVersion };
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

  get #shown(): Projector {
    if (!this.#projector) throw new Error('seek() first');
    return this.#projector;
  }

  #project(): ProjectionChange {
    return this.#shown.change({ now: this.now, rate: 'paused', paused: true }) ?? { rows: {}, writes: [] };
  }
}

/** Whether more than the clock changed: rows of a table. Writes alone move nothing, as heartbeats do all the time. */
function isNews({ rows }: ProjectionChange): boolean {
  return Object.keys(rows).length > 0;
}
