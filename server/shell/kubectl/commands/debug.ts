import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import type { Kubectl, KubectlCommand } from '../framework/command.ts';
import { KubectlError } from '../framework/errors.ts';
import { parseTargets } from '../framework/resources.ts';
import type { Json } from './create/common.ts';
import { attachTo, isCompleted, waitForPod, type PodObject } from './exec.ts';

const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LETTERS = 5;
/** What a copy leaves behind of the pod's own facts. */
const NOT_COPIED = ['uid', 'resourceVersion', 'creationTimestamp', 'generation', 'ownerReferences', 'labels', 'annotations', 'generateName', 'managedFields', 'deletionTimestamp'];

function suffix(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(SUFFIX_LETTERS)), (byte) => LETTERS[byte % LETTERS.length]).join('');
}

function commandOf(kubectl: Kubectl): Json {
  const words = kubectl.dash ?? [];
  return words.length === 0 ? {} : kubectl.flags.bool('arguments-only') ? { args: words } : { command: words };
}

/** What is the same in every container that is made for debugging. */
function debugContainer(kubectl: Kubectl, name: string): Json {
  const { flags } = kubectl;
  const env = flags.list('env').map((text) => ({ name: text.slice(0, text.indexOf('=')), value: text.slice(text.indexOf('=') + 1) }));
  return {
    ...commandOf(kubectl),
    ...(env.length > 0 ? { env } : {}),
    image: flags.string('image'),
    ...(flags.given('image-pull-policy') ? { imagePullPolicy: flags.string('image-pull-policy') } : {}),
    name,
    ...(flags.bool('stdin') ? { stdin: true } : {}),
    terminationMessagePolicy: 'File',
    ...(flags.bool('tty') ? { tty: true } : {}),
  };
}

/** `computeDebugContainerName`. */
function containerName(kubectl: Kubectl, pod: PodObject): string {
  const given = kubectl.flags.string('container');
  if (given) return given;
  if (kubectl.flags.string('copy-to') && !kubectl.flags.given('image')) return pod.spec.containers[0]?.name ?? '';
  const name = `debugger-${suffix()}`;
  if (!kubectl.flags.bool('quiet')) kubectl.out(`Defaulting debug container name to ${name}.\n`);
  return name;
}

async function ephemeral(kubectl: Kubectl, pod: PodObject): Promise<[PodObject, string]> {
  const { flags, client } = kubectl;
  const name = containerName(kubectl, pod);
  const target = flags.string('target');
  const container = { ...debugContainer(kubectl, name), securityContext: { capabilities: { add: ['SYS_PTRACE'] } }, ...(target ? { targetContainerName: target } : {}) };
  const existing = ((pod.spec as unknown as { ephemeralContainers?: Json[] }).ephemeralContainers ?? []) as Json[];
  const patched = await client.patch(await client.resource('pods'), pod.metadata.namespace, pod.metadata.name, 'application/strategic-merge-patch+json', { spec: { ephemeralContainers: [...existing, container] } }, {}, 'ephemeralcontainers');
  return [patched as PodObject, name];
}

async function copy(kubectl: Kubectl, pod: PodObject): Promise<[PodObject, string]> {
  const { flags, client } = kubectl;
  const pods = await client.resource('pods');
  const name = containerName(kubectl, pod);
  const { nodeName, ephemeralContainers: _ephemeral, ...spec } = pod.spec as unknown as Json & { containers: Json[] };
  const images = new Map(flags.list('set-image').map((text) => text.split('=', 2) as [string, string]));
  const containers = spec.containers.map((container) => {
    const image = images.get(container.name as string) ?? images.get('*');
    const { livenessProbe, readinessProbe, startupProbe, ...rest } = container;
    const own = rest.name === name ? { ...commandOf(kubectl), ...(flags.given('image') ? { image: flags.string('image') } : {}), ...(flags.bool('stdin') ? { stdin: true } : {}), ...(flags.bool('tty') ? { tty: true } : {}) } : {};
    return {
      ...rest,
      ...(flags.bool('keep-liveness') && livenessProbe ? { livenessProbe } : {}),
      ...(flags.bool('keep-readiness') && readinessProbe ? { readinessProbe } : {}),
      ...(flags.bool('keep-startup') && startupProbe ? { startupProbe } : {}),
      ...(image ? { image } : {}),
      ...own,
    };
  });
  if (!containers.some((container) => (container as Json).name === name)) {
    if (!flags.given('image')) throw new KubectlError(`container "${name}" not found in pod "${pod.metadata.name}", you must specify image to create new container`);
    containers.push({ ...debugContainer(kubectl, name) });
  }
  const metadata = Object.fromEntries(Object.entries(pod.metadata).filter(([key]) => !NOT_COPIED.includes(key)));
  const body = {
    apiVersion: 'v1', kind: 'Pod',
    metadata: { ...metadata, name: flags.string('copy-to'), ...(flags.bool('keep-labels') && pod.metadata.labels ? { labels: pod.metadata.labels } : {}), ...(flags.bool('keep-annotations') && pod.metadata.annotations ? { annotations: pod.metadata.annotations } : {}) },
    spec: { ...spec, containers, ...(flags.bool('same-node') ? { nodeName } : {}), ...(flags.bool('share-processes') ? { shareProcessNamespace: true } : {}) },
  };
  const created = await client.create(pods, pod.metadata.namespace, body);
  if (flags.bool('replace')) await client.delete(pods, pod.metadata.namespace, pod.metadata.name, { gracePeriodSeconds: 0 });
  return [created as PodObject, name];
}

async function onNode(kubectl: Kubectl, node: KubeObject): Promise<[PodObject, string]> {
  const name = kubectl.flags.string('container') || 'debugger';
  const podName = `node-debugger-${node.metadata.name}-${suffix()}`;
  if (!kubectl.flags.bool('quiet')) kubectl.out(`Creating debugging pod ${podName} with container ${name} on node ${node.metadata.name}.\n`);
  const body = {
    apiVersion: 'v1', kind: 'Pod',
    metadata: { name: podName, labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' } },
    spec: {
      containers: [{ ...debugContainer(kubectl, name), volumeMounts: [{ mountPath: '/host', name: 'host-root' }] }],
      hostIPC: true, hostNetwork: true, hostPID: true, nodeName: node.metadata.name, restartPolicy: 'Never',
      tolerations: [{ operator: 'Exists' }],
      volumes: [{ hostPath: { path: '/' }, name: 'host-root' }],
    },
  };
  return [(await kubectl.client.create(await kubectl.client.resource('pods'), kubectl.namespace, body)) as PodObject, name];
}

/** Waits until the container runs, then joins it; shows its log when it has ended already. */
async function attach(kubectl: Kubectl, pod: PodObject, name: string): Promise<void> {
  const statusOf = (current: PodObject): { state?: { running?: unknown; terminated?: unknown; waiting?: { reason?: string; message?: string } } } | undefined => {
    const status = current.status as { containerStatuses?: { name: string }[]; ephemeralContainerStatuses?: { name: string }[] } | undefined;
    return [...(status?.containerStatuses ?? []), ...(status?.ephemeralContainerStatuses ?? [])].find((each) => each.name === name) as never;
  };
  const ready = await waitForPod(kubectl, pod.metadata.name, Number.MAX_SAFE_INTEGER, (current) => {
    const state = statusOf(current)?.state;
    if (state?.waiting?.message) kubectl.warn(`container ${name}: ${state.waiting.message}`);
    if (state?.waiting && /ErrImagePull|ImagePullBackOff|InvalidImageName|CreateContainer/.test(state.waiting.reason ?? '')) throw new KubectlError(`container ${name} cannot be started: ${state.waiting.reason}`);
    return state?.running !== undefined || state?.terminated !== undefined || isCompleted(current);
  });
  if (statusOf(ready)?.state?.terminated !== undefined) {
    const pods = await kubectl.client.resource('pods');
    return kubectl.out((await kubectl.client.request({ method: 'GET', path: kubectl.client.path(pods, pod.metadata.namespace, pod.metadata.name, 'log'), query: { container: name } })) as string);
  }
  await attachTo(kubectl, ready, name, kubectl.flags.bool('stdin'), kubectl.flags.bool('tty'), kubectl.flags.bool('quiet'));
}

export const debug: KubectlCommand = {
  name: 'debug',
  summary: 'Create debugging sessions for troubleshooting workloads and nodes',
  usage: '(POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]',
  flags: [
    { name: 'arguments-only', type: 'bool' }, { name: 'attach', type: 'bool' }, { name: 'container', short: 'c', type: 'string' }, { name: 'copy-to', type: 'string' }, { name: 'env', type: 'array' },
    { name: 'image', type: 'string' }, { name: 'image-pull-policy', type: 'string' }, { name: 'keep-annotations', type: 'bool' }, { name: 'keep-labels', type: 'bool' }, { name: 'keep-liveness', type: 'bool' },
    { name: 'keep-readiness', type: 'bool' }, { name: 'keep-startup', type: 'bool' }, { name: 'profile', type: 'string', default: 'general' }, { name: 'quiet', short: 'q', type: 'bool' }, { name: 'replace', type: 'bool' },
    { name: 'same-node', type: 'bool' }, { name: 'set-image', type: 'list' }, { name: 'share-processes', type: 'bool', default: true }, { name: 'stdin', short: 'i', type: 'bool' }, { name: 'target', type: 'string' }, { name: 'tty', short: 't', type: 'bool' },
  ],
  async run(kubectl) {
    const { flags } = kubectl;
    const [target] = kubectl.args;
    const copying = flags.string('copy-to') !== '';
    if (copying && !flags.given('image') && !flags.given('set-image') && !kubectl.dash?.length) throw new KubectlError('you must specify --image, --set-image or command arguments.');
    if (!copying) {
      for (const name of ['replace', 'same-node', 'set-image']) if (flags.given(name)) throw new KubectlError(`--${name} may only be used with --copy-to.`);
      if (!flags.given('image')) throw new KubectlError('you must specify --image when not using --copy-to.');
    }
    if (target === undefined) throw new KubectlError('NAME or filename is required for debug');
    if (flags.given('target') && copying) throw new KubectlError('--target is incompatible with --copy-to. Use --share-processes instead.');
    if (flags.given('target') && !flags.bool('quiet')) kubectl.out(`Targeting container "${flags.string('target')}". If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`);
    if (flags.bool('tty') && !flags.bool('stdin')) throw new KubectlError('-i/--stdin is required for containers with -t/--tty=true');
    const { targets } = await parseTargets(kubectl.client, target.includes('/') ? [target] : ['pods', target]);
    const [{ resource, name = '' }] = targets as [(typeof targets)[number]];
    const object = await kubectl.client.get(resource, resource.namespaced ? kubectl.namespace : undefined, name);
    if (resource.plural !== 'pods' && resource.plural !== 'nodes') throw new KubectlError(`"${resource.group ? `${resource.group}/` : '/'}${resource.version}, Kind=${resource.kind}" not supported by debug`);
    const [pod, container] = resource.plural === 'nodes' ? await onNode(kubectl, object) : copying ? await copy(kubectl, object as PodObject) : await ephemeral(kubectl, object as PodObject);
    if (flags.given('attach') ? flags.bool('attach') : flags.bool('stdin')) await attach(kubectl, pod, container);
  },
};
