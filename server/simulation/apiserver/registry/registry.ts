/**
 * The registry: what happens to an object between a request and storage, the same for clients outside and for the
 * components of the cluster. Metadata, generations, conflicts, status, deletion (`registry/generic/registry/store.go`).
 */
import { pluginsFor } from '../admission/registry.ts';
import type { ApiBackend, DeleteOptions, NewObject, WriteContext } from '../client.ts';
import { BUILT_IN, type ResourceTable, type ServedResource } from '../discovery.ts';
import { alreadyExists, badRequest, beingDeleted, conflict, invalidValue, modified, notFound, pathNotFound } from '../errors.ts';
import { checkCreate, checkStatusUpdate, checkUpdate, withDefaults } from '../rules.ts';
import { managedFieldsOf, sameManagedFields } from '../managed-fields/managers.ts';
import { extended, extensible } from '../../extended.ts';
import { objectKey } from '../store.ts';
import { warningsFor } from '../warnings/registry.ts';
import { rfc3339 } from '../tables/duration.ts';
import type { KubeObject, ObjectMeta } from '../types.ts';
import { checkPreconditions, deletionStep, releasedByUpdate } from './deletion.ts';
import { emptyStatus } from './empty-status.ts';
import { sameObject, semanticEqual } from './equal.ts';
import { strategyOf } from './strategies.ts';
import { trackCreate, trackUpdate } from './tracking.ts';
import type { RegistryContext, Strategy, WriteOptions } from './types.ts';

/** Made-up names are at most 63 characters, five of them random (`names.SimpleNameGenerator`). */
const MAX_GENERATED_BASE = 58;

/** The outcome of a deletion: gone, or marked and still there. */
export interface Deletion {
  deleted: boolean;
  object: KubeObject;
}

/** Fields that only the server sets, on an object as a client sent it. */
const SERVER_FIELDS = ['deletionTimestamp', 'deletionGracePeriodSeconds', 'generation', 'selfLink'] as const;

export class Registry implements ApiBackend {
  readonly #registry: RegistryContext;
  readonly #resources: () => ResourceTable;
  /** The second that was last written out, and how. */
  #second = -1;
  #secondText = '';

  /** @param resources the resources served now. */
  constructor(registry: RegistryContext, resources: () => ResourceTable) {
    this.#registry = registry;
    this.#resources = resources;
  }

  // ---- what components call ----

  get(resource: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#registry.store.get(resource, objectKey(namespace, name));
  }

  list(resource: string, namespace?: string): KubeObject[] {
    return this.#registry.store.list(resource, namespace);
  }

  create(resource: string, object: NewObject, context: WriteContext): KubeObject {
    const served = this.served(resource);
    return this.createObject(served, withDefaults(served, object as KubeObject), { context, trusted: true });
  }

  update(resource: string, object: KubeObject, context: WriteContext): KubeObject {
    return this.updateObject(this.served(resource), object, { context, trusted: true });
  }

  updateStatus(resource: string, object: KubeObject, context: WriteContext): KubeObject {
    return this.updateObjectStatus(this.served(resource), object, { context, trusted: true });
  }

  delete(resource: string, namespace: string | undefined, name: string, options: DeleteOptions, context: WriteContext): void {
    this.deleteObject(this.served(resource), namespace, name, options, { context, trusted: true });
  }

  bind(namespace: string, name: string, node: string, context: WriteContext): KubeObject {
    return this.bindPod(namespace, name, node, undefined, { context, trusted: true });
  }

  // ---- every write goes through one of these ----

  /** @throws ApiError 404 for a key that is no served resource. */
  served(resource: string): ServedResource {
    // What is built in is always there.
    const served = BUILT_IN.byKey(resource) ?? this.#resources().byKey(resource);
    if (!served) throw pathNotFound();
    return served;
  }

  /** @throws ApiError 404. */
  mustGet(resource: ServedResource, namespace: string | undefined, name: string): KubeObject {
    const object = this.#registry.store.get(resource.key, objectKey(namespace, name));
    if (!object) throw notFound(resource, name);
    return object;
  }

  /** Creates an object that has its defaults already. @throws ApiError */
  createObject(resource: ServedResource, object: KubeObject, options: WriteOptions): KubeObject {
    const { store, kernel } = this.#registry;
    const strategy = strategyOf(resource);
    if (!options.trusted && object.metadata.resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created');
    // See draftMetadata().
    const own = options.trusted && object.metadata.uid === '';
    const metadata: ObjectMeta = own ? object.metadata : extensible(object.metadata);
    if (!own) for (const field of SERVER_FIELDS) if (field in metadata) delete (metadata as unknown as Record<string, unknown>)[field];
    if (resource.namespaced) metadata.namespace ??= 'default';
    else if (metadata.namespace !== undefined) delete metadata.namespace;
    const draft: KubeObject = own ? object : extended(object, { metadata });
    trackCreate(this.#registry, resource, draft, options);
    if (draft.spec) draft.spec = extensible(draft.spec as object);

    for (const plugin of pluginsFor(resource.key)) plugin.create?.(draft, this.#registry, { resource, options });

    metadata.creationTimestamp = this.#now();
    metadata.uid = kernel.random.uuid();
    const madeUp = !metadata.name && metadata.generateName !== undefined;
    if (madeUp) metadata.name = this.#generateName(resource, metadata);
    if (strategy.generation) metadata.generation = 1;
    if (!own && resource.subresources.includes('status') && !strategy.statusOnCreate) resetStatus(resource, draft);
    strategy.prepareForCreate?.(draft, this.#registry, options);
    if (!options.trusted) {
      checkCreate(resource, draft);
      options.warnings?.push(...warningsFor(resource.key, draft));
    }
    for (const plugin of pluginsFor(resource.key)) plugin.validateCreate?.(draft, this.#registry, { resource, options });

    const existing = madeUp ? undefined : store.get(resource.key, objectKey(metadata.namespace, metadata.name));
    strategy.beginCreate?.(draft, this.#registry, existing ? { ...options, dryRun: true } : options);
    if (existing) throw existing.metadata.deletionTimestamp === undefined ? alreadyExists(resource, metadata.name) : beingDeleted(resource, metadata.name);
    if (options.dryRun) return dry(draft);
    return store.put(resource.key, draft, options.context.writer);
  }

  /**
   * Replaces everything but status. The object's resourceVersion, when it has one, must be the stored one.
   * @throws ApiError
   */
  updateObject(resource: ServedResource, object: KubeObject, options: WriteOptions): KubeObject {
    const { store } = this.#registry;
    const strategy = strategyOf(resource);
    const existing = store.get(resource.key, objectKey(resource.namespaced ? object.metadata.namespace : undefined, object.metadata.name));
    if (!existing) {
      if (!strategy.createOnUpdate || options.trusted) throw notFound(resource, object.metadata.name);
      return this.createObject(resource, { ...object, metadata: { ...object.metadata, resourceVersion: '' } }, options);
    }
    this.#checkVersion(resource, object, existing, strategy, options);
    const draft: KubeObject = { ...object, metadata: systemMetadata(object.metadata, existing.metadata) };
    if (draft.spec && draft.spec !== existing.spec) draft.spec = { ...draft.spec };
    if (resource.subresources.includes('status')) keepStatus(draft, existing);
    trackUpdate(this.#registry, resource, existing, draft, options);

    for (const plugin of pluginsFor(resource.key)) plugin.update?.(draft, existing, this.#registry, { resource, options });
    strategy.prepareForUpdate?.(draft, existing, this.#registry, options);
    bumpGeneration(draft, existing, strategy);
    if (!options.trusted) {
      checkUpdate(resource, draft, existing);
      options.warnings?.push(...warningsFor(resource.key, draft));
    }
    for (const plugin of pluginsFor(resource.key)) plugin.validateUpdate?.(draft, existing, this.#registry, { resource, options });
    strategy.beginUpdate?.(draft, existing, this.#registry, options);
    return this.#write(resource, strategy, draft, existing, options);
  }

  /** Replaces status only, and of metadata what the kind lets status writers change. @throws ApiError */
  updateObjectStatus(resource: ServedResource, object: KubeObject, options: WriteOptions): KubeObject {
    const { store } = this.#registry;
    const strategy = strategyOf(resource);
    const existing = store.get(resource.key, objectKey(resource.namespaced ? object.metadata.namespace : undefined, object.metadata.name));
    if (!existing) throw notFound(resource, object.metadata.name);
    this.#checkVersion(resource, object, existing, strategy, options);
    const draft: KubeObject = { ...existing, metadata: systemMetadata(object.metadata, existing.metadata) };
    keepStatus(draft, object);
    trackUpdate(this.#registry, resource, existing, draft, options, 'status');
    strategy.prepareForStatusUpdate?.(draft, existing, this.#registry);
    if (!options.trusted) checkStatusUpdate(resource, draft, existing);
    for (const plugin of pluginsFor(resource.key)) plugin.validateUpdate?.(draft, existing, this.#registry, { resource, options });
    return this.#write(resource, strategy, draft, existing, options);
  }

  /** Deletes, or marks for deletion. @throws ApiError */
  deleteObject(resource: ServedResource, namespace: string | undefined, name: string, request: DeleteOptions, options: WriteOptions): Deletion {
    const { store, kernel } = this.#registry;
    const strategy = strategyOf(resource);
    const existing = this.mustGet(resource, resource.namespaced ? namespace : undefined, name);
    for (const plugin of pluginsFor(resource.key)) plugin.delete?.(existing, this.#registry, { resource, options });
    checkPreconditions(resource, existing, request.preconditions);
    const begun = strategy.beginDelete?.(existing, this.#registry);
    if (begun) return { deleted: false, object: options.dryRun ? begun : store.put(resource.key, begun, options.context.writer) };
    if (strategy.held?.(existing)) return { deleted: false, object: existing };

    const step = deletionStep(existing, strategy, request, kernel.now);
    switch (step.kind) {
      case 'pending':
        return { deleted: false, object: existing };
      case 'mark':
        return { deleted: false, object: options.dryRun ? step.object : store.put(resource.key, step.object, options.context.writer) };
      case 'remove':
        if (options.dryRun) return { deleted: true, object: existing };
        if (step.object) store.put(resource.key, step.object, options.context.writer);
        return { deleted: true, object: this.#remove(resource, strategy, existing, options) };
    }
  }

  /** Sets spec.nodeName and the PodScheduled condition (`BindingREST.assignPod`). @throws ApiError */
  bindPod(namespace: string, name: string, node: string, annotations: Record<string, string> | undefined, options: WriteOptions): KubeObject {
    const { store } = this.#registry;
    const pod = store.get('pods', objectKey(namespace, name));
    if (!pod) throw notFound({ group: '', plural: 'pods' }, name);
    const refuse = (problem: string): never => {
      throw conflict({ group: '', plural: 'pods/binding' }, name, problem);
    };
    if (pod.metadata.deletionTimestamp !== undefined) refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
    if (pod.spec.nodeName) refuse(`pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
    if (pod.spec.schedulingGates?.length) refuse(`pod ${name} has non-empty .spec.schedulingGates`);
    const condition = { lastProbeTime: null, lastTransitionTime: this.#now(), status: 'True', type: 'PodScheduled', observedGeneration: pod.metadata.generation ?? 1 };
    const conditions: { type: string }[] = pod.status?.conditions ?? [];
    const known = conditions.some((other) => other.type === 'PodScheduled');
    const bound: KubeObject = {
      ...pod,
      metadata: annotations ? extended(pod.metadata, { annotations: { ...pod.metadata.annotations, ...annotations } }) : { ...pod.metadata },
      spec: extended(pod.spec as object, { nodeName: node }),
      status: extended(pod.status as object, { conditions: known ? conditions.map((other) => (other.type === 'PodScheduled' ? condition : other)) : [...conditions, condition] }),
    };
    return options.dryRun ? bound : store.put('pods', bound, options.context.writer);
  }

  #write(resource: ServedResource, strategy: Strategy, draft: KubeObject, existing: KubeObject, options: WriteOptions): KubeObject {
    if (releasedByUpdate(draft, existing, strategy)) {
      if (!options.dryRun) this.#remove(resource, strategy, existing, options);
      return draft;
    }
    if (sameObject(draft, existing) && sameManagedFields(managedFieldsOf(draft), managedFieldsOf(existing))) return existing;
    if (options.dryRun) return draft;
    return this.#registry.store.put(resource.key, draft, options.context.writer);
  }

  #remove(resource: ServedResource, strategy: Strategy, existing: KubeObject, options: WriteOptions): KubeObject {
    const last = this.#registry.store.remove(resource.key, objectKey(existing.metadata.namespace, existing.metadata.name), options.context.writer);
    strategy.afterDelete?.(existing, this.#registry, options);
    return last ?? existing;
  }

  #checkVersion(resource: ServedResource, object: KubeObject, existing: KubeObject, strategy: Strategy, options: WriteOptions): void {
    const { name, uid, resourceVersion } = object.metadata;
    if (uid && uid !== existing.metadata.uid) {
      throw conflict(resource, name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${existing.metadata.uid}`);
    }
    if (resourceVersion && resourceVersion !== '0') {
      if (resourceVersion !== existing.metadata.resourceVersion) throw modified(resource, name);
    } else if (!options.trusted && strategy.unconditionalUpdate === false) {
      throw invalidValue(resource, name, 'metadata.resourceVersion', 0, 'must be specified for an update');
    }
  }

  #generateName(resource: ServedResource, metadata: ObjectMeta): string {
    const base = (metadata.generateName as string).slice(0, MAX_GENERATED_BASE);
    for (;;) {
      const name = base + this.#registry.kernel.random.suffix();
      if (!this.#registry.store.get(resource.key, objectKey(metadata.namespace, name))) return name;
    }
  }

  #now(): string {
    const second = Math.floor(this.#registry.kernel.now / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = rfc3339(second * 1000);
    }
    return this.#secondText;
  }
}

function resetStatus(resource: ServedResource, draft: KubeObject): void {
  const empty = emptyStatus(resource);
  if (empty) draft.status = empty;
  else if ('status' in draft) delete draft.status;
}

/** The client's metadata with what only the server decides. */
function systemMetadata(wanted: ObjectMeta, existing: ObjectMeta): ObjectMeta {
  if (wanted === existing) return { ...existing };
  const metadata: ObjectMeta = { ...wanted, uid: existing.uid, resourceVersion: existing.resourceVersion, creationTimestamp: existing.creationTimestamp };
  for (const field of ['namespace', 'generation', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'generateName'] as const) {
    if (existing[field] !== undefined) (metadata as unknown as Record<string, unknown>)[field] = existing[field];
    else if (field in metadata) delete metadata[field];
  }
  return metadata;
}

function keepStatus(draft: KubeObject, from: KubeObject): void {
  if (from.status !== undefined) draft.status = from.status;
  else if ('status' in draft) delete draft.status;
}

function bumpGeneration(draft: KubeObject, existing: KubeObject, strategy: Strategy): void {
  const rule = strategy.generation;
  if (!rule) return;
  const changed = rule === 'spec' ? !semanticEqual(draft.spec, existing.spec) : rule === 'content' ? contentChanged(draft, existing) : rule(draft, existing);
  if (changed) draft.metadata.generation = (existing.metadata.generation ?? 0) + 1;
}

function contentChanged(draft: KubeObject, existing: KubeObject): boolean {
  const content = (object: KubeObject): unknown => ({ ...object, metadata: undefined, status: undefined, labels: object.metadata.labels });
  return !semanticEqual(content(draft), content(existing));
}

/** What a dry run shows: as created, but without a version. */
function dry(draft: KubeObject): KubeObject {
  const { resourceVersion: _none, ...metadata } = draft.metadata;
  return { ...draft, metadata: metadata as ObjectMeta };
}
