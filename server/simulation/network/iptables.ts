/**
 * kube-proxy's rules on one machine, as iptables shows them (`pkg/proxy/iptables/proxier.go`). They are made of the same tables that the
 * simulated network follows, so what a person reads here is what happens to a packet.
 */
import { sha256 } from 'js-sha256';
import type { KubeObject } from '../apiserver/types.ts';
import type { Backend, KubeProxy, ServicePort, ServiceSpec } from './kube-proxy.ts';

export interface Rule {
  chain: string;
  /** After `-A CHAIN`, as iptables-save writes it. */
  save: string;
  /** As `iptables -L -n` lists it. */
  target: string;
  protocol: 'tcp' | 'udp' | 'sctp' | 'all';
  source: string;
  destination: string;
  /** What stands behind the addresses. */
  match: string;
}

export interface Table {
  name: 'nat' | 'filter';
  /** Policy of a built-in chain; undefined for others. */
  chains: Map<string, string | undefined>;
  rules: Rule[];
}

const POD_CIDR = '10.244.0.0/16';
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** Letters of a hash in a chain's name. */
const HASH_LETTERS = 16;
const DEFAULT_AFFINITY_SECONDS = 10_800;
const PROTOCOL_NUMBERS = { tcp: '6', udp: '17', sctp: '132', all: '0' };

/** The hash in the names of the chains of a service port, and of an endpoint when one is given. */
export function chainHash(portName: string, protocol: string, endpoint = ''): string {
  const bytes = sha256.array(`${portName}${protocol}${endpoint}`);
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5 && text.length < HASH_LETTERS) {
      bits -= 5;
      text += BASE32[(value >> bits) & 31];
    }
    value &= (1 << bits) - 1;
  }
  return text;
}

/** What the kernel makes of a probability: a fraction of 2^31. */
function probability(count: number): string {
  return (Math.round(Number((1 / count).toFixed(10)) * 2 ** 31) / 2 ** 31).toFixed(11);
}

class Writer {
  readonly nat: Table;
  readonly filter: Table;

  constructor() {
    const builtIn = (...names: string[]): Map<string, string | undefined> => new Map(names.map((name) => [name, 'ACCEPT']));
    this.nat = { name: 'nat', chains: builtIn('PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'), rules: [] };
    this.filter = { name: 'filter', chains: builtIn('INPUT', 'FORWARD', 'OUTPUT'), rules: [] };
  }

  add(table: Table, rule: Partial<Rule> & Pick<Rule, 'chain' | 'save' | 'target'>): void {
    if (!table.chains.has(rule.chain)) table.chains.set(rule.chain, undefined);
    table.rules.push({ protocol: 'all', source: '0.0.0.0/0', destination: '0.0.0.0/0', match: '', ...rule });
  }
}

/** Both tables of a machine. Empty but for the built-in chains while its kube-proxy has never run. */
export function tablesOf(proxy: KubeProxy): { nat: Table; filter: Table } {
  const writer = new Writer();
  const { nat, filter } = writer;
  frame(writer);
  for (const service of proxy.services()) {
    const spec = service.spec as ServiceSpec;
    for (const port of spec.ports ?? []) servicePort(writer, proxy, service, spec, port);
  }
  writer.add(nat, {
    chain: 'KUBE-SERVICES', target: 'KUBE-NODEPORTS', match: '/* kubernetes service nodeports; NOTE: this must be the last rule in this chain */ ADDRTYPE match dst-type LOCAL',
    save: '-m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
  });
  nat.rules.sort((x, y) => (x.chain === y.chain ? 0 : x.chain < y.chain ? -1 : 1));
  return { nat, filter };
}

/** Rules that are there without any service. */
function frame(writer: Writer): void {
  const { nat, filter } = writer;
  for (const chain of ['KUBE-KUBELET-CANARY', 'KUBE-MARK-MASQ', 'KUBE-NODEPORTS', 'KUBE-POSTROUTING', 'KUBE-PROXY-CANARY', 'KUBE-SERVICES']) nat.chains.set(chain, undefined);
  for (const chain of ['KUBE-EXTERNAL-SERVICES', 'KUBE-FIREWALL', 'KUBE-FORWARD', 'KUBE-KUBELET-CANARY', 'KUBE-NODEPORTS', 'KUBE-PROXY-CANARY', 'KUBE-PROXY-FIREWALL', 'KUBE-SERVICES']) filter.chains.set(chain, undefined);
  for (const chain of ['PREROUTING', 'OUTPUT']) {
    writer.add(nat, { chain, target: 'KUBE-SERVICES', match: '/* kubernetes service portals */', save: '-m comment --comment "kubernetes service portals" -j KUBE-SERVICES' });
  }
  writer.add(nat, { chain: 'POSTROUTING', target: 'KUBE-POSTROUTING', match: '/* kubernetes postrouting rules */', save: '-m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING' });
  writer.add(nat, { chain: 'KUBE-MARK-MASQ', target: 'MARK', match: 'MARK or 0x4000', save: '-j MARK --set-xmark 0x4000/0x4000' });
  writer.add(nat, { chain: 'KUBE-POSTROUTING', target: 'RETURN', match: 'mark match ! 0x4000/0x4000', save: '-m mark ! --mark 0x4000/0x4000 -j RETURN' });
  writer.add(nat, { chain: 'KUBE-POSTROUTING', target: 'MARK', match: 'MARK xor 0x4000', save: '-j MARK --set-xmark 0x4000/0x0' });
  writer.add(nat, { chain: 'KUBE-POSTROUTING', target: 'MASQUERADE', match: '/* kubernetes service traffic requiring SNAT */ random-fully', save: '-m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully' });
  for (const chain of ['INPUT', 'FORWARD', 'OUTPUT']) {
    writer.add(filter, { chain, target: 'KUBE-SERVICES', match: 'ctstate NEW /* kubernetes service portals */', save: '-m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES' });
  }
  writer.add(filter, { chain: 'INPUT', target: 'KUBE-EXTERNAL-SERVICES', match: 'ctstate NEW /* kubernetes externally-visible service portals */', save: '-m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES' });
}

function servicePort(writer: Writer, proxy: KubeProxy, service: KubeObject, spec: ServiceSpec, port: ServicePort): void {
  const { nat, filter } = writer;
  const protocol = (port.protocol ?? 'TCP').toLowerCase() as Rule['protocol'];
  const name = `${service.metadata.namespace}/${service.metadata.name}${port.name ? `:${port.name}` : ''}`;
  const hash = chainHash(name, protocol);
  const addresses = [
    ...(spec.clusterIP && spec.clusterIP !== 'None' ? [{ ip: spec.clusterIP, what: 'cluster IP' }] : []),
    ...(spec.externalIPs ?? []).map((ip) => ({ ip, what: 'external IP' })),
    ...(((service.status as { loadBalancer?: { ingress?: { ip?: string }[] } } | undefined)?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip ? [{ ip, what: 'loadbalancer IP' }] : []))),
  ];
  if (addresses.length === 0) return;
  const inside = proxy.backends(service, port, 'internal');
  const outside = proxy.backends(service, port, 'external');
  const visible = port.nodePort !== undefined && port.nodePort !== 0;
  const portMatch = `-m ${protocol} --dport`;
  const listed = (text: string, number: number): string => `/* ${text} */ ${protocol} dpt:${number}`;
  const localOutside = spec.externalTrafficPolicy === 'Local';
  const externalChain = `KUBE-EXT-${hash}`;
  const insideChain = `${spec.internalTrafficPolicy === 'Local' ? 'KUBE-SVL' : 'KUBE-SVC'}-${hash}`;
  for (const { ip, what } of addresses) {
    const external = what !== 'cluster IP';
    const backends = external ? outside : inside;
    if (backends.length === 0) {
      const local = (external ? localOutside : spec.internalTrafficPolicy === 'Local') && proxy.endpointCount(service, port) > 0;
      const why = local ? `${name} has no local endpoints` : `${name} has no endpoints`;
      writer.add(filter, {
        chain: external ? 'KUBE-EXTERNAL-SERVICES' : 'KUBE-SERVICES', target: local ? 'DROP' : 'REJECT', protocol, destination: ip, match: `${listed(why, port.port)}${local ? '' : ' reject-with icmp-port-unreachable'}`,
        save: `-d ${ip}/32 -p ${protocol} -m comment --comment "${why}" ${portMatch} ${port.port} -j ${local ? 'DROP' : 'REJECT --reject-with icmp-port-unreachable'}`,
      });
      continue;
    }
    const target = external ? externalChain : insideChain;
    writer.add(nat, { chain: 'KUBE-SERVICES', target, protocol, destination: ip, match: listed(`${name} ${what}`, port.port), save: `-d ${ip}/32 -p ${protocol} -m comment --comment "${name} ${what}" ${portMatch} ${port.port} -j ${target}` });
  }
  if (visible && outside.length > 0) {
    writer.add(nat, { chain: 'KUBE-NODEPORTS', target: externalChain, protocol, match: listed(name, port.nodePort as number), save: `-p ${protocol} -m comment --comment "${name}" ${portMatch} ${port.nodePort} -j ${externalChain}` });
  } else if (visible) {
    const local = localOutside && proxy.endpointCount(service, port) > 0;
    const why = `${name} has no ${local ? 'local ' : ''}endpoints`;
    writer.add(filter, {
      chain: 'KUBE-EXTERNAL-SERVICES', target: local ? 'DROP' : 'REJECT', protocol, match: `${listed(why, port.nodePort as number)} ADDRTYPE match dst-type LOCAL${local ? '' : ' reject-with icmp-port-unreachable'}`,
      save: `-p ${protocol} -m comment --comment "${why}" -m addrtype --dst-type LOCAL ${portMatch} ${port.nodePort} -j ${local ? 'DROP' : 'REJECT --reject-with icmp-port-unreachable'}`,
    });
  }
  if (outside.length > 0 && (visible || addresses.length > 1)) externalRules(writer, { name, externalChain, hash, local: localOutside });
  if (inside.length > 0) balance(writer, { chain: insideChain, name, protocol, backends: inside, spec, clusterIP: spec.clusterIP as string, port: port.port });
  if (outside.length > 0 && localOutside) balance(writer, { chain: `KUBE-SVL-${hash}`, name, protocol, backends: outside, spec });
  const seen = new Set<string>();
  for (const backend of [...inside, ...outside]) {
    const endpoint = `${backend.ip}:${backend.port}`;
    if (seen.has(endpoint)) continue;
    seen.add(endpoint);
    endpointRules(writer, name, protocol, endpoint, backend.ip, spec.sessionAffinity === 'ClientIP');
  }
}

function externalRules(writer: Writer, { name, externalChain, hash, local }: { name: string; externalChain: string; hash: string; local: boolean }): void {
  const { nat } = writer;
  if (!local) {
    const comment = `masquerade traffic for ${name} external destinations`;
    writer.add(nat, { chain: externalChain, target: 'KUBE-MARK-MASQ', match: `/* ${comment} */`, save: `-m comment --comment "${comment}" -j KUBE-MARK-MASQ` });
    return writer.add(nat, { chain: externalChain, target: `KUBE-SVC-${hash}`, match: '', save: `-j KUBE-SVC-${hash}` });
  }
  const pods = `pod traffic for ${name} external destinations`;
  writer.add(nat, { chain: externalChain, target: `KUBE-SVC-${hash}`, source: POD_CIDR, match: `/* ${pods} */`, save: `-s ${POD_CIDR} -m comment --comment "${pods}" -j KUBE-SVC-${hash}` });
  writer.add(nat, { chain: externalChain, target: `KUBE-SVL-${hash}`, match: '', save: `-j KUBE-SVL-${hash}` });
}

interface Balanced {
  chain: string;
  name: string;
  protocol: Rule['protocol'];
  backends: readonly Backend[];
  spec: ServiceSpec;
  /** With it the chain masquerades what does not come from a pod. */
  clusterIP?: string;
  port?: number;
}

function balance(writer: Writer, { chain, name, protocol, backends, spec, clusterIP, port }: Balanced): void {
  const { nat } = writer;
  if (clusterIP && port !== undefined) {
    writer.add(nat, {
      chain, target: 'KUBE-MARK-MASQ', protocol, source: `!${POD_CIDR}`, destination: clusterIP, match: `/* ${name} cluster IP */ ${protocol} dpt:${port}`,
      save: `! -s ${POD_CIDR} -d ${clusterIP}/32 -p ${protocol} -m comment --comment "${name} cluster IP" -m ${protocol} --dport ${port} -j KUBE-MARK-MASQ`,
    });
  }
  const endpointChain = ({ ip, port: target }: Backend): string => `KUBE-SEP-${chainHash(name, protocol, `${ip}:${target}`)}`;
  if (spec.sessionAffinity === 'ClientIP') {
    const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? DEFAULT_AFFINITY_SECONDS;
    for (const backend of backends) {
      const comment = `${name} -> ${backend.ip}:${backend.port}`;
      const target = endpointChain(backend);
      writer.add(nat, { chain, target, match: `/* ${comment} */ recent: CHECK seconds: ${seconds} reap name: ${target} side: source mask: 255.255.255.255`, save: `-m comment --comment "${comment}" -m recent --rcheck --seconds ${seconds} --reap --name ${target} --mask 255.255.255.255 --rsource -j ${target}` });
    }
  }
  backends.forEach((backend, index) => {
    const left = backends.length - index;
    const comment = `${name} -> ${backend.ip}:${backend.port}`;
    const target = endpointChain(backend);
    writer.add(nat, {
      chain, target, match: `/* ${comment} */${left > 1 ? ` statistic mode random probability ${probability(left)}` : ''}`,
      save: `-m comment --comment "${comment}"${left > 1 ? ` -m statistic --mode random --probability ${probability(left)}` : ''} -j ${target}`,
    });
  });
}

function endpointRules(writer: Writer, name: string, protocol: Rule['protocol'], endpoint: string, ip: string, affinity: boolean): void {
  const { nat } = writer;
  const chain = `KUBE-SEP-${chainHash(name, protocol, endpoint)}`;
  writer.add(nat, { chain, target: 'KUBE-MARK-MASQ', source: ip, match: `/* ${name} */`, save: `-s ${ip}/32 -m comment --comment "${name}" -j KUBE-MARK-MASQ` });
  const recent = affinity ? ` -m recent --set --name ${chain} --mask 255.255.255.255 --rsource` : '';
  writer.add(nat, {
    chain, target: 'DNAT', protocol, match: `/* ${name} */${affinity ? ` recent: SET name: ${chain} side: source mask: 255.255.255.255` : ''} ${protocol} to:${endpoint}`,
    save: `-p ${protocol} -m comment --comment "${name}"${recent} -m ${protocol} -j DNAT --to-destination ${endpoint}`,
  });
}

/** As `iptables-save` prints a table. */
export function saved(table: Table): string {
  const chains = [...table.chains].sort(([x, xPolicy], [y, yPolicy]) => (xPolicy && !yPolicy ? -1 : !xPolicy && yPolicy ? 1 : xPolicy ? 0 : x < y ? -1 : 1));
  return `*${table.name}\n${chains.map(([name, policy]) => `:${name} ${policy ?? '-'} [0:0]\n`).join('')}${table.rules.map((rule) => `-A ${rule.chain} ${rule.save}\n`).join('')}COMMIT\n`;
}

/** As `iptables -L -n` prints chains. @returns undefined when there is no such chain. */
export function listed(table: Table, only: string | undefined): string | undefined {
  if (only !== undefined && !table.chains.has(only)) return undefined;
  const names = only === undefined ? [...table.chains.keys()].filter((name) => table.chains.get(name)).concat([...table.chains.keys()].filter((name) => !table.chains.get(name)).sort()) : [only];
  return names
    .map((name) => {
      const policy = table.chains.get(name);
      const references = table.rules.filter((rule) => rule.target === name).length;
      const rules = table.rules.filter((rule) => rule.chain === name);
      const lines = rules.map(({ target, protocol, source, destination, match }) => `${target.padEnd(10)} ${PROTOCOL_NUMBERS[protocol].padEnd(4)} --  ${source.padEnd(20)} ${destination.padEnd(20)} ${match}\n`);
      return `Chain ${name} (${policy ? `policy ${policy}` : `${references} references`})\ntarget     prot opt source               destination         \n${lines.join('')}`;
    })
    .join('\n');
}
