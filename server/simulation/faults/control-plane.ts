import type { Fault } from './types.ts';

/**
 * A part of the control plane is down: its manifest is moved out of /etc/kubernetes/manifests, as an operator would;
 * the kubelet stops the static pod, and starts it again when the manifest is back.
 */
function manifestRemoved(name: string, program: string): Fault {
  return {
    name,
    target: 'none',
    lasting: true,
    inject(cluster) {
      cluster.environment.change((state) => state.removedManifests.add(program));
    },
    heal(cluster) {
      cluster.environment.change((state) => state.removedManifests.delete(program));
    },
  };
}

export const schedulerDown = manifestRemoved('scheduler-down', 'kube-scheduler');
export const controllerManagerDown = manifestRemoved('controller-manager-down', 'kube-controller-manager');
export const apiServerDown = manifestRemoved('apiserver-down', 'kube-apiserver');
export const etcdDown = manifestRemoved('etcd-down', 'etcd');
