/**
 * `minikube`: the room's cluster seen as the one a student would start on a laptop. Every line that is printed follows
 * from what the simulation did or is.
 */
import type { Command, CommandContext } from '../../types.ts';
import { addons } from './addons.ts';
import { service } from './service.ts';
import { dashboard, remove, start, status, stop } from './lifecycle.ts';
import { visit } from '../ssh.ts';
import { tunnel } from './tunnel.ts';
import { fail, machines, type Subcommand } from './common.ts';

const VERSION = 'v1.37.0';

async function ip(context: CommandContext): Promise<number> {
  const { nodes } = await machines(context);
  const controlPlane = nodes.find((node) => node.controlPlane);
  if (!controlPlane?.host) return fail(context, '🤷', 'The control-plane node is not running: (state=Stopped)', 83);
  context.stdout.write(`${controlPlane.address}\n`);
  return 0;
}

async function sshInto(context: CommandContext, args: string[]): Promise<number> {
  const at = args.findIndex((arg) => arg === '-n' || arg === '--node');
  const node = at >= 0 ? args[at + 1] : /^--node=(.*)$/.exec(args.find((arg) => arg.startsWith('--node=')) ?? '')?.[1];
  const command = args.filter((arg, index) => (at < 0 || (index !== at && index !== at + 1)) && arg !== '--' && !arg.startsWith('--node='));
  const name = node ?? (await machines(context)).nodes.find((each) => each.controlPlane)?.name ?? 'control-plane';
  return visit(context, name, command.length > 0 ? command.join(' ') : undefined);
}

async function nodeList(context: CommandContext, args: string[]): Promise<number> {
  if (args[0] !== 'list') return usage(context, 2);
  for (const node of (await machines(context)).nodes) context.stdout.write(`${node.name}\t${node.address}\n`);
  return 0;
}

async function version(context: CommandContext): Promise<number> {
  context.stdout.write(`minikube version: ${VERSION}\n`);
  return 0;
}

const SUBCOMMANDS: Record<string, { summary: string; run: Subcommand }> = {
  start: { summary: 'Starts the cluster, or what of it is switched off', run: start },
  status: { summary: 'Shows which machines and programs run', run: status },
  stop: { summary: 'Switches all machines off', run: stop },
  delete: { summary: 'Deletes the cluster', run: remove },
  dashboard: { summary: 'Opens the cluster view', run: dashboard },
  addons: { summary: 'Lists, enables and disables addons', run: addons },
  service: { summary: 'Opens a Service, or prints its address', run: service },
  tunnel: { summary: 'Gives LoadBalancer Services an address while it runs', run: tunnel },
  ssh: { summary: 'A shell on a machine (-n NODE)', run: sshInto },
  ip: { summary: "Prints the control-plane node's address", run: ip },
  node: { summary: 'node list: the machines', run: nodeList },
  version: { summary: 'Prints the version', run: version },
};

function usage(context: CommandContext, code: number): number {
  const lines = Object.entries(SUBCOMMANDS).map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`);
  (code === 0 ? context.stdout : context.stderr).write(`Usage:\n  minikube COMMAND [flags]\n\nCommands:\n${lines.join('\n')}\n`);
  return code;
}

export const minikube: Command = {
  name: 'minikube',
  summary: 'run the cluster as on a laptop',
  async run(context) {
    const [name, ...args] = context.args;
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') return usage(context, 0);
    const subcommand = SUBCOMMANDS[name];
    if (!subcommand) {
      context.stderr.write(`Error: unknown command "${name}" for "minikube"\nRun 'minikube --help' for usage.\n`);
      return 1;
    }
    try {
      return await subcommand.run(context, args);
    } catch (error) {
      if (context.signal.aborted) return 130;
      return fail(context, '❌', `Exiting: ${error instanceof Error ? error.message : String(error)}`, 1);
    }
  },
  async complete(words, { host }) {
    if (words.length <= 2) return Object.keys(SUBCOMMANDS);
    if (words[1] === 'addons') {
      if (words.length === 3) return ['list', 'enable', 'disable'];
      return ((await host.operation({ name: 'minikube.addons', args: {} })) as { name: string; supported: boolean }[]).filter((addon) => addon.supported).map((addon) => addon.name);
    }
    if (words[1] === 'service') {
      const response = await host.request({ method: 'GET', path: '/api/v1/namespaces/default/services' });
      return ((response.body as { items?: { metadata: { name: string } }[] }).items ?? []).map((item) => item.metadata.name);
    }
    return [];
  },
};
