/** Commands about the server and the client: version, cluster-info, api-resources, api-versions, config, options, auth, top. */
import { GROUPS, VERSION_INFO } from '../../../simulation/apiserver/discovery.ts';
import { layOut } from '../describe/tabwriter.ts';
import { qualifiedPlural } from '../framework/client.ts';
import { GLOBAL_FLAGS, PRINT_FLAGS, SELECTOR_FLAGS, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { KubectlError, ServerError, UsageError } from '../framework/errors.ts';
import { currentServer, kubeconfigOf } from '../framework/kubeconfig.ts';
import { parseTemplate, runTemplate } from '../../../simulation/json-path.ts';
import { toJson } from '../printers/json.ts';
import { toYaml } from '../printers/yaml.ts';
import { parseQuantity } from '../../../simulation/apiserver/quantity.ts';

const CLIENT_VERSION = 'v1.37.2';
const KUSTOMIZE_VERSION = 'v5.8.1';
const LAYOUT = { minWidth: 6, padding: 3 };

export const version: KubectlCommand = {
  name: 'version',
  summary: 'Print the client and server version information',
  usage: '[flags]',
  flags: [{ name: 'client', type: 'bool' }, { name: 'output', short: 'o', type: 'string' }],
  async run(kubectl) {
    const client = { ...VERSION_INFO, gitVersion: CLIENT_VERSION };
    const format = kubectl.flags.string('output');
    let server: { gitVersion: string } | undefined;
    let failure: unknown;
    if (!kubectl.flags.bool('client')) {
      try {
        server = (await kubectl.client.request({ method: 'GET', path: '/version' })) as { gitVersion: string };
      } catch (error) {
        failure = error;
      }
    }
    const whole = { clientVersion: client, kustomizeVersion: KUSTOMIZE_VERSION, ...(server ? { serverVersion: server } : {}) };
    if (format === 'json') kubectl.out(`${JSON.stringify(whole, null, 2)}\n`);
    else if (format === 'yaml') kubectl.out(toYaml(whole));
    else if (format) throw new KubectlError("--output must be 'yaml' or 'json'");
    else kubectl.out(`Client Version: ${CLIENT_VERSION}\nKustomize Version: ${KUSTOMIZE_VERSION}\n${server ? `Server Version: ${server.gitVersion}\n` : ''}`);
    // What is known of the client is said all the same.
    if (failure) throw failure as Error;
  },
};

export const clusterInfo: KubectlCommand = {
  name: 'cluster-info',
  summary: 'Display cluster information',
  usage: '[flags]',
  async run(kubectl) {
    const hint = "\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n";
    const services = await kubectl.client.list(await kubectl.client.resource('services'), 'kube-system', { labelSelector: 'kubernetes.io/cluster-service=true' }).catch((error: unknown) => {
      kubectl.out(hint);
      throw error;
    });
    const tint = (code: number, text: string): string => (kubectl.context.stdout.isTerminal ? `\u001b[0;${code}m${text}\u001b[0m` : text);
    const server = currentServer(kubeconfigOf(kubectl.context));
    kubectl.out(`${tint(32, 'Kubernetes control plane')} is running at ${tint(33, server)}\n`);
    for (const service of services.items) {
      const port = (service.spec as { ports?: { name?: string }[] }).ports?.[0];
      const name = service.metadata.labels?.['kubernetes.io/name'] ?? service.metadata.name;
      kubectl.out(`${tint(32, name)} is running at ${tint(33, `${server}/api/v1/namespaces/kube-system/services/${service.metadata.name}${port?.name ? `:${port.name}` : ''}/proxy`)}\n`);
    }
    kubectl.out(hint);
  },
};

export const apiVersions: KubectlCommand = {
  name: 'api-versions',
  summary: 'Print the supported API versions on the server, in the form of "group/version"',
  async run(kubectl) {
    const custom = (await kubectl.client.resources()).resources.map((resource) => (resource.group ? `${resource.group}/${resource.version}` : resource.version));
    const versions = new Set([...GROUPS.flatMap((group) => (group as { versions: string[] }).versions.map((each) => ((group as { group: string }).group ? `${(group as { group: string }).group}/${each}` : each))), ...custom]);
    kubectl.out([...versions].sort().map((each) => `${each}\n`).join(''));
  },
};

export const apiResources: KubectlCommand = {
  name: 'api-resources',
  summary: 'Print the supported API resources on the server',
  flags: [{ name: 'api-group', type: 'string' }, { name: 'namespaced', type: 'bool', default: true }, { name: 'verbs', type: 'list' }, { name: 'output', short: 'o', type: 'string' }, { name: 'no-headers', type: 'bool' }, { name: 'sort-by', type: 'string' }, { name: 'categories', type: 'list' }, { name: 'cached', type: 'bool' }],
  async run(kubectl) {
    const { flags } = kubectl;
    let list = [...(await kubectl.client.resources()).resources];
    if (flags.given('api-group')) list = list.filter((resource) => resource.group === flags.string('api-group'));
    if (flags.given('namespaced')) list = list.filter((resource) => resource.namespaced === flags.bool('namespaced'));
    for (const verb of flags.list('verbs')) list = list.filter((resource) => resource.verbs.includes(verb));
    for (const category of flags.list('categories')) list = list.filter((resource) => resource.categories.includes(category));
    const by = flags.string('sort-by');
    list.sort((x, y) => (by === 'kind' ? compare(x.kind, y.kind) : by === 'name' ? compare(x.plural, y.plural) : compare(x.group, y.group) || compare(x.plural, y.plural)));
    const format = flags.string('output');
    if (format === 'name') return kubectl.out(list.map((resource) => `${qualifiedPlural(resource)}\n`).join(''));
    const wide = format === 'wide';
    const rows = list.map((resource) => [resource.plural, resource.shortNames.join(','), resource.group ? `${resource.group}/${resource.version}` : resource.version, String(resource.namespaced), resource.kind, ...(wide ? [[...resource.verbs].join(','), resource.categories.join(',')] : [])]);
    const header = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(wide ? ['VERBS', 'CATEGORIES'] : [])];
    const lines = [...(flags.bool('no-headers') ? [] : [header]), ...rows];
    kubectl.out(layOut(lines.map((line) => `${line.join('\t')}\n`).join(''), LAYOUT));
  },
};

function compare(x: string, y: string): number {
  return x < y ? -1 : x > y ? 1 : 0;
}

// ---- config ----

function configObject(kubectl: Kubectl, minify: boolean): Record<string, unknown> {
  const { config } = kubectl;
  const names = minify ? [config.current] : [...config.contexts.keys()];
  return {
    apiVersion: 'v1',
    clusters: [...config.clusters].map(([name, cluster]) => ({ cluster: { 'certificate-authority-data': 'DATA+OMITTED', ...cluster }, name })),
    contexts: names.map((name) => ({ context: { ...config.contexts.get(name) }, name })),
    'current-context': config.current,
    kind: 'Config',
    users: [...config.users.keys()].map((name) => ({ name, user: { 'client-certificate-data': 'DATA+OMITTED', 'client-key-data': 'DATA+OMITTED' } })),
  };
}

const configCommands: KubectlCommand[] = [
  {
    name: 'current-context',
    summary: 'Display the current-context',
    async run(kubectl) {
      if (!kubectl.config.current) throw new KubectlError('current-context is not set');
      kubectl.out(`${kubectl.config.current}\n`);
    },
  },
  {
    name: 'get-contexts',
    summary: 'Describe one or many contexts',
    usage: '[(-o|--output=)name)]',
    flags: [{ name: 'output', short: 'o', type: 'string' }, { name: 'no-headers', type: 'bool' }],
    async run(kubectl) {
      const { config, flags, args } = kubectl;
      const names = [...config.contexts.keys()].sort().filter((name) => args.length === 0 || args.includes(name));
      for (const wanted of args) if (!config.contexts.has(wanted)) throw new KubectlError(`context ${wanted} not found`);
      if (flags.string('output') === 'name') return kubectl.out(names.map((name) => `${name}\n`).join(''));
      const rows = names.map((name) => {
        const context = config.contexts.get(name);
        return [name === config.current ? '*' : '', name, context?.cluster ?? '', context?.user ?? '', context?.namespace ?? ''];
      });
      const lines = [...(flags.bool('no-headers') ? [] : [['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE']]), ...rows];
      kubectl.out(layOut(lines.map((line) => `${line.join('\t')}\n`).join(''), LAYOUT));
    },
  },
  {
    name: 'use-context',
    aliases: ['use'],
    summary: 'Set the current-context in a kubeconfig file',
    usage: 'CONTEXT_NAME',
    async run(kubectl) {
      const [name] = kubectl.args;
      if (!name) throw new UsageError('Unexpected args: []');
      if (!kubectl.config.contexts.has(name)) throw new KubectlError(`no context exists with the name: "${name}"`);
      kubectl.config.current = name;
      kubectl.out(`Switched to context "${name}".\n`);
    },
  },
  {
    name: 'set-context',
    summary: 'Set a context entry in kubeconfig',
    usage: '[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]',
    flags: [{ name: 'current', type: 'bool' }, { name: 'cluster', type: 'string' }, { name: 'user', type: 'string' }, { name: 'namespace', short: 'n', type: 'string' }],
    async run(kubectl) {
      const { config, flags } = kubectl;
      const name = flags.bool('current') ? config.current : kubectl.args[0];
      if (!name) throw new UsageError('you must specify a non-empty context name or --current');
      const existed = config.contexts.has(name);
      const context = { cluster: '', user: '', ...config.contexts.get(name) };
      if (flags.given('cluster')) context.cluster = flags.string('cluster');
      if (flags.given('user')) context.user = flags.string('user');
      if (flags.given('namespace')) context.namespace = flags.string('namespace');
      config.contexts.set(name, context);
      kubectl.out(`Context "${name}" ${existed ? 'modified' : 'created'}.\n`);
    },
  },
  {
    name: 'delete-context',
    summary: 'Delete the specified context from the kubeconfig',
    usage: 'NAME',
    async run(kubectl) {
      const [name = ''] = kubectl.args;
      if (!kubectl.config.contexts.delete(name)) throw new KubectlError(`cannot delete context ${name}, not in /root/.kube/config`);
      kubectl.out(`deleted context ${name} from /root/.kube/config\n`);
    },
  },
  {
    name: 'get-clusters',
    summary: 'Display clusters defined in the kubeconfig',
    run: async (kubectl) => kubectl.out(`NAME\n${[...kubectl.config.clusters.keys()].map((name) => `${name}\n`).join('')}`),
  },
  {
    name: 'get-users',
    summary: 'Display users defined in the kubeconfig',
    run: async (kubectl) => kubectl.out(`NAME\n${[...kubectl.config.users.keys()].map((name) => `${name}\n`).join('')}`),
  },
  {
    name: 'view',
    summary: 'Display merged kubeconfig settings or a specified kubeconfig file',
    flags: [...PRINT_FLAGS, { name: 'minify', type: 'bool' }, { name: 'raw', type: 'bool' }, { name: 'flatten', type: 'bool' }],
    async run(kubectl) {
      const object = configObject(kubectl, kubectl.flags.bool('minify'));
      const format = kubectl.flags.string('output');
      if (format === 'json') return kubectl.out(toJson(object));
      if (format.startsWith('jsonpath=')) return kubectl.out(runTemplate(parseTemplate(format.slice(9)), object, { allowMissing: true }));
      kubectl.out(toYaml(object));
    },
  },
];

export const config: KubectlCommand = { name: 'config', summary: 'Modify kubeconfig files', long: 'Shows and changes which cluster, user and namespace this terminal works with.', subcommands: configCommands };

export const options: KubectlCommand = {
  name: 'options',
  summary: 'Print the list of flags inherited by all commands',
  hidden: true,
  run: async (kubectl) => kubectl.out(`The following options can be passed to any command:\n\n${GLOBAL_FLAGS.map((flag) => `    ${flag.short ? `-${flag.short}, ` : ''}--${flag.name}\n`).join('')}`),
};

// ---- auth ----

const canI: KubectlCommand = {
  name: 'can-i',
  summary: 'Check whether an action is allowed',
  usage: 'VERB [TYPE | TYPE/NAME | NONRESOURCEURL]',
  flags: [{ name: 'all-namespaces', short: 'A', type: 'bool' }, { name: 'quiet', short: 'q', type: 'bool' }, { name: 'subresource', type: 'string' }, { name: 'list', type: 'bool' }],
  async run(kubectl) {
    const [verb, target] = kubectl.args;
    if (!verb || !target) throw new UsageError('you must specify two arguments: verb resource or verb resource/resourceName.');
    const [type = '', name] = target.split('/');
    const resource = (await kubectl.client.resources()).byName(type);
    if (!resource && type !== '*' && !target.startsWith('/')) kubectl.warn(`the server doesn't have a resource type '${type}'\n`);
    if (resource && !resource.namespaced && !kubectl.flags.bool('all-namespaces')) kubectl.warn(`resource '${resource.plural}' is not namespace scoped${resource.group ? ` in group '${resource.group}'` : ''}\n`);
    const attributes = { verb, resource: resource?.plural ?? type, group: resource?.group ?? '', ...(name ? { name } : {}), ...(resource?.namespaced !== false && !kubectl.flags.bool('all-namespaces') ? { namespace: kubectl.namespace } : {}), ...(kubectl.flags.string('subresource') ? { subresource: kubectl.flags.string('subresource') } : {}) };
    const spec = target.startsWith('/') ? { nonResourceAttributes: { verb, path: target } } : { resourceAttributes: attributes };
    const answer = (await kubectl.client.request({ method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec } })) as { status?: { allowed?: boolean; reason?: string } };
    const allowed = answer.status?.allowed === true;
    if (!kubectl.flags.bool('quiet')) kubectl.out(allowed ? 'yes\n' : `no${answer.status?.reason ? ` - ${answer.status.reason}` : ''}\n`);
    return allowed ? 0 : 1;
  },
};

const whoami: KubectlCommand = {
  name: 'whoami',
  summary: 'Experimental: Check self subject attributes',
  flags: [{ name: 'output', short: 'o', type: 'string' }],
  async run(kubectl) {
    const answer = (await kubectl.client.request({ method: 'POST', path: '/apis/authentication.k8s.io/v1/selfsubjectreviews', body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' } })) as { status?: { userInfo?: { username?: string; groups?: string[] } } };
    const { username = '', groups = [] } = answer.status?.userInfo ?? {};
    kubectl.out(layOut(`ATTRIBUTE\tVALUE\nUsername\t${username}\nGroups\t[${groups.join(' ')}]\n`, LAYOUT));
  },
};

export const auth: KubectlCommand = { name: 'auth', summary: 'Inspect authorization', long: 'Asks the API server what the current user may do.', subcommands: [canI, whoami] };

// ---- top ----

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

/** `2m5.25s`, as Go prints durations. */
function goDuration(milliseconds: number): string {
  const [hours, minutes] = [Math.floor(milliseconds / 3_600_000), Math.floor(milliseconds / 60_000) % 60];
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${(milliseconds % 60_000) / 1_000}s`;
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
    kubectl.out(layOut(lines.map((line) => `${line.join('\t')}\t\n`).join(''), LAYOUT));
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
    kubectl.out(layOut(lines.map((line) => `${line.join('\t')}\t\n`).join(''), LAYOUT));
  },
};

export const top: KubectlCommand = { name: 'top', summary: 'Display resource (CPU/memory) usage', long: 'Shows what nodes and pods use, from the metrics API.', subcommands: [topNode, topPod] };

