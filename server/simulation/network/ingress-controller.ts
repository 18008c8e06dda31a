/**
 * The nginx ingress controller: watches Ingresses and routes HTTP requests by host and path to Services' endpoints.
 * One a node, dormant unless a controller container runs there. Models kubernetes/ingress-nginx.
 */
import { byAge } from '../apiserver/age.ts';
import type { Client } from '../apiserver/client.ts';
import { ApiError, ConnectionError, type KubeObject } from '../apiserver/types.ts';
import { Component, type Change, type ComponentContext, type WatchSpec } from '../component.ts';
import type { Delivery, NetworkFailure, NetworkRequest } from './types.ts';
import { parseUrl } from './network.ts';

interface IngressBackend {
  service?: { name: string; port: { number?: number; name?: string } };
}

interface IngressSpec {
  ingressClassName?: string;
  defaultBackend?: IngressBackend;
  rules?: { host?: string; http?: { paths: { path?: string; pathType: 'Exact' | 'Prefix' | 'ImplementationSpecific'; backend: IngressBackend }[] } }[];
  tls?: { hosts?: string[]; secretName?: string }[];
}

interface IngressState {
  /** Ingresses whose status must be written. */
  dirty: Set<string>;
}

/** Sends a request on from the controller's machine. Implemented by Network.connect. */
export type Forward = (node: string, ip: string, port: number, request: NetworkRequest) => Exclude<Delivery, string> | NetworkFailure;

const INGRESSES = 'ingresses.networking.k8s.io';
const CLASS = 'nginx';
/** The controller writes statuses at intervals (`--update-status`). */
const STATUS_DELAY_MS = 5_000;

export class IngressController extends Component<IngressState> {
  readonly watches: WatchSpec[] = [
    { resource: INGRESSES },
    { resource: 'services' },
    {
      resource: 'endpointslices.discovery.k8s.io',
      indexes: { service: (slice) => [`${slice.metadata.namespace}/${slice.metadata.labels?.['kubernetes.io/service-name'] ?? ''}`] },
    },
  ];

  constructor(
    node: string,
    context: ComponentContext,
    client: Client,
    private readonly address: string,
    private readonly forward: Forward,
  ) {
    super(`ingress-nginx ${node}`, node, context, client);
  }

  protected initial(): IngressState {
    return { dirty: new Set() };
  }

  protected changed({ type, resource, object }: Change): void {
    if (resource !== INGRESSES || type === 'DELETED' || !serves(object)) return;
    this.own.dirty.add(`${object.metadata.namespace}/${object.metadata.name}`);
    this.wakeAt(this.now + STATUS_DELAY_MS);
  }

  protected work(connected: boolean): void {
    if (!connected) return;
    for (const key of this.own.dirty) {
      const [namespace, name] = key.split('/') as [string, string];
      try {
        this.client.patch(
          INGRESSES,
          namespace,
          name,
          (current) => {
            const ingress = (current.status as { loadBalancer?: { ingress?: { ip?: string }[] } } | undefined)?.loadBalancer?.ingress;
            return ingress?.[0]?.ip === this.address ? current : { ...current, status: { loadBalancer: { ingress: [{ ip: this.address }] } } };
          },
          'status',
        );
      } catch (error) {
        if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error;
      }
      this.own.dirty.delete(key);
    }
  }

  /** Answers a request that arrived at the controller, as nginx would with the rules of now. */
  serve(request: NetworkRequest, port: number, clientAddress: string): Exclude<Delivery, string> {
    const url = parseUrl(request.url);
    const host = (request.headers.host ?? request.headers.Host ?? url?.host ?? '').replace(/:\d+$/, '');
    const path = (url?.path ?? '/').split('?', 1)[0] as string;
    const backend = this.#route(host, path);
    if (!backend?.namespace || !backend.backend.service) return page(404, 'Not Found');
    const target = this.#endpoint(backend.namespace, backend.backend.service);
    if (!target) return page(503, 'Service Temporarily Unavailable');
    const scheme = port === 443 ? 'https' : 'http';
    const forwarded = this.forward(this.node, target.ip, target.port, {
      ...request,
      headers: {
        ...request.headers, Host: host, 'X-Request-Id': this.#requestId(), 'X-Real-Ip': clientAddress, 'X-Forwarded-For': clientAddress, 'X-Forwarded-Host': host,
        'X-Forwarded-Port': String(port), 'X-Forwarded-Proto': scheme, 'X-Forwarded-Scheme': scheme, 'X-Scheme': scheme,
      },
    });
    // The controller hides who answered (`server-tokens: false`).
    if ('status' in forwarded) return { ...forwarded, headers: forwarded.headers.filter(([name]) => name.toLowerCase() !== 'server') };
    return forwarded.reason === 'timeout' ? page(504, 'Gateway Time-out') : page(502, 'Bad Gateway');
  }

  /** 32 hexadecimal digits. */
  #requestId(): string {
    return Array.from({ length: 32 }, () => this.context.kernel.random.below(16).toString(16)).join('');
  }

  #route(host: string, path: string): { namespace: string | undefined; backend: IngressBackend } | undefined {
    let best: { namespace: string | undefined; backend: IngressBackend; rank: number } | undefined;
    for (const ingress of [...this.cachedAll(INGRESSES)].sort(byAge)) {
      if (!serves(ingress)) continue;
      const spec = ingress.spec as IngressSpec;
      const consider = (rank: number, backend: IngressBackend): void => {
        if (!best || rank > best.rank) best = { namespace: ingress.metadata.namespace, backend, rank };
      };
      if (spec.defaultBackend) consider(0, spec.defaultBackend);
      for (const rule of spec.rules ?? []) {
        const hostRank = rankHost(rule.host, host);
        if (hostRank === undefined) continue;
        for (const candidate of rule.http?.paths ?? []) {
          const pathRank = rankPath(candidate.path ?? '/', candidate.pathType, path);
          if (pathRank !== undefined) consider(hostRank * 100_000 + pathRank + 1, candidate.backend);
        }
      }
    }
    return best;
  }

  #endpoint(namespace: string, service: { name: string; port: { number?: number; name?: string } }): { ip: string; port: number } | undefined {
    const object = this.cached('services', namespace, service.name);
    const ports = (object?.spec as { ports?: { name?: string; port: number }[] } | undefined)?.ports ?? [];
    const wanted = ports.find((port) => (service.port.name !== undefined ? port.name === service.port.name : port.port === service.port.number));
    if (!wanted) return undefined;
    const endpoints: { ip: string; port: number }[] = [];
    for (const slice of this.indexed('endpointslices.discovery.k8s.io', 'service', `${namespace}/${service.name}`)) {
      const port = ((slice.ports ?? []) as { name?: string; port?: number }[]).find((candidate) => (candidate.name ?? '') === (wanted.name ?? ''))?.port;
      if (port === undefined) continue;
      for (const endpoint of (slice.endpoints ?? []) as { addresses: string[]; conditions?: { ready?: boolean } }[]) {
        if (endpoint.addresses[0] && endpoint.conditions?.ready !== false) endpoints.push({ ip: endpoint.addresses[0], port });
      }
    }
    return endpoints[this.context.kernel.random.below(Math.max(1, endpoints.length))];
  }
}

function serves(ingress: KubeObject): boolean {
  const named = (ingress.spec as IngressSpec).ingressClassName ?? ingress.metadata.annotations?.['kubernetes.io/ingress.class'];
  return named === CLASS || named === undefined;
}

/** Exact hosts before wildcards before rules for any host. */
function rankHost(rule: string | undefined, host: string): number | undefined {
  if (!rule) return 0;
  if (rule === host) return 2;
  if (rule.startsWith('*.') && host.endsWith(rule.slice(1)) && !host.slice(0, -rule.length + 1).includes('.')) return 1;
  return undefined;
}

/** Longer paths before shorter, exact before prefix; undefined when the path does not match. */
function rankPath(rule: string, type: string, path: string): number | undefined {
  if (type === 'Exact') return rule === path ? rule.length * 2 + 1 : undefined;
  const prefix = rule.endsWith('/') ? rule.slice(0, -1) : rule;
  return path === prefix || path.startsWith(`${prefix}/`) || prefix === '' ? rule.length * 2 : undefined;
}

function page(status: number, statusText: string): Exclude<Delivery, string> {
  const body = `<html>\r\n<head><title>${status} ${statusText}</title></head>\r\n<body>\r\n<center><h1>${status} ${statusText}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
  return { status, statusText, headers: [['Content-Type', 'text/html'], ['Content-Length', String(body.length)]], body, elapsedMs: 1 };
}
