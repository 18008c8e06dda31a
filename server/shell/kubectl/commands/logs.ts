import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import type { ShellRequest } from '../../types.ts';
import { SELECTOR_FLAGS, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { KubectlError, PlainError, ServerError, UsageError } from '../framework/errors.ts';
import { containerFor, podFor } from './exec.ts';

const USAGE = "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command";
/** --tail when a selector is given and nothing else is said. */
const SELECTOR_TAIL = 10;

interface Source {
  pod: string;
  container: string;
}

function query(kubectl: Kubectl, container: string): Record<string, string> {
  const { flags } = kubectl;
  const tail = flags.given('tail') ? flags.int('tail') : flags.given('selector') ? SELECTOR_TAIL : -1;
  return {
    container,
    ...(flags.bool('follow') ? { follow: 'true' } : {}),
    ...(flags.bool('previous') ? { previous: 'true' } : {}),
    ...(flags.bool('timestamps') ? { timestamps: 'true' } : {}),
    ...(tail >= 0 ? { tailLines: String(tail) } : {}),
    ...(flags.given('since') ? { sinceSeconds: String(Math.ceil(flags.duration('since') / 1_000)) } : {}),
    ...(flags.given('since-time') ? { sinceTime: flags.string('since-time') } : {}),
    ...(flags.given('limit-bytes') ? { limitBytes: flags.string('limit-bytes') } : {}),
  };
}

/** What times may be asked for. @throws KubectlError */
function checkTimes({ flags }: Kubectl): void {
  const time = flags.string('since-time');
  if (time && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)$/.test(time)) throw new KubectlError(`parsing time ${JSON.stringify(time)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(time)} as "2006"`);
  if (time && flags.given('since')) throw new KubectlError('at most one of `sinceTime` or `sinceSeconds` may be specified');
}

async function sources(kubectl: Kubectl): Promise<Source[]> {
  const { flags } = kubectl;
  checkTimes(kubectl);
  const selector = flags.string('selector');
  const all = flags.bool('all-containers');
  const of = (pod: KubeObject, quiet: boolean): Source[] => {
    const spec = pod.spec as { containers: { name: string }[]; initContainers?: { name: string }[] };
    if (all) return [...(spec.initContainers ?? []), ...spec.containers].map((container) => ({ pod: pod.metadata.name, container: container.name }));
    return [{ pod: pod.metadata.name, container: containerFor(kubectl, pod as never, flags.string('container'), quiet) }];
  };
  if (selector) {
    if (kubectl.args.length > 0) throw new UsageError('only a selector (-l) or a POD name is allowed');
    const pods = await kubectl.client.list(await kubectl.client.resource('pods'), kubectl.namespace, { labelSelector: selector });
    if (pods.items.length === 0) {
      kubectl.err(`No resources found in ${kubectl.namespace} namespace.\n`);
      return [];
    }
    return pods.items.flatMap((pod) => of(pod, true));
  }
  const [target, second] = kubectl.args;
  if (!target) throw new UsageError(USAGE);
  if (kubectl.args.length > 2) throw new UsageError(USAGE);
  let pod: KubeObject;
  try {
    pod = await podFor(kubectl, target, (count, chosen) => kubectl.err(`Found ${count} pods, using pod/${chosen}\n`), 'cannot get the logs from');
  } catch (error) {
    if (error instanceof ServerError && error.status.code === 404) throw new PlainError(`error: error from server (NotFound): ${error.status.message} in namespace "${kubectl.namespace}"`);
    throw error;
  }
  if (second !== undefined) return [{ pod: pod.metadata.name, container: containerFor(kubectl, pod as never, second, true) }];
  return of(pod, false);
}

export const logs: KubectlCommand = {
  name: 'logs',
  summary: 'Print the logs for a container in a pod',
  usage: '[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]',
  flags: [
    ...SELECTOR_FLAGS,
    { name: 'all-containers', type: 'bool' },
    { name: 'container', short: 'c', type: 'string' },
    { name: 'follow', short: 'f', type: 'bool' },
    { name: 'ignore-errors', type: 'bool' },
    { name: 'limit-bytes', type: 'int' },
    { name: 'max-log-requests', type: 'int', default: 5 },
    { name: 'prefix', type: 'bool' },
    { name: 'previous', short: 'p', type: 'bool' },
    { name: 'since', type: 'duration' },
    { name: 'since-time', type: 'string' },
    { name: 'tail', type: 'int', default: -1 },
    { name: 'timestamps', type: 'bool' },
  ],
  async run(kubectl) {
    const list = await sources(kubectl);
    const prefix = kubectl.flags.bool('prefix');
    const print = ({ pod, container }: Source, text: string): void => {
      if (!prefix) return kubectl.out(text);
      kubectl.out(text.split(/(?<=\n)/).map((line) => `[pod/${pod}/${container}] ${line}`).join(''));
    };
    const pods = await kubectl.client.resource('pods');
    const request = (source: Source): ShellRequest => ({ method: 'GET', path: kubectl.client.path(pods, kubectl.namespace, source.pod, 'log'), query: query(kubectl, source.container) });
    if (!kubectl.flags.bool('follow')) {
      for (const source of list) print(source, (await kubectl.client.request(request(source))) as string);
      return;
    }
    if (list.length > kubectl.flags.int('max-log-requests')) throw new KubectlError(`you are attempting to follow ${list.length} log streams, but maximum allowed concurrency is ${kubectl.flags.int('max-log-requests')}, use --max-log-requests to increase the limit`);
    await Promise.all(
      list.map(async (source) => {
        const refused = await kubectl.context.host.stream(request(source), (event) => print(source, typeof event === 'string' ? event : ''), kubectl.signal);
        if (refused && refused.status >= 400) throw new ServerError(refused.body as ConstructorParameters<typeof ServerError>[0]);
      }),
    );
  },
};
