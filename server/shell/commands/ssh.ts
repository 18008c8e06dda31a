/** `ssh MACHINE [COMMAND…]`: a shell on a machine of the cluster, with the tools that an administrator uses there. */
import { parse } from 'yaml';
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
import type { Command, CommandContext, OperationRequest, ShellHost } from '../types.ts';
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

interface StoredFile {
  path: string;
  /** Absent of a directory. */
  text?: string;
}

/** Name of a manifest in the directory that the kubelet reads; undefined of any other path. */
function manifestName(path: string): string | undefined {
  return /^\/etc\/kubernetes\/manifests\/([^./][^/]*)\.(?:yaml|yml|json)$/.exec(path)?.[1];
}

/** A machine's files. What is written here is kept there; what lies among the manifests is told to its kubelet. */
class NodeFiles extends MemoryFiles {
  readonly #machine: Machine;
  readonly #host: ShellHost;
  /** What the machine must be told, in order. Not from where files change: the tools of just-bash keep that from waiting. */
  readonly #untold: OperationRequest[] = [];
  #ready = false;

  constructor(machine: Machine, manifests: readonly Manifest[], stored: readonly StoredFile[], host: ShellHost) {
    super([]);
    this.#machine = machine;
    this.#host = host;
    for (const directory of [HOME, '/tmp', '/opt', '/srv', '/mnt', '/etc/kubernetes', '/var/lib/kubelet', '/var/log', MANIFESTS, ...(machine.controlPlane ? ['/etc/kubernetes/pki/etcd', '/var/lib/etcd'] : [])]) this.makeDirectory(directory);
    this.makeDirectory('/etc');
    this.write('/etc/hostname', `${machine.name}\n`);
    this.write('/etc/os-release', 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nID=debian\n');
    const kept = new Set(stored.map(({ path }) => path));
    for (const { name, pod, present } of manifests) if (present || !kept.has(`/tmp/${name}.yaml`)) this.write(`${present ? MANIFESTS : '/tmp'}/${name}.yaml`, toYaml(pod));
    this.#show(stored);
    this.#ready = true;
  }

  override write(path: string, text: string): void {
    const before = this.read(path);
    super.write(path, text);
    if (!this.#ready || before === text) return;
    this.#tell('node.file', { path, text });
    const name = manifestName(path);
    const pod = name === undefined ? undefined : parsed(text);
    if (pod) this.#tell('node.manifest', { name, present: true, pod });
  }

  override remove(path: string): boolean {
    const removed = super.remove(path);
    if (!removed || !this.#ready) return removed;
    this.#tell('node.file', { path });
    const name = manifestName(path);
    if (name !== undefined) this.#tell('node.manifest', { name, present: false });
    return removed;
  }

  override makeDirectory(path: string): void {
    const isNew = !this.isDirectory(path);
    super.makeDirectory(path);
    if (this.#ready && isNew) this.#tell('node.file', { path, directory: true });
  }

  #tell(name: string, args: Record<string, unknown>): void {
    this.#untold.push({ name, args: { node: this.#machine.name, ...args } });
  }

  /** Shows what a program of the machine has written. */
  async refresh(): Promise<void> {
    const stored = (await this.#host.operation({ name: 'node.files', args: { node: this.#machine.name } })) as StoredFile[];
    this.#ready = false;
    this.#show(stored);
    this.#ready = true;
  }

  #show(stored: readonly StoredFile[]): void {
    for (const { path, text } of stored) {
      this.makeDirectory(text === undefined ? path : path.slice(0, path.lastIndexOf('/')) || '/');
      if (text !== undefined) this.write(path, text);
    }
  }

  /** Until the machine has everything. @throws Error when the person may not do that, or the disk is full. */
  async settled(): Promise<void> {
    for (let next = this.#untold.shift(); next; next = this.#untold.shift()) await this.#host.operation(next);
  }
}

/** What a manifest says; undefined when it is no YAML, which the kubelet logs and passes over. */
function parsed(text: string): unknown {
  try {
    const value: unknown = parse(text);
    return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'Pod' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A tool of the machine as a command of the shell there. */
function onNode(node: string, files: NodeFiles): Command[] {
  return nodeTools.map((tool) => ({
    name: tool.name,
    summary: tool.summary,
    async run({ args, host, stdout, stderr }) {
      const changes = tool.changes?.(args) ?? false;
      await files.settled();
      const result = (await host.operation({ name: changes ? 'node.act' : 'node.look', args: { node, argv: [tool.name, ...args] } })) as ToolResult;
      if (changes) await files.refresh();
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
  const ask = <T>(name: string): Promise<T> => context.host.operation({ name, args: { node: machine.name } }) as Promise<T>;
  const files = new NodeFiles(machine, await ask<Manifest[]>('node.manifests'), await ask<StoredFile[]>('node.files'), context.host);
  const tools = onNode(machine.name, files);
  const usual = [...coreutils, ...grepTools, sed, ...systemTools, ...textTools, ...timeTools, curl, kubeadmOn(machine.name)].filter((each) => !['hostname', 'vi', 'vim', 'nano', 'edit'].includes(each.name));
  const hostname: Command = { name: 'hostname', summary: 'the name of this machine', run: ({ stdout }) => Promise.resolve((stdout.write(`${machine.name}\n`), 0)) };
  const commands = new Map([...usual, hostname, ...tools, helpOf(tools)].map((each) => [each.name, each]));
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
