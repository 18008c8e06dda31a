/** `ssh MACHINE [COMMAND…]`: a shell on a machine of the cluster, with the tools that an administrator uses there. */
import { nodeTools } from '../../simulation/node-tools/registry.ts';
import type { ToolResult } from '../../simulation/node-tools/types.ts';
import { createIo } from '../bash/io.ts';
import { LineReader } from '../bash/streams.ts';
import { Shell } from '../bash/shell.ts';
import { toYaml } from '../kubectl/printers/yaml.ts';
import { coreutils } from '../tools/coreutils.ts';
import { grepTools } from '../tools/grep.ts';
import { sed } from '../tools/sed.ts';
import { systemTools } from '../tools/system.ts';
import { textTools } from '../tools/text.ts';
import { timeTools } from '../tools/time.ts';
import type { Command, CommandContext, ShellHost } from '../types.ts';
import { curl } from './curl.ts';
import { kubeadmOn } from './kubeadm/command.ts';
import { MemoryFiles } from '../lab/memory-files.ts';

const MANIFESTS = '/etc/kubernetes/manifests';
const HOME = '/root';

interface Machine {
  name: string;
  controlPlane: boolean;
  host: boolean;
  address: string;
}

interface Manifest {
  name: string;
  pod: Record<string, unknown>;
  present: boolean;
}

/** The machine's files for one visit. Moving a manifest of a static pod away, or back, is told to its kubelet. */
class NodeFiles extends MemoryFiles {
  readonly #manifests: ReadonlySet<string>;
  readonly #host: ShellHost;
  /** What the kubelet is being told. */
  #told: Promise<unknown>[] = [];
  #ready = false;

  constructor(machine: Machine, manifests: readonly Manifest[], host: ShellHost) {
    super([HOME, '/tmp', '/etc/kubernetes', '/var/lib/kubelet', '/var/log', ...(machine.controlPlane ? [MANIFESTS, '/etc/kubernetes/pki/etcd'] : [])]);
    this.#host = host;
    this.#manifests = new Set(manifests.map(({ name }) => `${MANIFESTS}/${name}.yaml`));
    this.write('/etc/hostname', `${machine.name}\n`);
    this.write('/etc/os-release', 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nID=debian\n');
    for (const { name, pod, present } of manifests) this.write(`${present ? MANIFESTS : '/tmp'}/${name}.yaml`, toYaml(pod));
    this.#ready = true;
  }

  override write(path: string, text: string): void {
    super.write(path, text);
    if (this.#ready && this.#manifests.has(path)) this.#tell(path, true);
  }

  override remove(path: string): boolean {
    const removed = super.remove(path);
    if (removed && this.#ready && this.#manifests.has(path)) this.#tell(path, false);
    return removed;
  }

  #tell(path: string, present: boolean): void {
    const name = path.slice(MANIFESTS.length + 1).replace(/\.yaml$/, '');
    this.#told.push(this.#host.operation({ name: 'node.manifest', args: { name, present } }));
  }

  /** Until the kubelet knows what has become of its manifests. @throws Error when the person may not do that. */
  async settled(): Promise<void> {
    await Promise.all(this.#told.splice(0));
  }
}

/** A tool of the machine as a command of the shell there. */
function onNode(node: string): Command[] {
  return nodeTools.map((tool) => ({
    name: tool.name,
    summary: tool.summary,
    async run({ args, host, stdout, stderr }) {
      const result = (await host.operation({ name: tool.changes?.(args) ? 'node.act' : 'node.look', args: { node, argv: [tool.name, ...args] } })) as ToolResult;
      stdout.write(result.stdout);
      stderr.write(result.stderr);
      return result.code;
    },
  }));
}

function helpOf(tools: readonly Command[]): Command {
  return {
    name: 'help',
    summary: 'what there is on this machine',
    async run({ stdout }) {
      stdout.write(`On this machine, besides the usual tools for text and files:\n${tools.map((tool) => `  ${tool.name.padEnd(14)}${tool.summary}\n`).join('')}`);
      return 0;
    },
  };
}

/** A shell on a machine. */
export async function visit(context: CommandContext, name: string, command: string | undefined): Promise<number> {
  const { nodes } = (await context.host.operation({ name: 'minikube.status', args: {} })) as { nodes: Machine[] };
  const machine = nodes.find((node) => node.name === name || node.address === name);
  if (!machine) {
    context.stderr.write(`ssh: Could not resolve hostname ${name}: Name or service not known\n`);
    return 255;
  }
  if (!machine.host) {
    context.stderr.write(`ssh: connect to host ${name} port 22: No route to host\n`);
    return 255;
  }
  const tools = onNode(machine.name);
  const usual = [...coreutils, ...grepTools, sed, ...systemTools, ...textTools, ...timeTools, curl, kubeadmOn(machine.name)].filter((each) => !['hostname', 'vi', 'vim', 'nano', 'edit'].includes(each.name));
  const hostname: Command = { name: 'hostname', summary: 'the name of this machine', run: ({ stdout }) => Promise.resolve((stdout.write(`${machine.name}\n`), 0)) };
  const commands = new Map([...usual, hostname, ...tools, helpOf(tools)].map((each) => [each.name, each]));
  const manifests = machine.controlPlane ? ((await context.host.operation({ name: 'node.manifests', args: { node: machine.name } })) as Manifest[]) : [];
  const files = new NodeFiles(machine, manifests, context.host);
  const shell = new Shell({ host: context.host, files, commands, session: { listeners: new Map() }, size: () => context.size, history: () => [] }, HOME);
  shell.initialize('root', HOME, { HOSTNAME: machine.name });
  const run = async (text: string): Promise<number> => {
    const code = await shell.run(text, createIo({ stdin, stdout: context.stdout, stderr: context.stderr, signal: context.signal }));
    await files.settled();
    return code;
  };
  const typed = command === undefined && !context.stdin.isTerminal ? context.stdin.typed?.() : undefined;
  const stdin = new LineReader(context.stdin);
  if (command !== undefined) return run(command);
  const interactive = context.stdin.isTerminal || typed !== undefined;
  let code = 0;
  try {
    for (;;) {
      if (interactive) context.stdout.write(`root@${machine.name}:${shell.cwd === HOME ? '~' : shell.cwd}# `);
      // A person in a lab types whole lines.
      const line = await (typed ? typed.read() : stdin.line());
      if (line === undefined || context.signal.aborted) break;
      const text = line.replace(/\r?\n?$/, '');
      if (typed) context.stdout.write(`${text}\n`);
      code = await run(text);
      if (shell.exited) break;
    }
  } finally {
    typed?.close();
  }
  if (interactive) context.stderr.write(`${shell.exited ? 'logout\n' : '\n'}Connection to ${name} closed.\n`);
  return code;
}

export const ssh: Command = {
  name: 'ssh',
  summary: 'a shell on a machine of the cluster',
  async run(context) {
    const args = [...context.args];
    while (args[0]?.startsWith('-')) args.splice(0, /^-[ioplF]$/.test(args[0]) ? 2 : 1);
    const [target, ...command] = args;
    if (target === undefined) {
      context.stderr.write('usage: ssh [user@]machine [command [argument ...]]\n');
      return 255;
    }
    return visit(context, target.replace(/^[^@]*@/, ''), command.length > 0 ? command.join(' ') : undefined);
  },
  async complete(_words, { host }) {
    return ((await host.operation({ name: 'node.machines', args: {} })) as string[]);
  },
};
