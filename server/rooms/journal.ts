/**
 * Group commit: what all rooms of this process want written goes to the store in one batch at a time. While one batch
 * is being written the next one gathers, so that latency stays at one or two writes however many rooms there are.
 */
import type { ClockStamp, LogEntry, Marker, TerminalChunk } from '../recordings/types.ts';
import type { JournalBatch, RoomStore } from './store/types.ts';

/** Log entries in one batch; more wait for the next. */
const MAX_BATCH_ENTRIES = 500;
/**
 * What nobody waits for is gathered for this long: each kind of it is a commit of its own, which those that wait for the log would
 * otherwise stand behind.
 */
const LAZY_MS = 20;

interface Waiting {
  roomId: string;
  entries: LogEntry[];
  resolve: () => void;
  reject: (error: unknown) => void;
}

export class Journal {
  #log: Waiting[] = [];
  /** Everything but the log: nobody waits for it entry by entry. */
  #rest: JournalBatch = emptyBatch();
  #restWaiters: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  /** Somebody waits for the rest, or it has been gathered for long enough. */
  #restDue = false;
  #writing: Promise<void> | undefined;
  #lazyTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly store: Pick<RoomStore, 'append'>,
    /** Told when terminal output, a marker or the like could not be written; log entries reject instead. */
    private readonly onFailure: (error: unknown) => void,
    /** 0 writes everything at once, for tests whose clock runs faster than timers. */
    private readonly lazyMs = LAZY_MS,
  ) {}

  /**
   * Resolves when the entries are durable. Order within a room is kept.
   * @param urgency `soon` waits a little for others to share the batch with.
   * @throws when they were not written.
   */
  append(roomId: string, entries: LogEntry[], urgency: 'now' | 'soon' = 'now'): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#log.push({ roomId, entries, resolve, reject });
      if (urgency === 'now') this.#start();
      else this.#startSoon();
    });
  }

  /** Resolves when the update is durable. */
  workspace(roomId: string, update: JournalBatch['workspace'][number]['update']): Promise<void> {
    this.#rest.workspace.push({ roomId, update });
    return this.#written();
  }

  terminal(roomId: string, chunk: TerminalChunk): void {
    this.#rest.terminal.push({ roomId, chunk });
    this.#startSoon();
  }

  marker(roomId: string, marker: Omit<Marker, 'id'>): void {
    this.#rest.markers.push({ roomId, marker });
    this.#startSoon();
  }

  clock(roomId: string, stamp: ClockStamp): void {
    this.#rest.clock.push({ roomId, stamp });
    this.#startSoon();
  }

  /** Resolves when everything handed in so far has been written or given up. */
  async drain(): Promise<void> {
    this.#restDue = true;
    if (this.#pending) this.#start();
    while (this.#writing) await this.#writing;
  }

  #written(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#restWaiters.push({ resolve, reject });
      this.#restDue = true;
      this.#start();
    });
  }

  #startSoon(): void {
    if (this.lazyMs === 0) this.#gathered();
    else this.#lazyTimer ??= setTimeout(() => this.#gathered(), this.lazyMs);
  }

  #gathered(): void {
    this.#lazyTimer = undefined;
    this.#restDue = true;
    this.#start();
  }

  #start(): void {
    // Begins in a microtask, so that everything handed in during this turn of the event loop shares the batch.
    this.#writing ??= Promise.resolve()
      .then(() => this.#writeAll())
      .finally(() => {
        this.#writing = undefined;
        if (this.#pending) this.#start();
      });
  }

  /** Whether there is something that must not wait any longer. */
  get #pending(): boolean {
    return this.#log.length > 0 || (this.#restDue && this.#hasRest);
  }

  get #hasRest(): boolean {
    const { workspace, terminal, markers, clock } = this.#rest;
    return workspace.length > 0 || terminal.length > 0 || markers.length > 0 || clock.length > 0;
  }

  async #writeAll(): Promise<void> {
    while (this.#pending) {
      const waiting = this.#takeLog();
      // The log first and alone: people wait for it, and nothing else may make it fail.
      if (waiting.length > 0) await this.#writeLog(waiting);
      if (this.#restDue) await this.#writeRest();
    }
  }

  async #writeRest(): Promise<void> {
    const rest = this.#rest;
    const waiters = this.#restWaiters;
    const due = this.#hasRest;
    this.#rest = emptyBatch();
    this.#restWaiters = [];
    this.#restDue = false;
    clearTimeout(this.#lazyTimer);
    this.#lazyTimer = undefined;
    if (!due) return;
    try {
      await this.store.append(rest);
      for (const waiter of waiters) waiter.resolve();
    } catch (error) {
      this.onFailure(error);
      for (const waiter of waiters) waiter.reject(error);
    }
  }

  #takeLog(): Waiting[] {
    let entries = 0;
    let count = 0;
    while (count < this.#log.length && (count === 0 || entries + (this.#log[count] as Waiting).entries.length <= MAX_BATCH_ENTRIES)) {
      entries += (this.#log[count] as Waiting).entries.length;
      count++;
    }
    return this.#log.splice(0, count);
  }

  async #writeLog(waiting: Waiting[]): Promise<void> {
    try {
      await this.store.append({ ...emptyBatch(), log: waiting.flatMap(({ roomId, entries }) => entries.map((entry) => ({ roomId, entry }))) });
      for (const one of waiting) one.resolve();
    } catch (error) {
      if (waiting.length === 1) {
        (waiting[0] as Waiting).reject(error);
        return;
      }
      // One room's bad entry must not fail the others: each is tried alone.
      for (const one of waiting) await this.#writeLog([one]);
    }
  }
}

function emptyBatch(): JournalBatch {
  return { log: [], workspace: [], terminal: [], markers: [], clock: [] };
}
