import { isReady } from '../../../simulation/apiserver/pod-status.ts';
import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import { shownName } from '../framework/client.ts';
import { DRY_RUN_FLAGS, dryRunOf, dryRunSuffix, PRINT_FLAGS, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { KubectlError, PlainError } from '../framework/errors.ts';
import { printerFor } from '../printers/output.ts';
import type { Json } from './create/common.ts';
import { attachTo, isCompleted, waitForPod } from './exec.ts';

function labelsOf(text: string, name: string): Record<string, string> {
  if (text === '') return { run: name };
  return Object.fromEntries(text.split(',').map((part) => {
    const equals = part.indexOf('=');
    if (equals < 0) throw new KubectlError(`unexpected label spec: ${part}`);
    return [part.slice(0, equals), part.slice(equals + 1)];
  }));
}

function podOf(kubectl: Kubectl, name: string): Json {
  const { flags } = kubectl;
  const words = kubectl.dash ?? [];
  const env = flags.list('env').map((text) => {
    const equals = text.indexOf('=');
    if (equals <= 0) throw new KubectlError(`invalid env: ${text}`);
    return { name: text.slice(0, equals), value: text.slice(equals + 1) };
  });
  const container: Json = {
    ...(words.length > 0 ? { [flags.bool('command') ? 'command' : 'args']: words } : {}),
    ...(env.length > 0 ? { env } : {}),
    image: flags.string('image'),
    ...(flags.given('image-pull-policy') ? { imagePullPolicy: flags.string('image-pull-policy') } : {}),
    name,
    ...(flags.given('port') ? { ports: [{ containerPort: flags.int('port') }] } : {}),
    resources: {},
    ...(flags.bool('stdin') ? { stdin: true, ...(flags.bool('attach') || flags.bool('tty') || flags.bool('stdin') ? { stdinOnce: true } : {}) } : {}),
    ...(flags.bool('privileged') ? { securityContext: { privileged: true } } : {}),
    ...(flags.bool('tty') ? { tty: true } : {}),
  };
  const pod: Json = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(flags.list('annotations').length > 0 ? { annotations: Object.fromEntries(flags.list('annotations').map((text) => text.split('=') as [string, string])) } : {}),
      labels: labelsOf(flags.string('labels'), name),
      name,
    },
    spec: { containers: [container], dnsPolicy: 'ClusterFirst', restartPolicy: flags.string('restart') || 'Always' },
    status: {},
  };
  const overrides = flags.string('overrides');
  if (overrides === '') return pod;
  try {
    return merge(pod, JSON.parse(overrides)) as Json;
  } catch {
    throw new KubectlError(`Invalid JSON Patch`);
  }
}

function merge(base: unknown, patch: unknown): unknown {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const result: Json = { ...(base as Json | undefined) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key], value);
  }
  return result;
}

export const run: KubectlCommand = {
  name: 'run',
  summary: 'Run a particular image on the cluster',
  usage: 'NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]',
  long: 'Creates one pod that runs an image.',
  flags: [
    ...PRINT_FLAGS, ...DRY_RUN_FLAGS,
    { name: 'image', type: 'string', required: true },
    { name: 'annotations', type: 'array' },
    { name: 'attach', type: 'bool' },
    { name: 'command', type: 'bool' },
    { name: 'env', type: 'array' },
    { name: 'expose', type: 'bool' },
    { name: 'field-manager', type: 'string', default: 'kubectl-run' },
    { name: 'image-pull-policy', type: 'string' },
    { name: 'labels', short: 'l', type: 'string' },
    { name: 'overrides', type: 'string' },
    { name: 'port', type: 'int' },
    { name: 'quiet', short: 'q', type: 'bool' },
    { name: 'restart', type: 'string', default: 'Always' },
    { name: 'rm', type: 'bool' },
    { name: 'leave-stdin-open', type: 'bool' },
    { name: 'stdin', short: 'i', type: 'bool' },
    { name: 'tty', short: 't', type: 'bool' },
    { name: 'privileged', type: 'bool' },
    { name: 'pod-running-timeout', type: 'duration', default: '1m0s' },
  ],
  async run(kubectl) {
    const { flags } = kubectl;
    const [name] = kubectl.args;
    if (!name) throw new KubectlError('NAME is required for run');
    if (kubectl.args.length > 1 && !kubectl.dash) (kubectl as { dash: readonly string[] | undefined }).dash = kubectl.args.slice(1);
    if (!flags.string('image')) throw new KubectlError('--image is required');
    if (!['Always', 'OnFailure', 'Never', ''].includes(flags.string('restart'))) throw new KubectlError(`invalid restart policy: ${flags.string('restart')}, valid values are: Always, OnFailure, Never`);
    if (flags.bool('tty') && !flags.bool('stdin')) throw new KubectlError('-i/--stdin is required for containers with -t/--tty=true');
    const attached = flags.bool('attach') || flags.bool('stdin') || flags.bool('tty');
    if (flags.bool('rm') && !attached) throw new KubectlError('--rm should only be used for attached containers');
    if (flags.bool('expose') && !flags.given('port')) throw new KubectlError('--port must be set when exposing a service');
    const dryRun = dryRunOf(kubectl);
    if (attached && dryRun !== 'none') throw new KubectlError("--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)");
    const printer = printerFor(kubectl, false, true);
    const pods = await kubectl.client.resource('pods');
    const body = podOf(kubectl, name);
    const pod = dryRun === 'client' ? (body as unknown as KubeObject) : await kubectl.client.create(pods, kubectl.namespace, body, { dryRun: dryRun === 'server', fieldManager: flags.string('field-manager') });
    const created = [{ resource: pods, object: pod }];
    if (flags.bool('expose')) {
      const services = await kubectl.client.resource('services');
      const labels = (body.metadata as { labels: Record<string, string> }).labels;
      const service = {
        apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: flags.int('port'), protocol: 'TCP', targetPort: flags.int('port') }], selector: labels }, status: { loadBalancer: {} },
      };
      created.push({ resource: services, object: dryRun === 'client' ? (service as unknown as KubeObject) : await kubectl.client.create(services, kubectl.namespace, service, { dryRun: dryRun === 'server' }) });
      if (!printer) created.reverse();
    }
    if (attached) return attach(kubectl, name);
    for (const each of created) kubectl.out(printer ? printer.one(each) : `${shownName(each.resource, each.object.metadata.name)} created${dryRunSuffix(dryRun)}\n`);
    return 0;
  },
};

/** Joins the new pod's main process, and removes the pod when that was asked for. */
async function attach(kubectl: Kubectl, name: string): Promise<number> {
  const { flags } = kubectl;
  const pods = await kubectl.client.resource('pods');
  const limit = flags.duration('pod-running-timeout');
  let failure: PlainError;
  try {
    const running = await waitForPod(kubectl, name, limit, (pod) => isCompleted(pod) || (pod.status?.phase === 'Running' && isReady(pod)));
    const printLog = async (): Promise<void> => kubectl.out((await kubectl.client.request({ method: 'GET', path: kubectl.client.path(pods, kubectl.namespace, name, 'log'), query: { container: name } })) as string);
    if (isCompleted(running)) await printLog();
    else {
      try {
        await attachTo(kubectl, running, name, flags.bool('stdin'), flags.bool('tty'), flags.bool('quiet'));
      } catch (error) {
        if (kubectl.signal.aborted) throw error;
        kubectl.err(`warning: couldn't attach to pod/${name}, falling back to streaming logs: ${error instanceof Error ? error.message : String(error)}\n`);
        await printLog();
      }
    }
    const restart = flags.string('restart');
    if (flags.bool('leave-stdin-open') || (restart !== 'Never' && restart !== 'OnFailure')) return 0;
    const ended = await waitForPod(kubectl, name, limit, (pod) => pod.status?.phase === 'Succeeded' || (restart === 'Never' && pod.status?.phase === 'Failed'));
    const terminated = ended.status?.containerStatuses?.[0]?.state?.terminated;
    if (ended.status?.phase === 'Succeeded') return 0;
    if (!terminated?.exitCode) throw new KubectlError(`pod ${kubectl.namespace}/${name} failed with unknown exit code`);
    failure = new PlainError(`pod ${kubectl.namespace}/${name} terminated (${terminated.reason ?? ''})\n${terminated.message ?? ''}`, terminated.exitCode);
  } finally {
    if (flags.bool('rm')) {
      await kubectl.client.delete(pods, kubectl.namespace, name, {});
      if (!flags.bool('quiet')) kubectl.out(`pod "${name}" deleted from ${kubectl.namespace} namespace\n`);
    }
  }
  throw failure;
}
