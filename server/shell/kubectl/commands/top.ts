/** `kubectl top`: what nodes and pods use, from the metrics API. */
import { parseQuantity } from '../../../simulation/apiserver/quantity.ts';
import { goDuration } from '../../../simulation/apiserver/tables/duration.ts';
import { layOut } from '../describe/tabwriter.ts';
import { SELECTOR_FLAGS, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { KubectlError, ServerError } from '../framework/errors.ts';
import { TABLE_TABS } from '../printers/table.ts';

interface Usage {
  metadata: { name: string; namespace?: string };
  usage?: Record<string, string>;
  containers?: { name: string; usage: Record<string, string> }[];
}

async function metrics(kubectl: Kubectl, path: string, query: Record<string, string>): Promise<Usage[]> {
  try {
    const body = (await kubectl.client.request({ method: 'GET', path: `/apis/metrics.k8s.io/v1beta1${path}`, query })) as Usage & { items?: Usage[] };
    return body.items ?? [body];
  } catch (error) {
    if (error instanceof ServerError && (error.status.code === 503 || (error.status.code === 404 && !/ "/.test(error.status.message)))) throw new KubectlError('Metrics API not available');
    throw error;
  }
}

/** Pods younger than this may have no figures yet. */
const METRICS_DELAY_MS = 120_000;

const millis = (usage: Record<string, string> | undefined): number => parseQuantity(usage?.cpu ?? '0').milliValue();
const mebibytes = (usage: Record<string, string> | undefined): number => Math.floor(parseQuantity(usage?.memory ?? '0').value() / 2 ** 20);

/** Whether there are pods whose figures are still to come. @throws KubectlError when one should have some by now. */
async function hasPods(kubectl: Kubectl, all: boolean, selector: string): Promise<boolean> {
  const pods = await kubectl.client.list(await kubectl.client.resource('pods'), all ? undefined : kubectl.namespace, selector ? { labelSelector: selector } : {});
  for (const { metadata } of pods.items) {
    const age = kubectl.now - Date.parse(metadata.creationTimestamp);
    if (age > METRICS_DELAY_MS) throw new KubectlError(`Metrics not available for pod ${metadata.namespace}/${metadata.name}, age: ${goDuration(age)}`);
  }
  return pods.items.length > 0;
}

const topPod: KubectlCommand = {
  name: 'pod',
  aliases: ['pods', 'po'],
  summary: 'Display resource (CPU/memory) usage of pods',
  usage: '[NAME | -l label]',
  flags: [...SELECTOR_FLAGS, { name: 'all-namespaces', short: 'A', type: 'bool' }, { name: 'containers', type: 'bool' }, { name: 'no-headers', type: 'bool' }, { name: 'sort-by', type: 'string' }, { name: 'field-selector', type: 'string' }, { name: 'sum', type: 'bool' }],
  async run(kubectl) {
    const { flags } = kubectl;
    const [name] = kubectl.args;
    const all = flags.bool('all-namespaces');
    const selector = flags.string('selector');
    const list = await metrics(kubectl, all ? '/pods' : `/namespaces/${kubectl.namespace}/pods${name ? `/${name}` : ''}`, selector ? { labelSelector: selector } : {});
    if (list.length === 0 && (await hasPods(kubectl, all, selector))) throw new KubectlError('metrics not available yet');
    if (list.length === 0) return kubectl.err(all ? 'No resources found\n' : `No resources found in ${kubectl.namespace} namespace.\n`);
    const rows = list.flatMap((pod) => {
      const head = all ? [pod.metadata.namespace ?? ''] : [];
      const containers = pod.containers ?? [];
      if (flags.bool('containers')) return containers.map((container) => ({ cells: [...head, pod.metadata.name, container.name], cpu: millis(container.usage), memory: mebibytes(container.usage) }));
      return [{ cells: [...head, pod.metadata.name], cpu: containers.reduce((sum, container) => sum + millis(container.usage), 0), memory: containers.reduce((sum, container) => sum + mebibytes(container.usage), 0) }];
    });
    const by = flags.string('sort-by');
    if (by !== '' && by !== 'cpu' && by !== 'memory') throw new KubectlError('--sort-by accepts only cpu or memory');
    rows.sort((x, y) => (by === '' ? 0 : y[by] - x[by]) || compare(x.cells.join('\0'), y.cells.join('\0')));
    const header = [...(all ? ['NAMESPACE'] : []), flags.bool('containers') ? 'POD' : 'NAME', ...(flags.bool('containers') ? ['NAME'] : []), 'CPU(cores)', 'MEMORY(bytes)'];
    const lines = [...(flags.bool('no-headers') ? [] : [header]), ...rows.map(({ cells, cpu, memory }) => [...cells, `${cpu}m`, `${memory}Mi`])];
    kubectl.out(layOut(lines.map((line) => `${line.join('\t')}\t\n`).join(''), TABLE_TABS));
  },
};

const topNode: KubectlCommand = {
  name: 'node',
  aliases: ['nodes', 'no'],
  summary: 'Display resource (CPU/memory) usage of nodes',
  usage: '[NAME | -l label]',
  flags: [...SELECTOR_FLAGS, { name: 'no-headers', type: 'bool' }, { name: 'sort-by', type: 'string' }],
  async run(kubectl) {
    const [name] = kubectl.args;
    const list = await metrics(kubectl, `/nodes${name ? `/${name}` : ''}`, kubectl.flags.string('selector') ? { labelSelector: kubectl.flags.string('selector') } : {});
    if (list.length === 0) throw new KubectlError('metrics not available yet');
    const nodes = await kubectl.client.list(await kubectl.client.resource('nodes'), undefined);
    const share = (used: number, whole: number): string => `${whole === 0 ? 0 : Math.floor((used * 100) / whole)}%`;
    const rows = list.map((node) => {
      const allocatable = (nodes.items.find((each) => each.metadata.name === node.metadata.name)?.status as { allocatable?: Record<string, string> } | undefined)?.allocatable;
      const [cpu, memory] = [millis(node.usage), mebibytes(node.usage)];
      return [node.metadata.name, `${cpu}m`, share(cpu, millis(allocatable)), `${memory}Mi`, share(memory, mebibytes(allocatable))];
    });
    const lines = [...(kubectl.flags.bool('no-headers') ? [] : [['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)']]), ...rows];
    kubectl.out(layOut(lines.map((line) => `${line.join('\t')}\t\n`).join(''), TABLE_TABS));
  },
};

export const top: KubectlCommand = { name: 'top', summary: 'Display resource (CPU/memory) usage', long: 'Shows what nodes and pods use, from the metrics API.', subcommands: [topNode, topPod] };

function compare(x: string, y: string): number {
  return x < y ? -1 : x > y ? 1 : 0;
}
