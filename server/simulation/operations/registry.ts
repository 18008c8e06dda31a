/** All operations. One line an operation. */
import { breakFault, healFault, listFaults } from './faults.ts';
import { checkForward, forwardToPod } from './forward.ts';
import { kubeadmAuthority, kubeadmCertificateKey, kubeadmDownloadCertificates, kubeadmToken } from './kubeadm.ts';
import { minikubeAddon, minikubeAddons, minikubeDelete, minikubeStart, minikubeStatus, minikubeStop, minikubeTunnel } from './minikube.ts';
import { joinNode, listMachines, resetNode } from './nodes.ts';
import { nodeFile, nodeFiles, nodeManifest, nodeManifests } from './node-files.ts';
import { nodeAct, nodeLook } from './node-tools.ts';
import type { Operation } from './types.ts';

export const operations: readonly Operation[] = [
  breakFault,
  healFault,
  listFaults,
  joinNode,
  resetNode,
  listMachines,
  nodeLook,
  nodeAct,
  nodeFile,
  nodeFiles,
  nodeManifest,
  nodeManifests,
  checkForward,
  forwardToPod,
  kubeadmToken,
  kubeadmAuthority,
  kubeadmCertificateKey,
  kubeadmDownloadCertificates,
  minikubeStatus,
  minikubeStart,
  minikubeStop,
  minikubeDelete,
  minikubeTunnel,
  minikubeAddons,
  minikubeAddon,
];

export function operationNamed(name: string): Operation | undefined {
  return operations.find((operation) => operation.name === name);
}
