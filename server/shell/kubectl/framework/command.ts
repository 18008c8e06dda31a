/**
 * What a kubectl command is. To add one: a file in commands/ that exports a KubectlCommand, and one line in registry.ts.
 * It gets its parsed flags and arguments, a client and the streams, and throws the errors of errors.ts.
 */
import type { CommandContext } from '../../types.ts';
import { actingHost } from './acting-host.ts';
import { ApiClient } from './client.ts';
import { KubectlError } from './errors.ts';
import type { Flags, FlagSpec } from './flags.ts';
import { inForce, type InForce } from './credentials.ts';
import { kubeconfigOf, type Kubeconfig } from './kubeconfig.ts';

export interface KubectlCommand {
  name: string;
  aliases?: string[];
  /** One line in lists of commands. */
  summary: string;
  /** Usage line after `kubectl NAME`. */
  usage?: string;
  /** What help says, in our words. */
  long?: string;
  examples?: string;
  flags?: FlagSpec[];
  subcommands?: KubectlCommand[];
  /** Of a command that only groups subcommands: where its help goes when none is named. Default: to standard error, as a failure. */
  bareHelp?: 'stdout' | 'result';
  /** Absent for commands that only group subcommands. */
  run?(kubectl: Kubectl): Promise<number | void>;
  /** Whether help pages list it. */
  hidden?: boolean;
}

/** One run of one command. */
export class Kubectl {
  readonly client: ApiClient;
  readonly config: Kubeconfig;
  readonly context: CommandContext;
  readonly #inForce: InForce;

  constructor(
    context: CommandContext,
    readonly flags: Flags,
    readonly args: readonly string[],
    /** What came after `--`. */
    readonly dash: readonly string[] | undefined,
    /** Full name of the command, e.g. `kubectl rollout status`. */
    readonly path: string,
    /** Names of flags that the command has itself, and that mean something else to it than to all others. */
    own: ReadonlySet<string> = new Set(),
  ) {
    this.config = kubeconfigOf(context);
    this.#inForce = inForce(flags, own, this.config, context.host.identity().username, (path) => context.files.read(this.absolute(path)));
    const { bearing } = this.#inForce;
    // The context may be more than its own properties: what it inherits stays.
    this.context = bearing ? (Object.create(context, { host: { value: actingHost(context.host, bearing) } }) as CommandContext) : context;
    this.client = new ApiClient(this.context.host, (text) => this.warn(text), context.signal);
  }

  /** Namespace in force: -n, or that of the context. */
  get namespace(): string {
    return this.flags.optional('namespace') ?? this.#inForce.context?.namespace ?? 'default';
  }

  get now(): number {
    return this.context.host.now();
  }

  get signal(): AbortSignal {
    return this.context.signal;
  }

  out(text: string): void {
    this.context.stdout.write(text);
  }

  err(text: string): void {
    this.context.stderr.write(text);
  }

  warn(text: string): void {
    this.err(`Warning: ${text}\n`);
  }

  /** The text of a file, or of standard input for `-`. @throws KubectlError */
  async readFile(path: string): Promise<string> {
    if (path === '-') return this.context.stdin.readAll();
    const text = this.context.files.read(this.absolute(path));
    if (text === undefined) throw new KubectlError(`the path "${path}" does not exist`);
    return text;
  }

  absolute(path: string): string {
    const whole = path.startsWith('/') ? path : `${this.context.cwd}/${path}`;
    const parts: string[] = [];
    for (const part of whole.split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '' && part !== '.') parts.push(part);
    }
    return `/${parts.join('/')}`;
  }

  /** Lets cluster time pass. Rejects when the command is interrupted. */
  async sleep(milliseconds: number): Promise<void> {
    await this.context.host.sleep(milliseconds, this.signal);
  }
}

export const GLOBAL_FLAGS: FlagSpec[] = [
  { name: 'namespace', short: 'n', type: 'string' },
  { name: 'context', type: 'string' },
  { name: 'cluster', type: 'string' },
  { name: 'user', type: 'string' },
  { name: 'kubeconfig', type: 'string' },
  { name: 'server', short: 's', type: 'string' },
  { name: 'token', type: 'string' },
  { name: 'client-certificate', type: 'string' },
  { name: 'client-key', type: 'string' },
  { name: 'as', type: 'string' },
  { name: 'as-group', type: 'array' },
  { name: 'request-timeout', type: 'string', default: '0' },
  { name: 'v', short: 'v', type: 'int', default: 0 },
  { name: 'warnings-as-errors', type: 'bool' },
  { name: 'insecure-skip-tls-verify', type: 'bool' },
  { name: 'help', short: 'h', type: 'bool' },
];

/** `-o` and what belongs to it, for commands that print objects. */
export const PRINT_FLAGS: FlagSpec[] = [
  { name: 'output', short: 'o', type: 'string' },
  { name: 'template', type: 'string' },
  { name: 'allow-missing-template-keys', type: 'bool', default: true },
  { name: 'show-managed-fields', type: 'bool' },
];

export const DRY_RUN_FLAGS: FlagSpec[] = [{ name: 'dry-run', type: 'string', default: 'none', bare: 'unchanged' }];

export const FILE_FLAGS: FlagSpec[] = [
  { name: 'filename', short: 'f', type: 'list' },
  { name: 'kustomize', short: 'k', type: 'string' },
  { name: 'recursive', short: 'R', type: 'bool' },
];

export const SELECTOR_FLAGS: FlagSpec[] = [{ name: 'selector', short: 'l', type: 'string' }];

export type DryRun = 'none' | 'client' | 'server';

/** Reads --dry-run. @throws KubectlError */
export function dryRunOf(kubectl: Kubectl): DryRun {
  const value = kubectl.flags.string('dry-run');
  if (value === 'unchanged' || value === '') {
    kubectl.warn('--dry-run is deprecated and can be replaced with --dry-run=client.');
    return 'client';
  }
  if (value === 'none' || value === 'client' || value === 'server') return value;
  throw new KubectlError(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`);
}

/** ` (dry run)` and ` (server dry run)`, as they end messages. */
export function dryRunSuffix(dryRun: DryRun): string {
  return dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : '';
}
