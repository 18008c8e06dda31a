/** Requests to the API server in kubectl's terms: objects and resources instead of paths. Failures are thrown. */
import { groupVersion, type ResourceTable, type ServedResource } from '../../../simulation/apiserver/discovery.ts';
import type { KubeObject, Status } from '../../../simulation/apiserver/types.ts';
import { KUBERNETES_VERSION } from '../../../simulation/config.ts';
import type { ShellHost, ShellRequest, WatchStreamEvent } from '../../types.ts';
import { discoverResources } from './discovery.ts';
import { KubectlError, ServerError } from './errors.ts';

export type { ServedResource };

export interface Table {
  kind: 'Table';
  metadata: { resourceVersion?: string };
  columnDefinitions: { name: string; type: string; format: string; priority: number }[];
  rows: { cells: unknown[]; object: KubeObject }[];
}

export interface List {
  apiVersion: string;
  kind: string;
  metadata: { resourceVersion?: string; continue?: string };
  items: KubeObject[];
}

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';

/** By which the API server knows who writes. */
const USER_AGENT = `kubectl/${KUBERNETES_VERSION} (linux/amd64)`;

export interface WriteQuery {
  dryRun?: boolean;
  fieldManager?: string;
  fieldValidation?: string;
}

const CHANGE_CAUSE = 'kubernetes.io/change-cause';

export class ApiClient {
  #served: ResourceTable | undefined;
  readonly #warned = new Set<string>();

  constructor(
    private readonly host: ShellHost,
    /** Prints `Warning: …`. */
    private readonly warn: (text: string) => void,
    private readonly signal: AbortSignal,
  ) {}

  /** Path of a resource's collection or object. */
  path(resource: ServedResource, namespace: string | undefined, name?: string, subresource?: string): string {
    const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
    const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${namespace}` : '';
    return `${root}${scope}/${resource.plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}${subresource ? `/${subresource}` : ''}`;
  }

  /** @throws ServerError, ConnectionError */
  async request(request: ShellRequest): Promise<unknown> {
    const response = await this.host.request({ userAgent: USER_AGENT, ...request });
    for (const warning of response.warnings ?? []) {
      // The same is said once.
      if (this.#warned.has(warning)) continue;
      this.#warned.add(warning);
      this.warn(warning);
    }
    if (response.status >= 400) throw new ServerError(asStatus(response.body, response.status));
    return response.body;
  }

  async get(resource: ServedResource, namespace: string | undefined, name: string, subresource?: string): Promise<KubeObject> {
    const object = this.request({ method: 'GET', path: this.path(resource, namespace, name, subresource) });
    return (await this.inNamespace(resource.namespaced ? namespace : undefined, object)) as KubeObject;
  }

  /** Of an object that is not there because its namespace is not, kubectl says the latter (`resource.Info.Get`). */
  async inNamespace<T>(namespace: string | undefined, answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (namespace !== undefined && namespace !== 'default' && error instanceof ServerError && error.status.reason === 'NotFound') {
        await this.request({ method: 'GET', path: `/api/v1/namespaces/${encodeURIComponent(namespace)}` }).catch((other: unknown) => {
          if (other instanceof ServerError && other.status.reason === 'NotFound') throw other;
        });
      }
      throw error;
    }
  }

  /** The object, or undefined when there is none. */
  async find(resource: ServedResource, namespace: string | undefined, name: string): Promise<KubeObject | undefined> {
    try {
      return (await this.request({ method: 'GET', path: this.path(resource, namespace, name) })) as KubeObject;
    } catch (error) {
      if (error instanceof ServerError && error.status.code === 404) return undefined;
      throw error;
    }
  }

  async list(resource: ServedResource, namespace: string | undefined, query: Record<string, string> = {}): Promise<List> {
    const list = (await this.request({ method: 'GET', path: this.path(resource, namespace), query })) as List;
    // Items of lists come without their kind; what follows wants to know it.
    for (const item of list.items) {
      item.apiVersion ??= groupVersion(resource.group, resource.version);
      item.kind ??= resource.kind;
    }
    return list;
  }

  async table(path: string, query: Record<string, string>): Promise<Table> {
    return (await this.request({ method: 'GET', path, query, accept: TABLE })) as Table;
  }

  /** Of --record: what every object that is written is annotated with. */
  changeCause: string | undefined;

  /** A body with the annotation of --record. */
  #recorded(body: unknown): unknown {
    if (this.changeCause === undefined || body === null || typeof body !== 'object' || Array.isArray(body)) return body;
    const { metadata } = body as { metadata?: { annotations?: Record<string, string> } };
    return { ...body, metadata: { ...metadata, annotations: { ...metadata?.annotations, [CHANGE_CAUSE]: this.changeCause } } };
  }

  async create(resource: ServedResource, namespace: string | undefined, body: unknown, query: WriteQuery = {}): Promise<KubeObject> {
    return (await this.request({ method: 'POST', path: this.path(resource, namespace), query: queryOf(query), body: this.#recorded(body) })) as KubeObject;
  }

  async replace(resource: ServedResource, namespace: string | undefined, name: string, body: unknown, query: WriteQuery = {}, subresource?: string): Promise<KubeObject> {
    return (await this.request({ method: 'PUT', path: this.path(resource, namespace, name, subresource), query: queryOf(query), body })) as KubeObject;
  }

  async patch(resource: ServedResource, namespace: string | undefined, name: string, type: string, body: unknown, query: WriteQuery & { force?: boolean } = {}, subresource?: string): Promise<KubeObject> {
    const { force, ...rest } = query;
    return (await this.request({
      method: 'PATCH',
      path: this.path(resource, namespace, name, subresource),
      query: { ...queryOf(rest), ...(force ? { force: 'true' } : {}) },
      body: subresource === undefined ? this.#recorded(body) : body,
      contentType: type,
    })) as KubeObject;
  }

  async delete(resource: ServedResource, namespace: string | undefined, name: string, options: Record<string, unknown>, query: WriteQuery = {}): Promise<unknown> {
    return this.request({ method: 'DELETE', path: this.path(resource, namespace, name), query: queryOf(query), body: { kind: 'DeleteOptions', apiVersion: 'v1', ...options } });
  }

  /**
   * Watches until the signal fires or the server ends the stream.
   * @param onEvent returns true to stop.
   */
  async watch(path: string, query: Record<string, string>, asTable: boolean, onEvent: (event: WatchStreamEvent) => boolean | void, signal: AbortSignal = this.signal): Promise<void> {
    const controller = new AbortController();
    const stop = (): void => controller.abort();
    signal.addEventListener('abort', stop, { once: true });
    // What goes wrong with an event ends the command, not the cluster that delivers it.
    let failure: { error: unknown } | undefined;
    const deliver = (event: WatchStreamEvent): void => {
      try {
        if (onEvent(event)) stop();
      } catch (error) {
        failure = { error };
        stop();
      }
    };
    try {
      const refused = await this.host.stream(
        { method: 'GET', path, query: { ...query, watch: 'true' }, ...(asTable ? { accept: TABLE } : {}) },
        (event) => {
          if (!controller.signal.aborted && typeof event !== 'string') deliver(event);
        },
        controller.signal,
      );
      if (failure) throw failure.error;
      if (refused && refused.status >= 400) throw new ServerError(asStatus(refused.body, refused.status));
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** The resources served now. One command asks for them once. */
  async resources(): Promise<ResourceTable> {
    return (this.#served ??= await discoverResources(this.host, USER_AGENT));
  }

  /** A resource by any of the names that people use. @throws KubectlError */
  async resource(name: string): Promise<ServedResource> {
    const found = (await this.resources()).byName(name);
    if (!found) {
      const [type = '', ...group] = name.split('.');
      throw new KubectlError(`the server doesn't have a resource type "${type}"${group.length > 0 ? ` in group "${group.join('.')}"` : ''}`);
    }
    return found;
  }
}

function queryOf({ dryRun, fieldManager, fieldValidation }: WriteQuery): Record<string, string> {
  return { ...(dryRun ? { dryRun: 'All' } : {}), ...(fieldManager ? { fieldManager } : {}), ...(fieldValidation ? { fieldValidation } : {}) };
}

function asStatus(body: unknown, code: number): Status {
  if (body !== null && typeof body === 'object' && (body as Status).kind === 'Status') return body as Status;
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: typeof body === 'string' ? body : 'unknown', reason: '', code };
}

/** `deployment.apps/web`, as kubectl names objects in its messages. */
export function shownName(resource: ServedResource, name: string): string {
  return `${resource.singular}${resource.group ? `.${resource.group}` : ''}/${name}`;
}

/** `deployments.apps`. */
export function qualifiedPlural(resource: ServedResource): string {
  return resource.group ? `${resource.plural}.${resource.group}` : resource.plural;
}
