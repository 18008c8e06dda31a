/**
 * How components inside the simulation talk to the API server. Same registry as the HTTP-shaped path, without
 * encoding: objects are immutable and shared, so a client may keep what it got and must copy what it changes.
 */
import type { Environment } from '../environment.ts';
import { ApiError, type KubeObject, type OwnerReference } from './types.ts';

/** Who writes, for the audit trail and for authorization. */
export interface WriteContext {
  /** e.g. `deployment-controller`, `kubelet worker-1`. */
  writer: string;
  username: string;
  groups?: string[];
}

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  preconditions?: { uid?: string; resourceVersion?: string };
}

/** What the API server's registry offers to clients inside the simulation. Implemented by ApiServer. */
export interface ApiBackend {
  /** A consistent read from storage. `resource` is `plural` or `plural.group`. */
  get(resource: string, namespace: string | undefined, name: string): KubeObject | undefined;
  list(resource: string, namespace?: string): KubeObject[];
  /** Trusted create: admission and defaulting as for everybody, no decoding. @throws ApiError */
  create(resource: string, object: Omit<KubeObject, 'metadata'> & { metadata: Partial<KubeObject['metadata']> }, context: WriteContext): KubeObject;
  /** Replaces everything but status. Checks metadata.resourceVersion when it is set. @throws ApiError */
  update(resource: string, object: KubeObject, context: WriteContext): KubeObject;
  /** Replaces status only. @throws ApiError */
  updateStatus(resource: string, object: KubeObject, context: WriteContext): KubeObject;
  delete(resource: string, namespace: string | undefined, name: string, options: DeleteOptions, context: WriteContext): void;
  /** POST pods/binding: sets spec.nodeName and the PodScheduled condition in one write. @throws ApiError Conflict when already bound. */
  bind(namespace: string, name: string, node: string, context: WriteContext): KubeObject;
}

/** Metadata that a new object needs; the API server fills in the rest. */
export type NewObject = Omit<KubeObject, 'metadata'> & { metadata: Partial<KubeObject['metadata']> };

/**
 * Metadata of a draft that becomes the object itself and is not copied: what the server fills in has its place already, so that all
 * such objects are alike. Only for kinds that have no status, or whose strategy makes one (events, pods).
 */
export function draftMetadata(name: string, namespace: string): KubeObject['metadata'] {
  return { name, namespace, creationTimestamp: '', uid: '', resourceVersion: '' };
}

export class Client {
  constructor(
    private readonly backend: ApiBackend,
    private readonly environment: Environment,
    readonly context: WriteContext,
    /** Node that the component runs on, or what tells it; decides whether the API server can be reached. */
    private readonly machine: string | (() => string),
  ) {}

  private get node(): string {
    return typeof this.machine === 'string' ? this.machine : this.machine();
  }

  /** Whether a request would get an answer now. */
  get connected(): boolean {
    return this.environment.apiServerReachableFrom(this.node);
  }

  /** @throws ConnectionError when the API server cannot be reached; on every method. */
  get(resource: string, namespace: string | undefined, name: string): KubeObject | undefined {
    this.environment.checkApiServer(this.node, 'read');
    return this.backend.get(resource, namespace, name);
  }

  list(resource: string, namespace?: string): KubeObject[] {
    this.environment.checkApiServer(this.node, 'read');
    return this.backend.list(resource, namespace);
  }

  create(resource: string, object: NewObject): KubeObject {
    this.environment.checkApiServer(this.node, 'write');
    return this.backend.create(resource, object, this.context);
  }

  update(resource: string, object: KubeObject): KubeObject {
    this.environment.checkApiServer(this.node, 'write');
    return this.backend.update(resource, object, this.context);
  }

  updateStatus(resource: string, object: KubeObject): KubeObject {
    this.environment.checkApiServer(this.node, 'write');
    return this.backend.updateStatus(resource, object, this.context);
  }

  /**
   * A PATCH: reads, changes and writes in one step, so that it cannot conflict.
   * @param change returns a new object, or the same one when there is nothing to do.
   */
  patch(resource: string, namespace: string | undefined, name: string, change: (current: KubeObject) => KubeObject, subresource?: 'status'): KubeObject {
    this.environment.checkApiServer(this.node, 'write');
    const current = this.backend.get(resource, namespace, name);
    if (!current) throw notFound(resource, name);
    const next = change(current);
    if (next === current) return current;
    return subresource === 'status' ? this.backend.updateStatus(resource, next, this.context) : this.backend.update(resource, next, this.context);
  }

  delete(resource: string, namespace: string | undefined, name: string, options: DeleteOptions = {}): void {
    this.environment.checkApiServer(this.node, 'write');
    this.backend.delete(resource, namespace, name, options, this.context);
  }

  /** Binds a pod to a node, as kube-scheduler does. */
  bind(namespace: string, name: string, node: string): KubeObject {
    this.environment.checkApiServer(this.node, 'write');
    return this.backend.bind(namespace, name, node, this.context);
  }

  /** The same client writing under another name, as controllers in one process do. */
  as(writer: string, username = `system:serviceaccount:kube-system:${writer}`): Client {
    return new Client(this.backend, this.environment, { writer, username }, this.machine);
  }
}

function notFound(resource: string, name: string): ApiError {
  const [, ...group] = resource.split('.');
  const details = group.length > 0 ? { name, group: group.join('.'), kind: resource.split('.')[0] as string } : { name, kind: resource };
  return new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: `${resource} "${name}" not found`, reason: 'NotFound', details, code: 404 });
}

/** The owner reference of the managing controller, if any (`metav1.GetControllerOf`). */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  const references = object.metadata.ownerReferences;
  if (references) for (const reference of references) if (reference.controller) return reference;
  return undefined;
}

/** A controller owner reference to `owner` (`metav1.NewControllerRef`). */
export function controllerReference(owner: KubeObject): OwnerReference {
  return { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid, controller: true, blockOwnerDeletion: true };
}
