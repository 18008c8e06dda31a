/**
 * CoreDNS with the `kubernetes` plugin: names of Services and pods. One a node, dormant unless a CoreDNS container runs
 * there. Answers from its own watch cache, so it survives a loss of the API server.
 */
import type { Client } from '../apiserver/client.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { Component, type ComponentContext, type WatchSpec } from '../component.ts';
import { CLUSTER_DOMAIN } from './resolver.ts';

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

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

interface Port {
  name?: string;
  port?: number;
  protocol?: string;
}

interface ServiceSpec {
  type?: string;
  clusterIP?: string;
  externalName?: string;
  ports?: Port[];
}

interface Found {
  ip: string;
  target: string;
  port: number | undefined;
}

interface Endpoint {
  addresses: string[];
  hostname?: string;
  conditions?: { ready?: boolean };
}

export class CoreDns extends Component<null> {
  readonly watches: WatchSpec[] = [
    { resource: SERVICES, indexes: { address: (service) => [(service.spec as { clusterIP?: string }).clusterIP ?? ''] } },
    {
      resource: SLICES,
      indexes: {
        service: (slice) => [`${slice.metadata.namespace}/${slice.metadata.labels?.['kubernetes.io/service-name'] ?? ''}`],
        address: (slice) => [...new Set(((slice.endpoints ?? []) as Endpoint[]).flatMap(({ addresses }) => addresses))],
      },
    },
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
    if (kind === 'pod' && namespace && labels.length === 1) return this.cached('namespaces', undefined, namespace) ? this.#pod(lower, labels[0] as string) : { kind: 'NXDOMAIN' };
    if (kind !== 'svc') return { kind: 'NXDOMAIN' };
    if (namespace === undefined) return { kind: 'NODATA' };
    const serviceName = labels.pop();
    if (serviceName === undefined) return this.cached('namespaces', undefined, namespace) ? { kind: 'NODATA' } : { kind: 'NXDOMAIN' };
    const service = this.cached(SERVICES, namespace, serviceName);
    if (!service) return { kind: 'NXDOMAIN' };
    return this.#service(lower, service, labels, type);
  }

  /**
   * Labels before a Service's name choose: none, everything of it; one, an endpoint by its host name or address; two, a
   * port (`_http._tcp`). Each may be asked for addresses and for SRV records.
   */
  #service(name: string, service: KubeObject, labels: string[], type: 'A' | 'SRV'): DnsAnswer {
    const spec = service.spec as ServiceSpec;
    if (spec.type === 'ExternalName') {
      // An address is no name to point to.
      const alias = labels.length === 0 && spec.externalName && !IPV4.test(spec.externalName);
      return alias ? { kind: 'records', records: [{ name, type: 'CNAME', value: (spec.externalName as string).replace(/\.$/, ''), ttl: TTL_SECONDS }] } : { kind: 'NXDOMAIN' };
    }
    if (labels.length > 2 || (labels.length === 2 && !labels.every((label) => label.startsWith('_')))) return { kind: 'NXDOMAIN' };
    const [portName, protocol] = labels.length === 2 ? labels.map((label) => label.slice(1)) : [];
    const endpoint = labels.length === 1 ? labels[0] : undefined;
    const base = `${service.metadata.name}.${service.metadata.namespace}.svc.${CLUSTER_DOMAIN}`;
    const matches = (port: Port): boolean => portName === undefined || ((port.name ?? '').toLowerCase() === portName && (port.protocol ?? 'TCP').toLowerCase() === protocol);
    const found: Found[] = [];
    if (spec.clusterIP === 'None' || endpoint !== undefined) {
      for (const { ip, host, ports } of this.#endpoints(service)) {
        if (endpoint !== undefined && host !== endpoint) continue;
        // Without ports a Service has addresses, but no SRV records.
        if (ports.length === 0 && portName === undefined) found.push({ ip, target: `${host}.${base}`, port: undefined });
        for (const port of ports) if (matches(port)) found.push({ ip, target: `${host}.${base}`, port: port.port });
      }
    } else {
      for (const port of spec.ports ?? []) if (matches(port)) found.push({ ip: spec.clusterIP ?? '', target: base, port: port.port });
    }
    if (found.length === 0) return { kind: 'NXDOMAIN' };
    const records = type === 'A' ? addressRecords(name, found) : serviceRecords(name, found);
    return records.length > 0 ? { kind: 'records', records } : { kind: 'NODATA' };
  }

  /** Ready endpoints; those of a Service that publishes addresses that are not ready are all marked so. */
  #endpoints(service: KubeObject): { ip: string; host: string; ports: Port[] }[] {
    const result: { ip: string; host: string; ports: Port[] }[] = [];
    for (const slice of this.indexed(SLICES, 'service', `${service.metadata.namespace}/${service.metadata.name}`)) {
      for (const endpoint of (slice.endpoints ?? []) as Endpoint[]) {
        const ip = endpoint.addresses[0];
        if (ip && endpoint.conditions?.ready !== false) result.push({ ip, host: hostOf(endpoint, ip), ports: (slice.ports ?? []) as Port[] });
      }
    }
    return result;
  }

  /** `pods insecure`: any dashed address of the form a-b-c-d answers with that address. */
  #pod(name: string, dashed: string): DnsAnswer {
    const ip = dashed.replaceAll('-', '.');
    return IPV4.test(ip) ? { kind: 'records', records: [{ name, type: 'A', value: ip, ttl: TTL_SECONDS }] } : { kind: 'NXDOMAIN' };
  }

  #reverse(name: string): DnsAnswer {
    const ip = name.replace(/\.in-addr\.arpa$/, '').split('.').reverse().join('.');
    for (const service of this.indexed(SERVICES, 'address', ip)) {
      return { kind: 'records', records: [{ name, type: 'PTR', value: `${service.metadata.name}.${service.metadata.namespace}.svc.${CLUSTER_DOMAIN}`, ttl: TTL_SECONDS }] };
    }
    for (const slice of this.indexed(SLICES, 'address', ip)) {
      const service = this.cached(SERVICES, slice.metadata.namespace, slice.metadata.labels?.['kubernetes.io/service-name'] ?? '');
      const endpoint = ((slice.endpoints ?? []) as Endpoint[]).find(({ addresses, conditions }) => addresses.includes(ip) && conditions?.ready !== false);
      if (service && endpoint) {
        const value = `${hostOf(endpoint, ip)}.${service.metadata.name}.${service.metadata.namespace}.svc.${CLUSTER_DOMAIN}`;
        return { kind: 'records', records: [{ name, type: 'PTR', value, ttl: TTL_SECONDS }] };
      }
    }
    return { kind: 'NXDOMAIN' };
  }
}

function hostOf(endpoint: Endpoint, ip: string): string {
  return endpoint.hostname ?? ip.replaceAll('.', '-');
}

/** One record an address, however many ports it has. */
function addressRecords(name: string, found: readonly Found[]): DnsRecord[] {
  return [...new Set(found.map(({ ip }) => ip))].map((value) => ({ name, type: 'A', value, ttl: TTL_SECONDS }));
}

/** All targets weigh the same, 100 together. */
function serviceRecords(name: string, found: readonly Found[]): DnsRecord[] {
  const weight = Math.max(1, Math.floor(100 / found.length));
  return found.flatMap(({ port, target }) => (port === undefined ? [] : [{ name, type: 'SRV' as const, value: `0 ${weight} ${port} ${target}`, ttl: TTL_SECONDS }]));
}
