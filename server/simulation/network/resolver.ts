/** How a pod looks names up: the resolv.conf that dnsPolicy and dnsConfig make (`pkg/kubelet/network/dns`). */
import type { Source } from './types.ts';

export const CLUSTER_DOMAIN = 'cluster.local';
/** Address of the kube-dns Service, as kubelets are told it. */
export const DNS_SERVICE_IP = '10.96.0.10';

export interface DnsConfig {
  nameservers?: string[];
  searches?: string[];
  options?: { name: string; value?: string }[];
}

export interface Resolver {
  nameservers: string[];
  searches: string[];
  options: { name: string; value?: string }[];
}

type PodSource = Extract<Source, { kind: 'pod' }>;

/** @param machine name server of the machines. */
export function resolverOf(source: PodSource, machine: string): Resolver {
  const cluster = source.dnsPolicy === 'ClusterFirstWithHostNet' || (source.dnsPolicy === 'ClusterFirst' && !source.hostNetwork);
  const base: Resolver = cluster
    ? { nameservers: [DNS_SERVICE_IP], searches: [`${source.namespace}.svc.${CLUSTER_DOMAIN}`, `svc.${CLUSTER_DOMAIN}`, CLUSTER_DOMAIN], options: [{ name: 'ndots', value: '5' }] }
    : { nameservers: source.dnsPolicy === 'None' ? [] : [machine], searches: [], options: [] };
  const { nameservers = [], searches = [], options = [] } = source.dnsConfig ?? {};
  return {
    nameservers: [...new Set([...base.nameservers, ...nameservers])],
    searches: [...new Set([...base.searches, ...searches])],
    options: [...base.options.filter(({ name }) => !options.some((option) => option.name === name)), ...options],
  };
}

export function ndotsOf(resolver: Resolver): number {
  return Number(resolver.options.find(({ name }) => name === 'ndots')?.value ?? 1);
}

export function resolvConf({ nameservers, searches, options }: Resolver): string {
  const lines = nameservers.map((server) => `nameserver ${server}`);
  if (searches.length > 0) lines.unshift(`search ${searches.join(' ')}`);
  if (options.length > 0) lines.push(`options ${options.map(({ name, value }) => (value === undefined ? name : `${name}:${value}`)).join(' ')}`);
  return `${lines.join('\n')}\n`;
}
