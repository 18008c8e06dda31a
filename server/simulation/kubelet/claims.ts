/** Volumes of a pod that are claims: from the claim over its volume to what is mounted (`desired_state_of_world_populator`, volume plugins). */
import type { KubeObject } from '../apiserver/types.ts';
import { parseQuantity } from '../apiserver/quantity.ts';
import { claimSpec, CLAIMS, volumeSpec, VOLUMES } from '../controllers/volume-matching.ts';
import { csiOf, uniqueVolumeName, type CsiSource } from '../storage/attachments.ts';
import { driverNamed } from '../storage/registry.ts';
import type { MountedVolume } from './container-state.ts';
import type { Kubelet } from './kubelet.ts';
import { statusChanged } from './node.ts';
import type { PodWorker } from './pod.ts';
import { checkHostPath, type VolumeSpec } from './volumes.ts';

/** What became of a claim: mounted, a failure of an operation (an event), a reason that keeps it from being looked at, or waiting for others. */
export type ClaimOutcome = { kind: 'mounted'; volume: MountedVolume } | { kind: 'failed'; message: string } | { kind: 'unprocessed'; message: string } | { kind: 'waits' };

const failed = (message: string): ClaimOutcome => ({ kind: 'failed', message });

export function isClaim(volume: VolumeSpec): boolean {
  return volume.persistentVolumeClaim !== undefined || volume.ephemeral !== undefined;
}

function claimNameOf(pod: KubeObject, volume: VolumeSpec): string {
  return volume.persistentVolumeClaim?.claimName ?? `${pod.metadata.name}-${volume.name}`;
}

/** Mounts the volume of a bound claim. */
export function mountClaim(k: Kubelet, worker: PodWorker, spec: VolumeSpec): ClaimOutcome {
  const { namespace } = worker.pod.metadata;
  const name = claimNameOf(worker.pod, spec);
  const claim = k.client.get(CLAIMS, namespace, name);
  const unprocessed = (why: string): ClaimOutcome => ({ kind: 'unprocessed', message: `error processing PVC ${namespace}/${name}: ${why}` });
  if (!claim) return unprocessed(`failed to fetch PVC from API server: persistentvolumeclaims "${name}" not found`);
  const { volumeName } = claimSpec(claim);
  if ((claim.status as { phase?: string } | undefined)?.phase !== 'Bound' || !volumeName) return unprocessed('PVC is not bound');
  const volume = k.client.get(VOLUMES, undefined, volumeName);
  if (!volume) return unprocessed(`failed to fetch PV ${volumeName} from API server: persistentvolumes "${volumeName}" not found`);
  const outcome = mountVolume(k, worker, volume);
  if (outcome.kind !== 'mounted') return outcome;
  if (spec.persistentVolumeClaim?.readOnly) outcome.volume.readOnly = true;
  return outcome;
}

function mountVolume(k: Kubelet, worker: PodWorker, volume: KubeObject): ClaimOutcome {
  const { name } = volume.metadata;
  const source = volume.spec as { hostPath?: { path: string; type?: string }; local?: { path: string }; nfs?: { server: string; path: string } };
  const { hostFiles } = k.runtime.state;
  const csi = csiOf(volume);
  if (csi) return mountCsi(k, volume, csi);
  if (source.hostPath) {
    const problem = checkHostPath(source.hostPath, hostFiles, k.now);
    return problem === undefined ? { kind: 'mounted', volume: { kind: 'host', root: source.hostPath.path, syncedAt: k.now } } : failed(`MountVolume.SetUp failed for volume "${name}" : ${problem}`);
  }
  if (source.local) {
    const { path } = source.local;
    if (checkHostPath({ path, type: 'Directory' }, hostFiles, k.now) !== undefined) return failed(`MountVolume.NewMounter initialization failed for volume "${name}" : path "${path}" does not exist`);
    return { kind: 'mounted', volume: { kind: 'host', root: path, syncedAt: k.now } };
  }
  if (source.nfs) {
    // There is no file server outside the cluster.
    const { server, path } = source.nfs;
    const target = `/var/lib/kubelet/pods/${worker.uid}/volumes/kubernetes.io~nfs/${name}`;
    return failed(`MountVolume.SetUp failed for volume "${name}" : mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs ${server}:${path} ${target}\nOutput: mount.nfs: Connection timed out`);
  }
  return { kind: 'unprocessed', message: `failed to get Plugin from volumeSpec for volume "${name}" err=no volume plugin matched` };
}

/** A CSI volume is reported in use, attached by the controller, and served by the driver's program on this machine. */
function mountCsi(k: Kubelet, volume: KubeObject, csi: CsiSource): ClaimOutcome {
  const { name } = volume.metadata;
  const driver = driverNamed(csi.driver);
  const unique = uniqueVolumeName(csi);
  const csiDriver = k.client.get('csidrivers.storage.k8s.io', undefined, csi.driver);
  if ((csiDriver?.spec as { attachRequired?: boolean } | undefined)?.attachRequired !== false) {
    const { volumesInUse = [], volumesAttached = [] } = (k.nodeObject()?.status ?? {}) as { volumesInUse?: string[]; volumesAttached?: { name: string }[] };
    k.own.node.wanted = [...new Set([...(k.own.node.wanted ?? []), unique])];
    if (!volumesInUse.includes(unique)) {
      statusChanged(k.own.node, k.now);
      k.wakeAt(k.own.node.statusAt);
      return { kind: 'waits' };
    }
    if (!volumesAttached.some((attached) => attached.name === unique)) return { kind: 'waits' };
  }
  if (!driver?.nodePlugin || !k.runtime.programRunning(driver.nodePlugin)) {
    return failed(`MountVolume.MountDevice failed for volume "${name}" : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name ${csi.driver} not found in the list of registered CSI drivers`);
  }
  if (!k.options.disk?.(csi.volumeHandle)) return failed(`MountVolume.MountDevice failed for volume "${name}" : rpc error: code = NotFound desc = volume ${csi.volumeHandle} not found`);
  return { kind: 'mounted', volume: { kind: 'disk', disk: csi.volumeHandle, attached: unique, capacityBytes: capacityOf(volume), syncedAt: k.now, ...(csi.readOnly ? { readOnly: true } : {}) } };
}

function capacityOf(volume: KubeObject): number {
  return parseQuantity(volumeSpec(volume).capacity?.storage ?? '0').value();
}

/** Lets the file system of a mounted disk grow to the size of its volume (`NodeExpandVolume`). */
export function expandClaim(k: Kubelet, worker: PodWorker, spec: VolumeSpec, mounted: MountedVolume): void {
  const { namespace } = worker.pod.metadata;
  const claim = k.client.get(CLAIMS, namespace, claimNameOf(worker.pod, spec));
  const volume = claim && k.client.get(VOLUMES, undefined, claimSpec(claim).volumeName ?? '');
  const capacity = volume && volumeSpec(volume).capacity?.storage;
  const status = (claim?.status ?? {}) as { capacity?: { storage?: string } };
  if (!claim || !volume || !capacity || parseQuantity(capacity).compare(parseQuantity(status.capacity?.storage ?? '0')) <= 0) return;
  k.client.patch(
    CLAIMS,
    namespace,
    claim.metadata.name,
    (current) => {
      const { allocatedResourceStatuses: _done, conditions: _pending, ...rest } = current.status as Record<string, unknown>;
      return { ...current, status: { ...rest, capacity: { storage: capacity } } };
    },
    'status',
  );
  mounted.capacityBytes = capacityOf(volume);
  const message = `MountVolume.NodeExpandVolume succeeded for volume "${volume.metadata.name}" ${k.node}`;
  k.podEvent(worker, 'Normal', 'FileSystemResizeSuccessful', message);
  k.recorder.event(claim, 'Normal', 'FileSystemResizeSuccessful', message);
}
