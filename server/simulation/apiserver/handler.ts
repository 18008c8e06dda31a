/**
 * kube-apiserver: the request path for everybody, from HTTP-shaped requests down to the registry that components of the
 * cluster use directly. Synchronous; whether the connection exists at all is up to the caller.
 */
import type { Environment } from '../environment.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { LogOptions, PodUsage, Usage } from '../kubelet/types.ts';
import type { NetworkRequest, NetworkResult } from '../network/types.ts';
import { ApiServiceAvailability } from './aggregation/api-services.ts';
import { impersonated } from './authorization/impersonation.ts';
import { attributesOf } from './authorization/attributes.ts';
import { mustAuthorize } from './authorization/authorizer.ts';
import type { ApiBackend, DeleteOptions, NewObject, WriteContext } from './client.ts';
import { CustomResourceControllers } from './custom-resources/controllers.ts';
import { groupVersion, type ResourceTable, type ServedResource } from './discovery.ts';
import { internalError, methodNotAllowed, notFound, pathNotFound } from './errors.ts';
import { EventExpiry } from './event-expiry.ts';
import { IdentityLease } from './identity-lease.ts';
import { Registry } from './registry/registry.ts';
import type { WriteOptions } from './registry/types.ts';
import { list } from './requests/list.ts';
import { plainPath } from './requests/plain-paths.ts';
import { Representation } from './requests/representation.ts';
import { isTrue, onlyReads, parseResourcePath, type ResourceRequest } from './requests/request-info.ts';
import { Selection } from './requests/selection.ts';
import { watch, type Watch, type WatchSink } from './requests/watch.ts';
import { create, decodeBody, fieldManagerOf, patch, patched, remove, removeCollection, update } from './requests/write.ts';
import { servedResources } from './served-resources.ts';
import type { Store } from './store.ts';
import { subresourceOf } from './subresources/registry.ts';
import type { HandlerContext, Subresource, SubresourceRequest } from './subresources/types.ts';
import { ApiError, ConnectionError, type ApiRequest, type ApiResponse, type KubeObject } from './types.ts';
import { virtualResource } from './virtual-resources/registry.ts';

export interface ApiServerOptions {
  kernel: Kernel;
  store: Store;
  environment: Environment;
  /** The text of a container's log. @throws ApiError */
  logs(namespace: string, pod: string, options: LogOptions): string;
  /** Memory and CPU now, of a node and its pods; undefined when its kubelet does not answer. */
  usage(node: string): { pods: PodUsage[]; node: Usage } | undefined;
  /** A request of the API server itself into the cluster's network. */
  connect(request: NetworkRequest): NetworkResult;
}

/** Resources that warn whoever uses them (`k8s.io/apiserver/pkg/endpoints/deprecation`). */
const DEPRECATED: Record<string, string> = {
  endpoints: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  componentstatuses: 'v1 ComponentStatus is deprecated in v1.19+',
};

export class ApiServer implements ApiBackend {
  readonly #context: HandlerContext;
  readonly #environment: Environment;
  readonly #registry: Registry;
  /** How many dry runs there were; no part of the state, since nothing of a dry run stays. */
  #dryRuns = 0;

  constructor({ kernel, store, environment, logs, usage, connect }: ApiServerOptions) {
    const resources = (): ResourceTable => servedResources(store);
    this.#registry = new Registry({ kernel, store }, resources);
    this.#environment = environment;
    this.#context = { kernel, store, registry: this.#registry, resources, logs, usage, connect, programRuns: (name) => environment.programRuns(name) };
    new EventExpiry(kernel, store);
    new IdentityLease(kernel, this.#registry, environment);
    new ApiServiceAvailability(kernel, store, this.#registry);
    new CustomResourceControllers(kernel, store, this.#registry, environment);
  }

  /** The resources served now, those of CustomResourceDefinitions included. */
  get resources(): ResourceTable {
    return this.#context.resources();
  }

  /** Serves one request. Failures are responses with a Status. */
  handle(request: ApiRequest): ApiResponse {
    const warnings: string[] = [];
    const { random } = this.#context.kernel;
    const before = { ...random.state };
    // Two dry runs make up different names, as two real ones would; the state is put back below.
    if (request.query?.dryRun === 'All') random.state = { ...before, c: before.c ^ Math.imul(++this.#dryRuns, 0x9e3779b9) };
    let response: ApiResponse;
    try {
      response = this.#serve(request, warnings);
    } catch (error) {
      response = failed(error);
    }
    // What did not happen must leave nothing behind, not even a drawn number: looking must not change the future.
    if (onlyReads(request) || request.query?.dryRun === 'All') random.state = before;
    return warnings.length > 0 ? { ...response, warnings: [...new Set(warnings)] } : response;
  }

  /**
   * Starts a watch. Its events come through `sink`, the first ones during this call.
   * @returns how to stop it, or the response that refuses it.
   */
  watch(request: ApiRequest, sink: WatchSink): Watch | ApiResponse {
    try {
      const info = this.#parse(this.#authorized(request));
      if (!info || info.subresource !== undefined) throw pathNotFound();
      if (!info.resource.verbs.includes('watch')) throw methodNotAllowed();
      return watch(this.#context.store, new Selection(info), this.#representation(info), sink);
    } catch (error) {
      return failed(error);
    }
  }

  #parse(request: ApiRequest): ResourceRequest | undefined {
    return parseResourcePath(this.resources, request);
  }

  /** Refuses a connection into a pod to whoever may not have it. @throws ApiError 403 */
  authorizePodAccess(asked: Pick<ApiRequest, 'user' | 'impersonate'>, subresource: 'attach' | 'exec' | 'portforward', namespace: string, name: string): void {
    const { user } = this.#impersonated({ method: 'POST', path: '', ...asked });
    mustAuthorize(this.#context.store, user, { verb: 'create', group: '', resource: 'pods', subresource, namespace, name });
  }

  /** The request as whoever its user acts as. @throws ApiError 403 when that is not allowed. */
  #impersonated(request: ApiRequest): ApiRequest {
    const { impersonate, user, ...rest } = request;
    return impersonate ? { ...rest, user: impersonated(this.#context.store, user, impersonate) } : request;
  }

  /** The request as whoever its user acts as, who may do what it wants. Nothing else is known about it before. @throws ApiError 403 */
  #authorized(asked: ApiRequest): ApiRequest {
    const request = this.#impersonated(asked);
    mustAuthorize(this.#context.store, request.user, attributesOf(request));
    return request;
  }

  #serve(asked: ApiRequest, warnings: string[]): ApiResponse {
    const request = this.#authorized(asked);
    const info = this.#parse(request);
    if (!info) {
      const plain = plainPath(this.#context.store, this.resources, request, this.#environment.apiServerAddress);
      if (!plain) throw pathNotFound();
      if (request.method !== 'GET') throw methodNotAllowed();
      return plain;
    }
    const deprecation = DEPRECATED[info.resource.key] ?? deprecationOf(info.resource);
    if (deprecation !== undefined) warnings.push(deprecation);
    const verb = verbOf(info);
    const options: WriteOptions = {
      context: writeContext(request),
      trusted: false,
      dryRun: request.query?.dryRun === 'All',
      warnings,
      fields: { manager: fieldManagerOf(info), apiVersion: groupVersion(info.resource.group, info.resource.version), ...(info.subresource === undefined ? {} : { subresource: info.subresource }) },
    };
    if (info.subresource !== undefined) return this.#subresource(info as SubresourceRequest, options);
    const virtual = virtualResource(info.resource.key);
    if (virtual) return this.#virtual(info, virtual);
    if (!info.resource.verbs.includes(verb)) throw methodNotAllowed();
    return this.#resource(info, verb, options);
  }

  #resource(info: ResourceRequest, verb: string, options: WriteOptions): ApiResponse {
    const context = this.#context;
    const representation = this.#representation(info);
    switch (verb) {
      case 'get':
        return { status: 200, body: representation.one(this.#registry.mustGet(info.resource, info.namespace, info.name as string)) };
      case 'list':
      case 'watch':
        return { status: 200, body: list(context.store, new Selection(info), representation) };
      case 'create':
        return create(info, context, representation, options);
      case 'update':
        return update(info, context, representation, options);
      case 'patch':
        return patch(info, context, representation, options);
      case 'delete':
        return remove(info, context, representation, options);
      default:
        return removeCollection(info, context, representation, options);
    }
  }

  #subresource(info: SubresourceRequest, options: WriteOptions): ApiResponse {
    const subresource = subresourceOf(info.resource, info.subresource);
    if (!subresource) throw pathNotFound();
    const { method, body } = info.request;
    if (subresource.any) return subresource.any(info, this.#context);
    const representation = this.#representation(info, subresource);
    const written = (object: KubeObject): ApiResponse => ({ status: 200, body: representation.one(object) });
    if (method === 'GET' && subresource.serve) return subresource.serve(info, this.#context);
    if (method === 'GET' && subresource.read) return written(subresource.read(info, this.#context));
    if (method === 'POST' && subresource.create) return subresource.create(info, bodyObject(body), this.#context, options);
    if (method === 'PUT' && subresource.write) {
      const given = info.resource.definedBy && !subresource.subject ? decodeBody(info, options) : bodyObject(body);
      return written(subresource.write(info, named(info, given), this.#context, options));
    }
    if (method === 'PATCH' && subresource.write && subresource.read) {
      const base = subresource.read(info, this.#context);
      const { definedBy: _own, ...resource } = info.resource;
      const kind: ServedResource = subresource.subject ? { ...resource, ...subresource.subject } : info.resource;
      return written(subresource.write(info, patched(info, kind, base, this.#context, options), this.#context, options));
    }
    throw methodNotAllowed();
  }

  #virtual(info: ResourceRequest, virtual: NonNullable<ReturnType<typeof virtualResource>>): ApiResponse {
    const { method, body, user } = info.request;
    if (method === 'POST' && virtual.create) return { status: 201, body: virtual.create(bodyObject(body), user, this.#context, info.namespace) };
    if (method !== 'GET' || !virtual.list) throw methodNotAllowed();
    const selection = new Selection(info);
    const objects = virtual.list(this.#context).filter((object) => selection.matches(object));
    const representation = this.#representation(info);
    if (info.name === undefined) return { status: 200, body: representation.list(objects, { resourceVersion: '' }) };
    const [found] = objects;
    if (!found) throw notFound(info.resource, info.name);
    return { status: 200, body: representation.one(found) };
  }

  #representation(info: ResourceRequest, subresource?: Subresource): Representation {
    const now = (): number => this.#context.kernel.now;
    return subresource?.subject ? new Representation(info.resource, info.request, now, subresource.subject) : new Representation(info.resource, info.request, now);
  }

  // ---- what components of the cluster call: the same registry, without encoding ----

  get(resource: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#registry.get(resource, namespace, name);
  }

  list(resource: string, namespace?: string): KubeObject[] {
    return this.#registry.list(resource, namespace);
  }

  create(resource: string, object: NewObject, context: WriteContext): KubeObject {
    return this.#registry.create(resource, object, context);
  }

  update(resource: string, object: KubeObject, context: WriteContext): KubeObject {
    return this.#registry.update(resource, object, context);
  }

  updateStatus(resource: string, object: KubeObject, context: WriteContext): KubeObject {
    return this.#registry.updateStatus(resource, object, context);
  }

  delete(resource: string, namespace: string | undefined, name: string, options: DeleteOptions, context: WriteContext): void {
    this.#registry.delete(resource, namespace, name, options, context);
  }

  bind(namespace: string, name: string, node: string, context: WriteContext): KubeObject {
    return this.#registry.bind(namespace, name, node, context);
  }
}

/** What a CustomResourceDefinition says of a version that is going away. */
function deprecationOf({ definedBy, group, version, kind }: ServedResource): string | undefined {
  if (!definedBy?.version.deprecated) return undefined;
  return definedBy.version.deprecationWarning ?? `${groupVersion(group, version)} ${kind} is deprecated`;
}

/** The request verb, as authorization and discovery name it. */
function verbOf({ request, name, query, subresource }: ResourceRequest): string {
  switch (request.method) {
    case 'GET':
      if (name !== undefined || subresource !== undefined) return 'get';
      return isTrue(query.watch) ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === undefined ? 'deletecollection' : 'delete';
  }
}

/** Who writes, for the history: the program and the person, such as `kubectl alice`. */
function writeContext({ user, userAgent }: ApiRequest): WriteContext {
  const program = /^[A-Za-z]+/.exec(userAgent ?? '')?.[0] ?? 'client';
  return { writer: `${program} ${user.username}`, username: user.username, groups: user.groups };
}

function bodyObject(body: unknown): KubeObject {
  return (typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {}) as KubeObject;
}

/** A subresource's body under the name and namespace of the path. */
function named(info: SubresourceRequest, body: KubeObject): KubeObject {
  return { ...body, metadata: { ...body.metadata, name: info.name, ...(info.namespace === undefined ? {} : { namespace: info.namespace }) } };
}

function failed(error: unknown): ApiResponse {
  if (error instanceof ConnectionError) throw error;
  const known = error instanceof ApiError ? error : internalError(error instanceof Error ? error.message : String(error));
  return { status: known.code, body: known.status };
}
