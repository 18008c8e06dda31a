/**
 * Recording of events as client-go does it: equal events are counted on one object, floods of similar ones are
 * aggregated, and a source that floods an object is silenced. The recorder's memory is plain data of its component.
 * Models k8s.io/client-go/tools/record (core/v1 events) and tools/events (events.k8s.io, kube-scheduler).
 */
import type { Client, NewObject } from './apiserver/client.ts';
import { ApiError, ConnectionError, type KubeObject } from './apiserver/types.ts';
import { microTime } from './leader-election.ts';

/** What an event is about. */
export interface ObjectReference {
  apiVersion: string;
  kind: string;
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  fieldPath?: string;
}

export type EventType = 'Normal' | 'Warning';

/** An event that was recorded: where it is and how often it happened. */
interface Seen {
  namespace: string;
  name: string;
  count: number;
  firstTimestamp: string;
  /** When it happened last, of events that are not written every time. */
  lastTimestamp?: string;
}

/** Similar events of late: how many different messages there were. */
interface Similar {
  messages: string[];
  lastAt: number;
}

/** Tokens of a source for one object. */
interface Bucket {
  /** In thousandths of an event. */
  milliTokens: number;
  at: number;
}

export interface RecorderState {
  seen: Map<string, Seen>;
  similar: Map<string, Similar>;
  buckets: Map<string, Bucket>;
  /** Events that could not be sent yet. */
  unsent: { reference: ObjectReference; type: EventType; reason: string; message: string; at: number }[];
  /** Makes event names unique within a millisecond. */
  counter: number;
}

export function newRecorderState(): RecorderState {
  return { seen: new Map(), similar: new Map(), buckets: new Map(), unsent: [], counter: 0 };
}

/** `defaultAggregateMaxEvents` and `defaultAggregateIntervalInSeconds`. */
const AGGREGATE_AFTER = 10;
const AGGREGATE_WINDOW_MS = 600_000;
/** `defaultSpamBurst` and `defaultSpamQPS` (one in five minutes). */
const SPAM_BURST = 25;
const SPAM_REFILL_MS = 300_000;
/** A series ends when nothing has happened for so long (`finishTime`); a long one is written again this often (`refreshTime`). */
const FINISH_MS = 360_000;
const REFRESH_MS = 1_800_000;
/** `maxLruCacheEntries`. */
const MAX_ENTRIES = 4_096;
/** Events wait for the API server up to this many. */
const MAX_UNSENT = 1_000;

export interface EventSource {
  /** e.g. `kubelet`, `deployment-controller`. */
  component: string;
  /** The machine, for sources of which every machine has one. */
  host?: string;
}

let lastSecond = -1;
let lastTimestamp = '';

/** RFC 3339 in seconds. */
export function timestamp(now: number): string {
  const second = Math.floor(now / 1_000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastTimestamp = `${new Date(second * 1_000).toISOString().slice(0, 19)}Z`;
  }
  return lastTimestamp;
}

/** Tells objects apart in the recorder's memory, which is of one source. */
function keyOf(reference: ObjectReference): string {
  return reference.uid ? reference.uid : `${reference.kind}/${reference.namespace ?? ''}/${reference.name}`;
}

export function referenceTo(object: KubeObject, fieldPath?: string): ObjectReference {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name,
    uid,
    resourceVersion,
    ...(namespace ? { namespace } : {}),
    ...(fieldPath ? { fieldPath } : {}),
  };
}

export class EventRecorder {
  /** Writes made so far by this object; only differences say something. */
  written = 0;

  constructor(
    private readonly client: Client,
    private readonly source: EventSource,
    /** The memory, in the state of the component that owns this recorder. */
    private readonly state: () => RecorderState,
    /** Virtual time, ms. */
    private readonly now: () => number,
  ) {}

  /** Records an event about an object. Never throws: events are best effort. */
  event(object: KubeObject | ObjectReference, type: EventType, reason: string, message: string, fieldPath?: string): void {
    const reference = 'metadata' in object ? referenceTo(object as KubeObject, fieldPath) : fieldPath ? { ...object, fieldPath } : object;
    this.#record(reference, type, reason, message, this.now());
  }

  /** Sends what could not be sent while the API server was away. */
  flush(): void {
    const state = this.state();
    if (state.unsent.length === 0 || !this.client.connected) return;
    const waiting = state.unsent;
    state.unsent = [];
    for (const { reference, type, reason, message, at } of waiting) this.#record(reference, type, reason, message, at);
  }

  #record(reference: ObjectReference, type: EventType, reason: string, message: string, at: number): void {
    const state = this.state();
    if (!this.client.connected) {
      if (state.unsent.length < MAX_UNSENT) state.unsent.push({ reference, type, reason, message, at });
      return;
    }
    const aggregateKey = `${keyOf(reference)}/${reference.fieldPath ?? ''}/${type}/${reason}`;
    let text = message;
    let key = `${aggregateKey}/${message}`;
    if (!state.seen.has(key) && this.#aggregates(state, aggregateKey, message, at)) {
      text = `(combined from similar events): ${message}`;
      key = aggregateKey;
    } else this.#aggregates(state, aggregateKey, message, at);
    if (this.#silenced(state, reference, at)) return;
    try {
      this.#write(state, key, reference, type, reason, text, at);
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error;
    }
  }

  /** Notes a message among the similar ones; true when there are too many different ones. */
  #aggregates(state: RecorderState, key: string, message: string, at: number): boolean {
    let similar = state.similar.get(key);
    if (!similar || at - similar.lastAt > AGGREGATE_WINDOW_MS) {
      similar = { messages: [], lastAt: at };
      limit(state.similar);
      state.similar.set(key, similar);
    }
    similar.lastAt = at;
    if (similar.messages.includes(message)) return false;
    // The tenth different message is the first that is combined, as 03-bootcamp-scale-update shows.
    if (similar.messages.length >= AGGREGATE_AFTER - 1) return true;
    similar.messages.push(message);
    return false;
  }

  /** The spam filter: a token bucket for each object. */
  #silenced(state: RecorderState, reference: ObjectReference, at: number): boolean {
    const key = keyOf(reference);
    let bucket = state.buckets.get(key);
    if (!bucket) {
      bucket = { milliTokens: SPAM_BURST * 1_000, at };
      limit(state.buckets);
      state.buckets.set(key, bucket);
    }
    bucket.milliTokens = Math.min(SPAM_BURST * 1_000, bucket.milliTokens + Math.floor(((at - bucket.at) * 1_000) / SPAM_REFILL_MS));
    bucket.at = at;
    if (bucket.milliTokens < 1_000) return true;
    bucket.milliTokens -= 1_000;
    return false;
  }

  #write(state: RecorderState, key: string, reference: ObjectReference, type: EventType, reason: string, message: string, at: number): void {
    const seen = state.seen.get(key);
    const time = timestamp(at);
    if (seen) {
      const current = this.client.get('events', seen.namespace, seen.name);
      if (current) {
        seen.count++;
        this.written++;
        this.client.update('events', { ...current, metadata: { ...current.metadata }, count: seen.count, lastTimestamp: time, message });
        return;
      }
    }
    const namespace = reference.namespace ?? 'default';
    let name = `${reference.name}.${eventSuffix(at, ++state.counter)}`;
    // Another source may have recorded something about the object in the same millisecond.
    while (this.client.get('events', namespace, name)) name = `${reference.name}.${eventSuffix(at, ++state.counter)}`;
    const event: NewObject = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      count: 1,
      eventTime: null,
      firstTimestamp: time,
      involvedObject: reference,
      lastTimestamp: time,
      message,
      reason,
      reportingComponent: this.source.component,
      reportingInstance: this.source.host ?? '',
      source: this.source.host ? { component: this.source.component, host: this.source.host } : { component: this.source.component },
      type,
    };
    this.client.create('events', event);
    this.written++;
    limit(state.seen);
    state.seen.set(key, { namespace, name, count: 1, firstTimestamp: time });
  }
}

/** Forgets the oldest tenth when a memory is full, as an LRU cache would in time. */
function limit(map: Map<string, unknown>): void {
  if (map.size < MAX_ENTRIES) return;
  let spare = MAX_ENTRIES / 8;
  for (const key of map.keys()) {
    map.delete(key);
    if (--spare <= 0) return;
  }
}

/** Hexadecimal nanoseconds, as event names end. @param at ms since the Unix epoch. */
function eventSuffix(at: number, counter: number): string {
  return (BigInt(at) * 1_000_000n + BigInt(counter % 1_000_000)).toString(16);
}

/** Records events in the newer form, with action and related object, as kube-scheduler does. */
export class EventBroadcaster {
  constructor(
    private readonly client: Client,
    /** reportingController; the instance is `<controller>-<machine>`. */
    private readonly controller: string,
    private readonly machine: string,
    private readonly state: () => RecorderState,
    private readonly now: () => number,
  ) {}

  event(object: KubeObject, related: KubeObject | undefined, type: EventType, reason: string, action: string, message: string): void {
    if (!this.client.connected) return;
    const state = this.state();
    const at = this.now();
    const regarding = referenceTo(object);
    // A new version of the object begins a new series.
    const key = `${type}/${reason}/${action}/${regarding.uid ?? ''}/${regarding.resourceVersion ?? ''}/${this.controller}`;
    const seen = state.seen.get(key);
    try {
      if (seen) {
        const current = this.client.get('events', seen.namespace, seen.name);
        const last = Date.parse(seen.lastTimestamp ?? seen.firstTimestamp);
        if (current && at - last < FINISH_MS) {
          seen.count++;
          seen.lastTimestamp = microTime(at);
          // The series is written when it begins, and from then on only now and then.
          const written = (current.series as { lastObservedTime: string } | undefined)?.lastObservedTime;
          if (written === undefined || at - Date.parse(written) >= REFRESH_MS) this.client.update('events', { ...current, metadata: { ...current.metadata }, series: { count: seen.count, lastObservedTime: microTime(at) } });
          return;
        }
      }
      const namespace = regarding.namespace ?? 'default';
      const name = `${regarding.name}.${eventSuffix(at, ++state.counter)}`;
      this.client.create('events', {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name, namespace },
        action,
        eventTime: microTime(at),
        firstTimestamp: null,
        involvedObject: regarding,
        lastTimestamp: null,
        message,
        reason,
        ...(related ? { related: referenceTo(related) } : {}),
        reportingComponent: this.controller,
        reportingInstance: `${this.controller}-${this.machine}`,
        source: {},
        type,
      });
      limit(state.seen);
      state.seen.set(key, { namespace, name, count: 1, firstTimestamp: microTime(at) });
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error;
    }
  }
}
