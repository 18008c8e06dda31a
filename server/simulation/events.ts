/**
 * Recording of events as client-go does it: equal events are counted on one object, floods of similar ones are
 * aggregated, and a source that floods an object is silenced. The recorder's memory is plain data of its component.
 * Models k8s.io/client-go/tools/record (core/v1 events) and tools/events (events.k8s.io, kube-scheduler).
 */
import { draftMetadata, type Client } from './apiserver/client.ts';
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

/** An event of the newer form that was recorded: where it is and how often it happened. */
interface Seen {
  namespace: string;
  name: string;
  count: number;
  firstTimestamp: string;
  /** When it happened last, of events that are not written every time. */
  lastTimestamp?: string;
}

/** What a source said of an object with one message, or with any of too many messages of one kind. */
interface Said {
  type: EventType;
  reason: string;
  fieldPath: string;
  /** null: of many different ones. */
  message: string | null;
  /** When it was said last, ms. */
  at: number;
  /** It counts among the different messages of late. */
  recent: boolean;
  /** The event that was written for it, '' when there is none; and how often it happened. */
  name: string;
  count: number;
}

/** What a source remembers of one object. */
interface About {
  /** Tokens of the spam filter, in thousandths of an event, and as of when. */
  milliTokens: number;
  at: number;
  said: Said[];
}

export interface RecorderState {
  /** By uid. */
  objects: Map<string, About>;
  /** By everything that makes a series. */
  seen: Map<string, Seen>;
  /** Events that could not be sent yet. */
  unsent: { reference: ObjectReference; type: EventType; reason: string; message: string; at: number }[];
  /** Makes event names unique within a millisecond. */
  counter: number;
}

export function newRecorderState(): RecorderState {
  return { objects: new Map(), seen: new Map(), unsent: [], counter: 0 };
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
/** More is not remembered of one object. */
const MAX_SAID = 128;
/** Events wait for the API server up to this many. */
const MAX_UNSENT = 1_000;

/** Events share it. */
const NO_SOURCE = {};

/** Who records: events share it. */
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

function referenceTo(object: KubeObject, fieldPath?: string): ObjectReference {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  const reference: ObjectReference = namespace ? { apiVersion: object.apiVersion, kind: object.kind, name, uid, resourceVersion, namespace } : { apiVersion: object.apiVersion, kind: object.kind, name, uid, resourceVersion };
  if (fieldPath) reference.fieldPath = fieldPath;
  return reference;
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
    const about = aboutOf(state, reference, at);
    const fieldPath = reference.fieldPath ?? '';
    const said = saidOf(about, type, reason, fieldPath, message, at);
    if (silenced(about, at)) return;
    try {
      this.#write(state, said, reference, said.message === null ? `(combined from similar events): ${message}` : message, at);
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error;
    }
  }

  #write(state: RecorderState, said: Said, reference: ObjectReference, message: string, at: number): void {
    const time = timestamp(at);
    const namespace = reference.namespace ?? 'default';
    if (said.name !== '') {
      const current = this.client.get('events', namespace, said.name);
      if (current) {
        said.count++;
        this.written++;
        this.client.update('events', { ...current, metadata: { ...current.metadata }, count: said.count, lastTimestamp: time, message });
        return;
      }
    }
    let name = `${reference.name}.${eventSuffix(at, ++state.counter)}`;
    // Another source may have recorded something about the object in the same millisecond.
    while (this.client.get('events', namespace, name)) name = `${reference.name}.${eventSuffix(at, ++state.counter)}`;
    const { metadata } = this.client.create('events', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: draftMetadata(name, namespace),
      count: 1,
      eventTime: null,
      firstTimestamp: time,
      involvedObject: reference,
      lastTimestamp: time,
      message,
      reason: said.reason,
      reportingComponent: this.source.component,
      reportingInstance: this.source.host ?? '',
      source: this.source,
      type: said.type,
    });
    this.written++;
    said.name = metadata.name;
    said.count = 1;
  }
}

function aboutOf(state: RecorderState, reference: ObjectReference, at: number): About {
  // A snapshot of an earlier version has another memory.
  state.objects ??= new Map();
  const key = keyOf(reference);
  let about = state.objects.get(key);
  if (!about) {
    about = { milliTokens: SPAM_BURST * 1_000, at, said: [] };
    limit(state.objects);
    state.objects.set(key, about);
  }
  return about;
}

/** Notes that something was said: among the events with the same message, or, when there are too many different ones, among those of its kind. */
function saidOf(about: About, type: EventType, reason: string, fieldPath: string, message: string, at: number): Said {
  const { said } = about;
  let own: Said | undefined;
  let combined: Said | undefined;
  let lastAt = -Infinity;
  let different = 0;
  for (const other of said) {
    if (other.reason !== reason || other.type !== type || other.fieldPath !== fieldPath) continue;
    if (other.at > lastAt) lastAt = other.at;
    if (other.recent) different++;
    if (other.message === message) own = other;
    else if (other.message === null) combined = other;
  }
  const forgotten = at - lastAt > AGGREGATE_WINDOW_MS;
  if (forgotten && different > 0) for (const other of said) if (other.reason === reason && other.type === type && other.fieldPath === fieldPath) other.recent = false;
  // The tenth different message is the first that is combined, as 03-bootcamp-scale-update shows.
  const many = !own?.recent && !forgotten && different >= AGGREGATE_AFTER - 1;
  const add = (text: string | null): Said => {
    const added: Said = { type, reason, fieldPath, message: text, at, recent: text !== null, name: '', count: 0 };
    // A list that grows by pushing keeps room for sixteen more.
    about.said = [...(said.length >= MAX_SAID ? said.slice(MAX_SAID / 8) : said), added];
    return added;
  };
  if (many && !own?.name) {
    combined ??= add(null);
    combined.at = at;
    return combined;
  }
  own ??= add(message);
  own.at = at;
  if (!many) own.recent = true;
  return own;
}

/** The spam filter: a token bucket for each object. */
function silenced(about: About, at: number): boolean {
  about.milliTokens = Math.min(SPAM_BURST * 1_000, about.milliTokens + Math.floor(((at - about.at) * 1_000) / SPAM_REFILL_MS));
  about.at = at;
  if (about.milliTokens < 1_000) return true;
  about.milliTokens -= 1_000;
  return false;
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
  // Beyond what a number holds exactly: worked out in two parts, the lower one of six digits.
  const low = (at % 0x1000000) * 1_000_000 + (counter % 1_000_000);
  const high = Math.floor(at / 0x1000000) * 1_000_000 + Math.floor(low / 0x1000000);
  return high.toString(16) + (low % 0x1000000).toString(16).padStart(6, '0');
}

/** Records events in the newer form, with action and related object, as kube-scheduler does. */
export class EventBroadcaster {
  readonly #instance: string;

  constructor(
    private readonly client: Client,
    /** reportingController; the instance is `<controller>-<machine>`. */
    private readonly controller: string,
    machine: string,
    private readonly state: () => RecorderState,
    private readonly now: () => number,
  ) {
    this.#instance = `${controller}-${machine}`;
  }

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
        metadata: draftMetadata(name, namespace),
        action,
        eventTime: microTime(at),
        firstTimestamp: null,
        involvedObject: regarding,
        lastTimestamp: null,
        message,
        reason,
        ...(related ? { related: referenceTo(related) } : {}),
        reportingComponent: this.controller,
        reportingInstance: this.#instance,
        source: NO_SOURCE,
        type,
      });
      limit(state.seen);
      state.seen.set(key, { namespace, name, count: 1, firstTimestamp: microTime(at) });
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error;
    }
  }
}
