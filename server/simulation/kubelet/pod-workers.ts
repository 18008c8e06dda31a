/**
 * Pod workers: when a pod is synced, from its arrival on (`pod_workers.go`). What one sync does is in sync.ts, how a pod
 * ends in termination.ts, and how its status is written in status-manager.ts.
 */
import { rfc3339 } from '../apiserver/tables/duration.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { admit } from './admission.ts';
import type { Kubelet } from './kubelet.ts';
import { workKills } from './killing.ts';
import { NEVER, podText, specOf, type PodStatus, type PodWorker, type Waiting } from './pod.ts';
import { makeProbes, probeCommandEnded, probesDue, workProbes } from './probes.ts';
import { generateStatus } from './status.ts';
import { setStatus } from './status-manager.ts';
import { continueSync, hookEnded, pullEnded, syncPod, volumesDue } from './sync.ts';
import { anyRunning, containersStopped, DEFAULT_GRACE_SECONDS, finishDeletion, finishTermination, forget, terminate } from './termination.ts';
import { volumeCanChange } from './volumes.ts';

/** How long a worker waits after a failed sync (`backOffPeriod`), and how often a healthy pod is synced anyway. */
const BACKOFF_PERIOD_MS = 10_000;
const SYNC_FREQUENCY_MS = 60_000;
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
  k.addWorker(worker);
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

/** Pods whose containers run here and that the API server does not know any more (`HandlePodCleanups`). */
export function removeOrphans(k: Kubelet): void {
  for (const sandbox of [...k.runtime.state.sandboxes.values()]) {
    if (k.own.workers.has(sandbox.podUid)) continue;
    const worker = newWorker(sandbox.pod);
    k.addWorker(worker);
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
