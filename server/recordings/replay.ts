/**
 * Plays a recording: the same simulation, from the nearest keyframe and the log after it. Runs in a Web Worker and in
 * Node alike. Moments are those of the class (wall clock, ms): what people did while the cluster's clock stood still has moments of its
 * own. Hashes of keyframes are compared with what the replay arrives at, and differences are reported, not hidden.
 */
import { Cluster } from '../simulation/cluster.ts';
import type { ApiRequest, ApiResponse } from '../simulation/apiserver/types.ts';
import type { Snapshot } from '../simulation/kernel/kernel.ts';
import { Projector } from '../rooms/projection/projector.ts';
import type { ClusterView, ProjectionChange } from '../rooms/projection/types.ts';
import { advance, applyUntil, changesCluster } from './apply.ts';
import { ClassClock } from './class-clock.ts';
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
/** Wall-clock and virtual time that is cheaper to play through than to load a keyframe for, ms. */
const PLAY_THROUGH_MS = 30_000;
/** When looking for the next thing that happens, this much of the class is played at once, ms. */
const LOOK_AHEAD_STEP_MS = 1_000;

export class Replay {
  readonly #manifest: RecordingManifest;
  readonly #source: RecordingSource;
  readonly #clock: ClassClock;
  readonly #snapshots = new Map<number, Snapshot>();
  /** Pages of the log by the sequence of their first entry. */
  readonly #pages = new Map<number, LogEntry[]>();
  #cluster: Cluster | undefined;
  #projector: Projector | undefined;
  /** Sequence of the last entry that has been applied. */
  #position = 0;
  /** The moment of it, or of the keyframe that was loaded. */
  #positionWall = 0;
  #at: number;
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
    this.#clock = new ClassClock(manifest.clock);
    this.#at = manifest.axis.from;
  }

  /** The moment of the class that the replay stands at, wall clock, ms. */
  get at(): number {
    return this.#at;
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
   * Goes to a moment of the class, forward or back.
   * @returns what the screen shows then. @throws Error when the data cannot be had or the recording has no keyframe.
   */
  async seek(at: number): Promise<ClusterView> {
    await this.goTo(at);
    this.#loaded = false;
    this.#project();
    return this.#shown.view();
  }

  /** As seek(), for a screen that follows: only what is different from the frame before, where that can be said. */
  async seekFrame(at: number): Promise<ReplayFrame> {
    await this.goTo(at);
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
   * Plays on until something changes on the screen besides the time, at most to `limit`. Quiet stretches are passed in one step.
   * @returns the changes; the replay stands at the moment of the first of them.
   */
  async playToChange(limit: number): Promise<ReplayFrame> {
    const end = Math.min(limit, this.#manifest.axis.to);
    for (;;) {
      const quiet = this.#manifest.quiet.find(({ from, to }) => this.#at >= from && this.#at < to);
      const frame = await this.seekFrame(Math.min(quiet?.to ?? this.#at + LOOK_AHEAD_STEP_MS, end));
      if (frame.kind === 'whole' || this.#at >= end || isNews(frame.change)) return frame;
    }
  }

  /** Moves the cluster to a moment of the class and draws nothing. @throws as seek(). */
  async goTo(at: number): Promise<void> {
    const { axis, startedAt, endedAt } = this.#manifest;
    const target = Math.min(Math.max(at, axis.from), axis.to);
    const time = Math.min(Math.max(this.#clock.timeAt(target), startedAt), endedAt);
    const keyframe = this.#keyframeBefore(target);
    const behind = this.#cluster === undefined || (target < this.#at && (this.#positionWall > target || this.now > time));
    const farAhead = !behind && keyframe.sequence > this.#position && keyframe.wall > this.#at && Math.max(keyframe.time - this.now, keyframe.wall - this.#at) > PLAY_THROUGH_MS;
    if (behind || farAhead) await this.#load(keyframe);
    await this.#play(target, time);
    this.#at = target;
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

  #keyframeBefore(at: number): KeyframeInfo {
    const { keyframes } = this.#manifest;
    let found = keyframes[0];
    for (const keyframe of keyframes) if (keyframe.wall <= at) found = keyframe;
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
    this.#positionWall = keyframe.wall;
    this.#loaded = true;
    this.#compare(keyframe, 'loaded');
  }

  /** Applies what was done up to the moment `at` and lets virtual time pass up to `time`. */
  async #play(at: number, time: number): Promise<void> {
    const cluster = this.cluster;
    for (;;) {
      const entry = await this.#entryAfter(this.#position);
      const due = entry !== undefined && entry.wall <= at;
      const until = due ? entry.time : await this.#notPast(time);
      const keyframe = this.#manifest.keyframes.find((candidate) => candidate.sequence === this.#position && candidate.time >= cluster.now && candidate.sequence !== this.#lastCompared);
      // A keyframe that lies on the way is compared at its own instant: after its last entry and before the next one.
      if (keyframe && keyframe.time <= until && keyframe.wall <= at) {
        this.#advance(keyframe.time);
        this.#compare(keyframe, 'simulated');
        continue;
      }
      if (!due) return this.#advance(until);
      if (!this.#apply(entry, time)) return;
      this.#position = entry.sequence;
      this.#positionWall = entry.wall;
    }
  }

  /**
   * A virtual time up to which the cluster may run before the next entry is applied. The clock is known between its stamps to some
   * milliseconds; what was done at an instant must be done at that very one.
   */
  async #notPast(time: number): Promise<number> {
    for (let sequence = this.#position; ; ) {
      const entry = await this.#entryAfter(sequence);
      if (!entry || entry.time >= time) return time;
      if (changesCluster(entry)) return entry.time;
      sequence = entry.sequence;
    }
  }

  /** @param target virtual time. @returns false when the entry itself lasts beyond it: it stays where it is, begun. */
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
