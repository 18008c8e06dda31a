/** Descriptions of Endpoints, EndpointSlice, Ingress, IngressClass. */
import { describeEvents } from '../events.ts';
import type { DescribeContext, Describer } from '../types.ts';
import { annotations, date, pairs, Writer } from '../writer.ts';
import type { KubeObject } from '../../../../simulation/apiserver/types.ts';

function head(writer: Writer, object: KubeObject): void {
  writer.line(0, `Name:\t${object.metadata.name}`);
  if (object.metadata.namespace) writer.line(0, `Namespace:\t${object.metadata.namespace}`);
}

export const describeEndpointSlice: Describer = async (slice, { events, now }) => {
  const writer = new Writer();
  head(writer, slice);
  pairs(writer, 'Labels', slice.metadata.labels);
  annotations(writer, slice.metadata.annotations);
  writer.line(0, `AddressType:\t${slice.addressType as string}`);
  const ports = (slice.ports ?? []) as { name?: string; port?: number; protocol?: string }[];
  if (ports.length === 0) writer.line(0, 'Ports: <unset>');
  else {
    writer.line(0, 'Ports:');
    writer.line(1, 'Name\tPort\tProtocol');
    writer.line(1, '----\t----\t--------');
    for (const port of ports) writer.line(1, `${port.name || '<unset>'}\t${port.port ?? '<unset>'}\t${port.protocol ?? 'TCP'}`);
  }
  const endpoints = (slice.endpoints ?? []) as { addresses: string[]; conditions?: { ready?: boolean }; hostname?: string; targetRef?: { kind: string; name: string }; nodeName?: string; zone?: string }[];
  if (endpoints.length === 0) writer.line(0, 'Endpoints: <none>');
  else {
    writer.line(0, 'Endpoints:');
    for (const endpoint of endpoints) {
      writer.line(1, `- Addresses:\t${endpoint.addresses.join(', ')}`);
      writer.line(2, 'Conditions:');
      writer.line(3, `Ready:\t${endpoint.conditions?.ready ?? '<unset>'}`);
      writer.line(2, `Hostname:\t${endpoint.hostname || '<unset>'}`);
      if (endpoint.targetRef) writer.line(2, `TargetRef:\t${endpoint.targetRef.kind}/${endpoint.targetRef.name}`);
      writer.line(2, `NodeName:\t${endpoint.nodeName || '<unset>'}`);
      writer.line(2, `Zone:\t${endpoint.zone || '<unset>'}`);
    }
  }
  describeEvents(writer, events, now);
  return writer.toString();
};

export const describeEndpoints: Describer = async (endpoints, { events, now }) => {
  const writer = new Writer();
  head(writer, endpoints);
  pairs(writer, 'Labels', endpoints.metadata.labels);
  annotations(writer, endpoints.metadata.annotations);
  writer.line(0, 'Subsets:');
  for (const subset of (endpoints.subsets ?? []) as { addresses?: { ip: string }[]; notReadyAddresses?: { ip: string }[]; ports?: { name?: string; port: number; protocol?: string }[] }[]) {
    writer.line(1, `Addresses:\t${(subset.addresses ?? []).map((address) => address.ip).join(',') || '<none>'}`);
    writer.line(1, `NotReadyAddresses:\t${(subset.notReadyAddresses ?? []).map((address) => address.ip).join(',') || '<none>'}`);
    if (subset.ports?.length) {
      writer.line(1, 'Ports:');
      writer.line(2, 'Name\tPort\tProtocol');
      writer.line(2, '----\t----\t--------');
      for (const port of subset.ports) writer.line(2, `${port.name || '<unset>'}\t${port.port}\t${port.protocol ?? 'TCP'}`);
    }
    writer.raw('\n');
  }
  describeEvents(writer, events, now);
  return writer.toString();
};

interface Backend {
  service?: { name: string; port: { name?: string; number?: number } };
  resource?: { kind: string; name: string };
}

async function backendText(backend: Backend, namespace: string, context: DescribeContext): Promise<string> {
  if (!backend.service) return backend.resource ? `${backend.resource.kind}/${backend.resource.name}` : '<none>';
  const { name, port } = backend.service;
  const service = await context.get(`/api/v1/namespaces/${namespace}/services/${name}`);
  const shown = port.name ?? String(port.number ?? '');
  if (!service) return `${name}:${shown} (<error: services "${name}" not found>)`;
  const slices = await context.list(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, { labelSelector: `kubernetes.io/service-name=${name}` });
  const servicePort = ((service.spec as { ports?: { name?: string; port: number }[] }).ports ?? []).find((candidate) => (port.name !== undefined ? candidate.name === port.name : candidate.port === port.number));
  const addresses: string[] = [];
  for (const slice of slices) {
    const target = ((slice.ports ?? []) as { name?: string; port?: number }[]).find((candidate) => (candidate.name ?? '') === (servicePort?.name ?? ''));
    for (const endpoint of (slice.endpoints ?? []) as { addresses: string[]; conditions?: { ready?: boolean } }[]) {
      if (target && endpoint.conditions?.ready !== false) addresses.push(...endpoint.addresses.map((address) => `${address}:${target.port}`));
    }
  }
  const more = addresses.length - 3;
  return `${name}:${shown} (${addresses.slice(0, 3).join(',')}${more > 0 ? ` + ${more} more...` : ''})`;
}

export const describeIngress: Describer = async (ingress, context) => {
  const namespace = ingress.metadata.namespace as string;
  const spec = ingress.spec as {
    ingressClassName?: string;
    defaultBackend?: Backend;
    tls?: { hosts?: string[]; secretName?: string }[];
    rules?: { host?: string; http?: { paths: { path?: string; backend: Backend }[] } }[];
  };
  const addresses = ((ingress.status as { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } } | undefined)?.loadBalancer?.ingress ?? []).map((entry) => entry.ip ?? entry.hostname ?? '');
  const writer = new Writer();
  writer.line(0, `Name:\t${ingress.metadata.name}`);
  pairs(writer, 'Labels', ingress.metadata.labels);
  writer.line(0, `Namespace:\t${namespace}`);
  writer.line(0, `Address:\t${addresses.join(',')}`);
  writer.line(0, `Ingress Class:\t${spec.ingressClassName ?? '<none>'}`);
  writer.line(0, `Default backend:\t${spec.defaultBackend ? await backendText(spec.defaultBackend, namespace, context) : '<default>'}`);
  if (spec.tls?.length) {
    writer.line(0, 'TLS:');
    for (const tls of spec.tls) writer.line(1, tls.secretName ? `${tls.secretName} terminates ${(tls.hosts ?? []).join(',')}` : `SNI routes ${(tls.hosts ?? []).join(',')}`);
  }
  writer.line(0, 'Rules:');
  writer.line(1, 'Host\tPath\tBackends');
  writer.line(1, '----\t----\t--------');
  let count = 0;
  for (const rule of spec.rules ?? []) {
    if (!rule.http) continue;
    count++;
    writer.line(1, `${rule.host || '*'}\t`);
    for (const path of rule.http.paths) writer.line(2, `\t${path.path ?? ''} \t${await backendText(path.backend, namespace, context)}`);
  }
  if (count === 0) writer.line(1, `*\t*\t${spec.defaultBackend ? await backendText(spec.defaultBackend, namespace, context) : '<default>'}`);
  annotations(writer, ingress.metadata.annotations);
  describeEvents(writer, context.events, context.now);
  return writer.toString();
};

export const describeIngressClass: Describer = async (ingressClass, { events, now }) => {
  const writer = new Writer();
  writer.line(0, `Name:\t${ingressClass.metadata.name}`);
  pairs(writer, 'Labels', ingressClass.metadata.labels);
  annotations(writer, ingressClass.metadata.annotations);
  writer.line(0, `Controller:\t${(ingressClass.spec as { controller?: string }).controller ?? ''}`);
  describeEvents(writer, events, now);
  return writer.toString();
};

export const describeIPAddress: Describer = async (address, { events, now }) => {
  const parent = (address.spec as { parentRef?: { group?: string; resource?: string; namespace?: string; name?: string } } | undefined)?.parentRef;
  const writer = new Writer();
  writer.line(0, `Name:\t${address.metadata.name}`);
  pairs(writer, 'Labels', address.metadata.labels);
  annotations(writer, address.metadata.annotations);
  if (parent) {
    writer.line(0, 'Parent Reference:');
    for (const [title, value] of [['Group', parent.group], ['Resource', parent.resource], ['Namespace', parent.namespace], ['Name', parent.name]] as const) writer.line(1, `${title}:\t${value ?? ''}`);
  }
  describeEvents(writer, events, now);
  return writer.toString();
};

export const describeServiceCidr: Describer = async (range, { events, now }) => {
  const conditions = (range.status as { conditions?: { type: string; status: string; lastTransitionTime?: string; reason?: string; message?: string }[] } | undefined)?.conditions ?? [];
  const writer = new Writer();
  writer.line(0, `Name:\t${range.metadata.name}`);
  pairs(writer, 'Labels', range.metadata.labels);
  annotations(writer, range.metadata.annotations);
  writer.line(0, `CIDRs:\t${((range.spec as { cidrs?: string[] } | undefined)?.cidrs ?? []).join(', ')}`);
  if (conditions.length > 0) {
    writer.line(0, 'Status:\nConditions:');
    writer.line(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage');
    writer.line(1, '----\t------\t------------------\t------\t-------');
    for (const condition of conditions) writer.line(1, `${condition.type}\t${condition.status}\t${date(condition.lastTransitionTime)}\t${condition.reason ?? ''}\t${condition.message ?? ''}`);
  }
  describeEvents(writer, events, now);
  return writer.toString();
};
