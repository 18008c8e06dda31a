import type { CommandContext } from '../../types.ts';
import { fail, flags, machines, say, type Subcommand } from './common.ts';

const KUBERNETES_VERSION = 'v1.37.2';
/** How long minikube waits for the nodes (`--wait-timeout`), and how often it looks. */
const WAIT_MS = 360_000;
const POLL_MS = 1_000;

interface StartResult {
  created: boolean;
  started: string[];
}

interface Conditioned {
  metadata: { name: string; labels?: Record<string, string> };
  spec?: { nodeName?: string };
  status?: { phase?: string; conditions?: { type: string; status: string }[] };
}

function isReady({ status }: Conditioned): boolean {
  return status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
}

/** What minikube waits for (`--wait=apiserver,system_pods`, and the nodes): undefined while the API server does not answer. */
async function readiness(context: CommandContext): Promise<{ nodes: Set<string>; systemPods: boolean } | undefined> {
  const list = async (path: string): Promise<Conditioned[] | undefined> => {
    const response = await context.host.request({ method: 'GET', path });
    return response.status === 200 ? (response.body as { items: Conditioned[] }).items : undefined;
  };
  try {
    const nodes = await list('/api/v1/nodes');
    const pods = await list('/api/v1/namespaces/kube-system/pods');
    if (!nodes || !pods) return undefined;
    const ready = new Set(nodes.filter(isReady).map((node) => node.metadata.name));
    // Pods of machines that are not up are nobody's to wait for.
    const waited = pods.filter((pod) => pod.spec?.nodeName === undefined || ready.has(pod.spec.nodeName));
    const dns = waited.some((pod) => pod.metadata.labels?.['k8s-app'] === 'kube-dns');
    return { nodes: ready, systemPods: dns && waited.every((pod) => pod.status?.phase === 'Succeeded' || isReady(pod)) };
  } catch (error) {
    if (error instanceof Error && error.name === 'ConnectionError') return undefined;
    throw error;
  }
}

/** Waits until these nodes are Ready and everything in kube-system is. @returns false when that took too long. */
async function settled(context: CommandContext, wanted: readonly string[]): Promise<boolean> {
  for (const deadline = context.host.now() + WAIT_MS; ; ) {
    const ready = await readiness(context);
    if (ready?.systemPods && wanted.every((name) => ready.nodes.has(name))) return true;
    if (context.host.now() >= deadline) return false;
    await context.host.sleep(POLL_MS, context.signal);
  }
}

export const start: Subcommand = async (context, args) => {
  const { flags: given } = flags(args, ['container-runtime', 'driver', 'nodes', 'cpus', 'memory', 'kubernetes-version', 'profile', 'p', 'n', 'cni']);
  const before = await machines(context);
  const runtime = given.get('container-runtime') ?? 'containerd';
  say(context, '😄', 'minikube v1.37.0 on Quorum');
  say(context, '✨', before.exists ? 'Using the quorum driver based on existing profile' : 'Using the quorum driver based on user configuration');
  if (!['containerd', 'docker', 'cri-o'].includes(runtime)) return fail(context, '❌', `Exiting due to RUNTIME_ENABLE: unsupported container runtime "${runtime}"`, 81);
  if (runtime !== 'containerd') say(context, '❗', `The simulated machines run containerd; --container-runtime=${runtime} changes nothing that kubectl shows but the runtime's name`);
  const ha = given.get('ha') === 'true';
  if (ha && before.exists && !before.highlyAvailable) return fail(context, '❌', 'Exiting due to GUEST_PROVISION: the existing "quorum" cluster has a single control plane, and that cannot be changed: minikube delete it first, then start with --ha', 80);
  const controlPlane = before.nodes.find((node) => node.controlPlane)?.name ?? 'control-plane';
  say(context, '👍', `Starting "${controlPlane}" primary control-plane node in "quorum" cluster`);
  const { created, started } = (await context.host.operation({ name: 'minikube.start', args: ha ? { ha } : {} })) as StartResult;
  const provision = (name: string): void => {
    if (created) say(context, '🔥', 'Creating quorum VM (CPUs=2, Memory=4096MB) ...');
    else if (started.includes(name)) say(context, '🔄', `Restarting existing quorum VM for "${name}" ...`);
    else say(context, '🏃', `Updating the running quorum "${name}" VM ...`);
    say(context, '📦', `Preparing Kubernetes ${KUBERNETES_VERSION} on containerd 2.2.0 ...`);
  };
  const begin = (name: string, kind: string): void => {
    context.stdout.write('\n');
    say(context, '👍', `Starting "${name}" ${kind} node in "quorum" cluster`);
    provision(name);
    say(context, '🔎', 'Verifying Kubernetes components...');
  };
  const timedOut = (): number => fail(context, '❌', 'Exiting due to GUEST_START: failed to start node: wait 6m0s for node: timed out waiting for the condition', 80);
  provision(controlPlane);
  say(context, '🔎', 'Verifying Kubernetes components...');
  if (!(await settled(context, started.length > 0 ? started : [controlPlane]))) return timedOut();
  const addons = (await context.host.operation({ name: 'minikube.addons', args: {} })) as { name: string; enabled: boolean; byDefault: boolean }[];
  for (const addon of addons.filter(({ byDefault, enabled }) => byDefault && !enabled)) {
    await context.host.operation({ name: 'minikube.addon', args: { name: addon.name, state: 'on' } });
    addon.enabled = true;
  }
  say(context, '🌟', `Enabled addons: ${addons.filter((addon) => addon.enabled).map((addon) => addon.name).join(', ')}`);
  const { nodes } = await machines(context);
  for (const { name } of nodes.filter((node) => node.controlPlane && node.name !== controlPlane)) begin(name, 'control-plane');
  if (ha && created) {
    for (const name of [2, 3].map((number) => `${controlPlane}-${number}`)) {
      begin(name, 'control-plane');
      await context.host.operation({ name: 'node.join', args: { name, controlPlane: true } });
      if (!(await settled(context, [name]))) return timedOut();
    }
  }
  for (const { name } of nodes.filter((node) => !node.controlPlane)) begin(name, 'worker');
  say(context, '🏄', 'Done! kubectl is now configured to use "quorum" cluster and "default" namespace by default');
  return 0;
};

export const status: Subcommand = async (context) => {
  const cluster = await machines(context);
  if (!cluster.exists) {
    context.stdout.write('🤷  Profile "quorum" not found. Run "minikube profile list" to view all profiles.\n👉  To start a cluster, run: "minikube start"\n');
    return 85;
  }
  const word = (up: boolean): string => (up ? 'Running' : 'Stopped');
  for (const node of cluster.nodes) {
    context.stdout.write(`${node.name}\ntype: ${node.controlPlane ? 'Control Plane' : 'Worker'}\nhost: ${word(node.host)}\nkubelet: ${word(node.kubelet)}\n`);
    if (node.controlPlane) context.stdout.write(`apiserver: ${word(node.apiServer)}\nkubeconfig: ${node.host ? 'Configured' : 'Stopped'}\n`);
    context.stdout.write('\n');
  }
  return cluster.nodes.every((node) => node.host && node.kubelet) && cluster.apiServer ? 0 : 7;
};

export const stop: Subcommand = async (context) => {
  const stopped = (await context.host.operation({ name: 'minikube.stop', args: {} })) as string[];
  // The primary node goes last.
  for (const name of stopped.reverse()) say(context, '✋', `Stopping node "${name}"  ...`);
  say(context, '🛑', `${stopped.length} node${stopped.length === 1 ? '' : 's'} stopped.`);
  return 0;
};

export const remove: Subcommand = async (context) => {
  const { nodes } = await machines(context);
  const { deleted } = (await context.host.operation({ name: 'minikube.delete', args: {} })) as { deleted: boolean };
  if (!deleted) fail(context, '🙄', '"quorum" profile does not exist, trying anyways.', 0);
  else for (const node of nodes) say(context, '🔥', `Deleting "${node.name}" in quorum ...`);
  say(context, '💀', 'Removed all traces of the "quorum" cluster.');
  return 0;
};

export const dashboard: Subcommand = async (context, args) => {
  const { flags: given } = flags(args, ['port']);
  say(context, '🤔', 'Verifying dashboard health ...');
  if (!(await machines(context)).apiServer) return fail(context, '❌', 'Exiting due to SVC_URL_TIMEOUT: the API server does not answer', 1);
  if (given.get('url') !== 'true') say(context, '🎉', 'Opening the cluster view on your screen ...');
  context.host.open({ kind: 'dashboard' });
  return 0;
};

