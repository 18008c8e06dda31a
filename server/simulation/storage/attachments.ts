/** VolumeAttachments and what follows from a volume for them. */
import type { KubeObject } from '../apiserver/types.ts';
import { volumeSpec } from '../controllers/volume-matching.ts';
import { digestOf } from '../workloads/pull.ts';

export const ATTACHMENTS = 'volumeattachments.storage.k8s.io';

export interface AttachmentSpec {
  attacher: string;
  nodeName: string;
  source: { persistentVolumeName: string };
}

export interface CsiSource {
  driver: string;
  volumeHandle: string;
  readOnly?: boolean;
}

export function csiOf(volume: KubeObject): CsiSource | undefined {
  return (volume.spec as { csi?: CsiSource }).csi;
}

/** As node statuses name an attachable volume. */
export function uniqueVolumeName({ driver, volumeHandle }: CsiSource): string {
  return `kubernetes.io/csi/${driver}^${volumeHandle}`;
}

/** `csi-` and a digest of volume, driver and node (`getAttachmentName`). */
export function attachmentName({ driver, volumeHandle }: CsiSource, node: string): string {
  return `csi-${digestOf(`${volumeHandle}${driver}${node}`)}`;
}

/** Whether several machines may have a volume at a time. */
export function isShared(volume: KubeObject): boolean {
  return volumeSpec(volume).accessModes?.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany') ?? false;
}
