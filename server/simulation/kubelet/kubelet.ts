/**
 * The kubelet of one node: brings the node's containers to where the API server (and the manifests on its disk) want
 * them, and reports what is. Models pkg/kubelet; the containers themselves are in runtime.ts.
 */
import type { Client } from '../apiserver/client.ts';
import { ApiError, ConnectionError, type KubeObject, type WatchEvent } from '../apiserver/types.ts';
import { Component, type Change, type ComponentContext, type WatchSpec } from '../component.ts';
import { EventRecorder, newRecorderState, type ObjectReference, type RecorderState } from '../events.ts';
import type { Given } from './admission.ts';
import type { BackOff } from './backoff.ts';
import { resourcesTaken } from './eviction.ts';
import { fnv32a } from '../kernel/hash.ts';
import type { Cause } from '../kernel/kernel.ts';
import { newNodeState, nodeDue, nodeSeen, nodeThawed, nodeWork, recordStart, type NodeState } from './node.ts';
import { NEVER, type PodWorker } from './pod.ts';
import { commandEnded, podAdded, podChanged, podRemoved, pullsDue, removeOrphans, runtimeChanged, workPod } from './pod-workers.ts';
import { ContainerRuntime } from './runtime.ts';
import { differs, flushStatus, writeStatuses } from './status-manager.ts';
import type { Containers } from './server.ts';
import { mirrorOf, hasManifests, refreshStaticPods, staticPodOf, staticPodSeen } from './static-pods.ts';
import type { KubeletOptions } from './types.ts';

/** A pull that waits or runs; one at a time on a node (`serializeImagePulls`). */
export interface Pull {
  uid: string;
  container: string;
  image: string;
  requestedAt: number;
  startedAt: number;
  /** 0 while it waits. */
  endsAt: number;
}

export interface KubeletState {
  /** When the process started, ms. */
  startedAt: number;
  /** Relists of the runtime happen whole seconds after this time, which differs from kubelet to kubelet. */
  relistPhase: number;
  node: NodeState;
  /** By uid, in order of arrival. */
  workers: Map<string, PodWorker>;
  given: Given;
  /** Uids of pods that changed in the cache, with what happened; dealt with at the next turn. */
  incoming: { kind: 'changed' | 'removed'; pod: KubeObject; cause: Cause }[];
  pulls: Pull[];
  backoff: BackOff;
  imageBackoff: BackOff;
  /** Why the last pull of an image for a pod failed, for the message of ImagePullBackOff. */
  pullErrors: Map<string, string>;
  recorder: RecorderState;
  /** Manifest name → uid of the static pod that was made of it. */
  manifests: Map<string, string>;
  /** Containers of pods that went while this kubelet was away have been looked for. */
  cleaned: boolean;
  /** Some status could not be written because the API server was away. */
  unflushed: boolean;
  /** When statuses that others have changed are written again; 0: nobody has. */
  reconcileAt: number;
  /** Uids of pods whose status waits for being written, and when the one before will be done (ms). */
  statusQueue: string[];
  statusFreeAt: number;
  /** Since when the machine stands still; 0: it does not. */
  suspendedAt: number;
}

/** How often the status manager compares what it has written with what the API server has (`syncPeriod`). */
const STATUS_SYNC_MS = 10_000;

export class Kubelet extends Component<KubeletState> {
  readonly watches: WatchSpec[];
  readonly runtime: ContainerRuntime;
  readonly recorder: EventRecorder;
  /**
   * The workers in order, when each has work, and the first of these times: so that a wake-up needs not look at every pod of the
   * machine. Follows from the workers, of which it is said here, and is no part of the state.
   */
  #turnsOf: KubeletState['workers'] | undefined;
  #turns: PodWorker[] = [];
  #dues: number[] = [];
  #places = new Map<string, number>();
  #firstDue = NEVER;
  /** What the last event of a pod was about: shared by those that follow. */
  #reference: ObjectReference | undefined;

  constructor(
    node: string,
    context: ComponentContext,
    client: Client,
    readonly containers: Containers,
    readonly options: KubeletOptions,
  ) {
    super(`kubelet ${node}`, node, context, client);
    this.watches = [
      { resource: 'pods', node },
      { resource: 'nodes', name: node },
    ];
    this.runtime = new ContainerRuntime(node, context, options);
    this.recorder = new EventRecorder(client, { component: 'kubelet', host: node }, () => this.own.recorder, () => this.now);
    this.runtime.listener = {
      podChanged: (uid) => {
        if (this.state.running) runtimeChanged(this, uid);
      },
      resourcesTaken: () => {
        if (this.state.running && this.own.suspendedAt === 0) resourcesTaken(this);
      },
      systemOutOfMemory: (program, pid) => {
        if (this.state.running) this.recorder.event({ apiVersion: 'v1', kind: 'Node', name: this.node, uid: this.own.node.uid }, 'Warning', 'SystemOOM', `System OOM encountered, victim process: ${program}, pid: ${pid}`);
      },
      commandEnded: (uid, id, code, output) => {
        if (!this.state.running) return;
        if (this.client.connected) this.catchUp();
        commandEnded(this, uid, id, code, output);
      },
    };
    containers.add(this);
    context.environment.onChange(() => {
      if (this.state.running && hasManifests(this)) this.wakeAt(this.now);
    });
  }

  override get own(): KubeletState {
    return this.state.own;
  }

  get kernel(): ComponentContext['kernel'] {
    return this.context.kernel;
  }

  get environment(): ComponentContext['environment'] {
    return this.context.environment;
  }

  protected initial(): KubeletState {
    const now = this.context.kernel.now;
    return {
      startedAt: now,
      relistPhase: now + (fnv32a(`${this.node} ${now}`) % 1_000),
      node: newNodeState(now),
      workers: new Map(),
      given: { milliCpu: 0, memoryBytes: 0, ephemeralBytes: 0, pods: 0 },
      incoming: [],
      pulls: [],
      backoff: new Map(),
      imageBackoff: new Map(),
      pullErrors: new Map(),
      recorder: newRecorderState(),
      manifests: new Map(),
      cleaned: false,
      unflushed: false,
      reconcileAt: 0,
      statusQueue: [],
      statusFreeAt: 0,
      suspendedAt: 0,
    };
  }

  override start(): void {
    if (this.state.running) return;
    this.runtime.powerOn();
    super.start();
    recordStart(this);
    this.wakeAt(this.now);
  }

  /** The machine stands still with everything on it, as a virtual machine that is paused. */
  suspend(): void {
    this.own.suspendedAt = this.now;
    this.runtime.suspend();
  }

  resume(): void {
    const since = this.own.suspendedAt;
    if (since === 0) return;
    this.own.suspendedAt = 0;
    if (this.state.running) {
      nodeThawed(this.own.node, since, this.now);
      this.state.wakeTime = -1;
      this.wakeAt(this.now);
    }
    this.runtime.resume();
  }

  protected changed({ type, resource, object, previous, cause }: Change): void {
    if (resource === 'nodes') {
      if (type !== 'DELETED') nodeSeen(this.own.node, object, this.now);
      return;
    }
    if (type === 'DELETED') this.own.incoming.push({ kind: 'removed', pod: object, cause });
    else if (!previous || changesWork(previous, object)) this.own.incoming.push({ kind: 'changed', pod: object, cause });
    else {
      // Only the status changed: mostly by this kubelet itself.
      const worker = this.own.workers.get(object.metadata.uid);
      if (worker) {
        worker.pod = object;
        // What volumes show of it is the same, and the old status can go.
        const sandbox = this.runtime.state.sandboxes.get(worker.uid);
        if (sandbox && alikeForVolumes(sandbox.pod, object)) sandbox.pod = object;
      }
      const written = worker ?? staticPodOf(this, object);
      if (written && this.own.reconcileAt === 0 && differs(written, object)) {
        const { startedAt } = this.own;
        this.own.reconcileAt = startedAt + (Math.floor((this.now - startedAt) / STATUS_SYNC_MS) + 1) * STATUS_SYNC_MS;
      }
    }
  }

  /** Its own status of a pod tells a kubelet nothing. */
  protected override wakesFor({ type, resource, object, previous, writer }: WatchEvent): boolean {
    return type !== 'MODIFIED' || resource !== 'pods' || !previous || writer !== this.client.context.writer || changesWork(previous, object);
  }

  /** Writes the status of each pod that has another one in the API server (`syncBatch`, `needsReconcile`). */
  #reconcileStatuses(): void {
    this.own.reconcileAt = 0;
    for (const worker of this.own.workers.values()) {
      const pod = worker.manifest === undefined ? worker.pod : mirrorOf(this, worker);
      if (!pod || worker.removed || !differs(worker, pod)) continue;
      worker.dirty = true;
      flushStatus(this, worker);
    }
  }

  protected work(connected: boolean): void {
    if (this.own.suspendedAt !== 0) return;
    const { own, kernel } = this;
    // What a node reports of itself follows from no pod that happened to wake the kubelet.
    if (kernel.cause.kind === 'write') kernel.cause = { kind: 'timer', id: this.state.wakeSequence };
    if (connected && own.recorder.unsent.length > 0) this.recorder.flush();
    if (hasManifests(this)) refreshStaticPods(this);
    nodeWork(this, own.node, connected);
    if (own.incoming.length > 0) {
      const incoming = own.incoming;
      own.incoming = [];
      for (const { kind, pod, cause } of incoming) this.#dispatch(kind, pod, cause);
    }
    if (own.unflushed && connected && own.node.registered) {
      own.unflushed = false;
      for (const worker of own.workers.values()) if (worker.dirty || worker.leaving) flushStatus(this, worker);
    }
    if (own.reconcileAt !== 0 && own.reconcileAt <= this.now) {
      if (connected) this.#reconcileStatuses();
      else own.reconcileAt += STATUS_SYNC_MS;
    }
    if (!own.cleaned && connected && own.node.registered) {
      own.cleaned = true;
      removeOrphans(this);
    }
    pullsDue(this);
    let due = Math.min(nodeDue(own.node), this.#workPods());
    if (own.statusQueue.length > 0) {
      writeStatuses(this);
      if (own.statusQueue.length > 0) due = Math.min(due, own.statusFreeAt);
    }
    const pull = own.pulls[0];
    if (pull && pull.endsAt > 0 && pull.endsAt < due) due = pull.endsAt;
    if (own.reconcileAt !== 0 && own.reconcileAt < due) due = own.reconcileAt;
    kernel.cause = { kind: 'timer', id: this.state.wakeSequence };
    if (due < NEVER) this.wakeAt(due);
  }

  /** Gives every pod its turn that has work. @returns when the next one has, ms. */
  #workPods(): number {
    const { own, kernel, now } = this;
    if (this.#turnsOf !== own.workers) this.#lookUpTurns();
    if (this.#firstDue > now) return this.#firstDue;
    const [turns, dues] = [this.#turns, this.#dues];
    this.#firstDue = NEVER;
    let first = NEVER;
    for (let at = 0; at < turns.length; at++) {
      let due = dues[at] as number;
      if (due <= now) {
        const worker = turns[at] as PodWorker;
        kernel.cause = worker.cause;
        workPod(this, worker);
        ({ due } = worker);
        dues[at] = due;
      }
      if (due < first) first = due;
    }
    // A turn may have given work to a pod that had its own before.
    return (this.#firstDue = Math.min(this.#firstDue, first));
  }

  #lookUpTurns(): void {
    this.#turnsOf = this.own.workers;
    this.#turns = [...this.own.workers.values()];
    this.#dues = this.#turns.map(({ due }) => due);
    this.#places = new Map(this.#turns.map(({ uid }, at) => [uid, at]));
    this.#firstDue = Math.min(NEVER, ...this.#dues);
  }

  /** Takes on a pod. */
  addWorker(worker: PodWorker): void {
    const { workers } = this.own;
    if (this.#turnsOf === workers && !workers.has(worker.uid)) {
      this.#places.set(worker.uid, this.#turns.length);
      this.#turns.push(worker);
      this.#dues.push(worker.due);
    } else this.#turnsOf = undefined;
    workers.set(worker.uid, worker);
  }

  removeWorker(worker: PodWorker): void {
    this.own.workers.delete(worker.uid);
    this.#turnsOf = undefined;
  }

  #dispatch(kind: 'changed' | 'removed', pod: KubeObject, cause: Cause): void {
    if (staticPodSeen(this, pod, kind === 'removed')) return;
    this.kernel.cause = cause;
    const worker = this.own.workers.get(pod.metadata.uid);
    if (kind === 'removed') {
      if (worker) podRemoved(this, worker, pod);
    } else if (worker) podChanged(this, worker, pod);
    else podAdded(this, pod);
  }

  /** A worker has work at `time`. */
  wantTurn(worker: PodWorker, time: number): void {
    if (time < worker.due) {
      worker.due = time;
      const place = this.#turnsOf === this.own.workers ? this.#places.get(worker.uid) : undefined;
      if (place !== undefined) this.#dues[place] = time;
    }
    if (time < this.#firstDue) this.#firstDue = time;
    this.wakeAt(time);
  }

  /** The first relist of the runtime after `time` (pleg relists every second). */
  relistAfter(time: number): number {
    const { relistPhase } = this.own;
    return relistPhase + (Math.floor((time - relistPhase) / 1_000) + 1) * 1_000;
  }

  /** Node as the kubelet knows it. */
  nodeObject(): KubeObject | undefined {
    return this.cached('nodes', undefined, this.node);
  }

  get podCidr(): string | undefined {
    return (this.nodeObject()?.spec as { podCIDR?: string } | undefined)?.podCIDR;
  }

  /** Records an event of a pod, or of one of its containers. */
  podEvent(worker: PodWorker, type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void {
    const { metadata } = worker.pod;
    let reference = this.#reference;
    // Several events follow each other about the same container.
    if (reference?.uid !== metadata.uid || reference.resourceVersion !== metadata.resourceVersion || reference.fieldPath !== fieldPath) {
      const { name, uid, resourceVersion } = metadata;
      const namespace = metadata.namespace as string;
      if (resourceVersion && fieldPath) reference = { apiVersion: 'v1', kind: 'Pod', name, namespace, uid, resourceVersion, fieldPath };
      else {
        reference = { apiVersion: 'v1', kind: 'Pod', name, namespace, uid };
        if (resourceVersion) reference.resourceVersion = resourceVersion;
        if (fieldPath) reference.fieldPath = fieldPath;
      }
      this.#reference = reference;
    }
    this.recorder.event(reference, type, reason, message);
  }

  /** Runs a request to the API server. @returns false when it failed because nobody answered or it was refused. */
  request(action: () => void): boolean {
    try {
      action();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error;
      return false;
    }
  }
}

function alikeForVolumes(x: KubeObject, y: KubeObject): boolean {
  return x.spec === y.spec && x.metadata.labels === y.metadata.labels && x.metadata.annotations === y.metadata.annotations;
}

/** Whether a change of a pod is more than a new status. */
function changesWork(previous: KubeObject, object: KubeObject): boolean {
  const before = previous.metadata;
  const after = object.metadata;
  return (
    before.uid !== after.uid ||
    before.generation !== after.generation ||
    before.deletionTimestamp !== after.deletionTimestamp ||
    before.deletionGracePeriodSeconds !== after.deletionGracePeriodSeconds ||
    before.labels !== after.labels ||
    before.annotations !== after.annotations ||
    (previous.spec !== object.spec && after.generation === undefined)
  );
}
