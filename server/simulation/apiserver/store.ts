/**
 * Storage with etcd's model: immutable objects under keys, one global revision, and a history of writes that
 * watches read. It knows nothing of kinds, defaults or rules; the registry above it does.
 */
import type { Cause, Kernel, Part } from '../kernel/kernel.ts';
import { SortedKeys } from './sorted-keys.ts';
import type { KubeObject, WatchEvent, WatchEventType } from './types.ts';

export interface StoreState {
  revision: number;
  /** Resource key (`pods`, `deployments.apps`) → `namespace/name` (or `name`) → object. */
  objects: Objects;
  /** What `etcdctl snapshot save` has kept, by the snapshot's hash, the oldest first. Objects are immutable, so that they are only referred to. */
  saved: Map<string, SavedSnapshot>;
}

type Objects = Map<string, Map<string, KubeObject>>;

export interface SavedSnapshot {
  revision: number;
  objects: Objects;
}

/** Snapshots kept; an older one can no longer be restored. */
export const SAVED_LIMIT = 8;

/** Writes kept for watches that start from an older revision; older ones answer 410 Gone, as after compaction. */
const HISTORY_LIMIT_WRITES = 10_000;

let lastNamespace = '';
let lastName = '';
let lastKey = '';

/** `namespace/name`, or `name` for cluster-scoped objects. */
export function objectKey(namespace: string | undefined, name: string): string {
  if (!namespace) return name;
  // One request asks for the same several times.
  if (name !== lastName || namespace !== lastNamespace) {
    lastKey = `${namespace}/${name}`;
    lastNamespace = namespace;
    lastName = name;
  }
  return lastKey;
}

interface Answer {
  of: Objects | undefined;
  resource: string;
  key: string;
  object: KubeObject | undefined;
}

export class Store implements Part {
  readonly name = 'etcd';
  state: StoreState = { revision: 0, objects: new Map(), saved: new Map() };
  /**
   * Recent writes, oldest first. Not part of the state: only watches from outside read it, and after a restore they
   * list again, as clients do after a compaction.
   */
  #history: WatchEvent[] = [];
  /** By the map of objects whose keys they are: another map, as after a restore, is sorted anew. */
  readonly #sorted = new WeakMap<ReadonlyMap<string, KubeObject>, SortedKeys>();
  readonly #listeners: ((event: WatchEvent) => void)[] = [];
  readonly #kernel: Kernel;
  /** What get() answered last, and before that: a request reads its object several times on its way to being written, and little else. */
  #last: Answer = { of: undefined, resource: '', key: '', object: undefined };
  #before: Answer = { ...this.#last };

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    kernel.register(this);
  }

  get revision(): number {
    return this.state.revision;
  }

  /** Called synchronously, in order of subscription, for every write. */
  onWrite(listener: (event: WatchEvent) => void): () => void {
    this.#listeners.push(listener);
    return () => {
      const index = this.#listeners.indexOf(listener);
      if (index >= 0) this.#listeners.splice(index, 1);
    };
  }

  get(resource: string, key: string): KubeObject | undefined {
    const { objects } = this.state;
    const last = this.#last;
    if (key === last.key && resource === last.resource && objects === last.of) return last.object;
    const before = this.#before;
    if (key === before.key && resource === before.resource && objects === before.of) return before.object;
    return this.#remember(resource, key, objects.get(resource)?.get(key));
  }

  /** Of an object that get() was asked for, or that is written. */
  #remember(resource: string, key: string, object: KubeObject | undefined): KubeObject | undefined {
    let answer = this.#last;
    if (key !== answer.key || resource !== answer.resource) {
      answer = this.#before;
      this.#before = this.#last;
      this.#last = answer;
    }
    answer.of = this.state.objects;
    answer.resource = resource;
    answer.key = key;
    answer.object = object;
    return object;
  }

  /** All objects of a resource in no particular order. */
  values(resource: string): Iterable<KubeObject> {
    return this.state.objects.get(resource)?.values() ?? [];
  }

  count(resource: string): number {
    return this.state.objects.get(resource)?.size ?? 0;
  }

  /** The keys of all resources that have objects, in order. */
  resources(): string[] {
    return [...this.state.objects].filter(([, objects]) => objects.size > 0).map(([resource]) => resource).sort();
  }

  /** Objects in key order, as etcd lists them; of one namespace when given. */
  list(resource: string, namespace?: string): KubeObject[] {
    const objects = this.state.objects.get(resource);
    if (!objects) return [];
    let keys = this.#sorted.get(objects);
    if (!keys) this.#sorted.set(objects, (keys = new SortedKeys(objects)));
    const listed: KubeObject[] = [];
    for (const key of keys.startingWith(namespace === undefined ? '' : `${namespace}/`)) {
      const object = objects.get(key);
      if (object) listed.push(object);
    }
    return listed;
  }

  /**
   * Writes an object. Takes ownership of `draft`: its metadata must not be shared with any stored object, because the
   * new resourceVersion is set on it.
   */
  put(resource: string, draft: KubeObject, writer: string): KubeObject {
    const key = objectKey(draft.metadata.namespace, draft.metadata.name);
    let objects = this.state.objects.get(resource);
    if (!objects) this.state.objects.set(resource, (objects = new Map<string, KubeObject>()));
    const previous = this.get(resource, key);
    const revision = ++this.state.revision;
    draft.metadata.resourceVersion = String(revision);
    objects.set(key, draft);
    // The name becomes a part of its key, which is kept anyway: every object has one.
    if (!previous) draft.metadata.name = key.slice(key.length - draft.metadata.name.length);
    this.#remember(resource, key, draft);
    if (!previous) this.#sorted.get(objects)?.added(key);
    this.#publish(previous ? 'MODIFIED' : 'ADDED', resource, key, draft, previous, revision, writer);
    return draft;
  }

  /** Removes an object; the watch event carries its last state with the new revision. */
  remove(resource: string, key: string, writer: string): KubeObject | undefined {
    const objects = this.state.objects.get(resource);
    const previous = objects?.get(key);
    if (!objects || !previous) return undefined;
    objects.delete(key);
    this.#remember(resource, key, undefined);
    this.#sorted.get(objects)?.removed();
    const revision = ++this.state.revision;
    const last: KubeObject = { ...previous, metadata: { ...previous.metadata, resourceVersion: String(revision) } };
    this.#publish('DELETED', resource, key, last, previous, revision, writer);
    return last;
  }

  /** Keeps everything as it is now under an id. */
  save(id: string): void {
    const { saved, objects, revision } = this.state;
    saved.delete(id);
    for (const oldest of saved.keys()) if (saved.size >= SAVED_LIMIT) saved.delete(oldest);
    saved.set(id, { revision, objects: new Map([...objects].map(([resource, all]) => [resource, new Map(all)])) });
  }

  /**
   * Makes everything as it was, or nothing at all, as a database that was restored does. The revision goes on, as with
   * `etcdutl snapshot restore --bump-revision`: what differs is written anew, so that every watch hears of it.
   */
  replace(wanted: Objects, writer: string): void {
    for (const [resource, objects] of [...this.state.objects]) for (const key of [...objects.keys()].sort()) if (!wanted.get(resource)?.has(key)) this.remove(resource, key, writer);
    for (const resource of [...wanted.keys()].sort()) {
      const objects = wanted.get(resource) as Map<string, KubeObject>;
      for (const key of [...objects.keys()].sort()) {
        const object = objects.get(key) as KubeObject;
        if (this.get(resource, key) !== object) this.put(resource, { ...object, metadata: { ...object.metadata } }, writer);
      }
    }
  }

  /**
   * Writes after a revision, oldest first.
   * @returns undefined when that revision has been compacted (410 Gone).
   */
  since(revision: number): WatchEvent[] | undefined {
    const oldest = this.#history[0];
    if (revision >= this.state.revision) return [];
    if (!oldest || oldest.revision > revision + 1) return undefined;
    return this.#history.slice(this.#history.findIndex((event) => event.revision > revision));
  }

  /**
   * As list(), at an earlier revision.
   * @returns undefined when that revision has been compacted.
   */
  listAt(revision: number, resource: string, namespace?: string): KubeObject[] | undefined {
    const later = this.since(revision);
    if (!later) return undefined;
    const objects = new Map(this.list(resource, namespace).map((object) => [objectKey(object.metadata.namespace, object.metadata.name), object]));
    // Writes are taken back, the last one first.
    for (let index = later.length - 1; index >= 0; index--) {
      const event = later[index] as WatchEvent;
      if (event.resource !== resource || (namespace !== undefined && event.object.metadata.namespace !== namespace)) continue;
      const key = objectKey(event.object.metadata.namespace, event.object.metadata.name);
      if (event.previous) objects.set(key, event.previous);
      else objects.delete(key);
    }
    return [...objects.keys()].sort().map((key) => objects.get(key) as KubeObject);
  }

  /** The most recent write events, oldest first; for «why is this here?». */
  get recent(): readonly WatchEvent[] {
    return this.#history;
  }

  /** Everything is gone, and nobody is told. */
  clear(): void {
    this.state.objects = new Map();
    this.compact();
  }

  /** Forgets the history, as a restore must. */
  compact(): void {
    this.#history = [];
  }

  #publish(type: WatchEventType, resource: string, key: string, object: KubeObject, previous: KubeObject | undefined, revision: number, writer: string): void {
    const cause: Cause = this.#kernel.cause;
    const time = this.#kernel.now;
    const event: WatchEvent = previous ? { type, resource, key, object, revision, writer, cause, time, previous } : { type, resource, key, object, revision, writer, cause, time };
    this.#history.push(event);
    if (this.#history.length > HISTORY_LIMIT_WRITES * 1.25) this.#history = this.#history.slice(-HISTORY_LIMIT_WRITES);
    for (const listener of this.#listeners) listener(event);
  }
}
