/**
 * The end of a pod on its node: why it must stop, its containers stopping, and what is left of it afterwards
 * (`SyncTerminatingPod`, `SyncTerminatedPod` of `kubelet.go`). How one container is stopped is in killing.ts.
 */
import { release } from './admission.ts';
import type { Kubelet } from './kubelet.ts';
import { killContainer } from './killing.ts';
import { unmountVolumes } from './mounting.ts';
import { isSidecar, NEVER, specOf, type PodWorker } from './pod.ts';
import { stopProbes } from './probes.ts';
import { removePod, stopSandbox } from './sandboxes.ts';
import { deleteMirror } from './static-pods.ts';
import { generateStatus } from './status.ts';
import { flushStatus, setStatus } from './status-manager.ts';

/** Default grace period of pods, seconds. */
export const DEFAULT_GRACE_SECONDS = 30;

/** The kubelet gives a pod up for the sake of the others. */
export function evictPod(k: Kubelet, worker: PodWorker, message: string, graceSeconds: number): void {
  worker.evicted = { reason: 'Evicted', message };
  k.podEvent(worker, 'Warning', 'Evicted', message);
  setStatus(k, worker, generateStatus(worker, k.runtime, k.options.address, false));
  terminate(k, worker, graceSeconds);
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
export function containersStopped(k: Kubelet, worker: PodWorker): void {
  worker.phase = 'ending';
  worker.kills = [];
  stopProbes(k, worker, ['liveness', 'readiness', 'startup']);
  stopSandbox(k.runtime, worker.uid);
  worker.relistAt = 0;
  worker.requeueAt = 0;
  worker.syncAt = k.relistAfter(k.now);
  // A pod that ended by itself begins to terminate only with the relist after the one that saw it end.
  if (!worker.removed && !worker.pod.metadata.deletionTimestamp) worker.syncAt = k.relistAfter(worker.syncAt);
  if (!worker.removed) setStatus(k, worker, generateStatus(worker, k.runtime, k.options.address, true));
}

/** A relist has seen that nothing is left (`SyncTerminatedPod`). */
export function finishTermination(k: Kubelet, worker: PodWorker): void {
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
export function finishDeletion(k: Kubelet, worker: PodWorker): void {
  worker.leaving = true;
  flushStatus(k, worker);
}

export function anyRunning(k: Kubelet, worker: PodWorker): boolean {
  const sandbox = k.runtime.state.sandboxes.get(worker.uid);
  return sandbox !== undefined && sandbox.containers.some((id) => k.runtime.state.containers.get(id)?.state === 'running');
}

/** Nothing is left of the pod, here and in the API server: the kubelet forgets it. */
export function forget(k: Kubelet, worker: PodWorker): void {
  unmountVolumes(k, worker);
  removePod(k.runtime, worker.uid);
  k.removeWorker(worker);
  worker.due = NEVER;
  for (const key of [...k.own.backoff.keys()]) if (key.startsWith(worker.uid)) k.own.backoff.delete(key);
  for (const key of [...k.own.imageBackoff.keys()]) if (key.startsWith(worker.uid)) k.own.imageBackoff.delete(key);
  for (const key of [...k.own.pullErrors.keys()]) if (key.startsWith(worker.uid)) k.own.pullErrors.delete(key);
}
