/** Rancher's local-path-provisioner: a folder on the machine of the claim's first pod, and the pod stays there. */
import { DriverError, type VolumeDriver } from '../types.ts';
import { makeFolders, removeFolder } from './minikube-hostpath.ts';

const FOLDER = '/opt/local-path-provisioner';
const HOST_NAME = 'kubernetes.io/hostname';
const ONE_NODE = ['ReadWriteOnce', 'ReadWriteOncePod'];

export const localPath = {
  name: 'rancher.io/local-path',
  controller: 'local-path-provisioner',
  image: 'docker.io/rancher/local-path-provisioner',
  provision({ claim, name, node, now }, world) {
    const { accessModes = [], selector } = claim.spec as { accessModes?: string[]; selector?: object };
    if (selector) throw new DriverError('claim.Spec.Selector is not supported');
    if (accessModes.some((mode) => !ONE_NODE.includes(mode))) throw new DriverError('NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes');
    if (node === undefined) throw new DriverError('configuration error, no node was specified');
    const files = world.machineFiles(node);
    if (!files) throw new DriverError(`create process timeout after 120 seconds`);
    const path = `${FOLDER}/${name}_${claim.metadata.namespace}_${claim.metadata.name}`;
    makeFolders(files, path, now);
    return {
      annotations: { 'local.path.provisioner/selected-node': node },
      spec: {
        hostPath: { path, type: 'DirectoryOrCreate' },
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: HOST_NAME, operator: 'In', values: [node] }] }] } },
      },
    };
  },
  delete(volume, _controller, world) {
    const { hostPath, nodeAffinity } = volume.spec as { hostPath: { path: string }; nodeAffinity?: { required?: { nodeSelectorTerms: { matchExpressions?: { values?: string[] }[] }[] } } };
    const node = nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions?.[0]?.values?.[0] ?? '';
    const files = world.machineFiles(node);
    if (!files) throw new DriverError(`failed to delete volume ${volume.metadata.name}: create process timeout after 120 seconds`);
    removeFolder(files, hostPath.path);
    return true;
  },
} satisfies VolumeDriver;
