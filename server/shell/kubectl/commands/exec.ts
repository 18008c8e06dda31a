import { byAge } from '../../../simulation/apiserver/age.ts';
import { isReady } from '../../../simulation/apiserver/pod-status.ts';
import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import { FILE_FLAGS, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { KubectlError, ServerError, UsageError } from '../framework/errors.ts';
import { textInput } from '../../bash/streams.ts';
import { formatLabelSelector } from '../../../simulation/apiserver/selectors.ts';
import type { ExecProcess, ShellInput } from '../../types.ts';

export interface PodObject extends KubeObject {
  spec: { containers: { name: string; tty?: boolean }[]; initContainers?: { name: string }[]; ephemeralContainers?: { name: string; tty?: boolean }[]; restartPolicy?: string };
  status?: { phase?: string; containerStatuses?: { name: string; state?: { running?: unknown; terminated?: { exitCode: number; reason?: string; message?: string } } }[] };
}

export function isCompleted(pod: PodObject): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** The pod that `POD` or `TYPE/NAME` means: for workloads their first pod, as attach and logs choose it. */
export async function podFor(kubectl: Kubectl, argument: string, onSeveral?: (count: number, chosen: string) => void, purpose = 'cannot attach to'): Promise<PodObject> {
  const [type, name] = argument.includes('/') ? (argument.split('/', 2) as [string, string]) : ['pods', argument];
  const resource = await kubectl.client.resource(type);
  const object = await kubectl.client.get(resource, kubectl.namespace, name);
  if (resource.plural === 'pods') return object as PodObject;
  const selector = (object.spec as { selector?: Record<string, unknown> } | undefined)?.selector;
  if (!selector) throw new KubectlError(`${purpose} *v1.${resource.kind}: ${resource.kind === 'Service' ? `invalid service '${name}': Service is defined without a selector` : 'selector is missing'}`);
  const text = resource.plural === 'services' ? formatLabelSelector({ matchLabels: selector as Record<string, string> }) : formatLabelSelector(selector);
  const pods = await kubectl.client.list(await kubectl.client.resource('pods'), kubectl.namespace, { labelSelector: text });
  const running = [...pods.items].sort(byUsefulness) as PodObject[];
  if (!running[0]) throw new KubectlError(`no pods found for ${type}/${name}`);
  if (running.length > 1) onSeveral?.(running.length, running[0].metadata.name);
  return running[0];
}

/** Running and ready pods first, then the oldest. */
function byUsefulness(x: KubeObject, y: KubeObject): number {
  const rank = (pod: KubeObject): number => {
    const status = pod.status as { phase?: string } | undefined;
    return (status?.phase === 'Running' ? 0 : 2) + (isReady(pod) ? 0 : 1);
  };
  return rank(x) - rank(y) || byAge(x, y);
}

/** The container that is meant, with kubectl's remark when there are several. @throws KubectlError */
export function containerFor(kubectl: Kubectl, pod: PodObject, wanted: string, quiet: boolean): string {
  const names = [...pod.spec.containers, ...(pod.spec.initContainers ?? []), ...(pod.spec.ephemeralContainers ?? [])].map((container) => container.name);
  if (wanted) {
    if (!names.includes(wanted)) throw new KubectlError(`container ${wanted} is not valid for pod ${pod.metadata.name} out of: ${names.join(', ')}`);
    return wanted;
  }
  const annotated = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  if (annotated && names.includes(annotated)) return annotated;
  const first = pod.spec.containers[0]?.name ?? '';
  if (pod.spec.containers.length > 1 && !quiet) kubectl.err(`Defaulted container "${first}" out of: ${names.join(', ')}\n`);
  return first;
}

/** Where a process gets its input from. */
export interface SessionInput {
  source: ShellInput | undefined;
  /** The process has a terminal: the one that kubectl runs on, made raw. */
  tty: boolean;
  close(): void;
}

/** @param stdin @param tty as the flags say; what is not to be had is said. */
function sessionInput(kubectl: Kubectl, stdin: boolean, tty: boolean): SessionInput {
  const { stdin: input } = kubectl.context;
  const close = (): void => input.giveUp?.();
  if (!tty) return { source: stdin ? input : undefined, tty: false, close };
  if (!stdin) return { source: undefined, tty: true, close };
  if (input.isTerminal) {
    input.setRaw?.(true);
    return {
      source: input,
      tty: true,
      close() {
        input.setRaw?.(false);
        close();
      },
    };
  }
  const typed = input.typed?.();
  if (typed) return { source: typed, tty: true, close: () => typed.close() };
  kubectl.err('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  return { source: input, tty: false, close };
}

/** Carries input to a process until it ends. */
async function pump(kubectl: Kubectl, process: ExecProcess, { source, close }: SessionInput): Promise<number> {
  const stop = (): void => process.kill();
  kubectl.signal.addEventListener('abort', stop, { once: true });
  if (source) {
    void (async () => {
      for (let chunk = await source.read(); chunk !== undefined; chunk = await source.read()) process.write(chunk);
      process.end();
    })().catch(() => process.end());
  }
  try {
    return await process.done;
  } finally {
    close();
    kubectl.signal.removeEventListener('abort', stop);
  }
}

/** Joins the main process of a container until that ends or the person leaves. @param quiet only what the process prints. */
export async function attachTo(kubectl: Kubectl, pod: PodObject, container: string, stdin: boolean, tty: boolean, quiet: boolean): Promise<void> {
  const input = sessionInput(kubectl, stdin, tty);
  if (!quiet && stdin) kubectl.err(input.tty ? 'All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\nIf you don\'t see a command prompt, try pressing enter.\n' : "If you don't see a command prompt, try pressing enter.\n");
  const process = kubectl.context.host.exec({ namespace: kubectl.namespace, pod: pod.metadata.name, container, command: [], tty: input.tty, stdin, attach: true }, { stdout: (text) => kubectl.out(text), stderr: (text) => kubectl.err(text) });
  await ended(kubectl, process, input);
  if (quiet || !stdin || !input.tty || pod.spec.restartPolicy !== 'Always') return;
  const ephemeral = pod.spec.ephemeralContainers?.some((each) => each.name === container);
  const again = `'kubectl attach ${pod.metadata.name} -c ${container} -i -t'`;
  kubectl.out(ephemeral ? `Session ended, the ephemeral container will not be restarted but may be reattached using ${again} if it is still running\n` : `Session ended, resume using ${again} command when the pod is running\n`);
}

/** What the runtime says after the stream was opened comes through it, and is no answer of the API server. */
const IN_STREAM = 'Internal error occurred: error executing command in container';

async function finish(kubectl: Kubectl, process: ExecProcess, input: SessionInput): Promise<number> {
  const code = await ended(kubectl, process, input);
  if (code !== 0) kubectl.err(`command terminated with exit code ${code}\n`);
  return code;
}

async function ended(kubectl: Kubectl, process: ExecProcess, input: SessionInput): Promise<number> {
  try {
    return await pump(kubectl, process, input);
  } catch (error) {
    if (error instanceof Error && error.name === 'ApiError' && error.message.startsWith(IN_STREAM)) throw new KubectlError(`Internal error occurred: ${error.message}`);
    if (error instanceof Error && error.name === 'ApiError') throw new ServerError((error as unknown as { status: ConstructorParameters<typeof ServerError>[0] }).status);
    throw error;
  }
}

/** Waits until a pod is as wanted. @throws KubectlError after the time limit (ms), ServerError when the pod is gone. */
export async function waitForPod(kubectl: Kubectl, name: string, limitMs: number, wanted: (pod: PodObject) => boolean): Promise<PodObject> {
  const pods = await kubectl.client.resource('pods');
  for (const deadline = kubectl.now + limitMs; ; ) {
    const pod = (await kubectl.client.get(pods, kubectl.namespace, name)) as PodObject;
    if (wanted(pod)) return pod;
    if (kubectl.now >= deadline) throw new KubectlError('timed out waiting for the condition');
    await kubectl.sleep(200);
  }
}

/** Runs a program in a container for a command of kubectl itself, and collects what it prints. @throws KubectlError, ServerError */
export async function execute(kubectl: Kubectl, { namespace = kubectl.namespace, pod: name, container, command, input }: { namespace?: string | undefined; pod: string; container: string; command: string[]; input?: string }): Promise<{ code: number; stdout: string; stderr: string }> {
  const pod = (await kubectl.client.get(await kubectl.client.resource('pods'), namespace, name)) as PodObject;
  if (isCompleted(pod)) throw new KubectlError(`cannot exec into a container in a completed pod; current phase is ${pod.status?.phase}`);
  const chosen = containerFor(kubectl, pod, container, false);
  let stdout = '';
  let stderr = '';
  const process = kubectl.context.host.exec({ namespace, pod: name, container: chosen, command, tty: false, stdin: input !== undefined }, { stdout: (text) => (stdout += text), stderr: (text) => (stderr += text) });
  const code = await ended(kubectl, process, { source: input === undefined ? undefined : textInput(input), tty: false, close: () => {} });
  return { code, stdout, stderr };
}

const STREAM_FLAGS = [
  { name: 'container', short: 'c', type: 'string' },
  { name: 'stdin', short: 'i', type: 'bool' },
  { name: 'tty', short: 't', type: 'bool' },
  { name: 'quiet', short: 'q', type: 'bool' },
  { name: 'pod-running-timeout', type: 'duration', default: '1m0s' },
] as const;

export const exec: KubectlCommand = {
  name: 'exec',
  summary: 'Execute a command in a container',
  usage: '(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]',
  long: 'Runs a program in a container that runs already.',
  flags: [...FILE_FLAGS, ...STREAM_FLAGS],
  async run(kubectl) {
    const [target] = kubectl.args;
    const command = kubectl.dash ?? [];
    if (!target) throw new KubectlError('pod, type/name or --filename must be specified');
    if (kubectl.args.length > 1 && kubectl.dash === undefined) throw new KubectlError('exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee \'kubectl exec -h\' for help and examples');
    if (command.length === 0) throw new KubectlError('you must specify at least one command for the container');
    const pod = await podFor(kubectl, target);
    if (isCompleted(pod)) throw new KubectlError(`cannot exec into a container in a completed pod; current phase is ${pod.status?.phase}`);
    const container = containerFor(kubectl, pod, kubectl.flags.string('container'), kubectl.flags.bool('quiet'));
    const stdin = kubectl.flags.bool('stdin');
    const input = sessionInput(kubectl, stdin, kubectl.flags.bool('tty'));
    const process = kubectl.context.host.exec({ namespace: kubectl.namespace, pod: pod.metadata.name, container, command: [...command], tty: input.tty, stdin }, { stdout: (text) => kubectl.out(text), stderr: (text) => kubectl.err(text) });
    return finish(kubectl, process, input);
  },
};

export const attach: KubectlCommand = {
  name: 'attach',
  summary: 'Attach to a running container',
  usage: '(POD | TYPE/NAME) -c CONTAINER',
  flags: [...STREAM_FLAGS],
  async run(kubectl) {
    const [target] = kubectl.args;
    if (!target) throw new UsageError('at least 1 argument is required for attach');
    const pod = await podFor(kubectl, target);
    const container = containerFor(kubectl, pod, kubectl.flags.string('container'), kubectl.flags.bool('quiet'));
    if (isCompleted(pod)) throw new KubectlError(`cannot attach a container in a completed pod; current phase is ${pod.status?.phase}`);
    const tty = kubectl.flags.bool('tty');
    const allocated = [...pod.spec.containers, ...(pod.spec.ephemeralContainers ?? [])].find((each) => each.name === container)?.tty === true;
    if (tty && !allocated && !kubectl.flags.bool('quiet')) kubectl.err(`error: Unable to use a TTY - container ${container} did not allocate one\n`);
    await attachTo(kubectl, pod, container, kubectl.flags.bool('stdin'), tty && allocated, kubectl.flags.bool('quiet'));
  },
};
