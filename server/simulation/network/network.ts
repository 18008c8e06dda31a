/**
 * The simulated network: follows one connection from where it begins through DNS, kube-proxy's rules and the pod
 * network to a process that listens — or to the point where it fails, in the way in which it would fail.
 */
import type { Kernel } from '../kernel/kernel.ts';
import type { Store } from '../apiserver/store.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { authorityCertificate } from '../pki/cluster-authority.ts';
import type { Environment } from '../environment.ts';
import type { CoreDns, DnsAnswer, DnsRecord } from './core-dns.ts';
import type { Backend, KubeProxy, Translation } from './kube-proxy.ts';
import { policyVerdict, type Packet, type Policy, type PolicyEnd } from './policy.ts';
import { DNS_SERVICE_IP, ndotsOf, resolverOf } from './resolver.ts';
import { CONNECT_TIMEOUT_MS, HOP_MS, type Delivery, type NetworkFailure, type NetworkRequest, type NetworkResult, type PodTransport, type Source } from './types.ts';

/** What answers at an address that is no pod: the API server, a kubelet. */
export interface HostServices {
  /** A request to a machine's own address; `null` when nothing listens on that port. */
  deliver(node: string, port: number, request: NetworkRequest): Delivery | null;
}

export interface NetworkParts {
  kernel: Kernel;
  store: Store;
  environment: Environment;
  kubeProxy(node: string): KubeProxy | undefined;
  coreDns(node: string): CoreDns | undefined;
  /** Machine name by its address, whether or not the API server knows it. */
  nodeByAddress(ip: string): string | undefined;
  addressOf(node: string): string;
  pods: PodTransport;
  host: HostServices;
  /** Whether the machine's network plugin enforces NetworkPolicies now. */
  enforcesPolicies(node: string): boolean;
}

/** Where a packet comes from: the end that policies judge, and the machine whose rules it meets first. */
interface Origin extends PolicyEnd {
  entry: string;
  /** The address that the server sees, when it is another one than the policies see. */
  seenAs?: string;
}

/** A name looked up: its addresses, or why there are none. */
export type Resolution =
  | { kind: 'addresses'; addresses: string[]; /** The name that answered, with the search domain that matched. */ name: string; records: DnsRecord[]; server: string }
  /** `aliases`: the names inside the cluster that led to one outside. */
  | { kind: 'not-found'; server: string; aliases?: DnsRecord[] }
  /** No DNS server answers. */
  | { kind: 'no-server'; server: string };

/** What a resolver waits: 5 s, two attempts a server. */
const DNS_TIMEOUT_MS = 10_000;
/** A participant's own machine, on the machines' network. */
const OUTSIDE_ADDRESS = '192.168.49.1';
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

export class Network {
  readonly #parts: NetworkParts;

  constructor(parts: NetworkParts) {
    this.#parts = parts;
  }

  /** Search domains of a source's /etc/resolv.conf. */
  searchDomains(source: Source): string[] {
    return source.kind === 'pod' ? resolverOf(source, this.#parts.addressOf(source.node)).searches : [];
  }

  /** Address of the DNS server that a source asks. */
  nameserver(source: Source): string {
    if (source.kind === 'outside') return '127.0.0.53';
    const machine = this.#parts.addressOf(source.node);
    return source.kind === 'pod' ? (resolverOf(source, machine).nameservers[0] ?? '127.0.0.1') : machine;
  }

  /** Looks a host name up as the C library of the source would, with search domains and ndots. */
  resolve(source: Source, host: string): Resolution {
    const server = this.nameserver(source);
    if (IPV4.test(host)) return { kind: 'addresses', addresses: [host], name: host, records: [], server };
    if (host === 'localhost') return { kind: 'addresses', addresses: ['127.0.0.1'], name: host, records: [], server };
    if (source.kind !== 'pod' || server !== DNS_SERVICE_IP) return this.#resolveOutside(host, server);
    const dns = this.#dnsServer(source);
    if (!dns) return { kind: 'no-server', server };
    const absolute = host.endsWith('.');
    const plain = absolute ? host.slice(0, -1) : host;
    const searched = this.searchDomains(source).map((domain) => `${plain}.${domain}`);
    const names = absolute ? [plain] : plain.split('.').length - 1 >= ndotsOf(resolverOf(source, server)) ? [plain, ...searched] : [...searched, plain];
    for (const name of names) {
      const records = followed(dns, name);
      const addresses = records.filter((record) => record.type === 'A').map((record) => record.value);
      if (addresses.length > 0) return { kind: 'addresses', addresses, name, records, server };
      const alias = records.find((record) => record.type === 'CNAME');
      // A CNAME to a name outside the cluster: nothing outside is simulated, so it has no address.
      if (alias) return { kind: 'not-found', server, aliases: records };
    }
    return { kind: 'not-found', server };
  }

  /** One DNS question asked of the cluster's DNS, as `nslookup -type=…` does. Undefined when no server answers. */
  question(source: Source, name: string, type: 'A' | 'SRV' | 'PTR'): DnsAnswer | undefined {
    return this.#dnsServer(source)?.answer(name, type) ?? (this.#dnsServer(source) ? { kind: 'NXDOMAIN' } : undefined);
  }

  /** Makes an HTTP request and follows it to its end. Never throws. */
  request(source: Source, request: NetworkRequest): NetworkResult {
    const target = parseUrl(request.url);
    if (!target) return { kind: 'failure', reason: 'dns', host: request.url, port: 0, elapsedMs: 0 };
    const { host, port } = target;
    const resolution = this.resolve(source, host);
    if (resolution.kind !== 'addresses') {
      return { kind: 'failure', reason: 'dns', host, port, elapsedMs: resolution.kind === 'no-server' ? DNS_TIMEOUT_MS : HOP_MS };
    }
    const ip = resolution.addresses[this.#parts.kernel.random.below(resolution.addresses.length)] as string;
    const outcome = this.connect(source, ip, port, request);
    if (typeof outcome === 'object' && 'status' in outcome) {
      const { elapsedMs, ...answer } = outcome;
      return { kind: 'response', ...answer, address: `${ip}:${port}`, elapsedMs: elapsedMs + HOP_MS };
    }
    return { ...outcome, host, address: ip, port };
  }

  /** Carries a request to `ip:port`. */
  connect(source: Source, ip: string, port: number, request: NetworkRequest): Exclude<Delivery, string> | NetworkFailure {
    const { environment } = this.#parts;
    if (source.kind !== 'outside' && !environment.nodeIsUp(source.node)) return failure('unreachable', ip, port, HOP_MS);
    if (ip.startsWith('127.')) return this.#local(source, port, request);
    const entry = this.#entryNode(source, ip);
    if (entry === undefined) return failure('timeout', ip, port, CONNECT_TIMEOUT_MS);
    const origin: Origin = { ...this.#sourceEnd(source), entry };
    const machine = this.#parts.nodeByAddress(ip);
    if (machine === undefined) {
      const translation = this.#parts.kubeProxy(entry)?.translate(ip, port, 'TCP', origin.ip, source.kind === 'outside');
      return this.#translated(translation, origin, ip, port, request) ?? this.#toBackend(origin, { ip, port, node: undefined }, request);
    }
    // A node port is translated by the node that was addressed.
    if (!environment.linked(source.kind === 'outside' ? 'outside' : source.node, machine)) return failure('timeout', ip, port, CONNECT_TIMEOUT_MS);
    let arrived: Origin = { ...origin, entry: machine };
    if (origin.pod && machine !== entry) {
      // It leaves the pod network for another machine, with its own machine's address.
      if (!this.#permitted(origin, { ip, node: machine }, port, 'TCP')) return failure('timeout', ip, port, CONNECT_TIMEOUT_MS);
      arrived = { ip: this.#parts.addressOf(entry), node: entry, entry: machine };
    }
    const translation = this.#parts.kubeProxy(machine)?.translateNodePort(port, 'TCP', arrived.ip, entry === machine && source.kind !== 'outside');
    return this.#translated(translation, arrived, ip, port, request) ?? this.#toMachine(arrived, machine, ip, port, request);
  }

  authority(): string | undefined {
    return authorityCertificate(this.#parts.store.get('namespaces', 'kube-system'));
  }

  /** Whether an address answers an ICMP echo request. Services do not: their rules are for ports. */
  ping(source: Source, ip: string): boolean {
    const { environment } = this.#parts;
    if (source.kind !== 'outside' && !environment.nodeIsUp(source.node)) return false;
    if (ip.startsWith('127.')) return true;
    const from = this.#entryNode(source, ip);
    if (from === undefined) return false;
    const destination = this.#endAt(ip);
    const machine = destination.node;
    if (machine === undefined || !environment.nodeIsUp(machine) || !environment.linked(source.kind === 'outside' ? 'outside' : from, machine)) return false;
    return this.#permitted(this.#sourceEnd(source), destination, 0, 'ICMP');
  }

  // ---- the parts of the way ----

  /** The machine whose rules the packet meets first; undefined when there is no way in. */
  #entryNode(source: Source, ip: string): string | undefined {
    if (source.kind !== 'outside') return source.node;
    const machine = this.#parts.nodeByAddress(ip);
    if (machine !== undefined) return machine;
    // Service and pod addresses mean nothing outside the cluster, unless a tunnel routes them to the first machine.
    return source.tunnel ? this.#parts.environment.controlPlaneNode : undefined;
  }

  /** The one place where NetworkPolicies are asked: before a packet that begins a connection is handed over. */
  #permitted(source: PolicyEnd, destination: PolicyEnd, port: number, protocol: Packet['protocol']): boolean {
    // kindnetd looks at the packets from and to the pods of its own machine.
    const enforced = [source, destination].some((end) => end.pod && end.node !== undefined && this.#parts.enforcesPolicies(end.node));
    return !enforced || policyVerdict(this.#parts.store.values('networkpolicies.networking.k8s.io') as Iterable<KubeObject & Policy>, { source, destination, port, protocol }).allowed;
  }

  #sourceEnd(source: Source): PolicyEnd {
    if (source.kind === 'outside') return { ip: OUTSIDE_ADDRESS };
    if (source.kind === 'node' || source.hostNetwork) return { ip: this.#parts.addressOf(source.node), node: source.node };
    return { ...this.#endAt(source.ip), ip: source.ip, node: source.node };
  }

  /** Whose address it is. Pods in a machine's network are that machine. */
  #endAt(ip: string): PolicyEnd {
    const machine = this.#parts.nodeByAddress(ip);
    if (machine !== undefined) return { ip, node: machine };
    const pod = this.#podByIp(ip);
    return pod ? this.#podEnd(pod, ip) : { ip };
  }

  #podEnd(pod: KubeObject, ip: string): PolicyEnd {
    const { nodeName, containers } = pod.spec as { nodeName: string; containers: { ports?: { name?: string; containerPort: number; protocol?: string }[] }[] };
    const namespace = pod.metadata.namespace as string;
    return {
      ip,
      node: nodeName,
      pod: {
        namespace,
        name: pod.metadata.name,
        labels: pod.metadata.labels ?? {},
        namespaceLabels: this.#parts.store.get('namespaces', namespace)?.metadata.labels ?? {},
        ports: containers.flatMap((container) => container.ports ?? []),
      },
    };
  }

  /** What becomes of a packet that kube-proxy's rules match; undefined when they do not. */
  #translated(translation: Translation | undefined, origin: Origin, ip: string, port: number, request: NetworkRequest): Exclude<Delivery, string> | NetworkFailure | undefined {
    switch (translation?.kind) {
      case 'rejected':
        return failure('refused', ip, port, HOP_MS);
      case 'dropped':
        return failure('timeout', ip, port, CONNECT_TIMEOUT_MS);
      case 'backend':
        return this.#toBackend(translation.masqueraded ? this.#masqueraded(origin, translation.backend) : origin, translation.backend, request);
      default:
        return undefined;
    }
  }

  /**
   * The packet with an address of the machine that translated it: on its way to another machine the machine's own, to a
   * pod on this one that of the pod network's gateway — and policies on this one have seen it before.
   */
  #masqueraded(origin: Origin, { ip }: Backend): Origin {
    const { entry } = origin;
    const own = this.#parts.addressOf(entry);
    const destination = this.#endAt(ip);
    if (destination.node !== entry) return { ip: own, node: entry, entry };
    return { ...origin, seenAs: destination.pod ? (this.#gatewayOf(entry) ?? own) : own };
  }

  /** The first address of a machine's pods' subnet. */
  #gatewayOf(node: string): string | undefined {
    const { podCIDR } = (this.#parts.store.get('nodes', node)?.spec ?? {}) as { podCIDR?: string };
    return podCIDR?.replace(/\.\d+\/\d+$/, '.1');
  }

  #local(source: Source, port: number, request: NetworkRequest): Exclude<Delivery, string> | NetworkFailure {
    if (source.kind === 'pod' && !source.hostNetwork) {
      const pod = this.#podByIp(source.ip);
      return pod ? this.#deliver(pod, source.ip, port, request, '127.0.0.1') : failure('refused', '127.0.0.1', port, 0);
    }
    if (source.kind === 'outside') return failure('refused', '127.0.0.1', port, 0);
    return this.#toMachine({ ip: '127.0.0.1', node: source.node, entry: source.node }, source.node, '127.0.0.1', port, request);
  }

  #toMachine(origin: Origin, node: string, ip: string, port: number, request: NetworkRequest): Exclude<Delivery, string> | NetworkFailure {
    for (const pod of this.#parts.store.values('pods')) {
      const spec = pod.spec as { hostNetwork?: boolean; nodeName?: string; containers: { ports?: { hostPort?: number; containerPort: number }[] }[] };
      if (spec.nodeName !== node || spec.hostNetwork) continue;
      for (const container of spec.containers) {
        const mapped = container.ports?.find((candidate) => candidate.hostPort === port);
        const address = (pod.status as { podIP?: string } | undefined)?.podIP;
        if (!mapped || address === undefined || this.#podByIp(address) !== pod) continue;
        if (!this.#permitted(origin, this.#podEnd(pod, address), mapped.containerPort, 'TCP')) return failure('timeout', ip, port, CONNECT_TIMEOUT_MS);
        return this.#deliver(pod, ip, mapped.containerPort, request, origin.seenAs ?? origin.ip);
      }
    }
    if (!this.#permitted(origin, { ip, node }, port, 'TCP')) return failure('timeout', ip, port, CONNECT_TIMEOUT_MS);
    const own = this.#parts.host.deliver(node, port, request);
    if (own !== null) return settled(own, ip, port);
    for (const pod of this.#parts.store.values('pods')) {
      const spec = pod.spec as { hostNetwork?: boolean; nodeName?: string };
      if (spec.nodeName !== node || !spec.hostNetwork) continue;
      const answer = this.#parts.pods.deliver(podReference(pod), port, request, origin.seenAs ?? origin.ip);
      if (answer !== 'refused') return settled(answer, ip, port);
    }
    return failure('refused', ip, port, HOP_MS);
  }

  #toBackend(origin: Origin, backend: Backend, request: NetworkRequest): Exclude<Delivery, string> | NetworkFailure {
    const { ip, port } = backend;
    const machine = this.#parts.nodeByAddress(ip);
    if (machine !== undefined) {
      if (!this.#parts.environment.linked(origin.entry, machine)) return failure('timeout', ip, port, CONNECT_TIMEOUT_MS);
      return this.#toMachine(origin, machine, ip, port, request);
    }
    const pod = this.#podByIp(ip);
    const destination: PolicyEnd = pod ? this.#podEnd(pod, ip) : { ip };
    if (!this.#permitted(origin, destination, port, 'TCP')) return failure('timeout', ip, port, CONNECT_TIMEOUT_MS);
    if (!pod) return failure('unreachable', ip, port, 3_000);
    if (!this.#parts.environment.linked(origin.entry, destination.node as string)) return failure('timeout', ip, port, CONNECT_TIMEOUT_MS);
    return this.#deliver(pod, ip, port, request, origin.seenAs ?? origin.ip);
  }

  #deliver(pod: KubeObject, ip: string, port: number, request: NetworkRequest, clientIp: string): Exclude<Delivery, string> | NetworkFailure {
    return settled(this.#parts.pods.deliver(podReference(pod), port, request, clientIp), ip, port);
  }

  /** The pod that has an address. Pods that have ended keep theirs in status, but no longer answer to it. */
  #podByIp(ip: string): KubeObject | undefined {
    for (const pod of this.#parts.store.values('pods')) {
      const status = pod.status as { podIP?: string; phase?: string } | undefined;
      if (status?.podIP === ip && status.phase !== 'Succeeded' && status.phase !== 'Failed' && !(pod.spec as { hostNetwork?: boolean }).hostNetwork) return pod;
    }
    return undefined;
  }

  /** The CoreDNS that a question from a source reaches through the kube-dns service. */
  #dnsServer(source: Source): CoreDns | undefined {
    const { environment } = this.#parts;
    if (source.kind === 'outside' || environment.state.dnsDown) return undefined;
    const translation = this.#parts.kubeProxy(source.node)?.translate(DNS_SERVICE_IP, 53, 'UDP', source.kind === 'pod' ? source.ip : '', false);
    if (translation?.kind !== 'backend') return undefined;
    const pod = this.#podByIp(translation.backend.ip);
    const node = pod && (pod.spec as { nodeName?: string }).nodeName;
    if (!node || !environment.linked(source.node, node)) return undefined;
    if (!this.#permitted(this.#sourceEnd(source), this.#podEnd(pod, translation.backend.ip), translation.backend.port, 'UDP')) return undefined;
    const dns = this.#parts.coreDns(node);
    return dns?.state.running ? dns : undefined;
  }

  #resolveOutside(host: string, server: string): Resolution {
    const machine = this.#parts.addressOf(host);
    return machine ? { kind: 'addresses', addresses: [machine], name: host, records: [], server } : { kind: 'not-found', server };
  }
}

/** Records for a name, following aliases inside the cluster domain. */
function followed(dns: CoreDns, name: string): DnsRecord[] {
  const records: DnsRecord[] = [];
  let next: string | undefined = name;
  for (let hops = 0; next !== undefined && hops < 8; hops++) {
    const answer: DnsAnswer | undefined = dns.answer(next, 'A');
    next = undefined;
    if (answer?.kind !== 'records') break;
    records.push(...answer.records);
    const alias = answer.records.find((record) => record.type === 'CNAME');
    if (alias) next = alias.value;
  }
  return records;
}

function podReference(pod: KubeObject): { namespace: string; name: string; uid: string; node: string } {
  return { namespace: pod.metadata.namespace as string, name: pod.metadata.name, uid: pod.metadata.uid, node: (pod.spec as { nodeName: string }).nodeName };
}

function failure(reason: NetworkFailure['reason'], host: string, port: number, elapsedMs: number): NetworkFailure {
  return { kind: 'failure', reason, host, port, elapsedMs };
}

function settled(answer: Delivery, ip: string, port: number): Exclude<Delivery, string> | NetworkFailure {
  return typeof answer === 'string' ? failure(answer, ip, port, HOP_MS) : answer;
}

/** Host, port and path of an http(s) URL; undefined when it is none. */
export function parseUrl(url: string): { scheme: string; host: string; port: number; path: string } | undefined {
  const match = /^(https?):\/\/([^/:?#]+)(?::(\d+))?([^#]*)/i.exec(url);
  if (!match) return undefined;
  const scheme = (match[1] as string).toLowerCase();
  const rest = match[4] as string;
  return { scheme, host: match[2] as string, port: match[3] ? Number(match[3]) : scheme === 'https' ? 443 : 80, path: rest.startsWith('/') ? rest : `/${rest}` };
}
