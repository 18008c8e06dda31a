/** `kubectl config`: which cluster, user and namespace this terminal works with. */
import { toBase64 } from 'lib0/buffer';
import { layOut } from '../describe/tabwriter.ts';
import { PRINT_FLAGS, type Kubectl, type KubectlCommand } from '../framework/command.ts';
import { hasClientCertificate } from '../framework/client-certificate.ts';
import { KubectlError, UsageError } from '../framework/errors.ts';
import { CLUSTER, type Context } from '../framework/kubeconfig.ts';
import { parseTemplate, runTemplate } from '../../../simulation/json-path.ts';
import { toJson } from '../printers/json.ts';
import { TABLE_TABS } from '../printers/table.ts';
import { toYaml } from '../printers/yaml.ts';

/** What is shown of secrets, and of what no file holds: the terminal's own certificate. */
const OMITTED = 'DATA+OMITTED';

/** An entry of `users` as it is printed. @param own whether it is the terminal's own user */
function shownUser(user: Readonly<Record<string, string>>, own: boolean, raw: boolean): Record<string, string> {
  const hidden = (name: string, value: string): string => (raw ? value : name === 'token' || name === 'password' ? 'REDACTED' : name.endsWith('-data') ? OMITTED : value);
  const inherent: Record<string, string> = own && !hasClientCertificate(user) ? { 'client-certificate-data': OMITTED, 'client-key-data': OMITTED } : {};
  return { ...inherent, ...Object.fromEntries(Object.entries(user).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => [name, hidden(name, value)])) };
}

/** An entry of `clusters` as it is printed. @param authority certificate of the terminal's own cluster, PEM */
function shownCluster(cluster: Readonly<Record<string, string>>, authority: string | undefined, raw: boolean): Record<string, string> {
  const inherent: Record<string, string> = authority === undefined || cluster['certificate-authority'] ? {} : { 'certificate-authority-data': toBase64(new TextEncoder().encode(authority)) };
  const whole = { ...inherent, ...cluster };
  if (!raw && whole['certificate-authority-data']) whole['certificate-authority-data'] = OMITTED;
  return whole;
}

function configObject(kubectl: Kubectl, minify: boolean, raw: boolean): Record<string, unknown> {
  const { config } = kubectl;
  const names = minify ? [config.current] : [...config.contexts.keys()];
  const identity = kubectl.context.host.identity();
  const clusters = minify ? [config.contexts.get(config.current)?.cluster ?? ''].filter((name) => config.clusters.has(name)) : [...config.clusters.keys()];
  const users = minify ? [config.contexts.get(config.current)?.user ?? ''].filter((name) => config.users.has(name)) : [...config.users.keys()];
  return {
    apiVersion: 'v1',
    clusters: clusters.map((name) => ({ cluster: shownCluster(config.clusters.get(name) ?? { server: '' }, name === CLUSTER ? identity.authority : undefined, raw), name })),
    contexts: names.map((name) => ({ context: { ...config.contexts.get(name) }, name })),
    'current-context': config.current,
    kind: 'Config',
    users: users.map((name) => ({ name, user: shownUser(config.users.get(name) ?? {}, name === identity.username, raw) })),
  };
}

/** Files that flags name, as an entry has them: by their path, or with `--embed-certs` what is in them. @throws KubectlError */
function setFiles(kubectl: Kubectl, entry: Record<string, string>, names: readonly string[]): void {
  const given = names.filter((name) => kubectl.flags.given(name));
  const embed = kubectl.flags.bool('embed-certs');
  if (embed && given.length === 0) throw new KubectlError(`you must specify a ${names.map((name) => `--${name}`).join(' or ')} to embed`);
  for (const name of given) {
    const path = kubectl.flags.string(name);
    const text = kubectl.context.files.read(kubectl.absolute(path));
    if (embed && text === undefined) throw new KubectlError(`could not stat ${name} file ${path}: stat ${path}: no such file or directory`);
    delete entry[name];
    delete entry[`${name}-data`];
    if (embed) entry[`${name}-data`] = toBase64(new TextEncoder().encode(text));
    else entry[name] = kubectl.absolute(path);
  }
}

/** Where a kubeconfig is, as it is named to the person. */
const FILE = '/root/.kube/config';

function deletion(what: 'context' | 'cluster' | 'user', summary: string, entries: (config: Kubectl['config']) => Map<string, unknown>): KubectlCommand {
  return {
    name: `delete-${what}`,
    summary,
    usage: 'NAME',
    async run(kubectl) {
      const [name] = kubectl.args;
      if (kubectl.args.length !== 1 || !name) throw new UsageError(what === 'user' ? 'user to delete is required' : `unexpected args: [${kubectl.args.join(' ')}]`);
      if (!entries(kubectl.config).has(name)) throw new KubectlError(`cannot delete ${what} ${name}, not in ${FILE}`);
      if (what === 'context' && kubectl.config.current === name) kubectl.err('warning: this removed your active context, use "kubectl config use-context" to select a different one\n');
      entries(kubectl.config).delete(name);
      kubectl.out(`deleted ${what} ${name} from ${FILE}\n`);
    },
  };
}

/** Properties that a terminal's kubeconfig has: `current-context`, and those of contexts, clusters and users. @throws KubectlError for others */
function setProperty({ config }: Kubectl, property: string, value: string | undefined): void {
  if (property === 'current-context') {
    config.current = value ?? '';
    return;
  }
  const [section = '', ...rest] = property.split('.');
  const maps: Record<string, Map<string, object>> = { contexts: config.contexts, clusters: config.clusters, users: config.users };
  const entries = maps[section];
  if (!entries) throw new KubectlError(`unable to locate path "${section}" under a kubeconfig`);
  if (rest.length === 0) {
    if (value !== undefined) throw new KubectlError(`can't set a map to a value: ${section}`);
    entries.clear();
    return;
  }
  // Names may have dots in them: what is known by its whole name is meant.
  const whole = rest.join('.');
  const field = entries.has(whole) ? undefined : rest.length > 1 ? (rest.pop() as string) : undefined;
  const name = rest.join('.');
  if (field === undefined) {
    if (value !== undefined) throw new KubectlError(`can't set a map to a value: ${property}`);
    entries.delete(whole);
    return;
  }
  const blank: Context | { server: string } | object = section === 'contexts' ? { cluster: '', user: '' } : section === 'clusters' ? { server: '' } : {};
  const entry: Record<string, string> = { ...blank, ...entries.get(name) };
  if (value === undefined) delete entry[field];
  else entry[field] = value;
  entries.set(name, entry);
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
      kubectl.out(layOut(lines.map((line) => `${line.join('\t')}\n`).join(''), TABLE_TABS));
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
    name: 'rename-context',
    summary: 'Rename a context from the kubeconfig file',
    usage: 'CONTEXT_NAME NEW_NAME',
    async run(kubectl) {
      const { config, args } = kubectl;
      if (args.length !== 2) throw new UsageError(`Unexpected args: [${args.join(' ')}]`);
      const [name, renamed] = args as [string, string];
      if (!renamed) throw new KubectlError('You must specify a new non-empty context name');
      const context = config.contexts.get(name);
      if (!context) throw new KubectlError(`cannot rename the context "${name}", it's not in ${FILE}`);
      if (config.contexts.has(renamed)) throw new KubectlError(`cannot rename the context "${name}", the context "${renamed}" already exists in ${FILE}`);
      config.contexts.set(renamed, context);
      config.contexts.delete(name);
      if (config.current === name) config.current = renamed;
      kubectl.out(`Context "${name}" renamed to "${renamed}".\n`);
    },
  },
  deletion('context', 'Delete the specified context from the kubeconfig', ({ contexts }) => contexts),
  deletion('cluster', 'Delete the specified cluster from the kubeconfig', ({ clusters }) => clusters),
  deletion('user', 'Delete the specified user from the kubeconfig', ({ users }) => users),
  {
    name: 'set-cluster',
    summary: 'Set a cluster entry in kubeconfig',
    usage: 'NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true] [--tls-server-name=example.com]',
    flags: [{ name: 'server', short: 's', type: 'string' }, { name: 'certificate-authority', type: 'string' }, { name: 'embed-certs', type: 'bool' }, { name: 'insecure-skip-tls-verify', type: 'bool' }, { name: 'tls-server-name', type: 'string' }, { name: 'proxy-url', type: 'string' }],
    async run(kubectl) {
      const [name] = kubectl.args;
      if (kubectl.args.length !== 1 || !name) throw new UsageError(`Unexpected args: [${kubectl.args.join(' ')}]`);
      const { clusters } = kubectl.config;
      const cluster = { ...(clusters.get(name) ?? { server: '' }) };
      if (kubectl.flags.given('server')) cluster.server = kubectl.flags.string('server');
      setFiles(kubectl, cluster, ['certificate-authority']);
      clusters.set(name, cluster);
      kubectl.out(`Cluster "${name}" set.\n`);
    },
  },
  {
    name: 'set-credentials',
    summary: 'Set a user entry in kubeconfig',
    usage: 'NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] [--password=basic_password]',
    flags: [{ name: 'client-certificate', type: 'string' }, { name: 'client-key', type: 'string' }, { name: 'embed-certs', type: 'bool' }, { name: 'token', type: 'string' }, { name: 'username', type: 'string' }, { name: 'password', type: 'string' }],
    async run(kubectl) {
      const { args, flags, config } = kubectl;
      const [name] = args;
      if (args.length !== 1 || !name) throw new UsageError(`unexpected args: [${args.join(' ')}]`);
      const user: Record<string, string> = { ...config.users.get(name) };
      setFiles(kubectl, user, ['client-certificate', 'client-key']);
      for (const flag of ['token', 'username', 'password']) if (flags.given(flag)) user[flag] = flags.string(flag);
      config.users.set(name, user);
      kubectl.out(`User "${name}" set.\n`);
    },
  },
  {
    name: 'set',
    summary: 'Set an individual value in a kubeconfig file',
    usage: 'PROPERTY_NAME PROPERTY_VALUE',
    async run(kubectl) {
      if (kubectl.args.length !== 2) throw new UsageError(`Unexpected args: [${kubectl.args.join(' ')}]`);
      const [property, value] = kubectl.args as [string, string];
      setProperty(kubectl, property, value);
      kubectl.out(`Property "${property}" set.\n`);
    },
  },
  {
    name: 'unset',
    summary: 'Unset an individual value in a kubeconfig file',
    usage: 'PROPERTY_NAME',
    async run(kubectl) {
      if (kubectl.args.length !== 1) throw new UsageError(`Unexpected args: [${kubectl.args.join(' ')}]`);
      const [property] = kubectl.args as [string];
      setProperty(kubectl, property, undefined);
      kubectl.out(`Property "${property}" unset.\n`);
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
      const object = configObject(kubectl, kubectl.flags.bool('minify'), kubectl.flags.bool('raw'));
      const format = kubectl.flags.string('output');
      if (format === 'json') return kubectl.out(toJson(object));
      if (format.startsWith('jsonpath=')) return kubectl.out(runTemplate(parseTemplate(format.slice(9)), object, { allowMissing: true }));
      kubectl.out(toYaml(object));
    },
  },
];

export const config: KubectlCommand = { name: 'config', summary: 'Modify kubeconfig files', usage: 'SUBCOMMAND', long: 'Shows and changes which cluster, user and namespace this terminal works with.', subcommands: configCommands };
