/** `kubeadm init`: builds a cluster on machines that have none; its phase `upload-certs`. */
import { VIRTUAL_ADDRESS } from '../../../simulation/config.ts';
import type { CommandContext } from '../../types.ts';
import { clusterStatus, nodeReady, until, valueOf, VERSION, type Subcommand } from './common.ts';
import { authorityHash, createToken } from './token.ts';

/** What `--upload-certs` hands out: with it, further machines of the control plane get the certificates. */
async function uploadCertificates(context: CommandContext): Promise<string> {
  const { key } = (await context.host.operation({ name: 'kubeadm.certificate-key', args: {} })) as { key: string };
  context.stdout.write(`[upload-certs] Storing the certificates in Secret "kubeadm-certs" in the "kube-system" Namespace\n[upload-certs] Using certificate key:\n${key}\n`);
  return key;
}

export const init: Subcommand = async (context, args) => {
  if (args[0] === 'phase') {
    if (args[1] === 'upload-certs' && args.includes('--upload-certs')) {
      await uploadCertificates(context);
      return 0;
    }
    throw new Error(`kubeadm init phase ${args.slice(1).join(' ')} is not supported yet in Quorum`);
  }
  const endpoint = valueOf(args, '--control-plane-endpoint');
  if (endpoint !== undefined && endpoint !== VIRTUAL_ADDRESS && endpoint !== VIRTUAL_ADDRESS.split(':')[0]) throw new Error(`controlPlaneEndpoint: the machines have one load balancer, at ${VIRTUAL_ADDRESS}; give that`);
  const status = await clusterStatus(context);
  if (status.exists) {
    context.stdout.write(`[init] Using Kubernetes version: ${VERSION}\n[preflight] Running pre-flight checks\n`);
    context.stderr.write(
      'error execution phase preflight: [preflight] Some fatal errors occurred:\n\t[ERROR Port-6443]: Port 6443 is in use\n\t[ERROR Port-10259]: Port 10259 is in use\n\t[ERROR Port-10257]: Port 10257 is in use\n' +
        ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'].map((name) => `\t[ERROR FileAvailable--etc-kubernetes-manifests-${name}.yaml]: /etc/kubernetes/manifests/${name}.yaml already exists\n`).join('') +
        '\t[ERROR Port-10250]: Port 10250 is in use\n[preflight] If you know what you are doing, you can make a check non-fatal with `--ignore-preflight-errors=...`\n',
    );
    return 1;
  }
  context.stdout.write(`[init] Using Kubernetes version: ${VERSION}\n[preflight] Running pre-flight checks\n[control-plane] Creating static Pod manifest for "kube-apiserver"\n[control-plane] Creating static Pod manifest for "kube-controller-manager"\n[control-plane] Creating static Pod manifest for "kube-scheduler"\n[etcd] Creating static Pod manifest for local etcd in "/etc/kubernetes/manifests"\n`);
  await context.host.operation({ name: 'minikube.start', args: endpoint === undefined ? {} : { ha: true } });
  context.stdout.write('[kubelet-start] Starting the kubelet\n[wait-control-plane] Waiting for the kubelet to boot up the control plane as static Pods from directory "/etc/kubernetes/manifests"\n');
  await until(context, async () => (await nodeReady(context, 'control-plane')) === true, 240_000);
  context.stdout.write('[addons] Applied essential addon: CoreDNS\n[addons] Applied essential addon: kube-proxy\n\nYour Kubernetes control-plane has initialized successfully!\n\n');
  const key = args.includes('--upload-certs') ? await uploadCertificates(context) : undefined;
  const join = `kubeadm join ${(await clusterStatus(context)).endpoint} --token ${await createToken(context)} \\\n\t--discovery-token-ca-cert-hash sha256:${await authorityHash(context)}`;
  if (endpoint !== undefined && key !== undefined) context.stdout.write(`\nYou can now join any number of control-plane nodes running the following command on each as root:\n\n  ${join} \\\n\t--control-plane --certificate-key ${key}\n`);
  context.stdout.write(`\nThen you can join any number of worker nodes by running the following on each as root:\n\n${join} \n`);
  return 0;
};
