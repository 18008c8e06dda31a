/** Setting up the volumes of a pod, again and again until all are there (`volume_manager`, `operation_executor`). */
import { ApiError } from '../apiserver/types.ts';
import { expandClaim, isClaim, mountClaim } from './claims.ts';
import type { MountedVolume } from './container-state.ts';
import type { Kubelet } from './kubelet.ts';
import { statusChanged } from './node.ts';
import { specOf, type PodWorker } from './pod.ts';
import { setUpVolume, type ReadObject, type VolumeSpec } from './volumes.ts';

/** Between attempts to set a volume up: first and longest (`exponentialbackoff`). */
const MOUNT_RETRY_MS = 500;
const MOUNT_RETRY_MAX_MS = 122_000;

/** Reads config maps and secrets of a namespace; what may not be read counts as missing. */
export function reader(k: Kubelet, namespace: string): ReadObject {
  return (resource, name) => {
    try {
      return k.client.get(resource, namespace, name);
    } catch (error) {
      if (error instanceof ApiError) return undefined;
      throw error;
    }
  };
}

/** Sets up what is not set up yet, and refreshes the rest. @returns whether all volumes are there. */
export function mountVolumes(k: Kubelet, worker: PodWorker): boolean {
  const spec = specOf(worker.pod);
  if (!spec.volumes?.length) return (worker.mounted = true);
  const { runtime, now } = k;
  let volumes = runtime.state.volumes.get(worker.uid);
  if (!volumes) runtime.state.volumes.set(worker.uid, (volumes = new Map()));
  const connected = k.client.connected;
  const read = reader(k, worker.pod.metadata.namespace as string);
  let complete = true;
  for (const volume of spec.volumes) {
    const mounted = volumes.get(volume.name);
    const attempts = worker.mounts?.get(volume.name);
    if (attempts && attempts.nextAt > now) {
      complete = false;
      continue;
    }
    if (isClaim(volume)) {
      if (mounted) {
        if (mounted.kind === 'disk' && connected) expandClaim(k, worker, volume, mounted);
      } else if (!mountOne(k, worker, volume, volumes)) complete = false;
      continue;
    }
    if (mounted && (mounted.kind !== 'objects' || !connected)) continue;
    const result = connected || !needsObjects(volume) ? setUpVolume(volume, read, runtime.state.hostFiles, now, mounted) : `failed to sync ${volume.secret ? 'secret' : 'configmap'} cache: timed out waiting for the condition`;
    if (typeof result !== 'string') {
      if (result !== mounted) volumes.set(volume.name, result);
      worker.mounts?.delete(volume.name);
      continue;
    }
    // A volume that is mounted already stays as it is when its source has gone.
    if (mounted) continue;
    k.podEvent(worker, 'Warning', 'FailedMount', `MountVolume.SetUp failed for volume "${volume.name}" : ${result}`);
    tryAgain(worker, volume.name, now);
    complete = false;
  }
  worker.mounted = complete;
  return complete;
}

function tryAgain(worker: PodWorker, volume: string, now: number, unprocessed?: string): void {
  const failures = (worker.mounts?.get(volume)?.failures ?? 0) + 1;
  (worker.mounts ??= new Map()).set(volume, { failures, nextAt: now + Math.min(MOUNT_RETRY_MAX_MS, MOUNT_RETRY_MS * 2 ** Math.min(failures - 1, 10)), ...(unprocessed === undefined ? {} : { unprocessed }) });
}

/** Mounts a claim. @returns whether it is mounted now. */
function mountOne(k: Kubelet, worker: PodWorker, volume: VolumeSpec, volumes: Map<string, MountedVolume>): boolean {
  const outcome = k.client.connected ? mountClaim(k, worker, volume) : ({ kind: 'waits' } as const);
  if (outcome.kind === 'mounted') {
    volumes.set(volume.name, outcome.volume);
    worker.mounts?.delete(volume.name);
    return true;
  }
  if (outcome.kind === 'failed') k.podEvent(worker, 'Warning', 'FailedMount', outcome.message);
  tryAgain(worker, volume.name, k.now, outcome.kind === 'unprocessed' ? outcome.message : undefined);
  return false;
}

/** What the kubelet says when it has waited long enough (`WaitForAttachAndMount`). */
export function unmountedMessage(worker: PodWorker): string {
  const names = [...(worker.mounts?.keys() ?? [])];
  const unprocessed = [...(worker.mounts ?? [])].flatMap(([name, mount]) => (mount.unprocessed === undefined ? [] : [{ name, why: mount.unprocessed }]));
  const why = unprocessed.length > 0 ? unprocessed.map((one) => one.why).join(', ') : 'context deadline exceeded';
  return `Unable to attach or mount volumes: unmounted volumes=[${names.join(' ')}], unattached volumes=[], failed to process volumes=[${unprocessed.map((one) => one.name).join(' ')}]: ${why}`;
}

/** The pod's containers have ended: its emptyDirs go, its disks are unmounted, and the node's next status says so. */
export function unmountVolumes(k: Kubelet, worker: PodWorker): void {
  // What an evicted pod has written goes at once: that is what it was evicted for.
  if (worker.evicted?.reason === 'Evicted') for (const container of k.runtime.containersOf(worker.uid)) delete container.layer;
  const volumes = k.runtime.state.volumes.get(worker.uid);
  if (!volumes) return;
  for (const [name, { kind, attached }] of [...volumes]) {
    if (kind === 'files') volumes.delete(name);
    if (attached === undefined) continue;
    volumes.delete(name);
    statusChanged(k.own.node, k.now);
    k.wakeAt(k.own.node.statusAt);
  }
}

function needsObjects(volume: VolumeSpec): boolean {
  return volume.configMap !== undefined || volume.secret !== undefined || volume.projected !== undefined;
}

