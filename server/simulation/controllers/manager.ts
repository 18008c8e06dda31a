/**
 * kube-controller-manager: hosts the controllers over one shared cache, each with a work queue of its own. All memory is
 * plain data in the component's state.
 */
import type { KernelEvent } from '../kernel/kernel.ts';
import type { Client } from '../apiserver/client.ts';
import { ApiError, ConnectionError, type KubeObject } from '../apiserver/types.ts';
import { isCustom } from '../apiserver/discovery.ts';
import { CUSTOM_RESOURCES, type Change, type ComponentContext, type WatchSpec } from '../component.ts';
import { ElectedComponent, type ElectedState } from '../elected-component.ts';
import { EventRecorder, newRecorderState, type RecorderState } from '../events.ts';
import { enqueue, enqueueAt, enqueueRateLimited, forget, newWorkQueue, occupy, promote, take, type WorkQueueState } from '../workqueue.ts';
import { controllers } from './registry.ts';
import type { Controller, ControllerContext } from './types.ts';

interface ManagerState extends ElectedState {
  queues: Map<string, WorkQueueState>;
  /** Memory of controllers, and of their event recorders, by name. */
  own: Map<string, unknown>;
  recorders: Map<string, RecorderState>;
  started: boolean;
}

export interface ManagerOptions {
  tunnel(): boolean;
  /** See ControllerContext. @throws ApiError */
  podMetrics(namespace: string): KubeObject[];
  /** Ends the process. */
  exit(): void;
}

/** A run of reconciliations longer than this at one instant is a controller fighting itself. */
const MAX_SYNCS_AT_ONE_INSTANT = 200_000;

export class ControllerManager extends ElectedComponent<ManagerState> {
  readonly watches: WatchSpec[] = mergeWatches(controllers);
  readonly #contexts = new Map<string, ControllerContext>();
  readonly #recorders = new Map<string, EventRecorder>();
  /** See #queues(): of the memory that they were found in. */
  #queuesOf: ManagerState['queues'] | undefined;
  #listed: readonly { controller: Controller; queue: WorkQueueState }[] = [];
  /** Controllers by the resources that they watch. */
  readonly #watching = new Map<string, [Controller, ControllerContext][]>();

  constructor(
    node: string,
    context: ComponentContext,
    client: Client,
    private readonly options: ManagerOptions,
  ) {
    super('kube-controller-manager', node, context, client, () => options.exit());
    for (const controller of controllers) {
      const own = this.#contextFor(controller);
      this.#contexts.set(controller.name, own);
      for (const resource of new Set(controller.watches.map((watch) => watch.resource))) {
        const those = this.#watching.get(resource);
        if (those) those.push([controller, own]);
        else this.#watching.set(resource, [[controller, own]]);
      }
    }
  }

  protected initial(): ManagerState {
    const own = new Map<string, unknown>();
    for (const controller of controllers) own.set(controller.name, controller.initial?.() ?? null);
    return {
      lease: null,
      standby: false,
      queues: new Map(controllers.map((controller) => [controller.name, newWorkQueue()])),
      own,
      recorders: new Map(controllers.map((controller) => [controller.name, newRecorderState()])),
      started: false,
    };
  }

  /** Load balancers must be looked at again. */
  tunnelChanged(): void {
    if (!this.state.running || this.own.standby) return;
    for (const service of this.cachedAll('services')) {
      enqueue(this.#queue('service-lb'), `${service.metadata.namespace}/${service.metadata.name}`, this.context.kernel.cause);
    }
    this.wakeAt(this.now);
  }

  protected changed(change: Change): void {
    const { kernel } = this.context;
    for (const [controller, context] of this.#watching.get(change.resource) ?? (isCustom(change.resource) ? this.#watching.get(CUSTOM_RESOURCES) : undefined) ?? []) {
      kernel.cause = change.cause;
      controller.changed(change, context);
    }
  }

  protected override timer(_event: KernelEvent): void {
    // Only wake-ups are used.
  }

  protected work(connected: boolean): void {
    if (!this.lead(connected)) return;
    if (!this.own.started) {
      this.own.started = true;
      for (const controller of controllers) controller.started?.(this.#contexts.get(controller.name) as ControllerContext);
    }
    for (const recorder of this.#recorders.values()) recorder.flush();
    let next: number | undefined;
    let syncs = 0;
    for (let busy = true; busy; ) {
      busy = false;
      for (const { controller, queue } of this.#queues()) {
        const due = promote(queue, this.now);
        if (due !== undefined && (next === undefined || due < next)) next = due;
        for (let entry = take(queue, this.now); entry; entry = take(queue, this.now)) {
          busy = true;
          if (++syncs > MAX_SYNCS_AT_ONE_INSTANT) throw new Error(`controller ${controller.name} does not come to rest (key ${entry[0]})`);
          this.#sync(controller, queue, ...entry);
        }
      }
    }
    for (const queue of this.own.queues.values()) {
      for (const { time } of queue.delayed.values()) if (next === undefined || time < next) next = time;
    }
    if (next !== undefined) this.wakeAt(next);
  }

  #sync(controller: Controller, queue: WorkQueueState, key: string, cause: ControllerContext['kernel']['cause']): void {
    this.context.kernel.cause = cause;
    const { store } = this.context;
    const recorder = this.#recorders.get(controller.name) as EventRecorder;
    const before = store.revision - recorder.written;
    try {
      controller.sync(key, this.#contexts.get(controller.name) as ControllerContext);
      forget(queue, key);
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error;
      enqueueRateLimited(queue, key, this.now, cause);
    }
    // Events are sent in the background.
    occupy(queue, key, store.revision - recorder.written - before, this.now);
  }

  /** The controllers with their queues, in order. */
  #queues(): readonly { controller: Controller; queue: WorkQueueState }[] {
    const { queues } = this.own;
    if (this.#queuesOf !== queues) {
      this.#queuesOf = queues;
      this.#listed = controllers.map((controller) => ({ controller, queue: this.#queue(controller.name) }));
    }
    return this.#listed;
  }

  #queue(name: string): WorkQueueState {
    return kept(this.own.queues, name, newWorkQueue);
  }

  #contextFor(controller: Controller): ControllerContext {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the accessors below must read the manager's present state
    const manager = this;
    const client = this.client.as(controller.component);
    const events = new EventRecorder(client, { component: controller.component }, () => kept(this.own.recorders, controller.name, newRecorderState), () => this.now);
    this.#recorders.set(controller.name, events);
    return {
      get now() {
        return manager.now;
      },
      get state() {
        return kept(manager.own.own, controller.name, () => controller.initial?.() ?? null);
      },
      get tunnel() {
        return manager.options.tunnel();
      },
      podMetrics: (namespace) => this.options.podMetrics(namespace),
      silenceOf: (node) => this.context.environment.silenceOf(node),
      kernel: this.context.kernel,
      client,
      events,
      lister: {
        get: (resource, namespace, name) => this.cached(resource, namespace, name),
        all: (resource) => this.cachedAll(resource),
        indexed: (resource, index, value) => this.indexed(resource, index, value),
        indexedCount: (resource, index, value) => this.indexedCount(resource, index, value),
        tally: (resource, name, group) => this.tally(resource, name, group),
      },
      enqueue: (key, cause = this.context.kernel.cause) => enqueue(this.#queue(controller.name), key, cause),
      enqueueAt: (key, time) => {
        enqueueAt(this.#queue(controller.name), key, time, this.context.kernel.cause);
        this.wakeAt(time);
      },
    };
  }
}

/** A controller's part of the memory; a snapshot of an earlier version has none of a later controller. */
function kept<T>(map: Map<string, T>, name: string, make: () => T): T {
  let found = map.get(name);
  if (found === undefined) map.set(name, (found = make()));
  return found;
}

/** One watch a resource, with the indexes and tallies of all controllers. */
function mergeWatches(list: readonly Controller[]): WatchSpec[] {
  const merged = new Map<string, WatchSpec>();
  for (const controller of list) {
    for (const spec of controller.watches) {
      const known = merged.get(spec.resource) ?? { resource: spec.resource };
      merged.set(spec.resource, { resource: spec.resource, indexes: { ...known.indexes, ...spec.indexes }, tallies: { ...known.tallies, ...spec.tallies } });
    }
  }
  return [...merged.values()];
}
