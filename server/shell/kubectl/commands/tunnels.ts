/** Commands that listen on the participant's own machine until Ctrl-C: proxy and port-forward. */
import { isProxied } from '../../../simulation/apiserver/requests/request-info.ts';
import type { KubeObject } from '../../../simulation/apiserver/types.ts';
import type { HttpRequest, HttpResult } from '../../types.ts';
import type { Kubectl, KubectlCommand } from '../framework/command.ts';
import { KubectlError, UsageError } from '../framework/errors.ts';
import { asServed } from '../printers/json.ts';
import { podFor } from './exec.ts';

/** First port that is tried for `:80`, where the local port is left to kubectl. */
const EPHEMERAL_PORT = 40_000;

/** Listens on ports until the command is interrupted. */
async function listen(kubectl: Kubectl, handlers: ReadonlyMap<number, (request: HttpRequest) => Promise<HttpResult>>): Promise<number> {
  const { listeners } = kubectl.context.session;
  try {
    for (const [port, handler] of handlers) listeners.set(port, handler);
    for (;;) await kubectl.sleep(3_600_000);
  } catch (error) {
    if (kubectl.signal.aborted) return 130;
    throw error;
  } finally {
    for (const [port, handler] of handlers) if (listeners.get(port) === handler) listeners.delete(port);
  }
}

function taken(kubectl: Kubectl, port: number): boolean {
  return kubectl.context.session.listeners.has(port);
}

const STATUS_TEXTS: Record<number, string> = { 200: 'OK', 201: 'Created', 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 409: 'Conflict', 422: 'Unprocessable Entity', 500: 'Internal Server Error', 503: 'Service Unavailable' };

export const proxy: KubectlCommand = {
  name: 'proxy',
  summary: 'Run a proxy to the Kubernetes API server',
  usage: '[--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]',
  flags: [{ name: 'port', short: 'p', type: 'int', default: 8001 }, { name: 'address', type: 'string', default: '127.0.0.1' }, { name: 'accept-hosts', type: 'string' }, { name: 'api-prefix', type: 'string', default: '/' }],
  async run(kubectl) {
    const port = kubectl.flags.int('port') || EPHEMERAL_PORT;
    if (taken(kubectl, port)) throw new KubectlError(`listen tcp 127.0.0.1:${port}: bind: address already in use`);
    kubectl.out(`Starting to serve on 127.0.0.1:${port}\n`);
    return listen(kubectl, new Map([[port, (request: HttpRequest) => proxied(kubectl, request, port)]]));
  },
};

/** One request through the proxy to the API server. */
async function proxied(kubectl: Kubectl, request: HttpRequest, port: number): Promise<HttpResult> {
  const url = new URL(request.url);
  const answer = (status: number, body: string, type: string): HttpResult => ({
    kind: 'response', status, statusText: STATUS_TEXTS[status] ?? '', headers: [['Content-Type', type], ['Content-Length', String(new TextEncoder().encode(body).length)]], body, address: `127.0.0.1:${port}`, elapsedMs: 2,
  });
  try {
    const response = await kubectl.context.host.request({
      method: request.method as 'GET',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      ...(isProxied(url.pathname) ? { headers: request.headers, ...(request.body ? { body: request.body } : {}) } : request.body ? { body: JSON.parse(request.body) as unknown, contentType: request.headers['Content-Type'] ?? 'application/json' } : {}),
    });
    return typeof response.body === 'string' ? answer(response.status, response.body, response.contentType ?? 'text/plain') : answer(response.status, JSON.stringify(asServed(response.body), null, 2), 'application/json');
  } catch (error) {
    return answer(502, error instanceof Error ? error.message : String(error), 'text/plain');
  }
}

function targetPort(pod: KubeObject, target: number | string): number {
  if (typeof target === 'number') return target;
  const ports = (pod.spec as { containers: { ports?: { name?: string; containerPort: number }[] }[] }).containers.flatMap((container) => container.ports ?? []);
  return ports.find((port) => port.name === target)?.containerPort ?? Number(target);
}

/** Opens the connection: who may not have it learns so before anything listens. @throws KubectlError */
async function mayForward(kubectl: Kubectl, { metadata: { namespace, name } }: KubeObject): Promise<void> {
  try {
    await kubectl.context.host.operation({ name: 'pod.forward.check', args: { namespace, name } });
  } catch (error) {
    if (error instanceof Error && error.name === 'ApiError') throw new KubectlError(`error upgrading connection: ${error.message}`);
    throw error;
  }
}

/** Hands a request to a pod's port, as the kubelet's port-forward does: from inside the pod's own network. */
async function forward(kubectl: Kubectl, pod: KubeObject, port: number, request: HttpRequest): Promise<HttpResult> {
  return (await kubectl.context.host.operation({ name: 'pod.forward', args: { namespace: pod.metadata.namespace, name: pod.metadata.name, port, request } })) as HttpResult;
}

interface PortPair {
  local: number;
  remote: string;
}

function pairOf(kubectl: Kubectl, text: string, used: ReadonlySet<number>): PortPair {
  const match = /^(?:(\d*):)?([\w-]+)$/.exec(text);
  if (!match) throw new KubectlError(`invalid port format '${text}'`);
  const remote = match[2] as string;
  if (match[1] === '') {
    let local = EPHEMERAL_PORT;
    while (taken(kubectl, local) || used.has(local)) local++;
    return { local, remote };
  }
  const local = Number(match[1] ?? remote);
  if (!Number.isInteger(local) || local < 1 || local > 65_535) throw new KubectlError(`error parsing local port '${match[1] ?? remote}': strconv.ParseUint: parsing ${JSON.stringify(match[1] ?? remote)}: invalid syntax`);
  return { local, remote };
}

export const portForward: KubectlCommand = {
  name: 'port-forward',
  summary: 'Forward one or more local ports to a pod',
  usage: 'TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  flags: [{ name: 'address', type: 'list' }, { name: 'pod-running-timeout', type: 'duration', default: '1m0s' }],
  async run(kubectl) {
    const [target, ...ports] = kubectl.args;
    if (!target || ports.length === 0) throw new UsageError('TYPE/NAME and list of ports are required for port-forward');
    const [type, name] = target.includes('/') ? (target.split('/', 2) as [string, string]) : ['pods', target];
    const resource = await kubectl.client.resource(type);
    const object = resource.plural === 'services' ? await kubectl.client.get(resource, kubectl.namespace, name) : undefined;
    const pod = await podFor(kubectl, target);
    if (pod.status?.phase !== 'Running') throw new KubectlError(`unable to forward port because pod is not running. Current status=${pod.status?.phase ?? 'Unknown'}`);
    const handlers = new Map<number, (request: HttpRequest) => Promise<HttpResult>>();
    const lines: string[] = [];
    for (const text of ports) {
      const { local, remote } = pairOf(kubectl, text, new Set(handlers.keys()));
      const servicePorts = (object?.spec as { ports?: { name?: string; port: number; targetPort?: number | string }[] } | undefined)?.ports;
      const servicePort = servicePorts?.find((each) => String(each.port) === remote || each.name === remote);
      if (servicePorts && !servicePort) throw new KubectlError(`Service ${name} does not have a service port ${remote}`);
      const port = targetPort(pod, servicePort ? (servicePort.targetPort ?? servicePort.port) : /^\d+$/.test(remote) ? Number(remote) : remote);
      if (taken(kubectl, local)) {
        throw new KubectlError(`unable to listen on any of the requested ports: [{${local} ${port}}]`);
      }
      handlers.set(local, async (request) => {
        kubectl.out(`Handling connection for ${local}\n`);
        return forward(kubectl, pod, port, request);
      });
      lines.push(`Forwarding from 127.0.0.1:${local} -> ${port}\nForwarding from [::1]:${local} -> ${port}\n`);
    }
    await mayForward(kubectl, pod);
    kubectl.out(lines.join(''));
    return listen(kubectl, handlers);
  },
};
