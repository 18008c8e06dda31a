/** Commands about the server and the client: version, cluster-info, api-resources, api-versions, options. */
import { GROUPS, VERSION_INFO } from '../../../simulation/apiserver/discovery.ts';
import { layOut } from '../describe/tabwriter.ts';
import { qualifiedPlural, type ServedResource } from '../framework/client.ts';
import { GLOBAL_FLAGS, type KubectlCommand } from '../framework/command.ts';
import { KubectlError, UsageError } from '../framework/errors.ts';
import { currentServer, kubeconfigOf } from '../framework/kubeconfig.ts';
import { TABLE_TABS } from '../printers/table.ts';
import { toYaml } from '../printers/yaml.ts';

const CLIENT_VERSION = 'v1.37.2';
const KUSTOMIZE_VERSION = 'v5.8.1';

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
    if (kubectl.args.length > 0) throw new UsageError(`unexpected arguments: [${kubectl.args.join(' ')}]`);
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
    if (kubectl.args.length > 0) throw new UsageError(`unexpected arguments: [${kubectl.args.join(' ')}]`);
    if (!['', 'name', 'kind'].includes(flags.string('sort-by'))) throw new KubectlError('--sort-by accepts only name or kind');
    // Of a resource in several versions the preferred one.
    let list = preferred((await kubectl.client.resources()).resources);
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
    kubectl.out(layOut(lines.map((line) => `${line.join('\t')}\n`).join(''), TABLE_TABS));
  },
};

function preferred(resources: readonly ServedResource[]): ServedResource[] {
  const seen = new Set<string>();
  return resources.filter((resource) => {
    const name = qualifiedPlural(resource);
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

function compare(x: string, y: string): number {
  return x < y ? -1 : x > y ? 1 : 0;
}

export const options: KubectlCommand = {
  name: 'options',
  summary: 'Print the list of flags inherited by all commands',
  hidden: true,
  run: async (kubectl) => kubectl.out(`The following options can be passed to any command:\n\n${GLOBAL_FLAGS.map((flag) => `    ${flag.short ? `-${flag.short}, ` : ''}--${flag.name}\n`).join('')}`),
};
