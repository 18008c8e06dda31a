/**
 * Pod workers: when a pod is synced, and its way from the first sync over termination to the end
 * (`pod_workers.go`, `status_manager.go`). What one sync does is in sync.ts.
 */
import type { KubeObject } from '../apiserver/types.ts';
import { admit, release } from './admission.ts';
import type { Kubelet } from './kubelet.ts';
import { killContainer, workKills } from './killing.ts';
import { isSidecar, NEVER, podText, rfc3339, specOf, type PodStatus, type PodWorker, type Waiting } from './pod.ts';
import { unmountVolumes } from './mounting.ts';
import { makeProbes, probeCommandEnded, probesDue, stopProbes, workProbes } from './probes.ts';
import { generateStatus, same } from './status.ts';
import { continueSync, hookEnded, pullEnded, syncPod, volumesDue } from './sync.ts';
import { volumeCanChange } from './volumes.ts';
import { deleteMirror, mirrorOf } from './static-pods.ts';

/** Default grace period of pods, seconds. */
const DEFAULT_GRACE_SECONDS = 30;
/** How long a worker waits after a failed sync (`backOffPeriod`), and how often a healthy pod is synced anyway. */
const BACKOFF_PERIOD_MS = 10_000;
const SYNC_FREQUENCY_MS = 60_000;
/** A GET and a PATCH of the status manager. */
const STATUS_WRITE_MS = 5;
/** More turns than this at one instant are a loop. */
const MAX_TURNS = 50;

// ---- arrival, change, departure ----

export function newWorker(pod: KubeObject, manifest?: string): PodWorker {
  const worker: PodWorker = {
    uid: pod.metadata.uid,
    pod,
    phase: 'syncing',
    removed: false,
    admitted: false,
    dirty: false,
    leaving: false,
    waiting: false,
    pending: 0,
    syncAt: 0,
    requeueAt: 0,
    lastSync: 0,
    relistAt: 0,
    block: null,
    plan: null,
    kills: [],
    grace: DEFAULT_GRACE_SECONDS,
    probes: [],
    probesMade: false,
    mounted: false,
    due: NEVER,
    cause: { kind: 'boot', id: 0 },
  };
  if (manifest !== undefined) worker.manifest = manifest;
  return worker;
}

export function podAdded(k: Kubelet, pod: KubeObject): void {
  const worker = newWorker(pod);
  worker.cause = k.kernel.cause;
  k.own.workers.set(worker.uid, worker);
  const status = pod.status as PodStatus | undefined;
  const known = k.runtime.state.sandboxes.has(worker.uid);
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') {
    worker.status = status;
    worker.phase = 'terminated';
    if (pod.metadata.deletionTimestamp) finishDeletion(k, worker);
    return;
  }
  if (known && status?.conditions) {
    // A kubelet that starts anew takes over what its predecessor reported.
    worker.status = status;
    makeProbes(k, worker);
  }
  if (pod.metadata.deletionTimestamp) {
    admit(k, worker, true);
    return terminate(k, worker);
  }
  const rejection = admit(k, worker, known);
  if (rejection) return reject(k, worker, rejection);
  update(k, worker, 2);
}

function reject(k: Kubelet, worker: PodWorker, { reason, message }: Waiting): void {
  k.podEvent(worker, 'Warning', reason, message);
  worker.phase = 'terminated';
  const before = (worker.pod.status ?? {}) as PodStatus;
  setStatus(k, worker, { ...before, conditions: before.conditions ?? [], phase: 'Failed', reason, message: `Pod was rejected: ${message}`, startTime: rfc3339(k.now) });
}

export function podChanged(k: Kubelet, worker: PodWorker, pod: KubeObject): void {
  worker.pod = pod;
  worker.cause = k.kernel.cause;
  if (pod.metadata.deletionTimestamp) {
    if (worker.phase === 'terminated') finishDeletion(k, worker);
    else terminate(k, worker);
  } else update(k, worker, 2);
}

/** The pod is gone from the API server, or its manifest from the disk. */
export function podRemoved(k: Kubelet, worker: PodWorker, pod: KubeObject | undefined): void {
  if (pod) worker.pod = pod;
  worker.cause = k.kernel.cause;
  worker.removed = true;
  if (worker.phase === 'terminated') forget(k, worker);
  else terminate(k, worker);
}

function forget(k: Kubelet, worker: PodWorker): void {
  unmountVolumes(k, worker);
  k.runtime.removePod(worker.uid);
  k.own.workers.delete(worker.uid);
  k.workerGone();
  worker.due = NEVER;
  for (const key of [...k.own.backoff.keys()]) if (key.startsWith(worker.uid)) k.own.backoff.delete(key);
  for (const key of [...k.own.imageBackoff.keys()]) if (key.startsWith(worker.uid)) k.own.imageBackoff.delete(key);
  for (const key of [...k.own.pullErrors.keys()]) if (key.startsWith(worker.uid)) k.own.pullErrors.delete(key);
}

/** Pods whose containers run here and that the API server does not know any more (`HandlePodCleanups`). */
export function removeOrphans(k: Kubelet): void {
  for (const sandbox of [...k.runtime.state.sandboxes.values()]) {
    if (k.own.workers.has(sandbox.podUid)) continue;
    const worker = newWorker(sandbox.pod);
    k.own.workers.set(worker.uid, worker);
    podRemoved(k, worker, undefined);
  }
}

// ---- when to sync ----

/** Something about the pod changed: it must be synced. @param kind 1: seen by a relist of the runtime; 2: anything else. */
export function update(k: Kubelet, worker: PodWorker, kind: 1 | 2): void {
  if (worker.phase !== 'syncing') return;
  // What happens in the same instant as a sync happens while the sync still goes on.
  if (worker.block || worker.waiting || worker.lastSync === k.now) {
    if (worker.pending < kind) worker.pending = kind;
    if (!worker.block && !worker.waiting) k.wantTurn(worker, k.now);
    return;
  }
  accept(k, worker);
}

/** The next sync needs a view of the runtime that is newer than the last one. */
function accept(k: Kubelet, worker: PodWorker): void {
  worker.waiting = true;
  worker.syncAt = worker.lastSync === 0 ? k.now : Math.max(k.now, k.relistAfter(worker.lastSync));
  k.wantTurn(worker, worker.syncAt);
}

/** An update that came during a sync is accepted when that is over. */
function takePending(k: Kubelet, worker: PodWorker): void {
  if (worker.pending === 0 || worker.block || worker.waiting || worker.phase !== 'syncing') return;
  const kind = worker.pending;
  worker.pending = 0;
  if (kind === 2 || !settled(worker)) accept(k, worker);
}

/** The runtime changed something of a pod. */
export function runtimeChanged(k: Kubelet, uid: string): void {
  const worker = k.own.workers.get(uid);
  if (!worker) return;
  worker.cause = k.kernel.cause;
  if (worker.kills.length > 0 || worker.phase === 'terminating') k.wantTurn(worker, k.now);
  if (worker.phase !== 'syncing' || worker.relistAt > 0) return;
  worker.relistAt = k.relistAfter(k.now);
  k.wantTurn(worker, worker.relistAt);
}

/** A sync is over. @param failed whether something went wrong. @param retryAt when a back-off of it ends, 0 for none. */
export function syncCompleted(k: Kubelet, worker: PodWorker, failed: boolean, retryAt: number): void {
  const { now } = k;
  worker.plan = null;
  worker.block = null;
  worker.lastSync = now;
  if (worker.phase !== 'syncing') return;
  if (failed) {
    const base = retryAt > 0 ? Math.min(Math.max(0, retryAt - now), BACKOFF_PERIOD_MS) : BACKOFF_PERIOD_MS;
    worker.requeueAt = nextTick(k, now + jittered(k, base));
  } else worker.requeueAt = needsResync(worker) ? nextTick(k, now + jittered(k, SYNC_FREQUENCY_MS)) : 0;
  k.wantTurn(worker, k.now);
}

/** `wait.Jitter(period, 0.5)`. */
function jittered(k: Kubelet, period: number): number {
  return period + (period > 1 ? k.kernel.random.below(period >> 1) : 0);
}

/** The worker queue is looked at once a second. */
function nextTick(k: Kubelet, time: number): number {
  return k.relistAfter(time - 1);
}

/** Whether anything could come of syncing a healthy pod again by and by. */
function needsResync(worker: PodWorker): boolean {
  const spec = specOf(worker.pod);
  if (spec.volumes?.some(volumeCanChange)) return true;
  return worker.probes.some((probe) => probe.kind === 'readiness' && probe.result !== 'success');
}

/** Whether one more look at the runtime can change nothing: everything runs, is reported so, and nothing is probed. */
function settled(worker: PodWorker): boolean {
  return worker.probes.length === 0 && worker.status?.phase === 'Running' && worker.status.containerStatuses?.every((own) => own.ready && own.state.running) === true;
}

// ---- a turn ----

/** Does everything that is due for a pod now, and notes when it has work again. */
export function workPod(k: Kubelet, worker: PodWorker): void {
  for (let turn = 0; worker.due <= k.now; turn++) {
    if (turn > MAX_TURNS) throw new Error(`pod ${podText(worker.pod)} on ${k.node} does not come to rest`);
    worker.due = NEVER;
    turnOf(k, worker);
    if (worker.due > k.now && dueTime(k, worker) > k.now) takePending(k, worker);
    const due = dueTime(k, worker);
    if (due < worker.due) worker.due = due;
  }
}

function turnOf(k: Kubelet, worker: PodWorker): void {
  const { now } = k;
  if (worker.relistAt > 0 && worker.relistAt <= now) {
    worker.relistAt = 0;
    update(k, worker, 1);
  }
  if (worker.requeueAt > 0 && worker.requeueAt <= now) {
    worker.requeueAt = 0;
    update(k, worker, 2);
  }
  const deadline = activeDeadline(worker);
  if (deadline <= now && !worker.evicted && worker.phase === 'syncing') {
    worker.evicted = { reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' };
    k.podEvent(worker, 'Normal', 'DeadlineExceeded', worker.evicted.message);
    setStatus(k, worker, generateStatus(worker, k.runtime, k.options.address, false));
    terminate(k, worker);
  }
  if (worker.kills.length > 0) workKills(k, worker);
  if (worker.probes.length > 0) workProbes(k, worker);
  if (worker.phase === 'terminating' && !anyRunning(k, worker)) containersStopped(k, worker);
  if (worker.phase === 'ending' && worker.syncAt <= now) finishTermination(k, worker);
  if (worker.phase !== 'syncing') return;
  if (worker.block) continueSync(k, worker);
  else if (worker.waiting && worker.syncAt <= now) {
    worker.waiting = false;
    syncPod(k, worker);
  }
}

function dueTime(k: Kubelet, worker: PodWorker): number {
  let due = NEVER;
  if (worker.phase === 'syncing') {
    if (worker.relistAt > 0) due = worker.relistAt;
    if (worker.requeueAt > 0 && worker.requeueAt < due) due = worker.requeueAt;
    if (worker.waiting && worker.syncAt < due) due = worker.syncAt;
    if (worker.block) due = Math.min(due, volumesDue(worker));
    if (!worker.evicted) due = Math.min(due, activeDeadline(worker));
  }
  if (worker.phase === 'ending') due = worker.syncAt;
  for (const kill of worker.kills) due = Math.min(due, kill.hook ? kill.hook.until : kill.deadline);
  if (worker.probes.length > 0) due = Math.min(due, probesDue(worker));
  return due;
}

function activeDeadline(worker: PodWorker): number {
  const seconds = specOf(worker.pod).activeDeadlineSeconds;
  const start = worker.status?.startTime;
  return seconds === undefined || !start ? NEVER : Date.parse(start) + seconds * 1_000;
}

/** The head of the pull queue has ended, or may start. */
export function pullsDue(k: Kubelet): void {
  for (;;) {
    const pull = k.own.pulls[0];
    if (!pull || pull.endsAt === 0 || pull.endsAt > k.now) return;
    k.own.pulls.shift();
    const worker = k.own.workers.get(pull.uid);
    if (worker) k.kernel.cause = worker.cause;
    pullEnded(k, pull);
  }
}

/** A command of a probe or hook that went on has ended. */
export function commandEnded(k: Kubelet, uid: string, id: string, code: number, output: string): void {
  const worker = k.own.workers.get(uid);
  if (!worker) return;
  if (!probeCommandEnded(k, worker, id, code, output)) hookEnded(k, worker, id, code);
  k.wantTurn(worker, k.now);
}

// ---- status ----

/** Remembers a status, and writes it when it differs from the last one. */
export function setStatus(k: Kubelet, worker: PodWorker, made: PodStatus): void {
  const status = worker.phase === 'terminated' ? made : withoutEnd(worker, made);
  if (worker.status && same(worker.status, status)) return;
  worker.status = status;
  worker.dirty = true;
  flushStatus(k, worker);
}

/** Until the end of a pod is certain, its phase is reported as before (`mergePodStatus`). */
function withoutEnd(worker: PodWorker, made: PodStatus): PodStatus {
  if (made.phase !== 'Succeeded' && made.phase !== 'Failed') return made;
  const { reason: _reason, message: _message, ...status } = made;
  const old = worker.status ?? (worker.pod.status as PodStatus | undefined);
  status.phase = old?.phase ?? 'Pending';
  return status;
}

/** Has the status written to the API server when its turn comes; a pod that has come to its end is deleted there. */
export function flushStatus(k: Kubelet, worker: PodWorker): void {
  const { statusQueue } = k.own;
  if ((!worker.dirty && !worker.leaving) || statusQueue.includes(worker.uid)) return;
  statusQueue.push(worker.uid);
  writeStatuses(k);
}

/** The status manager writes one status after the other; only the newest of each pod is written. */
export function writeStatuses(k: Kubelet): void {
  const { own } = k;
  while (own.statusQueue.length > 0) {
    if (own.statusFreeAt > k.now) return k.wakeAt(own.statusFreeAt);
    const worker = own.workers.get(own.statusQueue.shift() as string);
    if (!worker || (!worker.dirty && !worker.leaving)) continue;
    own.statusFreeAt = k.now + STATUS_WRITE_MS;
    // The turn may be another pod's.
    const { cause } = k.kernel;
    k.kernel.cause = worker.cause;
    writeStatus(k, worker);
    k.kernel.cause = cause;
  }
}

function writeStatus(k: Kubelet, worker: PodWorker): void {
  if (worker.removed) {
    worker.dirty = false;
    worker.leaving = false;
    return;
  }
  if (!k.client.connected) {
    k.own.unflushed = true;
    return;
  }
  const mirror = worker.manifest === undefined ? undefined : mirrorOf(k, worker);
  if (worker.manifest !== undefined && !mirror) {
    k.own.unflushed = true;
    return;
  }
  const { namespace, name } = worker.pod.metadata;
  const uid = mirror ? mirror.metadata.uid : worker.uid;
  if (worker.dirty) {
    const status = worker.status as PodStatus;
    worker.dirty = false;
    k.request(() => {
      k.client.patch('pods', namespace, name, (current) => (current.metadata.uid === uid ? { ...current, status: merged(current.status as PodStatus | undefined, status) } : current), 'status');
    });
  }
  if (worker.phase !== 'terminated' || !worker.pod.metadata.deletionTimestamp) return;
  worker.leaving = false;
  k.request(() => k.client.delete('pods', namespace, name, { gracePeriodSeconds: 0, preconditions: { uid: worker.pod.metadata.uid } }));
}

/** Whether the API server has another status of a pod than this kubelet last made. @param pod the pod, or its mirror */
export function differs(worker: PodWorker, pod: KubeObject): boolean {
  if (!worker.status || worker.status === pod.status) return false;
  return !same(pod.status, merged(pod.status as PodStatus | undefined, worker.status));
}

const DISRUPTION_TARGET = 'DisruptionTarget';
const KUBELET_CONDITIONS = new Set(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']);

/** Conditions of others are kept as they are now. */
function merged(current: PodStatus | undefined, status: PodStatus): PodStatus {
  const own = status.conditions.some((condition) => condition.type === DISRUPTION_TARGET);
  const others = current?.conditions?.filter((condition) => !KUBELET_CONDITIONS.has(condition.type) && !(own && condition.type === DISRUPTION_TARGET)) ?? [];
  return others.length === 0 ? status : { ...status, conditions: [...others, ...status.conditions.filter((condition) => KUBELET_CONDITIONS.has(condition.type) || (own && condition.type === DISRUPTION_TARGET))] };
}

/** The kubelet gives a pod up for the sake of the others. */
export function evictPod(k: Kubelet, worker: PodWorker, message: string, graceSeconds: number): void {
  worker.evicted = { reason: 'Evicted', message };
  k.podEvent(worker, 'Warning', 'Evicted', message);
  setStatus(k, worker, generateStatus(worker, k.runtime, k.options.address, false));
  terminate(k, worker, graceSeconds);
}

// ---- the end ----

function anyRunning(k: Kubelet, worker: PodWorker): boolean {
  const sandbox = k.runtime.state.sandboxes.get(worker.uid);
  return sandbox !== undefined && sandbox.containers.some((id) => k.runtime.state.containers.get(id)?.state === 'running');
}

/** The pod must stop: because it was deleted, or because it is over. A second call can only shorten its grace. */
export function terminate(k: Kubelet, worker: PodWorker, graceSeconds?: number): void {
  const { metadata } = worker.pod;
  const grace = Math.max(1, graceSeconds !== undefined ? graceSeconds : metadata.deletionTimestamp !== undefined ? (metadata.deletionGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) : (specOf(worker.pod).terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS));
  if (worker.phase === 'terminating') {
    if (grace < worker.grace) {
      worker.grace = grace;
      for (const kill of worker.kills) kill.deadline = Math.min(kill.deadline, k.now + grace * 1_000);
      k.wantTurn(worker, k.now);
    }
    return;
  }
  if (worker.phase !== 'syncing') return;
  worker.phase = 'terminating';
  worker.grace = grace;
  worker.block = null;
  worker.plan = null;
  worker.waiting = false;
  k.own.pulls = k.own.pulls.filter((pull, index) => index === 0 || pull.uid !== worker.uid);
  if (!worker.removed) setStatus(k, worker, generateStatus(worker, k.runtime, k.options.address, false));
  stopProbes(k, worker, ['liveness', 'startup']);
  killAll(k, worker);
  k.wantTurn(worker, k.now);
}

/** Tells the pod's containers to stop; sidecars only when the others have. */
export function killAll(k: Kubelet, worker: PodWorker): void {
  const spec = specOf(worker.pod);
  const sidecars = new Set((spec.initContainers ?? []).filter(isSidecar).map((container) => container.name));
  const running = k.runtime.containersOf(worker.uid).filter((container) => container.state === 'running');
  const others = running.filter((container) => !sidecars.has(container.name));
  for (const container of others.length > 0 ? others : running) {
    if (!worker.kills.some((kill) => kill.container === container.id)) killContainer(k, worker, container, `Stopping container ${container.name}`, worker.grace);
  }
}

/** The last container has ended: the sandbox goes, and the status says how it all ended. */
function containersStopped(k: Kubelet, worker: PodWorker): void {
  worker.phase = 'ending';
  worker.kills = [];
  stopProbes(k, worker, ['liveness', 'readiness', 'startup']);
  k.runtime.stopSandbox(worker.uid);
  worker.relistAt = 0;
  worker.requeueAt = 0;
  worker.syncAt = k.relistAfter(k.now);
  // A pod that ended by itself begins to terminate only with the relist after the one that saw it end.
  if (!worker.removed && !worker.pod.metadata.deletionTimestamp) worker.syncAt = k.relistAfter(worker.syncAt);
  if (!worker.removed) setStatus(k, worker, generateStatus(worker, k.runtime, k.options.address, true));
}

/** A relist has seen that nothing is left (`SyncTerminatedPod`). */
function finishTermination(k: Kubelet, worker: PodWorker): void {
  worker.phase = 'terminated';
  release(k, worker);
  unmountVolumes(k, worker);
  if (worker.removed) {
    if (worker.manifest !== undefined) deleteMirror(k, worker);
    return forget(k, worker);
  }
  setStatus(k, worker, generateStatus(worker, k.runtime, k.options.address, true));
  if (worker.pod.metadata.deletionTimestamp) finishDeletion(k, worker);
}

/** Nothing of the pod runs any more: it may go from the API server. */
function finishDeletion(k: Kubelet, worker: PodWorker): void {
  worker.leaving = true;
  flushStatus(k, worker);
}
