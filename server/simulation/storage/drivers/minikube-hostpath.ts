/** minikube's storage-provisioner: a folder under /tmp for every claim (`minikube/pkg/storage`). */
import type { FileLayer } from '../../kubelet/container-state.ts';
import type { VolumeDriver } from '../types.ts';

const FOLDER = '/tmp/hostpath-provisioner';
const IDENTITY = 'hostPathProvisionerIdentity';

export const minikubeHostpath = {
  name: 'k8s.io/minikube-hostpath',
  controller: 'storage-provisioner',
  image: 'gcr.io/k8s-minikube/storage-provisioner',
  provision({ claim, home, identity, now }, world) {
    const path = `${FOLDER}/${claim.metadata.namespace}/${claim.metadata.name}`;
    const files = world.machineFiles(home);
    if (files) makeFolders(files, path, now);
    return { annotations: { [IDENTITY]: identity }, spec: { hostPath: { path, type: '' } } };
  },
  delete(volume, { home, identity }, world) {
    // A provisioner that started anew has another identity and leaves its predecessor's volumes alone.
    if (volume.metadata.annotations?.[IDENTITY] !== identity) return false;
    const files = world.machineFiles(home);
    if (files) removeFolder(files, (volume.spec as { hostPath: { path: string } }).hostPath.path);
    return true;
  },
} satisfies VolumeDriver;

/** `mkdir -p`. */
export function makeFolders(files: FileLayer, path: string, now: number): void {
  for (let end = path.indexOf('/', 1); ; end = path.indexOf('/', end + 1)) {
    const folder = end < 0 ? path : path.slice(0, end);
    if (files.get(folder)?.directory !== true) files.set(folder, { directory: true, modified: now });
    if (end < 0) return;
  }
}

/** `rm -rf`. */
export function removeFolder(files: FileLayer, path: string): void {
  for (const file of [...files.keys()]) if (file === path || file.startsWith(`${path}/`)) files.delete(file);
}
