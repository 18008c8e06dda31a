/** `kubeadm config images list`: what a control plane of this release is made of. */
import { staticPodManifests } from '../../../simulation/bootstrap/static-pods.ts';
import { COREDNS_IMAGE, KUBE_PROXY_IMAGE, PAUSE_IMAGE } from '../../../simulation/bootstrap/addons.ts';
import type { Subcommand } from './common.ts';

export const images: Subcommand = async (context, args) => {
  if (args[0] !== 'images' || args[1] !== 'list') throw new Error(`kubeadm config ${args.join(' ')} is not supported yet in Quorum`);
  const of = (name: string): string => {
    const pod = staticPodManifests([{ name: '', address: '' }]).find((manifest) => manifest.name === name)?.pod as { spec: { containers: { image: string }[] } };
    return (pod.spec.containers[0] as { image: string }).image;
  };
  const list = [of('kube-apiserver'), of('kube-controller-manager'), of('kube-scheduler'), KUBE_PROXY_IMAGE, COREDNS_IMAGE, PAUSE_IMAGE, of('etcd')];
  context.stdout.write(list.map((image) => `${image}\n`).join(''));
  return 0;
};
