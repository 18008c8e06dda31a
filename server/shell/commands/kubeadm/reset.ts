/** `kubeadm reset`: a machine leaves, and is as before it joined. The node object stays until somebody deletes it. */
import type { Subcommand } from './common.ts';

export const reset: Subcommand = async (context, args, machine) => {
  if (machine === undefined) throw new Error('kubeadm reset acts on the machine that it runs on: ssh to one first');
  if (!args.includes('-f') && !args.includes('--force')) throw new Error("kubeadm reset asks before it does anything: say yes with --force");
  const { member } = (await context.host.operation({ name: 'node.reset', args: { name: machine } })) as { member: boolean };
  context.stdout.write('[preflight] Running pre-flight checks\n');
  if (member) context.stdout.write('[reset] Removing info for node from the etcd cluster\n[reset] Deleted contents of the etcd data directory: /var/lib/etcd\n');
  else context.stdout.write('[reset] No etcd config found. Assuming external etcd\n[reset] Please, manually reset etcd to prevent further issues\n');
  context.stdout.write(
    '[reset] Stopping the kubelet service\n[reset] Unmounting mounted directories in "/var/lib/kubelet"\n[reset] Deleting contents of directories: [/etc/kubernetes/manifests /var/lib/kubelet /etc/kubernetes/pki]\n' +
      `[reset] Deleting files: [${['admin', 'super-admin', 'kubelet', 'bootstrap-kubelet', 'controller-manager', 'scheduler'].map((name) => `/etc/kubernetes/${name}.conf`).join(' ')}]\n\n` +
      'The reset process does not perform cleanup of CNI plugin configuration,\nnetwork filtering rules and kubeconfig files.\n\nFor information on how to perform this cleanup manually, please see:\n    https://k8s.io/docs/reference/setup-tools/kubeadm/kubeadm-reset/\n\n',
  );
  return 0;
};
