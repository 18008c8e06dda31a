/** etcdctl and etcdutl of etcd 3.6, over the store: members, health, keys, snapshots. */
import { ConnectionError, type KubeObject } from '../apiserver/types.ts';
import type { Cluster } from '../cluster.ts';
import { Hasher } from '../kernel/hash.ts';
import { failed, printed, type NodeTool, type ToolResult } from './types.ts';

const VERSION = '3.6.6';
const API_VERSION = '3.6';
const CLIENT_PORT = 2379;
/** A stored object is a little smaller in protobuf than in JSON; only its magnitude is shown. */
const DATABASE_PAGE_BYTES = 4_096;
const MAX_KEYS = 10_000;

/** Where resources lie that are not under their own plural. */
const PREFIXES: Record<string, string> = {
  nodes: 'minions', services: 'services/specs', endpoints: 'services/endpoints', 'leases.coordination.k8s.io': 'leases', 'ingresses.networking.k8s.io': 'ingress', 'ingressclasses.networking.k8s.io': 'ingressclasses',
  'customresourcedefinitions.apiextensions.k8s.io': 'apiextensions.k8s.io/customresourcedefinitions', 'apiservices.apiregistration.k8s.io': 'apiregistration.k8s.io/apiservices',
};

/** A key of the database: `/registry/pods/default/web-1`. */
function keyOf(resource: string, name: string): string {
  return `/registry/${PREFIXES[resource] ?? resource.split('.')[0]}/${name}`;
}

function entries(cluster: Cluster): [key: string, object: KubeObject][] {
  const all: [string, KubeObject][] = [];
  for (const [resource, objects] of cluster.store.state.objects) for (const [name, object] of objects) all.push([keyOf(resource, name), object]);
  return all.sort(([x], [y]) => (x < y ? -1 : 1));
}

interface Flags {
  words: string[];
  values: Map<string, string>;
}

const VALUED = new Set(['endpoints', 'cacert', 'cert', 'key', 'write-out', 'w', 'limit', 'command-timeout', 'dial-timeout', 'user']);

function parse(args: readonly string[]): Flags {
  const flags: Flags = { words: [], values: new Map() };
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string;
    const match = /^--?([a-z][\w-]*)(?:=(.*))?$/.exec(arg);
    if (!match) flags.words.push(arg);
    else if (match[2] !== undefined) flags.values.set(match[1] as string, match[2]);
    else if (VALUED.has(match[1] as string)) flags.values.set(match[1] as string, args[++at] ?? '');
    else flags.values.set(match[1] as string, 'true');
  }
  return flags;
}

/** A table in the style of etcd's `-w table`. */
function table(header: string[], rows: string[][]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] as string).length)));
  const line = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`;
  const centred = (text: string, width: number): string => ' '.repeat(Math.floor((width - text.length) / 2)) + text + ' '.repeat(Math.ceil((width - text.length) / 2));
  const right = (text: string, width: number): string => (/^[\d.]+( [kMG]?B)?$/.test(text) && !text.includes('.') ? text.padStart(width) : text.padEnd(width));
  return `${line}|${header.map((title, i) => ` ${centred(title, widths[i] as number)} `).join('|')}|\n${line}${rows.map((row) => `|${row.map((cell, i) => ` ${right(cell, widths[i] as number)} `).join('|')}|\n`).join('')}${line}`;
}

function memberId(cluster: Cluster): string {
  const hasher = new Hasher();
  hasher.string('etcd member');
  hasher.number(cluster.config.seed);
  return hasher.digest().slice(0, 16);
}

function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const [amount, unit] = bytes < 1_000_000 ? [bytes / 1_000, 'kB'] : [bytes / 1_000_000, 'MB'];
  return `${amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${unit}`;
}

function databaseBytes(cluster: Cluster): number {
  const used = entries(cluster).reduce((sum, [key, object]) => sum + key.length + JSON.stringify(object).length, 0);
  return Math.ceil(used / DATABASE_PAGE_BYTES) * DATABASE_PAGE_BYTES;
}

export interface EtcdFiles {
  write(path: string, text: string): void;
  read(path: string): string | undefined;
}

/** @param files where snapshots are kept: of the container or the machine on which it runs. */
export function etcdctl(cluster: Cluster, args: readonly string[], env: Readonly<Record<string, string>>, files: EtcdFiles | undefined): ToolResult {
  const { words, values } = parse(args);
  const [command, verb, ...rest] = words;
  const option = (name: string): string | undefined => values.get(name) ?? env[`ETCDCTL_${name.toUpperCase().replaceAll('-', '_')}`];
  const format = option('write-out') ?? option('w') ?? 'simple';
  if (command === 'version') return printed(`etcdctl version: ${VERSION}\nAPI version: ${API_VERSION}\n`);
  if (command === undefined || command === 'help') return printed('NAME:\n\tetcdctl - A simple command line client for etcd3.\n\nCOMMANDS supported here:\n\tmember list\n\tendpoint health\n\tendpoint status\n\tget KEY [--prefix] [--keys-only] [--limit N] [--count-only]\n\tsnapshot save FILE\n\tversion\n');
  const endpoint = (option('endpoints') ?? `127.0.0.1:${CLIENT_PORT}`).split(',')[0] as string;
  const secured = option('cacert') !== undefined && option('cert') !== undefined && option('key') !== undefined;
  const up = cluster.environment.programRuns('etcd');
  if (!up || !secured) {
    const why = up ? 'error reading server preface: EOF' : `transport: Error while dialing: dial tcp ${endpoint.replace(/^https?:\/\//, '')}: connect: connection refused`;
    const ts = new Date(cluster.now).toISOString().replace('Z', '000Z');
    const warning = `${JSON.stringify({ level: 'warn', ts, logger: 'etcd-client', caller: 'v3@v3.6.6/retry_interceptor.go:65', msg: 'retrying of unary invoker failed', target: `etcd-endpoints://0xc000020000/${endpoint.replace(/^https?:\/\//, '')}`, method: '/etcdserverpb.Cluster/MemberList', attempt: 0, error: `rpc error: code = DeadlineExceeded desc = latest balancer error: last connection error: connection error: desc = "${why}"` })}\n`;
    if (command === 'endpoint' && verb === 'health') return failed(`${warning}${endpoint} is unhealthy: failed to commit proposal: context deadline exceeded\nError: unhealthy cluster`);
    return failed(`${warning}Error: context deadline exceeded`);
  }
  const node = cluster.environment.controlPlaneNode;
  const address = cluster.addressOf(node);
  if (command === 'member' && verb === 'list') {
    const row = [memberId(cluster), 'started', node, `https://${address}:2380`, `https://${address}:2379`, 'false'];
    return printed(format === 'table' ? table(['ID', 'STATUS', 'NAME', 'PEER ADDRS', 'CLIENT ADDRS', 'IS LEARNER'], [row]) : `${row.join(', ')}\n`);
  }
  if (command === 'endpoint' && verb === 'health') {
    // A commit takes a few milliseconds; how many follows from the moment.
    const took = `${(5 + (cluster.now % 7_919) / 1_000).toFixed(6)}ms`;
    return printed(format === 'table' ? table(['ENDPOINT', 'HEALTH', 'TOOK', 'ERROR'], [[endpoint, 'true', took, '']]) : `${endpoint} is healthy: successfully committed proposal: took = ${took}\n`);
  }
  if (command === 'endpoint' && verb === 'status') {
    const bytes = databaseBytes(cluster);
    const index = String(cluster.revision);
    const row = [endpoint, memberId(cluster), VERSION, '3.6.0', size(bytes), size(bytes), '0%', '0 B', 'true', 'false', '2', index, index, '', '', 'false'];
    const header = ['ENDPOINT', 'ID', 'VERSION', 'STORAGE VERSION', 'DB SIZE', 'IN USE', 'PERCENTAGE NOT IN USE', 'QUOTA', 'IS LEADER', 'IS LEARNER', 'RAFT TERM', 'RAFT INDEX', 'RAFT APPLIED INDEX', 'ERRORS', 'DOWNGRADE TARGET VERSION', 'DOWNGRADE ENABLED'];
    return printed(format === 'table' ? table(header, [row]) : `${row.join(', ')}\n`);
  }
  if (command === 'get') {
    if (verb === undefined) return failed('Error: get command needs one argument as key and an optional argument as range_end', 128);
    const prefix = values.has('prefix');
    const limit = Math.min(Number(values.get('limit') ?? 0) || MAX_KEYS, MAX_KEYS);
    const found = entries(cluster).filter(([key]) => (prefix ? key.startsWith(verb === '' ? '/' : verb) : key === verb));
    if (values.has('count-only')) return printed(format === 'fields' ? `"Count" : ${found.length}\n` : '');
    // Objects are stored as protobuf, which begins with these letters and is nothing to read; kubectl shows them.
    return printed(found.slice(0, limit).map(([key, object]) => (values.has('keys-only') ? `${key}\n\n` : `${key}\nk8s\0 (protobuf of ${object.kind}, about ${JSON.stringify(object).length} bytes)\n`)).join(''));
  }
  if (command === 'snapshot' && verb === 'save') {
    const [path] = rest;
    if (path === undefined || !files) return failed('Error: snapshot save expects one argument', 128);
    const all = entries(cluster);
    files.write(path, JSON.stringify({ etcdSnapshot: VERSION, hash: cluster.hash().slice(0, 8), revision: cluster.revision, keys: all.length, bytes: databaseBytes(cluster), objects: all.map(([key]) => key) }));
    return printed(`Snapshot saved at ${path}\nServer version ${VERSION.replace(/\d+$/, '0')}\n`);
  }
  if (command === 'snapshot' && verb === 'status') return failed('Error: snapshot status is a command of etcdutl: etcdutl snapshot status FILE', 128);
  return failed(`Error: unknown command ${JSON.stringify(words.join(' '))} for "etcdctl"\nRun 'etcdctl --help' for usage.`, 1);
}

export function etcdutl(args: readonly string[], files: EtcdFiles | undefined): ToolResult {
  const { words, values } = parse(args);
  const [command, verb, path] = words;
  if (command === 'version') return printed(`etcdutl version: ${VERSION}\nAPI version: ${API_VERSION}\n`);
  if (command !== 'snapshot') return failed(`Error: unknown command ${JSON.stringify(words.join(' '))} for "etcdutl"`, 1);
  if (verb === 'restore') return failed('etcdutl snapshot restore is not supported yet in Quorum; jump back in the recording instead', 1);
  if (verb !== 'status' || path === undefined) return failed('Error: snapshot status requires exactly one argument', 128);
  const text = files?.read(path);
  let snapshot: { etcdSnapshot?: string; hash: string; revision: number; keys: number; bytes: number } | undefined;
  try {
    snapshot = text === undefined ? undefined : (JSON.parse(text) as typeof snapshot);
  } catch {
    snapshot = undefined;
  }
  if (text === undefined) return failed(`Error: stat ${path}: no such file or directory`, 1);
  if (!snapshot?.etcdSnapshot) return failed('Error: invalid database', 1);
  const row = [snapshot.hash, String(snapshot.revision), String(snapshot.keys), size(snapshot.bytes), '3.6.0'];
  const wanted = values.get('write-out') ?? values.get('w');
  return printed(wanted === 'table' ? table(['HASH', 'REVISION', 'TOTAL KEYS', 'TOTAL SIZE', 'VERSION'], [row]) : `${row.join(', ')}\n`);
}

export const etcdctlTool: NodeTool = {
  name: 'etcdctl',
  summary: 'the control plane\'s database',
  run(cluster, node, args) {
    if (node !== cluster.environment.controlPlaneNode) throw new ConnectionError('refused', `127.0.0.1:${CLIENT_PORT}`);
    return etcdctl(cluster, args, {}, undefined);
  },
};
