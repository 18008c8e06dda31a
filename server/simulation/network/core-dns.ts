/**
 * CoreDNS with the `kubernetes` plugin: names of Services and pods. One a node, dormant unless a CoreDNS container runs
 * there. Answers from its own watch cache, so it survives a loss of the API server.
 */
import type { Client } from '../apiserver/client.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { Component, type ComponentContext, type WatchSpec } from '../component.ts';

export const CLUSTER_DOMAIN = 'cluster.local';

export interface DnsRecord {
  name: string;
  type: 'A' | 'CNAME' | 'SRV' | 'PTR';
  value: string;
  ttl: number;
}

/** `NXDOMAIN`: no such name. `NODATA`: the name exists, but not with this type. */
export type DnsAnswer = { kind: 'records'; records: DnsRecord[] } | { kind: 'NXDOMAIN' } | { kind: 'NODATA' };

const SERVICES = 'services';
const SLICES = 'endpointslices.discovery.k8s.io';
const TTL_SECONDS = 30;

interface Endpoint {
  addresses: string[];
  hostname?: string;
  conditions?: { ready?: boolean };
}

export class CoreDns extends Component<null> {
  readonly watches: WatchSpec[] = [
    { resource: SERVICES, indexes: { address: (service) => [(service.spec as { clusterIP?: string }).clusterIP ?? ''] } },
    { resource: SLICES, indexes: { service: (slice) => [`${slice.metadata.namespace}/${slice.metadata.labels?.['kubernetes.io/service-name'] ?? ''}`] } },
    { resource: 'namespaces' },
  ];

  constructor(node: string, context: ComponentContext, client: Client) {
    super(`coredns ${node}`, node, context, client);
  }

  protected initial(): null {
    return null;
  }

  protected changed(): void {
    // Answers are worked out when asked.
  }

  protected work(): void {
    // Nothing to do between questions.
  }

  /**
   * Answers one question about a fully qualified name (no trailing dot).
   * @returns undefined for names outside the cluster domain, which CoreDNS would forward.
   */
  answer(name: string, type: 'A' | 'SRV' | 'PTR'): DnsAnswer | undefined {
    const lower = name.toLowerCase();
    if (type === 'PTR') return this.#reverse(lower);
    if (lower !== CLUSTER_DOMAIN && !lower.endsWith(`.${CLUSTER_DOMAIN}`)) return undefined;
    const labels = lower.slice(0, -CLUSTER_DOMAIN.length - 1).split('.');
    const kind = labels.pop();
    const namespace = labels.pop();
    if (kind === 'pod' && namespace && labels.length === 1) return this.#pod(lower, labels[0] as string);
    if (kind !== 'svc') return { kind: 'NXDOMAIN' };
    if (namespace === undefined) return { kind: 'NODATA' };
    const serviceName = labels.pop();
    if (serviceName === undefined) return this.cached('namespaces', undefined, namespace) ? { kind: 'NODATA' } : { kind: 'NXDOMAIN' };
    const service = this.cached(SERVICES, namespace, serviceName);
    if (!service) return { kind: 'NXDOMAIN' };
    return this.#service(lower, service, labels, type);
  }

  #service(name: string, service: KubeObject, labels: string[], type: 'A' | 'SRV'): DnsAnswer {
    const spec = service.spec as { type?: string; clusterIP?: string; externalName?: string; ports?: { name?: string; port: number; protocol?: string }[] };
    if (spec.type === 'ExternalName') {
      return labels.length === 0 ? { kind: 'records', records: [{ name, type: 'CNAME', value: spec.externalName ?? '', ttl: TTL_SECONDS }] } : { kind: 'NXDOMAIN' };
    }
    const headless = spec.clusterIP === 'None';
    if (labels.length === 2 && labels[0]?.startsWith('_') && labels[1]?.startsWith('_')) {
      if (type !== 'SRV') return { kind: 'NODATA' };
      const port = spec.ports?.find((candidate) => `_${candidate.name}` === labels[0] && `_${(candidate.protocol ?? 'TCP').toLowerCase()}` === labels[1]);
      if (!port) return { kind: 'NXDOMAIN' };
      const base = `${service.metadata.name}.${service.metadata.namespace}.svc.${CLUSTER_DOMAIN}`;
      const targets = headless ? this.#endpoints(service).map((endpoint) => `${endpoint.hostname ?? (endpoint.addresses[0] as string).replaceAll('.', '-')}.${base}`) : [base];
      return { kind: 'records', records: targets.map((target) => ({ name, type: 'SRV', value: `0 100 ${port.port} ${target}`, ttl: TTL_SECONDS })) };
    }
    if (type === 'SRV') return { kind: 'NODATA' };
    if (!headless) {
      return labels.length === 0 ? { kind: 'records', records: [{ name, type: 'A', value: spec.clusterIP ?? '', ttl: TTL_SECONDS }] } : { kind: 'NXDOMAIN' };
    }
    const endpoints = this.#endpoints(service);
    const chosen = labels.length === 0 ? endpoints : endpoints.filter((endpoint) => endpoint.hostname === labels[0] || endpoint.addresses[0]?.replaceAll('.', '-') === labels[0]);
    if (labels.length > 1 || chosen.length === 0) return { kind: 'NXDOMAIN' };
    return { kind: 'records', records: chosen.map((endpoint) => ({ name, type: 'A', value: endpoint.addresses[0] as string, ttl: TTL_SECONDS })) };
  }

  #endpoints(service: KubeObject): Endpoint[] {
    const publishAll = (service.spec as { publishNotReadyAddresses?: boolean }).publishNotReadyAddresses;
    const result: Endpoint[] = [];
    for (const slice of this.indexed(SLICES, 'service', `${service.metadata.namespace}/${service.metadata.name}`)) {
      for (const endpoint of (slice.endpoints ?? []) as Endpoint[]) {
        if (endpoint.addresses[0] && (publishAll || endpoint.conditions?.ready !== false)) result.push(endpoint);
      }
    }
    return result;
  }

  /** `pods insecure`: any dashed address of the form a-b-c-d answers with that address. */
  #pod(name: string, dashed: string): DnsAnswer {
    const ip = dashed.replaceAll('-', '.');
    return /^\d{1,3}(\.\d{1,3}){3}$/.test(ip) ? { kind: 'records', records: [{ name, type: 'A', value: ip, ttl: TTL_SECONDS }] } : { kind: 'NXDOMAIN' };
  }

  #reverse(name: string): DnsAnswer {
    const ip = name.replace(/\.in-addr\.arpa$/, '').split('.').reverse().join('.');
    for (const service of this.indexed(SERVICES, 'address', ip)) {
      return { kind: 'records', records: [{ name, type: 'PTR', value: `${service.metadata.name}.${service.metadata.namespace}.svc.${CLUSTER_DOMAIN}`, ttl: TTL_SECONDS }] };
    }
    return { kind: 'NXDOMAIN' };
  }
}
