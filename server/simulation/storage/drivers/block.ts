/**
 * Block storage on the network, Quorum's own: disks that hang on no machine and can be attached to one at a time, as
 * cloud providers and storage arrays give them. It has no other cluster's name, because it is no other cluster's.
 */
import { DriverError, type VolumeDriver } from '../types.ts';

export const BLOCK_DRIVER = 'block.csi.quorum.local';

export const block = {
  name: BLOCK_DRIVER,
  controller: 'csi-block-controller',
  image: 'quorum.local/csi-block-controller',
  nodePlugin: 'csi-block-node',
  attachMs: 1_500,
  expands: true,
  provision({ claim, name }, world) {
    const { accessModes = [] } = claim.spec as { accessModes?: string[] };
    const many = accessModes.find((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany');
    if (many) throw new DriverError(`rpc error: code = InvalidArgument desc = volume capabilities not supported: a disk has one machine at a time, the claim wants ${many}`);
    const handle = `vol-${claim.metadata.uid.replaceAll('-', '').slice(0, 17)}`;
    world.disks.create(handle);
    return {
      annotations: { 'volume.kubernetes.io/provisioner-deletion-secret-name': '', 'volume.kubernetes.io/provisioner-deletion-secret-namespace': '' },
      finalizers: ['external-provisioner.volume.kubernetes.io/finalizer'],
      spec: { csi: { driver: BLOCK_DRIVER, fsType: 'ext4', volumeHandle: handle, volumeAttributes: { 'storage.kubernetes.io/csiProvisionerIdentity': name } } },
    };
  },
  delete(volume, _controller, world) {
    world.disks.delete((volume.spec as { csi: { volumeHandle: string } }).csi.volumeHandle);
    return true;
  },
} satisfies VolumeDriver;
