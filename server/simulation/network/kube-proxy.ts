/**
 * kube-proxy, one a node: translates service addresses into endpoint addresses. Its rules are its cache of Services and
 * EndpointSlices; a kube-proxy that is cut off from the API server goes on with the rules it has.
 */
import type { Client } from '../apiserver/client.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { POD_CIDR_PREFIX } from '../config.ts';
import { Component, type ComponentContext, type WatchSpec } from '../component.ts';

export interface ServicePort {
  name?: string;
  port: number;
  protocol?: string;
  targetPort?: number | string;
  nodePort?: number;
}

export interface ServiceSpec {
  type?: string;
  clusterIP?: string;
  clusterIPs?: string[];
  externalIPs?: string[];
  ports?: ServicePort[];
  externalTrafficPolicy?: string;
  internalTrafficPolicy?: string;
  sessionAffinity?: string;
  sessionAffinityConfig?: { clientIP?: { timeoutSeconds?: number } };
}

interface Endpoint {
  addresses: string[];
  conditions?: { ready?: boolean; serving?: boolean; terminating?: boolean };
  nodeName?: string;
  targetRef?: { kind?: string; namespace?: string; name?: string; uid?: string };
}

export interface Backend {
  ip: string;
  port: number;
  node: string | undefined;
}

/** How an address was translated. */
export type Translation =
  /** `masqueraded`: behind the machine's own address, so that the answer comes back the same way. */
  | { kind: 'backend'; backend: Backend; service: string; masqueraded: boolean }
  /** The address is a service's, but it has no usable endpoint: the packet is rejected (or dropped, for Local policies). */
  | { kind: 'rejected'; service: string }
  | { kind: 'dropped'; service: string }
  | { kind: 'not-a-service' };

/** Through the cluster IP, through an address for the outside, or from inside through one of those: then any endpoint will do. */
export type Traffic = 'internal' | 'external' | 'short-cut';

interface ProxyState {
  /** `service/port client` → endpoint address and when it was last used, for sessionAffinity ClientIP. */
  affinity: Map<string, { ip: string; usedAt: number }>;
}

const SERVICES = 'services';
const SLICES = 'endpointslices.discovery.k8s.io';
const DEFAULT_AFFINITY_SECONDS = 10_800;

function clusterAddresses(service: KubeObject): string[] {
  const spec = service.spec as ServiceSpec;
  const addresses: string[] = [];
  if (spec.clusterIP && spec.clusterIP !== 'None') addresses.push(spec.clusterIP);
  for (const ip of spec.externalIPs ?? []) addresses.push(ip);
  return addresses;
}

function balancerAddresses(service: KubeObject): string[] {
  const ingress = (service.status as { loadBalancer?: { ingress?: { ip?: string }[] } } | undefined)?.loadBalancer?.ingress ?? [];
  return ingress.flatMap((entry) => (entry.ip ? [entry.ip] : []));
}

function onlyLocal(spec: ServiceSpec, traffic: Traffic): boolean {
  return (traffic === 'external' ? spec.externalTrafficPolicy : traffic === 'internal' ? spec.internalTrafficPolicy : undefined) === 'Local';
}

/** Policy Local keeps the client's address; a pod that reaches itself through a service must not see its own. */
function masquerades(spec: ServiceSpec, traffic: Traffic, clientIp: string, backend: Backend): boolean {
  if (backend.ip === clientIp) return true;
  if (traffic === 'internal') return !clientIp.startsWith(`${POD_CIDR_PREFIX}.`);
  return spec.externalTrafficPolicy !== 'Local';
}

export class KubeProxy extends Component<ProxyState> {
  readonly watches: WatchSpec[] = [
    {
      resource: SERVICES,
      indexes: {
        address: (service) => [...clusterAddresses(service), ...balancerAddresses(service)],
        nodePort: (service) => ((service.spec as ServiceSpec).ports ?? []).flatMap((port) => (port.nodePort ? [`${port.protocol ?? 'TCP'}/${port.nodePort}`] : [])),
      },
    },
    {
      resource: SLICES,
      indexes: { service: (slice) => [`${slice.metadata.namespace}/${slice.metadata.labels?.['kubernetes.io/service-name'] ?? ''}`] },
    },
  ];

  constructor(node: string, context: ComponentContext, client: Client) {
    super(`kube-proxy ${node}`, node, context, client);
  }

  protected initial(): ProxyState {
    return { affinity: new Map() };
  }

  protected changed(): void {
    // The cache is the rule set.
  }

  protected work(): void {
    // Nothing to do between packets.
  }

  /** Whether an address belongs to a Service (so that an unmatched port is rejected, not routed). */
  ownsAddress(ip: string): boolean {
    return this.state.running && this.indexedCount(SERVICES, 'address', ip) > 0;
  }

  /**
   * Translates a destination as the node's rules do.
   * @param external true when the packet came from outside the cluster through a node port or balancer address.
   */
  translate(ip: string, port: number, protocol: string, clientIp: string, external: boolean): Translation {
    if (!this.state.running) return { kind: 'not-a-service' };
    for (const service of this.indexed(SERVICES, 'address', ip)) {
      for (const servicePort of (service.spec as ServiceSpec).ports ?? []) {
        if (servicePort.port !== port || (servicePort.protocol ?? 'TCP') !== protocol) continue;
        const inside = ip === (service.spec as ServiceSpec).clusterIP;
        return this.#choose(service, servicePort, clientIp, inside ? 'internal' : external ? 'external' : 'short-cut');
      }
    }
    return this.ownsAddress(ip) ? { kind: 'rejected', service: ip } : { kind: 'not-a-service' };
  }

  /**
   * Translates a node port of this node.
   * @param own true when the packet comes from this node or from a pod on it.
   */
  translateNodePort(port: number, protocol: string, clientIp: string, own: boolean): Translation {
    if (!this.state.running) return { kind: 'not-a-service' };
    for (const service of this.indexed(SERVICES, 'nodePort', `${protocol}/${port}`)) {
      for (const servicePort of (service.spec as ServiceSpec).ports ?? []) {
        if (servicePort.nodePort === port) return this.#choose(service, servicePort, clientIp, own ? 'short-cut' : 'external');
      }
    }
    return { kind: 'not-a-service' };
  }

  /** Every usable endpoint of a service port as this node sees it, for `iptables -L` and headless lookups. */
  backends(service: KubeObject, servicePort: ServicePort, traffic: Traffic): Backend[] {
    const local = onlyLocal(service.spec as ServiceSpec, traffic);
    const ready: Backend[] = [];
    const terminating: Backend[] = [];
    for (const slice of this.indexed(SLICES, 'service', `${service.metadata.namespace}/${service.metadata.name}`)) {
      const slicePort = ((slice.ports ?? []) as { name?: string; port?: number; protocol?: string }[]).find(
        (candidate) => (candidate.name ?? '') === (servicePort.name ?? '') && (candidate.protocol ?? 'TCP') === (servicePort.protocol ?? 'TCP'),
      );
      if (!slicePort?.port) continue;
      for (const endpoint of (slice.endpoints ?? []) as Endpoint[]) {
        const ip = endpoint.addresses[0];
        if (!ip || (local && endpoint.nodeName !== this.node)) continue;
        const backend = { ip, port: slicePort.port, node: endpoint.nodeName };
        if (endpoint.conditions?.ready !== false) ready.push(backend);
        else if (endpoint.conditions.serving && endpoint.conditions.terminating) terminating.push(backend);
      }
    }
    return ready.length > 0 ? ready : terminating;
  }

  /** Every Service that this node has rules for, by name. */
  services(): KubeObject[] {
    const name = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;
    return [...this.cachedAll(SERVICES)].sort((x, y) => (name(x) < name(y) ? -1 : 1));
  }

  /** Ready endpoints of a service port anywhere, whatever its traffic policies. */
  endpointCount(service: KubeObject, servicePort: ServicePort): number {
    return this.backends(service, servicePort, 'short-cut').length;
  }

  #choose(service: KubeObject, servicePort: ServicePort, clientIp: string, traffic: Traffic): Translation {
    const spec = service.spec as ServiceSpec;
    const name = `${service.metadata.namespace}/${service.metadata.name}`;
    const backends = this.backends(service, servicePort, traffic);
    // Endpoints on other machines only: somebody else may answer, so that nobody is told that nobody does.
    if (backends.length === 0) return { kind: this.endpointCount(service, servicePort) > 0 ? 'dropped' : 'rejected', service: name };
    const found = (backend: Backend): Translation => ({ kind: 'backend', backend, service: name, masqueraded: masquerades(spec, traffic, clientIp, backend) });
    const key = `${name}:${servicePort.port} ${clientIp}`;
    if (spec.sessionAffinity === 'ClientIP') {
      const timeout = (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? DEFAULT_AFFINITY_SECONDS) * 1_000;
      const kept = this.own.affinity.get(key);
      const same = kept && this.now - kept.usedAt < timeout ? backends.find((backend) => backend.ip === kept.ip) : undefined;
      if (kept && same) {
        kept.usedAt = this.now;
        return found(same);
      }
    }
    const backend = backends[this.context.kernel.random.below(backends.length)] as Backend;
    if (spec.sessionAffinity === 'ClientIP') this.own.affinity.set(key, { ip: backend.ip, usedAt: this.now });
    return found(backend);
  }
}
