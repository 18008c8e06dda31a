/** Tab completion: commands, flags, types, names, namespaces, containers. */
import type { CommandContext } from '../../types.ts';
import type { KubectlCommand } from './command.ts';
import { discoverResources } from './discovery.ts';
import type { FlagSpec } from './flags.ts';
import { currentNamespace, kubeconfigOf } from './kubeconfig.ts';

type Context = Pick<CommandContext, 'host' | 'files' | 'cwd' | 'session'>;

/** Commands whose arguments are pods. */
const POD_COMMANDS = new Set(['logs', 'exec', 'attach', 'debug', 'port-forward', 'cp']);
const NODE_COMMANDS = new Set(['cordon', 'uncordon', 'drain']);
const ROLLOUT_TYPES = ['deployment', 'daemonset', 'statefulset'];
const OUTPUTS = ['json', 'yaml', 'name', 'wide', 'jsonpath=', 'custom-columns=', 'go-template='];

async function names(path: string, { host }: Context): Promise<string[]> {
  const response = await host.request({ method: 'GET', path });
  return ((response.body as { items?: { metadata: { name: string } }[] }).items ?? []).map((item) => item.metadata.name);
}

/** @param words the words typed so far; the last one is to be completed. */
export async function completions(words: readonly string[], context: Context, commands: readonly KubectlCommand[], flagsOf: (command: KubectlCommand) => FlagSpec[]): Promise<string[]> {
  const typed = words.slice(1, -1);
  const last = words[words.length - 1] ?? '';
  let list = commands;
  let command: KubectlCommand | undefined;
  const args: string[] = [];
  let namespace = currentNamespace(kubeconfigOf(context));
  let expects: FlagSpec | undefined;
  for (const word of typed) {
    if (expects) {
      if (expects.name === 'namespace') namespace = word;
      expects = undefined;
      continue;
    }
    if (word.startsWith('-')) {
      const spec = (command ? flagsOf(command) : []).find((flag) => `--${flag.name}` === word || `-${flag.short}` === word) ?? (word === '-n' ? ({ name: 'namespace', type: 'string' } as FlagSpec) : undefined);
      if (spec && spec.type !== 'bool' && spec.bare === undefined) expects = spec;
      continue;
    }
    const next = args.length === 0 && (command === undefined || command.subcommands) ? list.find((each) => each.name === word || each.aliases?.includes(word)) : undefined;
    if (next) {
      command = next;
      list = next.subcommands ?? [];
    } else args.push(word);
  }
  if (expects) return flagValues(expects, namespace, args, context);
  if (last.startsWith('-')) return (command ? flagsOf(command) : []).map((flag) => `--${flag.name}`);
  if (!command || (command.subcommands && args.length === 0)) return list.filter((each) => !each.hidden).map((each) => each.name);
  return argumentsFor(command, args, last, namespace, context);
}

async function flagValues(flag: FlagSpec, namespace: string, args: readonly string[], context: Context): Promise<string[]> {
  switch (flag.name) {
    case 'namespace':
      return names('/api/v1/namespaces', context);
    case 'output':
      return OUTPUTS;
    case 'filename':
      return (context.files.list(context.cwd) ?? []).filter((file) => /\.(ya?ml|json)$/.test(file));
    case 'container': {
      const response = await context.host.request({ method: 'GET', path: `/api/v1/namespaces/${namespace}/pods/${(args[0] ?? '').replace(/^pods?\//, '')}` });
      return ((response.body as { spec?: { containers?: { name: string }[] } }).spec?.containers ?? []).map((container) => container.name);
    }
    case 'dry-run':
      return ['none', 'client', 'server'];
    default:
      return [];
  }
}

async function argumentsFor(command: KubectlCommand, args: readonly string[], last: string, namespace: string, context: Context): Promise<string[]> {
  if (POD_COMMANDS.has(command.name) && args.length === 0) return names(`/api/v1/namespaces/${namespace}/pods`, context);
  if (NODE_COMMANDS.has(command.name)) return names('/api/v1/nodes', context);
  const slash = last.indexOf('/');
  if (slash > 0) {
    const type = last.slice(0, slash);
    return (await namesOf(type, namespace, context)).map((name) => `${type}/${name}`);
  }
  if (args.length === 0) {
    if (['status', 'history', 'undo', 'restart', 'pause', 'resume'].includes(command.name)) return ROLLOUT_TYPES;
    return [...new Set((await discoverResources(context.host)).resources.flatMap((resource) => [resource.plural, ...resource.shortNames]))].sort();
  }
  return namesOf(args[0] as string, namespace, context);
}

async function namesOf(type: string, namespace: string, context: Context): Promise<string[]> {
  const resource = (await discoverResources(context.host)).byName(type);
  if (!resource) return [];
  const root = resource.group ? `/apis/${resource.group}/${resource.version}` : `/api/${resource.version}`;
  return names(`${root}${resource.namespaced ? `/namespaces/${namespace}` : ''}/${resource.plural}`, context);
}
