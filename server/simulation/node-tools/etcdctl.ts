/** etcdctl of etcd 3.6, over the store: members, health, keys, snapshots. */
import { isCustom } from '../apiserver/discovery.ts';
import type { KubeObject } from '../apiserver/types.ts';
import type { Cluster } from '../cluster.ts';
import { Hasher } from '../kernel/hash.ts';
import { API_VERSION, machineFiles, parse, size, table, VERSION, type EtcdFiles } from './etcd-common.ts';
import { failed, printed, type NodeTool, type ToolResult } from './types.ts';

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
  const [plural = '', ...group] = resource.split('.');
  return `/registry/${PREFIXES[resource] ?? (isCustom(resource) ? `${group.join('.')}/${plural}` : plural)}/${name}`;
}

function entries(cluster: Cluster): [key: string, object: KubeObject][] {
  const all: [string, KubeObject][] = [];
  for (const [resource, objects] of cluster.store.state.objects) for (const [name, object] of objects) all.push([keyOf(resource, name), object]);
  return all.sort(([x], [y]) => (x < y ? -1 : 1));
}

function memberId(cluster: Cluster, member: string): string {
  const hasher = new Hasher();
  hasher.string(member === cluster.environment.controlPlaneNode ? 'etcd member' : `etcd member ${member}`);
  hasher.number(cluster.config.seed);
  return hasher.digest().slice(0, 16);
}

function databaseBytes(cluster: Cluster): number {
  const used = entries(cluster).reduce((sum, [key, object]) => sum + key.length + JSON.stringify(object).length, 0);
  return Math.ceil(used / DATABASE_PAGE_BYTES) * DATABASE_PAGE_BYTES;
}

/** What etcd's client logs when nothing comes back. */
function retryWarning(cluster: Cluster, endpoint: string, method: string, why: string): string {
  const ts = new Date(cluster.now).toISOString().replace('Z', '000Z');
  const target = endpoint.replace(/^https?:\/\//, '');
  return `${JSON.stringify({ level: 'warn', ts, logger: 'etcd-client', caller: 'v3@v3.6.6/retry_interceptor.go:65', msg: 'retrying of unary invoker failed', target: `etcd-endpoints://0xc000020000/${target}`, method: `/etcdserverpb.${method}`, attempt: 0, error: `rpc error: code = DeadlineExceeded desc = ${why}` })}\n`;
}

/** Why a member does not answer; undefined when it does. */
function silence(cluster: Cluster, from: string, member: string, endpoint: string, secured: boolean): string | undefined {
  const { environment } = cluster;
  const dialing = (problem: string): string => `latest balancer error: last connection error: connection error: desc = "transport: Error while dialing: dial tcp ${endpoint.replace(/^https?:\/\//, '')}: ${problem}"`;
  if (!environment.linked(from, member)) return dialing('i/o timeout');
  if (!environment.programRuns('etcd', member)) return dialing('connect: connection refused');
  return secured ? undefined : 'latest balancer error: last connection error: connection error: desc = "error reading server preface: EOF"';
}

interface Endpoint {
  url: string;
  member: string;
}

/** The endpoints that a command is about, or the first that is no member's. */
function endpointsOf(cluster: Cluster, node: string, given: string | undefined, all: boolean): Endpoint[] | string {
  const { members } = cluster.environment.state.etcd;
  if (all) return members.map((member) => ({ member, url: `https://${cluster.addressOf(member)}:${CLIENT_PORT}` }));
  const found: Endpoint[] = [];
  for (const url of (given ?? `127.0.0.1:${CLIENT_PORT}`).split(',')) {
    const host = url.replace(/^https?:\/\//, '').replace(/:\d+$/, '');
    const member = host === '127.0.0.1' || host === 'localhost' ? node : members.find((each) => cluster.addressOf(each) === host);
    if (member === undefined) return url;
    found.push({ url, member });
  }
  return found;
}

/**
 * @param node the machine on which it runs.
 * @param files where snapshots are kept: of the container or the machine on which it runs.
 */
export function etcdctl(cluster: Cluster, node: string, args: readonly string[], env: Readonly<Record<string, string>>, files: EtcdFiles): ToolResult {
  const { words, values } = parse(args);
  const [command, verb, ...rest] = words;
  const option = (name: string): string | undefined => values.get(name) ?? env[`ETCDCTL_${name.toUpperCase().replaceAll('-', '_')}`];
  const format = option('write-out') ?? option('w') ?? 'simple';
  if (command === 'version') return printed(`etcdctl version: ${VERSION}\nAPI version: ${API_VERSION}\n`);
  if (command === undefined || command === 'help') return printed('NAME:\n\tetcdctl - A simple command line client for etcd3.\n\nCOMMANDS supported here:\n\tmember list\n\tmember remove ID\n\tendpoint health [--cluster]\n\tendpoint status [--cluster]\n\tget KEY [--prefix] [--keys-only] [--limit N] [--count-only]\n\tsnapshot save FILE\n\tversion\n');
  const secured = option('cacert') !== undefined && option('cert') !== undefined && option('key') !== undefined;
  const { environment } = cluster;
  const endpoints = endpointsOf(cluster, node, option('endpoints'), values.has('cluster'));
  if (typeof endpoints === 'string') return failed(`${retryWarning(cluster, endpoints, 'Cluster/MemberList', `latest balancer error: last connection error: connection error: desc = "transport: Error while dialing: dial tcp ${endpoints}: i/o timeout"`)}Error: context deadline exceeded`);
  const [first] = endpoints as [Endpoint, ...Endpoint[]];
  if (command === 'endpoint' && verb === 'health') return endpointHealth(cluster, node, endpoints, secured, format);
  if (command === 'endpoint' && verb === 'status') return endpointStatus(cluster, node, endpoints, secured, format);
  // The rest asks the majority: the first member that answers passes it on.
  const answering = endpoints.find(({ url, member }) => silence(cluster, node, member, url, secured) === undefined);
  if (!answering) return failed(`${retryWarning(cluster, first.url, 'Cluster/MemberList', silence(cluster, node, first.member, first.url, secured) as string)}Error: context deadline exceeded`);
  if (!environment.etcdServes(answering.member)) return failed(`${retryWarning(cluster, answering.url, 'KV/Range', 'context deadline exceeded')}Error: context deadline exceeded`);
  if (command === 'member' && verb === 'list') {
    const rows = environment.state.etcd.members.map((member) => [memberId(cluster, member), 'started', member, `https://${cluster.addressOf(member)}:2380`, `https://${cluster.addressOf(member)}:2379`, 'false']);
    return printed(format === 'table' ? table(['ID', 'STATUS', 'NAME', 'PEER ADDRS', 'CLIENT ADDRS', 'IS LEARNER'], rows) : rows.map((row) => `${row.join(', ')}\n`).join(''));
  }
  if (command === 'member' && verb === 'remove') {
    const [id] = rest;
    if (id === undefined) return failed('Error: member ID is not provided', 128);
    const member = environment.state.etcd.members.find((each) => memberId(cluster, each) === id);
    if (member === undefined) return failed(/^[0-9a-f]+$/.test(id) ? 'Error: etcdserver: member not found' : `Error: bad member ID arg (strconv.ParseUint: parsing "${id}": invalid syntax), expecting ID in Hex`, 128);
    cluster.removeEtcdMember(member);
    return printed(`Member ${id} removed from cluster ${clusterId(cluster)}\n`);
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
    if (path === undefined) return failed('Error: snapshot save expects one argument', 128);
    const hash = snapshotHash(cluster);
    cluster.store.save(hash);
    files.write(path, JSON.stringify({ etcdSnapshot: VERSION, hash, revision: cluster.revision, keys: entries(cluster).length, bytes: databaseBytes(cluster) }));
    return printed(`Snapshot saved at ${path}\nServer version ${VERSION.replace(/\d+$/, '0')}\n`);
  }
  if (command === 'snapshot' && verb === 'status') return failed('Error: snapshot status is a command of etcdutl: etcdutl snapshot status FILE', 128);
  return failed(`Error: unknown command ${JSON.stringify(words.join(' '))} for "etcdctl"\nRun 'etcdctl --help' for usage.`, 1);
}

/** Tells snapshots apart, as the hash of their content does. */
function snapshotHash(cluster: Cluster): string {
  const hasher = new Hasher();
  hasher.string('snapshot');
  hasher.number(cluster.config.seed);
  hasher.number(cluster.revision);
  return hasher.digest().slice(0, 8);
}

/** The group's own identity, which never changes. */
function clusterId(cluster: Cluster): string {
  return memberId(cluster, 'the cluster');
}

function endpointHealth(cluster: Cluster, node: string, endpoints: readonly Endpoint[], secured: boolean, format: string): ToolResult {
  const rows: string[][] = [];
  let [stdout, stderr] = ['', ''];
  for (const [index, { url, member }] of endpoints.entries()) {
    const silent = silence(cluster, node, member, url, secured);
    const healthy = silent === undefined && cluster.environment.etcdServes(member);
    // A commit takes a few milliseconds; how many follows from the moment. A proposal that nobody confirms is given up after five seconds.
    const took = healthy ? `${(5 + ((cluster.now + index * 1_237) % 7_919) / 1_000).toFixed(6)}ms` : '5.000985422s';
    rows.push([url, String(healthy), took, healthy ? '' : 'context deadline exceeded']);
    if (!healthy) stderr += retryWarning(cluster, url, 'KV/Range', silent ?? 'context deadline exceeded');
    if (format === 'table') continue;
    if (healthy) stdout += `${url} is healthy: successfully committed proposal: took = ${took}\n`;
    else stderr += `${url} is unhealthy: failed to commit proposal: context deadline exceeded\n`;
  }
  if (format === 'table') stdout = table(['ENDPOINT', 'HEALTH', 'TOOK', 'ERROR'], rows);
  const sick = rows.some((row) => row[1] === 'false');
  return { stdout, stderr: sick ? `${stderr}Error: unhealthy cluster\n` : stderr, code: sick ? 1 : 0 };
}

function endpointStatus(cluster: Cluster, node: string, endpoints: readonly Endpoint[], secured: boolean, format: string): ToolResult {
  const { etcd } = cluster.environment.state;
  const bytes = databaseBytes(cluster);
  const index = String(cluster.revision);
  let stderr = '';
  const rows: string[][] = [];
  for (const { url, member } of endpoints) {
    const silent = silence(cluster, node, member, url, secured);
    if (silent !== undefined) {
      stderr += `${retryWarning(cluster, url, 'Maintenance/Status', silent)}Failed to get the status of endpoint ${url} (context deadline exceeded)\n`;
      continue;
    }
    const serves = cluster.environment.etcdServes(member);
    rows.push([url, memberId(cluster, member), VERSION, '3.6.0', size(bytes), size(bytes), '0%', '0 B', String(serves && etcd.leader === member), 'false', String(etcd.term), index, index, serves ? '' : 'etcdserver: no leader', '', 'false']);
  }
  const header = ['ENDPOINT', 'ID', 'VERSION', 'STORAGE VERSION', 'DB SIZE', 'IN USE', 'PERCENTAGE NOT IN USE', 'QUOTA', 'IS LEADER', 'IS LEARNER', 'RAFT TERM', 'RAFT INDEX', 'RAFT APPLIED INDEX', 'ERRORS', 'DOWNGRADE TARGET VERSION', 'DOWNGRADE ENABLED'];
  const stdout = format === 'table' ? table(header, rows) : rows.map((row) => `${row.join(', ')}\n`).join('');
  return { stdout, stderr, code: stderr === '' ? 0 : 1 };
}

export const etcdctlTool: NodeTool = {
  name: 'etcdctl',
  summary: 'the control plane\'s database',
  changes: (args) => (args.includes('member') && args.includes('remove')) || (args.includes('snapshot') && args.includes('save')),
  run(cluster, node, args) {
    if (!cluster.environment.isControlPlane(node)) return failed(`${retryWarning(cluster, `127.0.0.1:${CLIENT_PORT}`, 'Cluster/MemberList', `latest balancer error: last connection error: connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:${CLIENT_PORT}: connect: connection refused"`)}Error: context deadline exceeded`);
    return etcdctl(cluster, node, args, {}, machineFiles(cluster, node));
  },
};
