/** A controller: watches, notes keys to look at, and reconciles one key at a time. */
import type { Cause, Kernel } from '../kernel/kernel.ts';
import type { Client } from '../apiserver/client.ts';
import { objectKey } from '../apiserver/store.ts';
import type { KubeObject } from '../apiserver/types.ts';
import type { Change, WatchSpec } from '../component.ts';
import type { Silence } from '../environment.ts';
import type { EventRecorder } from '../events.ts';

/** What a controller sees of the shared cache. */
export interface Lister {
  get(resource: string, namespace: string | undefined, name: string): KubeObject | undefined;
  all(resource: string): Iterable<KubeObject>;
  indexed(resource: string, index: string, value: string): Iterable<KubeObject>;
  indexedCount(resource: string, index: string, value: string): number;
  /** How many objects a tally counts in a group, by kind. */
  tally(resource: string, tally: string, group: string): ReadonlyMap<string, number>;
}

export interface ControllerContext<S = unknown> {
  /** Virtual time, ms. */
  readonly now: number;
  readonly kernel: Kernel;
  readonly client: Client;
  readonly events: EventRecorder;
  readonly lister: Lister;
  /** The controller's own memory: plain data. */
  readonly state: S;
  /** Whether a tunnel gives load balancers addresses. */
  readonly tunnel: boolean;
  /** What metrics.k8s.io says of a namespace's pods. @throws ApiError when nobody answers for it. */
  podMetrics(namespace: string): KubeObject[];
  /** Why nothing is heard of a machine, for the record of causes alone: what a controller does must not hang on it. */
  silenceOf(node: string): Silence | undefined;
  /** Looks at a key now, or at a time (ms). */
  enqueue(key: string, cause?: Cause): void;
  enqueueAt(key: string, time: number): void;
}

export interface Controller<S = unknown> {
  /** The work queue's name. */
  name: string;
  /** Source of its events, and its service account. */
  component: string;
  watches: WatchSpec[];
  /** Fresh memory; default null. */
  initial?(): S;
  /** Called once when the process has become leader. */
  started?(context: ControllerContext<S>): void;
  /** A cached object changed: note the keys that it concerns. Must not write. */
  changed(change: Change, context: ControllerContext<S>): void;
  /** Brings one key to its desired state. @throws ApiError to be tried again later. */
  sync(key: string, context: ControllerContext<S>): void;
}

/** Splits `namespace/name`. */
export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

export function keyOf(object: KubeObject): string {
  return objectKey(object.metadata.namespace, object.metadata.name);
}
