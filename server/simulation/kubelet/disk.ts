/** How full disks are: a machine's own, a container's part of it, an emptyDir's. Bytes. */
import type { Container, FileLayer, MountedVolume } from './container-state.ts';
import type { ContainerRuntime } from './runtime.ts';

export const MACHINE_DISK_BYTES = 61_255_492 * 1_024;
/** What the machine's own programs take. */
const SYSTEM_DISK_BYTES = 8_589_934_592;

export function layerBytes(layer: FileLayer | undefined): number {
  let bytes = 0;
  if (layer) for (const { text, zeros } of layer.values()) bytes += (text?.length ?? 0) + (zeros ?? 0);
  return bytes;
}

/** A container's writable layer and its log. */
export function containerDiskBytes(container: Container): number {
  return layerBytes(container.layer) + container.logBytes;
}

/** emptyDirs of a pod by name; what claims and host paths hold is not the pod's. */
export function emptyDirBytes(volumes: ReadonlyMap<string, MountedVolume> | undefined): Map<string, number> {
  const bytes = new Map<string, number>();
  for (const [name, volume] of volumes ?? []) if (volume.kind === 'files') bytes.set(name, layerBytes(volume.files));
  return bytes;
}

export function podDiskBytes(runtime: ContainerRuntime, uid: string): number {
  let bytes = 0;
  for (const container of runtime.containersOf(uid)) bytes += containerDiskBytes(container);
  for (const volume of emptyDirBytes(runtime.state.volumes.get(uid)).values()) bytes += volume;
  return bytes;
}

/** All that is used of a machine's disk. */
export function machineDiskBytes(runtime: ContainerRuntime): number {
  let bytes = SYSTEM_DISK_BYTES + layerBytes(runtime.state.hostFiles);
  for (const { sizeBytes } of runtime.state.images.values()) bytes += sizeBytes;
  for (const uid of runtime.state.sandboxes.keys()) bytes += podDiskBytes(runtime, uid);
  return bytes;
}
