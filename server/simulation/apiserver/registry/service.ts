/**
 * Services: addresses, node ports and the fields that depend on the type
 * (`pkg/registry/core/service/strategy.go`, `storage/alloc.go`).
 */
import { internalError, invalidValue } from '../errors.ts';
import type { KubeObject } from '../types.ts';
import { claimClusterIp, clusterIpProblem, freeClusterIp, releaseClusterIp } from './cluster-ips.ts';
import { semanticEqual } from './equal.ts';
import { NodePorts } from './node-ports.ts';
import type { RegistryContext, Strategy, WriteOptions } from './types.ts';

interface ServicePort {
  name?: string;
  protocol?: string;
  port: number;
  nodePort?: number;
}

interface ServiceSpec {
  type: string;
  clusterIP?: string;
  clusterIPs?: string[];
  ipFamilies?: string[];
  ipFamilyPolicy?: string;
  ports?: ServicePort[];
  selector?: Record<string, string>;
  externalTrafficPolicy?: string;
  internalTrafficPolicy?: string;
  healthCheckNodePort?: number;
  allocateLoadBalancerNodePorts?: boolean;
  loadBalancerClass?: string;
  [field: string]: unknown;
}

const KIND = { group: '', kind: 'Service' };
const HEADLESS = 'None';

const hasClusterIp = (spec: ServiceSpec): boolean => spec.type !== 'ExternalName';
const wantsNodePorts = (spec: ServiceSpec): boolean => spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
const mayHaveNodePorts = (spec: ServiceSpec): boolean => spec.type === 'NodePort' || spec.type === 'LoadBalancer';
const wantsHealthCheckPort = (spec: ServiceSpec): boolean => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';

function specOf(service: KubeObject): ServiceSpec {
  return service.spec as ServiceSpec;
}

/** Keeps clusterIP and clusterIPs[0] the same, whichever the client has set (`normalizeClusterIPs`). */
function normalizeClusterIps(spec: ServiceSpec, before: ServiceSpec | undefined): void {
  if (!before) {
    if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
    else if (!spec.clusterIP && spec.clusterIPs?.length) spec.clusterIP = spec.clusterIPs[0] as string;
    return;
  }
  const single = (spec.clusterIP ?? '') !== (before.clusterIP ?? '');
  const plural = !semanticEqual(spec.clusterIPs, before.clusterIPs);
  if (single && !plural) {
    if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
    else delete spec.clusterIPs;
  } else if (plural && !single) {
    if (spec.clusterIPs?.[0] !== undefined) spec.clusterIP = spec.clusterIPs[0];
    else delete spec.clusterIP;
  }
}

/** IP family fields of a single-stack IPv4 cluster (`initIPFamilyFields`). */
function defaultFamilies(service: KubeObject, spec: ServiceSpec): void {
  if (!hasClusterIp(spec)) return;
  const headlessWithoutSelector = spec.clusterIPs?.[0] === HEADLESS && Object.keys(spec.selector ?? {}).length === 0;
  if (headlessWithoutSelector) {
    spec.ipFamilyPolicy ??= 'RequireDualStack';
    if (!spec.ipFamilies?.length) spec.ipFamilies = ['IPv4'];
    if (spec.ipFamilies.length < 2 && spec.ipFamilyPolicy !== 'SingleStack') spec.ipFamilies = [...spec.ipFamilies, spec.ipFamilies[0] === 'IPv4' ? 'IPv6' : 'IPv4'];
    return;
  }
  if (spec.ipFamilyPolicy === 'RequireDualStack') {
    throw invalidValue(KIND, service.metadata.name, 'spec.ipFamilyPolicy', 'RequireDualStack', 'this cluster is not configured for dual-stack services');
  }
  const foreign = (spec.ipFamilies ?? []).findIndex((family) => family !== 'IPv4');
  if (foreign >= 0) throw invalidValue(KIND, service.metadata.name, `spec.ipFamilies[${foreign}]`, spec.ipFamilies?.[foreign], 'not configured on this cluster');
  spec.ipFamilyPolicy ??= 'SingleStack';
  if (!spec.ipFamilies?.length) spec.ipFamilies = ['IPv4'];
}

/** Fields that Kubernetes fills in by type and that defaulting cannot know. */
function defaultPolicies(spec: ServiceSpec): void {
  if (hasClusterIp(spec)) spec.internalTrafficPolicy ??= 'Cluster';
  if (mayHaveNodePorts(spec)) spec.externalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
}

/** Keeps what was allocated before when the client left it out (`patchAllocatedValues`). */
function keepAllocated(spec: ServiceSpec, before: ServiceSpec): void {
  if (hasClusterIp(before) && hasClusterIp(spec)) {
    if (!spec.clusterIP && before.clusterIP) spec.clusterIP = before.clusterIP;
    if (!spec.clusterIPs?.length && before.clusterIPs && spec.clusterIP === before.clusterIP) spec.clusterIPs = before.clusterIPs;
  }
  if (mayHaveNodePorts(before) && mayHaveNodePorts(spec) && spec.ports) {
    const held = new Map((before.ports ?? []).map((port) => [`${port.protocol ?? 'TCP'}/${port.port}`, port.nodePort]));
    const used = new Set(spec.ports.map((port) => port.nodePort).filter(Boolean));
    spec.ports = spec.ports.map((port) => {
      const nodePort = held.get(`${port.protocol ?? 'TCP'}/${port.port}`);
      return port.nodePort || !nodePort || used.has(nodePort) ? port : { ...port, nodePort };
    });
  }
  if (wantsHealthCheckPort(before) && wantsHealthCheckPort(spec) && !spec.healthCheckNodePort && before.healthCheckNodePort) spec.healthCheckNodePort = before.healthCheckNodePort;
}

/** Clears what the old type had and the new one has not, unless the client set it anew (`dropTypeDependentFields`). */
function dropTypeDependent(spec: ServiceSpec, before: ServiceSpec): void {
  if (hasClusterIp(before) && !hasClusterIp(spec)) {
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'] as const) {
      if (semanticEqual(spec[field], before[field])) delete spec[field];
    }
  }
  if (mayHaveNodePorts(before) && !mayHaveNodePorts(spec)) {
    const held = new Set((before.ports ?? []).map((port) => port.nodePort));
    if (spec.ports) {
      spec.ports = spec.ports.map((port) => {
        if (!port.nodePort || !held.has(port.nodePort)) return port;
        const { nodePort: _released, ...rest } = port;
        return rest;
      });
    }
    if (spec.externalTrafficPolicy === before.externalTrafficPolicy) delete spec.externalTrafficPolicy;
  }
  if (wantsHealthCheckPort(before) && !wantsHealthCheckPort(spec) && spec.healthCheckNodePort === before.healthCheckNodePort) delete spec.healthCheckNodePort;
  if (before.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    for (const field of ['allocateLoadBalancerNodePorts', 'loadBalancerClass'] as const) if (spec[field] === before[field]) delete spec[field];
  }
}

function allocateClusterIp(service: KubeObject, spec: ServiceSpec, before: ServiceSpec | undefined, registry: RegistryContext, options: WriteOptions): void {
  const held = before && hasClusterIp(before) ? before.clusterIP : undefined;
  if (!hasClusterIp(spec) || spec.clusterIP === HEADLESS) {
    if (held && held !== HEADLESS) releaseClusterIp(registry, held, options);
    return;
  }
  if (spec.clusterIP && spec.clusterIP === held) return;
  let ip = spec.clusterIP;
  if (ip) {
    const problem = clusterIpProblem(registry, ip);
    if (problem) throw invalidValue(KIND, service.metadata.name, 'spec.clusterIPs', spec.clusterIPs ?? [ip], `failed to allocate IP ${ip}: ${problem}`);
  } else {
    ip = freeClusterIp(registry);
    if (ip === undefined) throw internalError('failed to allocate a serviceIP: range is full');
    spec.clusterIP = ip;
  }
  spec.clusterIPs = [ip, ...(spec.clusterIPs ?? []).slice(1)];
  if (held && held !== HEADLESS) releaseClusterIp(registry, held, options);
  claimClusterIp(registry, ip, service, options);
}

function allocateNodePorts(service: KubeObject, spec: ServiceSpec, existing: KubeObject | undefined, registry: RegistryContext): void {
  const explicit = mayHaveNodePorts(spec) && (spec.ports ?? []).some((port) => port.nodePort);
  if (!wantsNodePorts(spec) && !explicit && !wantsHealthCheckPort(spec)) return;
  const ports = new NodePorts(registry, existing);
  const byPort = new Map<number, number>();
  if (mayHaveNodePorts(spec) && spec.ports) {
    spec.ports = spec.ports.map((port, index) => {
      const protocol = port.protocol ?? 'TCP';
      // The same port under another protocol shares the node port when nobody asked for one.
      const wanted = port.nodePort || byPort.get(port.port);
      if (wanted) {
        const problem = ports.take(wanted, protocol);
        if (problem) throw invalidValue(KIND, service.metadata.name, `spec.ports[${index}].nodePort`, wanted, problem);
        byPort.set(port.port, wanted);
        return port.nodePort === wanted ? port : { ...port, nodePort: wanted };
      }
      if (!wantsNodePorts(spec)) return port;
      const nodePort = ports.next(protocol);
      if (nodePort === undefined) throw internalError('failed to allocate a nodePort: range is full');
      byPort.set(port.port, nodePort);
      return { ...port, nodePort };
    });
  }
  if (wantsHealthCheckPort(spec)) {
    if (spec.healthCheckNodePort) {
      const problem = ports.take(spec.healthCheckNodePort, 'TCP');
      if (problem) throw invalidValue(KIND, service.metadata.name, 'spec.healthCheckNodePort', spec.healthCheckNodePort, problem);
    } else {
      const port = ports.next('TCP');
      if (port !== undefined) spec.healthCheckNodePort = port;
    }
  }
}

export const serviceStrategy = {
  resource: 'services',
  createOnUpdate: true,
  prepareForCreate(service) {
    const spec: ServiceSpec = { ...specOf(service) };
    spec.type ||= 'ClusterIP';
    normalizeClusterIps(spec, undefined);
    defaultPolicies(spec);
    service.spec = spec;
  },
  beginCreate(service, registry, options) {
    const spec: ServiceSpec = { ...specOf(service) };
    defaultFamilies(service, spec);
    allocateNodePorts(service, spec, undefined, registry);
    allocateClusterIp(service, spec, undefined, registry, options);
    service.spec = spec;
  },
  prepareForUpdate(service, existing) {
    const before = specOf(existing);
    const spec: ServiceSpec = { ...specOf(service) };
    normalizeClusterIps(spec, before);
    keepAllocated(spec, before);
    dropTypeDependent(spec, before);
    defaultPolicies(spec);
    service.spec = spec;
  },
  beginUpdate(service, existing, registry, options) {
    const before = specOf(existing);
    const now = specOf(service);
    const relevant = ['type', 'ports', 'clusterIP', 'clusterIPs', 'selector', 'ipFamilies', 'ipFamilyPolicy', 'externalTrafficPolicy', 'healthCheckNodePort', 'allocateLoadBalancerNodePorts'];
    if (relevant.every((field) => semanticEqual(now[field], before[field]))) return;
    const spec: ServiceSpec = { ...now };
    defaultFamilies(service, spec);
    allocateNodePorts(service, spec, existing, registry);
    allocateClusterIp(service, spec, before, registry, options);
    service.spec = spec;
  },
  afterDelete(service, registry, options) {
    const { clusterIP } = specOf(service);
    if (clusterIP && clusterIP !== HEADLESS) releaseClusterIp(registry, clusterIP, options);
  },
} satisfies Strategy;
