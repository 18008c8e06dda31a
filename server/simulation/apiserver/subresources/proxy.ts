/**
 * `pods/NAME/proxy`, `services/NAME/proxy`, `nodes/NAME/proxy`: the API server carries an HTTP request to what is behind them
 * (`registry/core/{pod,service,node}` ResourceLocation, `apimachinery/pkg/util/proxy`). It connects from its own machine.
 */
import { badRequest, serviceUnavailable } from '../errors.ts';
import type { NetworkRequest, NetworkResult } from '../../network/types.ts';
import type { ApiResponse, KubeObject } from '../types.ts';
import type { HandlerContext, Subresource, SubresourceRequest } from './types.ts';

const SLICES = 'endpointslices.discovery.k8s.io';
const SERVICE_NAME = 'kubernetes.io/service-name';
const KUBELET_PORT = 10_250;

/** `name`, `name:port` or `scheme:name:port` (`net.SplitSchemeNamePort`). */
function split(subject: string): { name: string; port: string } {
  const parts = subject.split(':');
  const name = parts.length === 3 ? (parts[1] as string) : (parts[0] as string);
  const scheme = parts.length === 3 ? parts[0] : '';
  if (parts.length > 3 || name === '' || !['', 'http', 'https'].includes(scheme ?? '')) throw badRequest(`invalid request ${JSON.stringify(subject)}`);
  return { name, port: (parts.length === 3 ? parts[2] : parts[1]) ?? '' };
}

interface Location {
  ip: string;
  port: number;
}

function podLocation(info: SubresourceRequest, { registry }: HandlerContext, name: string, port: string): Location {
  const pod = registry.mustGet(info.resource, info.namespace, name);
  const declared = ((pod.spec as { containers: { ports?: { containerPort: number }[] }[] }).containers.flatMap((container) => container.ports ?? []))[0]?.containerPort;
  const number = port === '' ? (declared ?? 80) : Number(port);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) throw badRequest(`invalid pod request ${JSON.stringify(info.name)}`);
  const ip = (pod.status as { podIP?: string } | undefined)?.podIP;
  if (!ip) throw badRequest('address not allowed');
  return { ip, port: number };
}

interface Slice extends KubeObject {
  endpoints?: { addresses: string[]; conditions?: { ready?: boolean } }[];
  ports?: { name?: string; port?: number }[];
}

function serviceLocation(info: SubresourceRequest, { registry, store, kernel }: HandlerContext, name: string, wanted: string): Location {
  const service = registry.mustGet(info.resource, info.namespace, name);
  const ports = ((service.spec as { ports?: { name?: string; port: number }[] }).ports ?? []);
  const chosen = wanted === '' ? (ports.length === 1 ? ports[0] : ports.find((port) => !port.name)) : ports.find((port) => port.name === wanted || String(port.port) === wanted);
  if (!chosen) throw serviceUnavailable(`no service port ${JSON.stringify(wanted)} found for service ${JSON.stringify(name)}`);
  const locations: Location[] = [];
  for (const slice of store.list(SLICES, info.namespace) as Slice[]) {
    if (slice.metadata.labels?.[SERVICE_NAME] !== name) continue;
    const port = slice.ports?.find((candidate) => (candidate.name ?? '') === (chosen.name ?? ''))?.port;
    if (port === undefined) continue;
    for (const endpoint of slice.endpoints ?? []) if (endpoint.conditions?.ready !== false) for (const ip of endpoint.addresses) locations.push({ ip, port });
  }
  if (locations.length === 0) throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(name)}`);
  return locations[kernel.random.below(locations.length)] as Location;
}

/** What a kubelet answers on its own port, as much as people look at there. */
function kubeletAnswer(path: string, node: string, { store }: HandlerContext): ApiResponse {
  switch (path.split('?')[0]) {
    case '/healthz':
      return { status: 200, body: 'ok' };
    case '/pods':
    case '/pods/':
      return { status: 200, body: { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: store.list('pods').filter((pod) => (pod.spec as { nodeName?: string }).nodeName === node) } };
    default:
      return { status: 404, body: '404 page not found\n' };
  }
}

function failureText({ reason, host, port }: Extract<NetworkResult, { kind: 'failure' }>): string {
  const why = { refused: 'connect: connection refused', timeout: 'i/o timeout', unreachable: 'connect: no route to host', reset: 'read: connection reset by peer', dns: 'no such host' }[reason];
  return `dial tcp ${host}:${port}: ${why}`;
}

function through(result: NetworkResult): ApiResponse {
  if (result.kind === 'failure') throw serviceUnavailable(`error trying to reach service: ${failureText(result)}`);
  const type = result.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const headers = result.headers.filter(([name]) => !/^(content-length|content-type|transfer-encoding|connection|keep-alive)$/i.test(name));
  return { status: result.status, body: result.body, headers, elapsedMs: result.elapsedMs, ...(type === undefined ? {} : { contentType: type }) };
}

export const proxy = {
  name: 'proxy',
  resources: ['pods', 'services', 'nodes'],
  any(info, context) {
    const { name, port } = split(info.name);
    const { method, body, headers = {}, query = {} } = info.request;
    const search = new URLSearchParams(query).toString();
    const path = `${info.rest || '/'}${search === '' ? '' : `?${search}`}`;
    if (info.resource.key === 'nodes') {
      context.registry.mustGet(info.resource, undefined, name);
      if (port !== '' && port !== String(KUBELET_PORT)) throw serviceUnavailable(`error trying to reach service: dial tcp ${name}:${port}: connect: connection refused`);
      if (!context.usage(name)) throw serviceUnavailable(`error trying to reach service: dial tcp ${name}:${KUBELET_PORT}: i/o timeout`);
      return kubeletAnswer(path, name, context);
    }
    const location = info.resource.key === 'pods' ? podLocation(info, context, name, port) : serviceLocation(info, context, name, port);
    const request: NetworkRequest = { method, url: `http://${location.ip}:${location.port}${path}`, headers: { Host: `${location.ip}:${location.port}`, ...headers }, ...(typeof body === 'string' && body !== '' ? { body } : {}) };
    return through(context.connect(request));
  },
} satisfies Subresource;
