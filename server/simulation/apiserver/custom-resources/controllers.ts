/**
 * What kube-apiserver does for CustomResourceDefinitions in the background (`apiextensions-apiserver/pkg/controller`): names are claimed,
 * definitions established and registered with the aggregation layer; when one is deleted, its objects go first.
 */
import type { Kernel, KernelEvent, Part } from '../../kernel/kernel.ts';
import type { Environment } from '../../environment.ts';
import { API_SERVICES } from '../aggregation/api-services.ts';
import type { WriteContext } from '../client.ts';
import { isCustom } from '../discovery.ts';
import type { Registry } from '../registry/registry.ts';
import { objectKey, type Store } from '../store.ts';
import { rfc3339 } from '../tables/duration.ts';
import { ApiError, type KubeObject } from '../types.ts';
import { approvalCondition } from './approval.ts';
import { CLEANUP, conditionsWith, withEstablished, withNames } from './conditions.ts';
import { conditionOf, DEFINITIONS, isTrueOf, specOf, type DefinitionStatus } from './types.ts';

const CONTEXT: WriteContext = { writer: 'kube-apiserver', username: 'system:apiserver', groups: ['system:masters'] };
/** From the write of a definition to the controllers' answer: their informer, and the write itself. */
const LATENCY_MS = 4;
/** How often the finalizer looks whether all objects are gone, and when it gives up until it is tried again. */
const POLL_MS = 5_000;
const POLL_LIMIT_MS = 60_000;
/** How long until it is tried again when no API server can write. */
const RETRY_MS = 1_000;
/** `kube-apiserver`'s priorities for groups of CustomResourceDefinitions. */
const PRIORITY = { groupPriorityMinimum: 1_000, versionPriority: 100 };
const AUTOMANAGED = 'kube-aggregator.kubernetes.io/automanaged';

export interface CustomResourceState {
  /** Whether a look at all definitions is due. */
  pending: boolean;
  /** Definitions whose objects are being waited for: since when (ms). */
  emptying: Map<string, number>;
}

export class CustomResourceControllers implements Part {
  readonly name = 'apiextensions-controllers';
  state: CustomResourceState = { pending: false, emptying: new Map() };
  readonly #kernel: Kernel;
  readonly #store: Store;
  readonly #registry: Registry;
  readonly #environment: Environment;

  constructor(kernel: Kernel, store: Store, registry: Registry, environment: Environment) {
    this.#kernel = kernel;
    this.#store = store;
    this.#registry = registry;
    this.#environment = environment;
    kernel.register(this);
    store.onWrite(({ resource, type, key }) => {
      if (resource !== DEFINITIONS) return;
      if (type === 'DELETED') this.state.emptying.delete(key);
      if (this.state.pending) return;
      this.state.pending = true;
      kernel.schedule(kernel.now + LATENCY_MS, this.name, 'sync');
    });
  }

  handle(event: KernelEvent): void {
    const works = this.#environment.controlPlanes().some((node) => this.#environment.programRuns('kube-apiserver', node) && this.#environment.etcdServes(node));
    if (!works) return void this.#kernel.schedule(this.#kernel.now + RETRY_MS, this.name, event.type);
    if (event.type === 'poll') {
      for (const definition of this.#definitions()) if (this.state.emptying.has(definition.metadata.name)) this.#finalize(definition);
      return;
    }
    this.state.pending = false;
    for (const definition of this.#definitions()) this.#sync(definition);
    this.#register();
  }

  #definitions(): KubeObject[] {
    return this.#store.list(DEFINITIONS);
  }

  get #now(): string {
    return rfc3339(this.#kernel.now);
  }

  #sync(definition: KubeObject): void {
    const named = this.#updated(definition, withNames(definition, this.#definitions(), this.#now));
    const established = this.#updated(named, withEstablished(named, this.#now));
    const approval = approvalCondition(specOf(established).group, established);
    const known = approval && conditionOf(established, approval.type);
    const current = approval && (known?.status !== approval.status || known.message !== approval.message) ? this.#updated(established, conditionsWith(established, this.#now, approval)) : established;
    if (current.metadata.deletionTimestamp !== undefined && !this.state.emptying.has(current.metadata.name)) this.#finalize(current);
  }

  /** Writes a status, if there is one. */
  #updated(definition: KubeObject, status: DefinitionStatus | undefined): KubeObject {
    return status ? this.#registry.updateStatus(DEFINITIONS, { ...definition, metadata: { ...definition.metadata }, status }, CONTEXT) : definition;
  }

  /** Deletes the objects of a definition, then lets it go (`CRDFinalizer`). */
  #finalize(definition: KubeObject): void {
    const { name, finalizers = [] } = definition.metadata;
    if (!finalizers.includes(CLEANUP)) return;
    if (!isCustom(name)) return this.#release(definition, 'OverlappingBuiltInResource', 'instances overlap with built-in resources in storage');
    if (!isTrueOf(definition, 'Established')) return this.#release(definition, 'NeverEstablished', 'resource was never established');
    const terminating = (reason: string, message: string): DefinitionStatus => conditionsWith(definition, this.#now, { type: 'Terminating', status: 'True', reason, message });
    const since = this.state.emptying.get(name);
    if (since === undefined) {
      const started = this.#updated(definition, terminating('InstanceDeletionInProgress', 'CustomResource deletion is in progress'));
      this.state.emptying.set(name, this.#kernel.now);
      return this.#finalize(started);
    }
    this.#deleteObjects(name);
    if (this.#store.count(name) === 0) {
      this.state.emptying.delete(name);
      return this.#release(definition, 'InstanceDeletionCompleted', 'removed all instances');
    }
    if (this.#kernel.now - since >= POLL_LIMIT_MS) {
      this.state.emptying.set(name, this.#kernel.now);
      this.#updated(definition, terminating('InstanceDeletionCheck', 'could not confirm zero CustomResources remaining: timed out waiting for the condition'));
    }
    this.#kernel.schedule(this.#kernel.now + POLL_MS, this.name, 'poll');
  }

  #deleteObjects(resource: string): void {
    for (const { metadata } of this.#store.list(resource)) {
      if (metadata.deletionTimestamp !== undefined) continue;
      try {
        this.#registry.delete(resource, metadata.namespace, metadata.name, {}, CONTEXT);
      } catch (error) {
        // Gone meanwhile, or refused: there is another turn.
        if (!(error instanceof ApiError)) throw error;
      }
    }
  }

  #release(definition: KubeObject, reason: string, message: string): void {
    const said = this.#updated(definition, conditionsWith(definition, this.#now, { type: 'Terminating', status: 'False', reason, message }));
    const { finalizers = [], ...metadata } = said.metadata;
    const rest = finalizers.filter((finalizer) => finalizer !== CLEANUP);
    this.#registry.update(DEFINITIONS, { ...said, metadata: rest.length > 0 ? { ...metadata, finalizers: rest } : metadata }, CONTEXT);
  }

  /** Keeps an APIService for every group version of established definitions (`crdregistration`). */
  #register(): void {
    const wanted = new Map<string, { group: string; version: string }>();
    for (const definition of this.#definitions()) {
      if (!isTrueOf(definition, 'Established')) continue;
      const { group, versions } = specOf(definition);
      for (const { name, served } of versions) if (served) wanted.set(`${name}.${group}`, { group, version: name });
    }
    for (const service of this.#store.list(API_SERVICES)) {
      const { name, labels } = service.metadata;
      if (labels?.[AUTOMANAGED] !== 'true') continue;
      if (!wanted.has(name)) this.#registry.delete(API_SERVICES, undefined, name, {}, CONTEXT);
    }
    for (const [name, { group, version }] of [...wanted].sort(([x], [y]) => (x < y ? -1 : 1))) {
      if (this.#store.get(API_SERVICES, objectKey(undefined, name))) continue;
      this.#registry.create(API_SERVICES, { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name, labels: { [AUTOMANAGED]: 'true' } }, spec: { group, version, ...PRIORITY } }, CONTEXT);
    }
  }
}
