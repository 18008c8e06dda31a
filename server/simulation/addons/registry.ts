/** The addons that `minikube addons list` names, in its order. Those with objects can be enabled. */
import { csiBlockDriver } from './csi-block-driver.ts';
import { ingress } from './ingress.ts';
import { metricsServer } from './metrics-server.ts';
import { defaultStorageClass, storageProvisioner } from './storage-provisioner.ts';
import { storageProvisionerRancher } from './storage-provisioner-rancher.ts';
import type { Addon } from './types.ts';

export const addons: readonly Addon[] = [
  { name: 'ambassador', maintainer: '3rd party (Ambassador)' },
  { name: 'amd-gpu-device-plugin', maintainer: '3rd party (AMD)' },
  { name: 'auto-pause', maintainer: 'minikube' },
  { name: 'cloud-spanner', maintainer: 'Google' },
  csiBlockDriver,
  { name: 'csi-hostpath-driver', maintainer: 'Kubernetes' },
  { name: 'dashboard', maintainer: 'Kubernetes' },
  defaultStorageClass,
  { name: 'gcp-auth', maintainer: 'Google' },
  { name: 'gvisor', maintainer: 'minikube' },
  { name: 'headlamp', maintainer: '3rd party (kinvolk.io)' },
  ingress,
  { name: 'ingress-dns', maintainer: 'minikube' },
  { name: 'inspektor-gadget', maintainer: '3rd party (inspektor-gadget.io)' },
  { name: 'istio', maintainer: '3rd party (Istio)' },
  { name: 'istio-provisioner', maintainer: '3rd party (Istio)' },
  { name: 'kong', maintainer: '3rd party (Kong HQ)' },
  { name: 'kubevirt', maintainer: '3rd party (KubeVirt)' },
  { name: 'logviewer', maintainer: '3rd party (unknown)' },
  { name: 'metallb', maintainer: '3rd party (MetalLB)' },
  metricsServer,
  { name: 'nvidia-device-plugin', maintainer: '3rd party (NVIDIA)' },
  { name: 'olm', maintainer: '3rd party (Operator Framework)' },
  { name: 'pod-security-policy', maintainer: '3rd party (unknown)' },
  { name: 'portainer', maintainer: '3rd party (Portainer.io)' },
  { name: 'registry', maintainer: 'minikube' },
  { name: 'registry-aliases', maintainer: '3rd party (unknown)' },
  { name: 'registry-creds', maintainer: '3rd party (UPMC Enterprises)' },
  storageProvisioner,
  storageProvisionerRancher,
  { name: 'volcano', maintainer: 'third-party (volcano)' },
  { name: 'volumesnapshots', maintainer: 'Kubernetes' },
  { name: 'yakd', maintainer: '3rd party (marcnuri.com)' },
];

/** What `minikube start` enables, in this order. */
export const DEFAULT_ADDONS = ['storage-provisioner', 'default-storageclass'];

export function addonNamed(name: string): Addon | undefined {
  return addons.find((addon) => addon.name === name);
}
