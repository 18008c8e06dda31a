/** `kubeadm join`: a machine becomes a node of the cluster, or of its control plane too. */
import type { CommandContext } from '../../types.ts';
import { clusterStatus, nodeReady, until, valueOf, type ClusterStatus, type Subcommand } from './common.ts';
import { authorityHash, decode, TOKEN, tokens } from './token.ts';

export const join: Subcommand = async (context, args, machine) => {
  const endpoint = args[0] !== undefined && !args[0].startsWith('-') ? args[0] : undefined;
  const given = valueOf(args, '--token');
  const hash = valueOf(args, '--discovery-token-ca-cert-hash');
  if (!endpoint || !given) throw new Error('discovery: Invalid value: "": bootstrapToken or file must be set');
  if (!TOKEN.test(given)) throw new Error(`discovery.bootstrapToken.token: Invalid value: "${given}": the bootstrap token is invalid`);
  context.stdout.write('[preflight] Running pre-flight checks\n');
  const status = await clusterStatus(context);
  if (endpoint !== status.endpoint) throw new Error(`error execution phase preflight: couldn't validate the identity of the API Server: Get "https://${endpoint}/api/v1/namespaces/kube-public/configmaps/cluster-info?timeout=10s": dial tcp ${endpoint}: connect: no route to host`);
  const known = (await tokens(context)).some((secret) => `${decode(secret.data?.['token-id'])}.${decode(secret.data?.['token-secret'])}` === given && Date.parse(decode(secret.data?.expiration)) > context.host.now());
  if (!known) throw new Error('error execution phase preflight: couldn\'t validate the identity of the API Server: could not find a JWS signature in the cluster-info ConfigMap for token ID "' + given.split('.')[0] + '"');
  if (hash !== undefined && hash !== `sha256:${await authorityHash(context)}`) throw new Error(`error execution phase preflight: couldn't validate the identity of the API Server: cluster CA found in cluster-info ConfigMap is invalid: none of the public keys "sha256:${await authorityHash(context)}" are pinned`);
  const controlPlane = args.includes('--control-plane');
  const name = machine ?? valueOf(args, '--node-name') ?? freeName(status, controlPlane);
  context.stdout.write('[preflight] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n');
  if (controlPlane) {
    if (!status.highlyAvailable) {
      throw new Error(
        "error execution phase preflight: \nOne or more conditions for hosting a new control plane instance is not satisfied.\n\nunable to add a new control plane instance to a cluster that doesn't have a stable controlPlaneEndpoint address\n\nPlease ensure that:\n* The cluster has a stable controlPlaneEndpoint address.\n* The certificates that must be shared among control plane instances are provided.\n\n",
      );
    }
    await context.host.operation({ name: 'kubeadm.download-certificates', args: { key: valueOf(args, '--certificate-key') ?? '' } });
    context.stdout.write('[download-certs] Downloading the certificates in Secret "kubeadm-certs" in the "kube-system" Namespace\n');
  }
  await context.host.operation({ name: 'node.join', args: controlPlane ? { name, controlPlane } : { name } });
  if (controlPlane) {
    context.stdout.write('[certs] Using the existing "sa" key\n[control-plane] Using manifest folder "/etc/kubernetes/manifests"\n');
    for (const program of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']) context.stdout.write(`[control-plane] Creating static Pod manifest for "${program}"\n`);
    context.stdout.write('[check-etcd] Checking that the etcd cluster is healthy\n');
  }
  context.stdout.write('[kubelet-start] Writing kubelet configuration to file "/var/lib/kubelet/config.yaml"\n[kubelet-start] Starting the kubelet\n[kubelet-check] Waiting for a healthy kubelet at http://127.0.0.1:10248/healthz. This can take up to 4m0s\n');
  await until(context, async () => (await nodeReady(context, name)) !== undefined, 240_000);
  context.stdout.write('[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap\n');
  if (!controlPlane) {
    context.stdout.write("\nThis node has joined the cluster:\n* Certificate signing request was sent to apiserver and a response was received.\n* The Kubelet was informed of the new secure connection details.\n\nRun 'kubectl get nodes' on the control-plane to see this node join the cluster.\n\n");
    return 0;
  }
  context.stdout.write('[etcd] Announced new etcd member joining to the existing etcd cluster\n[etcd] Creating static Pod manifest for "etcd"\n[etcd] Waiting for the new etcd member to join the cluster. This can take up to 40s\n');
  await until(context, () => memberServes(context, name), 240_000);
  context.stdout.write(`[mark-control-plane] Marking the node ${name} as control-plane by adding the labels: [node-role.kubernetes.io/control-plane node.kubernetes.io/exclude-from-external-load-balancers]\n[mark-control-plane] Marking the node ${name} as control-plane by adding the taints [node-role.kubernetes.io/control-plane:NoSchedule]\n`);
  context.stdout.write("\nThis node has joined the cluster and a new control plane instance was created:\n\n* Certificate signing request was sent to apiserver and approval was received.\n* The Kubelet was informed of the new secure connection details.\n* Control plane label and taint were applied to the new node.\n* The Kubernetes control plane instances scaled up.\n* A new etcd member was added to the local/stacked etcd cluster.\n\nRun 'kubectl get nodes' to see this node join the cluster.\n\n");
  return 0;
};

/** A name for a machine that the participant has not named. */
function freeName({ nodes }: ClusterStatus, controlPlane: boolean): string {
  const taken = new Set(nodes.map(({ name }) => name));
  const prefix = controlPlane ? 'control-plane' : 'worker';
  let number = controlPlane ? nodes.filter((node) => node.controlPlane).length + 1 : nodes.length;
  while (taken.has(`${prefix}-${number}`)) number++;
  return `${prefix}-${number}`;
}

/** Whether the API server and the etcd of a machine take part. */
async function memberServes(context: CommandContext, name: string): Promise<boolean> {
  const { nodes } = await clusterStatus(context);
  return nodes.some((node) => node.name === name && node.apiServer);
}
