/** `kubeadm`: what of it makes sense on a cluster that exists: join a machine, hand out tokens, look at versions. */
import type { Command, CommandContext } from '../types.ts';

const VERSION = 'v1.37.2';
const TOKEN = /^[a-z0-9]{6}\.[a-z0-9]{16}$/;
/** Tokens that `kubeadm token create` makes are valid for a day. */
const TOKEN_TTL_MS = 86_400_000;

interface TokenSecret {
  metadata: { name: string; namespace: string };
  data?: Record<string, string>;
}

function decode(text: string | undefined): string {
  return text === undefined ? '' : atob(text);
}

async function server(context: CommandContext): Promise<string> {
  const status = (await context.host.operation({ name: 'minikube.status', args: {} })) as { nodes: { controlPlane: boolean; address: string }[] };
  return `${status.nodes.find((node) => node.controlPlane)?.address ?? ''}:6443`;
}

/** A random token; the cluster's own randomness makes it, so that a replay has the same. */
async function createToken(context: CommandContext): Promise<string> {
  const { token } = (await context.host.operation({ name: 'kubeadm.token', args: {} })) as { token: string };
  const [id, secret] = token.split('.') as [string, string];
  const response = await context.host.request({
    method: 'POST',
    path: '/api/v1/namespaces/kube-system/secrets',
    body: {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'bootstrap.kubernetes.io/token',
      metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
      data: {
        'auth-extra-groups': btoa('system:bootstrappers:kubeadm:default-node-token'),
        expiration: btoa(`${new Date(context.host.now() + TOKEN_TTL_MS).toISOString().slice(0, 19)}Z`),
        'token-id': btoa(id),
        'token-secret': btoa(secret),
        'usage-bootstrap-authentication': btoa('true'),
        'usage-bootstrap-signing': btoa('true'),
      },
    },
  });
  if (response.status >= 400) throw new Error((response.body as { message: string }).message);
  return token;
}

async function tokens(context: CommandContext): Promise<TokenSecret[]> {
  const response = await context.host.request({ method: 'GET', path: '/api/v1/namespaces/kube-system/secrets', query: { fieldSelector: 'type=bootstrap.kubernetes.io/token' } });
  if (response.status >= 400) throw new Error((response.body as { message: string }).message);
  return (response.body as { items: TokenSecret[] }).items;
}

/** The certificate authority's public key hash, which joining machines pin. Derived from the cluster, so that it can be checked. */
async function authorityHash(context: CommandContext): Promise<string> {
  return ((await context.host.operation({ name: 'kubeadm.authority', args: {} })) as { hash: string }).hash;
}

async function token(context: CommandContext, args: string[]): Promise<number> {
  if (args[0] === 'create') {
    const made = await createToken(context);
    if (args.includes('--print-join-command')) {
      context.stdout.write(`kubeadm join ${await server(context)} --token ${made} --discovery-token-ca-cert-hash sha256:${await authorityHash(context)} \n`);
    } else context.stdout.write(`${made}\n`);
    return 0;
  }
  if (args[0] === 'list') {
    const rows = (await tokens(context)).map((secret) => {
      const expiration = decode(secret.data?.expiration);
      const hours = Math.max(0, Math.floor((Date.parse(expiration) - context.host.now()) / 3_600_000));
      return [`${decode(secret.data?.['token-id'])}.${decode(secret.data?.['token-secret'])}`, `${hours}h`, expiration, 'authentication,signing', '<none>', decode(secret.data?.['auth-extra-groups'])];
    });
    const header = ['TOKEN', 'TTL', 'EXPIRES', 'USAGES', 'DESCRIPTION', 'EXTRA GROUPS'];
    const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] as string).length)));
    for (const row of [header, ...rows]) context.stdout.write(`${row.map((cell, column) => cell.padEnd((widths[column] as number) + 3)).join('').trimEnd()}\n`);
    return 0;
  }
  if (args[0] === 'delete' && args[1]) {
    const id = args[1].split('.')[0] as string;
    const response = await context.host.request({ method: 'DELETE', path: `/api/v1/namespaces/kube-system/secrets/bootstrap-token-${id}` });
    if (response.status >= 400) throw new Error((response.body as { message: string }).message);
    context.stdout.write(`bootstrap token "${id}" deleted\n`);
    return 0;
  }
  context.stderr.write('Usage:\n  kubeadm token create [--print-join-command]\n  kubeadm token list\n  kubeadm token delete TOKEN\n');
  return 2;
}

async function init(context: CommandContext): Promise<number> {
  const status = (await context.host.operation({ name: 'minikube.status', args: {} })) as { exists: boolean; apiServer: boolean; nodes: { address: string }[] };
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
  await context.host.operation({ name: 'minikube.start', args: {} });
  context.stdout.write('[kubelet-start] Starting the kubelet\n[wait-control-plane] Waiting for the kubelet to boot up the control plane as static Pods from directory "/etc/kubernetes/manifests"\n');
  await until(context, async () => (await nodeReady(context, 'control-plane')) === true, 240_000);
  context.stdout.write('[addons] Applied essential addon: CoreDNS\n[addons] Applied essential addon: kube-proxy\n\nYour Kubernetes control-plane has initialized successfully!\n');
  const made = await createToken(context);
  context.stdout.write(`\nThen you can join any number of worker nodes by running the following on each as root:\n\nkubeadm join ${await server(context)} --token ${made} \\\n\t--discovery-token-ca-cert-hash sha256:${await authorityHash(context)} \n`);
  return 0;
}

/** Whether a node is Ready; undefined when it is not known or the API server does not answer. */
async function nodeReady(context: CommandContext, name: string): Promise<boolean | undefined> {
  try {
    const response = await context.host.request({ method: 'GET', path: `/api/v1/nodes/${name}` });
    if (response.status !== 200) return undefined;
    const conditions = (response.body as { status?: { conditions?: { type: string; status: string }[] } }).status?.conditions ?? [];
    return conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
  } catch (error) {
    if (error instanceof Error && error.name === 'ConnectionError') return undefined;
    throw error;
  }
}

async function until(context: CommandContext, done: () => Promise<boolean>, limitMs: number): Promise<void> {
  for (const deadline = context.host.now() + limitMs; !(await done()); ) {
    if (context.host.now() >= deadline) throw new Error('timed out waiting for the condition');
    await context.host.sleep(500, context.signal);
  }
}

async function join(context: CommandContext, args: string[]): Promise<number> {
  const value = (name: string): string | undefined => {
    const index = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
    return index < 0 ? undefined : (args[index] as string).includes('=') ? (args[index] as string).slice(name.length + 1) : args[index + 1];
  };
  const endpoint = args[0] !== undefined && !args[0].startsWith('-') ? args[0] : undefined;
  const given = value('--token');
  const hash = value('--discovery-token-ca-cert-hash');
  if (!endpoint || !given) throw new Error('discovery: Invalid value: "": bootstrapToken or file must be set');
  if (!TOKEN.test(given)) throw new Error(`discovery.bootstrapToken.token: Invalid value: "${given}": the bootstrap token is invalid`);
  context.stdout.write('[preflight] Running pre-flight checks\n');
  if (endpoint !== (await server(context))) throw new Error(`error execution phase preflight: couldn't validate the identity of the API Server: Get "https://${endpoint}/api/v1/namespaces/kube-public/configmaps/cluster-info?timeout=10s": dial tcp ${endpoint}: connect: no route to host`);
  const known = (await tokens(context)).some((secret) => `${decode(secret.data?.['token-id'])}.${decode(secret.data?.['token-secret'])}` === given && Date.parse(decode(secret.data?.expiration)) > context.host.now());
  if (!known) throw new Error('error execution phase preflight: couldn\'t validate the identity of the API Server: could not find a JWS signature in the cluster-info ConfigMap for token ID "' + given.split('.')[0] + '"');
  if (hash !== undefined && hash !== `sha256:${await authorityHash(context)}`) throw new Error(`error execution phase preflight: couldn't validate the identity of the API Server: cluster CA found in cluster-info ConfigMap is invalid: none of the public keys "sha256:${await authorityHash(context)}" are pinned`);
  const machines = (await context.host.operation({ name: 'node.machines', args: {} })) as string[];
  let number = machines.length;
  while (machines.includes(`worker-${number}`)) number++;
  const name = value('--node-name') ?? `worker-${number}`;
  context.stdout.write('[preflight] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n');
  await context.host.operation({ name: 'node.join', args: { name } });
  context.stdout.write('[kubelet-start] Writing kubelet configuration to file "/var/lib/kubelet/config.yaml"\n[kubelet-start] Starting the kubelet\n[kubelet-check] Waiting for a healthy kubelet at http://127.0.0.1:10248/healthz. This can take up to 4m0s\n');
  await until(context, async () => (await nodeReady(context, name)) !== undefined, 240_000);
  context.stdout.write("[kubelet-start] Waiting for the kubelet to perform the TLS Bootstrap\n\nThis node has joined the cluster:\n* Certificate signing request was sent to apiserver and a response was received.\n* The Kubelet was informed of the new secure connection details.\n\nRun 'kubectl get nodes' on the control-plane to see this node join the cluster.\n\n");
  return 0;
}

export const kubeadm: Command = {
  name: 'kubeadm',
  summary: 'join machines and hand out tokens',
  async run(context) {
    const [verb, ...args] = context.args;
    try {
      switch (verb) {
        case 'init':
          return await init(context);
        case 'join':
          return await join(context, args);
        case 'token':
          return await token(context, args);
        case 'version':
          context.stdout.write(args.some((arg) => arg.endsWith('short')) ? `${VERSION}\n` : `kubeadm version: ${VERSION}\n`);
          return 0;
        default: {
          const text = 'Usage:\n  kubeadm init\n  kubeadm join HOST:PORT --token TOKEN --discovery-token-ca-cert-hash HASH [--node-name NAME]\n  kubeadm token create|list|delete\n  kubeadm version\n';
          if (verb === undefined || verb === '--help' || verb === '-h' || verb === 'help') {
            context.stdout.write(text);
            return 0;
          }
          context.stderr.write(`error: kubeadm ${verb} is not supported yet in Quorum\n${text}`);
          return 1;
        }
      }
    } catch (error) {
      if (context.signal.aborted) return 130;
      context.stderr.write(`${error instanceof Error ? error.message : String(error)}\nTo see the stack trace of this error execute with --v=5 or higher\n`);
      return 1;
    }
  },
  complete: async (words) => (words.length <= 2 ? ['init', 'join', 'token', 'version'] : words[1] === 'token' && words.length === 3 ? ['create', 'list', 'delete'] : words[2] === 'create' ? ['--print-join-command'] : []),
};
