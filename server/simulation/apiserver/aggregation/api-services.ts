/**
 * The aggregation layer: APIService objects for every group version that is served, and whether those that another
 * server answers for are available (`kube-aggregator/pkg/controllers/status`).
 */
import type { Kernel, Part } from '../../kernel/kernel.ts';
import type { NewObject, WriteContext } from '../client.ts';
import { GROUPS } from '../discovery.ts';
import type { Registry } from '../registry/registry.ts';
import type { Store } from '../store.ts';
import { rfc3339 } from '../tables/duration.ts';
import type { KubeObject } from '../types.ts';

export const API_SERVICES = 'apiservices.apiregistration.k8s.io';
const SLICES = 'endpointslices.discovery.k8s.io';
const CONTEXT: WriteContext = { writer: 'kube-apiserver', username: 'system:apiserver', groups: ['system:masters'] };
/** How high the first group ranks in discovery; the next ones follow in steps. */
const FIRST_PRIORITY = 18_000;
const PRIORITY_STEP = 100;

interface Condition {
  lastTransitionTime?: string;
  message: string;
  reason: string;
  status: string;
  type: string;
}

/** The APIService of every group version that the API server answers itself. */
export function localApiServices(): NewObject[] {
  return GROUPS.flatMap(({ group, versions }, index) =>
    versions.map((version, place) => ({
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: `${version}.${group}`, labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
      spec: { ...(group === '' ? {} : { group }), groupPriorityMinimum: FIRST_PRIORITY - index * PRIORITY_STEP, version, versionPriority: place === 0 ? 15 : 10 },
    })),
  );
}

/** Whether a ready endpoint serves a Service. */
export function readyEndpoint(store: Store, namespace: string, service: string): { addresses: string[]; targetRef?: { name?: string } } | undefined {
  for (const slice of store.list(SLICES, namespace)) {
    if (slice.metadata.labels?.['kubernetes.io/service-name'] !== service) continue;
    for (const endpoint of slice.endpoints ?? []) if (endpoint.conditions?.ready !== false) return endpoint;
  }
  return undefined;
}

export interface AvailabilityState {
  /** Names of the APIServices that another server answers for. */
  aggregated: Set<string>;
  pending: boolean;
}

/** Keeps the Available condition of aggregated APIServices. */
export class ApiServiceAvailability implements Part {
  readonly name = 'apiservice-availability';
  state: AvailabilityState = { aggregated: new Set(), pending: false };
  readonly #kernel: Kernel;
  readonly #store: Store;
  readonly #registry: Registry;

  constructor(kernel: Kernel, store: Store, registry: Registry) {
    this.#kernel = kernel;
    this.#store = store;
    this.#registry = registry;
    kernel.register(this);
    store.onWrite(({ type, resource, object }) => {
      if (resource === API_SERVICES) {
        if (!object.spec?.service) return;
        if (type === 'DELETED') this.state.aggregated.delete(object.metadata.name);
        else this.state.aggregated.add(object.metadata.name);
      } else if (resource !== SLICES || this.state.aggregated.size === 0) return;
      if (this.state.pending) return;
      this.state.pending = true;
      kernel.schedule(kernel.now, this.name, 'check');
    });
  }

  handle(): void {
    this.state.pending = false;
    for (const name of [...this.state.aggregated].sort()) {
      const service = this.#store.get(API_SERVICES, name);
      if (service) this.#check(service);
    }
  }

  #check(apiService: KubeObject): void {
    const condition = this.#condition(apiService.spec.service as { namespace: string; name: string });
    const before = ((apiService.status?.conditions ?? []) as Condition[]).find(({ type }) => type === 'Available');
    if (before?.status === condition.status && before.reason === condition.reason) return;
    const conditions = [{ ...condition, lastTransitionTime: rfc3339(this.#kernel.now) }];
    this.#registry.updateStatus(API_SERVICES, { ...apiService, metadata: { ...apiService.metadata }, status: { ...apiService.status, conditions } }, CONTEXT);
  }

  #condition({ namespace, name }: { namespace: string; name: string }): Condition {
    const unavailable = (reason: string, message: string): Condition => ({ message, reason, status: 'False', type: 'Available' });
    if (!this.#store.get('services', `${namespace}/${name}`)) return unavailable('ServiceNotFound', `service/${name} in "${namespace}" is not present`);
    if (!readyEndpoint(this.#store, namespace, name)) return unavailable('MissingEndpoints', `endpoints for service/${name} in "${namespace}" have no addresses with port name "https"`);
    return { message: 'all checks passed', reason: 'Passed', status: 'True', type: 'Available' };
  }
}
