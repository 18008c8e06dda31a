/**
 * A component: a program of the cluster that lists and watches the API server, keeps a cache, and reacts.
 * kube-controller-manager, kube-scheduler, every kubelet and every kube-proxy are components.
 *
 * Delivery: a write reaches a watching component WATCH_LATENCY_MS later, as one wake-up for everything that
 * happened until then; so a component never acts on a cache older than its own last write. A component that cannot
 * reach the API server keeps its old cache and catches up when it can. All of its memory is plain data in `state`.
 */
import type { Cause, Kernel, KernelEvent, Part } from './kernel/kernel.ts';
import type { Store } from './apiserver/store.ts';
import { isCustom } from './apiserver/discovery.ts';
import { objectKey } from './apiserver/store.ts';
import type { KubeObject, WatchEvent, WatchEventType } from './apiserver/types.ts';
import type { Client } from './apiserver/client.ts';
import type { Environment } from './environment.ts';
import type { WatchHub } from './watch-hub.ts';

/** From a write in etcd to the watching client: apiserver watch cache and network. */
export const WATCH_LATENCY_MS = 2;
/** How long a component that lost the API server waits before it tries again (client-go reflector, about 1 s). */
const RECONNECT_MS = 1_000;

/** Stands for the resources of all CustomResourceDefinitions in a WatchSpec. */
export const CUSTOM_RESOURCES = '*';

export interface WatchSpec {
  /** Resource key, `pods` or `deployments.apps`; or CUSTOM_RESOURCES. */
  resource: string;
  /** Only pods bound to this node (`fieldSelector=spec.nodeName=…`). Pods only. */
  node?: string;
  /** Only the object of this name (`fieldSelector=metadata.name=…`). */
  name?: string;
  /** Named indexes over the cache: index name → values of an object. Those of pods may look at metadata and spec only: they are not asked again when just the status has changed. */
  indexes?: { [index: string]: (object: KubeObject) => string[] };
  /** Named counts over the cache: where an object counts, as a group and a kind within it; undefined: nowhere. */
  tallies?: { [tally: string]: (object: KubeObject) => [group: string, kind: string] | undefined };
}

interface PendingChange {
  type: WatchEventType;
  resource: string;
  object: KubeObject;
  /** As storage has it; a change that waited in a snapshot of an earlier version has none. */
  key?: string;
  revision: number;
}

/** What is kept about the cached objects of a resource, from all watches of it. */
interface Kept {
  resource: string;
  indexes: { slot: string; valuesOf: (object: KubeObject) => string[] }[];
  tallies: { slot: string; countedAs: (object: KubeObject) => [group: string, kind: string] | undefined }[];
}

/** A change as a component sees it, after its cache has been brought up to date. */
export interface Change {
  type: WatchEventType;
  resource: string;
  /** `namespace/name`, or `name` for cluster-scoped objects. */
  key: string;
  object: KubeObject;
  /** What the cache held before. */
  previous?: KubeObject;
  /** To be put on whatever is queued because of this change. */
  cause: Cause;
}

export interface ComponentState<S> {
  running: boolean;
  pending: PendingChange[];
  /** Sequence and time of the wake-up that is queued; outdated ones are ignored. */
  wakeSequence: number;
  wakeTime: number;
  cache: Map<string, Map<string, KubeObject>>;
  /** `resource/index` → value → keys of the objects, in order of filing. */
  indexes: Indexes;
  own: S;
}

type Indexes = Map<string, Map<string, Set<string>>>;

export interface ComponentContext {
  kernel: Kernel;
  store: Store;
  environment: Environment;
  hub: WatchHub;
}

export abstract class Component<S> implements Part {
  state: ComponentState<S>;
  abstract readonly watches: WatchSpec[];
  /** Follows from the cache, so that it is no part of the state: counted again when there is another cache. */
  readonly #tallies = new Map<string, Tally>();
  readonly #kept = new Map<string, Kept>();
  #tallied: ComponentState<S>['cache'] | undefined;
  /** The indexes that are known to be of the present form. */
  #checked: Indexes | undefined;

  constructor(
    readonly name: string,
    /** The node that this component runs on. */
    readonly node: string,
    protected readonly context: ComponentContext,
    readonly client: Client,
  ) {
    this.state = { running: false, pending: [], wakeSequence: 0, wakeTime: -1, cache: new Map(), indexes: new Map(), own: this.initial() };
    context.kernel.register(this);
  }

  /** The component's own memory as a freshly started process has it: plain data. */
  protected abstract initial(): S;
  /** One change in the cache: remember what must be worked on. Must not write. */
  protected abstract changed(change: Change): void;
  /**
   * Called at every wake-up, after all changes. Does what is due; asks for the next wake-up with wakeAt().
   * @param connected whether the API server can be reached now.
   */
  protected abstract work(connected: boolean): void;
  /** Called for kernel events other than wake-ups that were scheduled with this component as target. */
  protected timer(_event: KernelEvent): void {}

  get now(): number {
    return this.context.kernel.now;
  }

  protected get own(): S {
    return this.state.own;
  }

  /** Must be called once after construction: starts receiving watch events. */
  attach(): void {
    this.context.hub.add(this);
  }

  /** Removes the component for good (its machine left the cluster). */
  detach(): void {
    this.context.hub.remove(this);
    this.context.kernel.unregister(this.name);
  }

  /** The process starts: empty memory, then list and watch. */
  start(): void {
    if (this.state.running) return;
    this.state.own = this.initial();
    this.state.cache = new Map();
    this.state.indexes = new Map();
    this.state.running = true;
    this.relist();
    this.wakeAt(this.now + WATCH_LATENCY_MS);
  }

  /** The process ends: its memory is gone. */
  stop(): void {
    if (!this.state.running) return;
    this.state.running = false;
    this.state.pending = [];
    this.state.wakeTime = -1;
    this.state.cache = new Map();
    this.state.indexes = new Map();
    this.state.own = this.initial();
  }

  /** Asks for a wake-up no later than `time` (ms). */
  wakeAt(time: number): void {
    const at = time < this.now ? this.now : Math.ceil(time);
    if (this.state.wakeTime >= 0 && this.state.wakeTime <= at) return;
    this.state.wakeTime = at;
    this.state.wakeSequence = this.context.kernel.schedule(at, this.name, 'wake');
  }

  handle(event: KernelEvent): void {
    if (!this.state.running) return;
    if (event.type !== 'wake') return this.timer(event);
    if (event.sequence !== this.state.wakeSequence) return;
    this.state.wakeTime = -1;
    const connected = this.client.connected;
    if (connected) this.catchUp();
    else this.wakeAt(this.now + RECONNECT_MS);
    this.context.kernel.cause = event.cause;
    this.work(connected);
  }

  /** Does what is done because its time has come, whatever else woke the component. */
  protected byTimer<T>(action: () => T): T {
    const { kernel } = this.context;
    const { cause } = kernel;
    kernel.cause = { kind: 'timer', id: this.state.wakeSequence };
    try {
      return action();
    } finally {
      kernel.cause = cause;
    }
  }

  /** Called by the hub at the time of a write. */
  deliver(event: WatchEvent): void {
    if (!this.state.running) return;
    this.state.pending.push({ type: event.type, resource: event.resource, object: event.object, key: event.key, revision: event.revision });
    if (this.wakesFor(event)) this.wakeAt(this.now + WATCH_LATENCY_MS);
  }

  /** Whether there can be work because of a write; otherwise it is taken note of at the next wake-up. */
  protected wakesFor(_event: WatchEvent): boolean {
    return true;
  }

  // ---- the cache ----

  cached(resource: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.state.cache.get(resource)?.get(objectKey(namespace, name));
  }

  /** @param key `namespace/name`, or `name` */
  cachedAt(resource: string, key: string): KubeObject | undefined {
    return this.state.cache.get(resource)?.get(key);
  }

  /** All cached objects of a resource, in the order in which they were first seen. */
  cachedAll(resource: string): Iterable<KubeObject> {
    return this.state.cache.get(resource)?.values() ?? [];
  }

  /** Cached objects that an index of WatchSpec files under `value`, in order of filing. */
  *indexed(resource: string, index: string, value: string): Iterable<KubeObject> {
    const keys = this.#filed(resource, index, value);
    const objects = this.state.cache.get(resource);
    if (!keys || !objects) return;
    for (const key of keys) yield objects.get(key) as KubeObject;
  }

  indexedCount(resource: string, index: string, value: string): number {
    return this.#filed(resource, index, value)?.size ?? 0;
  }

  #filed(resource: string, index: string, value: string): Set<string> | undefined {
    const filed = this.#indexes().get(nameOfSlot(resource, index));
    return filed?.get(value);
  }

  /** A snapshot of an earlier version holds the objects beside their keys. */
  #indexes(): Indexes {
    const { indexes } = this.state;
    if (this.#checked !== indexes) {
      this.#checked = indexes;
      for (const filed of indexes.values()) for (const [value, keys] of filed as Map<string, Set<string> | Map<string, unknown>>) if (keys instanceof Map) filed.set(value, new Set(keys.keys()));
    }
    return indexes;
  }

  /** How many cached objects a tally of WatchSpec counts in a group, by kind. */
  tally(resource: string, name: string, group: string): ReadonlyMap<string, number> {
    if (this.#tallied !== this.state.cache) this.#countAll();
    return this.#tallies.get(nameOfSlot(resource, name))?.get(group) ?? NOTHING;
  }

  #countAll(): void {
    this.#tallied = this.state.cache;
    this.#tallies.clear();
    for (const { resource } of this.watches) {
      const { tallies } = this.#keptOf(resource);
      for (const { slot, countedAs } of tallies) {
        this.#tallies.delete(slot);
        for (const object of this.cachedAll(resource)) this.#count(slot, countedAs(object), 1);
      }
    }
  }

  #count(slot: string, counted: [group: string, kind: string] | undefined, by: 1 | -1): void {
    if (!counted) return;
    const [group, kind] = counted;
    let tally = this.#tallies.get(slot);
    if (!tally) this.#tallies.set(slot, (tally = new Map()));
    let kinds = tally.get(group);
    if (!kinds) tally.set(group, (kinds = new Map()));
    const count = (kinds.get(kind) ?? 0) + by;
    if (count > 0) kinds.set(kind, count);
    else if (kinds.delete(kind) && kinds.size === 0) tally.delete(group);
  }

  #keptOf(resource: string): Kept {
    let kept = this.#kept.get(resource);
    if (!kept) {
      kept = { resource, indexes: [], tallies: [] };
      for (const spec of this.watches) {
        if (spec.resource !== resource && !(spec.resource === CUSTOM_RESOURCES && isCustom(resource))) continue;
        for (const [name, valuesOf] of Object.entries(spec.indexes ?? {})) kept.indexes.push({ slot: nameOfSlot(resource, name), valuesOf });
        for (const [name, countedAs] of Object.entries(spec.tallies ?? {})) kept.tallies.push({ slot: nameOfSlot(resource, name), countedAs });
      }
      this.#kept.set(resource, kept);
    }
    return kept;
  }

  /** Queues the whole current content of the watched resources, as a list request at the start of a watch. */
  protected relist(): void {
    this.state.pending = [];
    for (const spec of this.watches) {
      const resources = spec.resource === CUSTOM_RESOURCES ? this.context.store.resources().filter(isCustom) : [spec.resource];
      for (const resource of resources) {
        for (const object of this.context.store.list(resource)) {
          if (matchesSpec(spec, object)) this.state.pending.push({ type: 'ADDED', resource, object, revision: Number(object.metadata.resourceVersion) });
        }
      }
    }
  }

  /** Brings the cache up to date with everything that has been delivered. */
  protected catchUp(): void {
    const pending = this.state.pending;
    if (pending.length === 0) return;
    this.state.pending = [];
    let kept: Kept | undefined;
    let objects = new Map<string, KubeObject>();
    for (const { type, resource, object, key = objectKey(object.metadata.namespace, object.metadata.name), revision } of pending) {
      if (kept?.resource !== resource) {
        kept = this.#keptOf(resource);
        const cached = this.state.cache.get(resource);
        if (cached) objects = cached;
        else this.state.cache.set(resource, (objects = new Map<string, KubeObject>()));
      }
      const previous = objects.get(key);
      const gone = type === 'DELETED';
      if (gone) objects.delete(key);
      else objects.set(key, object);
      if (kept.indexes.length > 0 && !(resource === 'pods' && !gone && previous && onlyStatusDiffers(previous, object))) this.#index(kept, key, previous, gone ? undefined : object);
      if (kept.tallies.length > 0 && this.#tallied === this.state.cache) this.#countAgain(kept, previous, gone ? undefined : object);
      const cause: Cause = { kind: 'write', id: revision };
      const kind = gone ? 'DELETED' : previous ? 'MODIFIED' : 'ADDED';
      this.changed(previous ? { type: kind, resource, key, object, cause, previous } : { type: kind, resource, key, object, cause });
    }
  }

  #countAgain({ tallies }: Kept, previous: KubeObject | undefined, object: KubeObject | undefined): void {
    for (const { slot, countedAs } of tallies) {
      const before = previous && countedAs(previous);
      const after = object && countedAs(object);
      if (before?.[0] === after?.[0] && before?.[1] === after?.[1]) continue;
      this.#count(slot, before, -1);
      this.#count(slot, after, 1);
    }
  }

  #index({ indexes }: Kept, key: string, previous: KubeObject | undefined, object: KubeObject | undefined): void {
    for (const { slot, valuesOf } of indexes) {
      const before = previous ? valuesOf(previous) : NO_VALUES;
      const after = object ? valuesOf(object) : NO_VALUES;
      if (sameValues(before, after)) continue;
      let filed = this.#indexes().get(slot);
      if (!filed) this.state.indexes.set(slot, (filed = new Map<string, Set<string>>()));
      for (const value of before) {
        if (after.includes(value)) continue;
        const keys = filed.get(value);
        keys?.delete(key);
        if (keys?.size === 0) filed.delete(value);
      }
      for (const value of after) {
        const keys = filed.get(value);
        if (keys) keys.add(key);
        else filed.set(value, new Set([key]));
      }
    }
  }
}

const slots = new Map<string, Map<string, string>>();

/** `resource/index`, put together once. */
function nameOfSlot(resource: string, index: string): string {
  let ofResource = slots.get(resource);
  if (!ofResource) slots.set(resource, (ofResource = new Map<string, string>()));
  let slot = ofResource.get(index);
  if (slot === undefined) ofResource.set(index, (slot = `${resource}/${index}`));
  return slot;
}

const NO_VALUES: readonly string[] = [];

function onlyStatusDiffers(x: KubeObject, y: KubeObject): boolean {
  return x.spec === y.spec && x.metadata.labels === y.metadata.labels && x.metadata.annotations === y.metadata.annotations && x.metadata.ownerReferences === y.metadata.ownerReferences;
}

function sameValues(x: readonly string[], y: readonly string[]): boolean {
  if (x.length !== y.length) return false;
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
  return true;
}

type Tally = Map<string, Map<string, number>>;
const NOTHING: ReadonlyMap<string, number> = new Map();

function matchesSpec(spec: WatchSpec, object: KubeObject): boolean {
  if (spec.node !== undefined && (object.spec as { nodeName?: string } | undefined)?.nodeName !== spec.node) return false;
  return spec.name === undefined || object.metadata.name === spec.name;
}
