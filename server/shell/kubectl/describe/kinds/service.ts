import type { KubeObject } from '../../../../simulation/apiserver/types.ts';
import { describeEvents } from '../events.ts';
import type { Describer } from '../types.ts';
import { annotations, pairs, Writer } from '../writer.ts';

interface ServiceSpec {
  selector?: Record<string, string>;
  type?: string;
  ipFamilyPolicy?: string;
  ipFamilies?: string[];
  clusterIP?: string;
  clusterIPs?: string[];
  externalIPs?: string[];
  loadBalancerIP?: string;
  externalName?: string;
  ports?: { name?: string; port: number; protocol?: string; targetPort?: number | string; nodePort?: number }[];
  sessionAffinity?: string;
  externalTrafficPolicy?: string;
  internalTrafficPolicy?: string;
  trafficDistribution?: string;
  healthCheckNodePort?: number;
  loadBalancerSourceRanges?: string[];
}

/** How many endpoint addresses are listed before «+ n more...». */
const MAX_ENDPOINTS = 3;

export const describeService: Describer = async (service, { now, list, events }) => {
  const spec = service.spec as ServiceSpec;
  const { name, namespace, labels, annotations: notes } = service.metadata;
  const slices = await list(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, { labelSelector: `kubernetes.io/service-name=${name}` });
  const writer = new Writer();
  writer.line(0, `Name:\t${name}`);
  writer.line(0, `Namespace:\t${namespace}`);
  pairs(writer, 'Labels', labels);
  annotations(writer, notes);
  writer.line(0, `Selector:\t${selectorText(spec.selector)}`);
  writer.line(0, `Type:\t${spec.type}`);
  if (spec.ipFamilyPolicy) writer.line(0, `IP Family Policy:\t${spec.ipFamilyPolicy}`);
  writer.line(0, `IP Families:\t${spec.ipFamilies?.join(',') || '<none>'}`);
  writer.line(0, `IP:\t${spec.clusterIP ?? ''}`);
  writer.line(0, `IPs:\t${spec.clusterIPs?.join(',') || '<none>'}`);
  if (spec.externalIPs?.length) writer.line(0, `External IPs:\t${spec.externalIPs.join(',')}`);
  if (spec.loadBalancerIP) writer.line(0, `Desired LoadBalancer IP:\t${spec.loadBalancerIP}`);
  if (spec.externalName) writer.line(0, `External Name:\t${spec.externalName}`);
  const ingress = ((service.status as { loadBalancer?: { ingress?: { ip?: string; hostname?: string; ipMode?: string }[] } } | undefined)?.loadBalancer?.ingress ?? []).map(
    (entry) => `${entry.ip ?? entry.hostname ?? ''}${entry.ip && entry.ipMode ? ` (${entry.ipMode})` : ''}`,
  );
  if (ingress.length > 0) writer.line(0, `LoadBalancer Ingress:\t${ingress.join(', ')}`);
  for (const port of spec.ports ?? []) {
    const protocol = port.protocol ?? 'TCP';
    writer.line(0, `Port:\t${port.name || '<unset>'}\t${port.port}/${protocol}`);
    writer.line(0, `TargetPort:\t${port.targetPort ?? port.port}/${protocol}`);
    if (port.nodePort) writer.line(0, `NodePort:\t${port.name || '<unset>'}\t${port.nodePort}/${protocol}`);
    writer.line(0, `Endpoints:\t${endpoints(slices, port.name ?? '')}`);
  }
  writer.line(0, `Session Affinity:\t${spec.sessionAffinity ?? ''}`);
  if (spec.externalTrafficPolicy) writer.line(0, `External Traffic Policy:\t${spec.externalTrafficPolicy}`);
  if (spec.internalTrafficPolicy) writer.line(0, `Internal Traffic Policy:\t${spec.internalTrafficPolicy}`);
  if (spec.trafficDistribution) writer.line(0, `Traffic Distribution:\t${spec.trafficDistribution}`);
  if (spec.healthCheckNodePort) writer.line(0, `HealthCheck NodePort:\t${spec.healthCheckNodePort}`);
  if (spec.loadBalancerSourceRanges?.length) writer.line(0, `LoadBalancer Source Ranges:\t${spec.loadBalancerSourceRanges.join(',')}`);
  describeEvents(writer, events, now);
  return writer.toString();
};

/** `a=b,c=d`, or `<none>`. */
export function selectorText(selector: Record<string, string> | undefined): string {
  const keys = Object.keys(selector ?? {}).sort();
  return keys.length === 0 ? '<none>' : keys.map((key) => `${key}=${(selector as Record<string, string>)[key]}`).join(',');
}

/** Addresses of the ready endpoints of a port; `<none>` when no slice exists at all. */
function endpoints(slices: KubeObject[], portName: string): string {
  if (slices.length === 0) return '<none>';
  const addresses: string[] = [];
  for (const slice of slices) {
    const ports = ((slice.ports ?? []) as { name?: string; port?: number }[]).filter((port) => (port.name ?? '') === portName);
    for (const endpoint of (slice.endpoints ?? []) as { addresses: string[]; conditions?: { ready?: boolean } }[]) {
      if (endpoint.conditions?.ready === false) continue;
      for (const port of ports) for (const address of endpoint.addresses) addresses.push(`${address}:${port.port}`);
    }
  }
  const more = addresses.length - MAX_ENDPOINTS;
  return addresses.slice(0, MAX_ENDPOINTS).join(',') + (more > 0 ? ` + ${more} more...` : '');
}
