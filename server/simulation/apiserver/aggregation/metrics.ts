/**
 * metrics.k8s.io, answered by metrics-server behind the aggregation layer: served while its APIService is there, with
 * figures once one of its pods has been ready for long enough to have scraped the kubelets.
 */
import { serviceUnavailable } from '../errors.ts';
import type { ServedResource } from '../discovery.ts';
import type { Store } from '../store.ts';
import type { HandlerContext, VirtualResource } from '../subresources/types.ts';
import { rfc3339 } from '../tables/duration.ts';
import type { KubeObject } from '../types.ts';
import { API_SERVICES, readyEndpoint } from './api-services.ts';

const GROUP = 'metrics.k8s.io';
const VERSION = 'v1beta1';
const API_VERSION = `${GROUP}/${VERSION}`;
/** `--metric-resolution`; a rate needs two readings. */
const RESOLUTION_MS = 60_000;
const WINDOW = '1m0s';

function resource(kind: string, plural: string, namespaced: boolean): ServedResource {
  return {
    group: GROUP,
    version: VERSION,
    kind,
    plural,
    singular: '',
    shortNames: [],
    categories: [],
    namespaced,
    verbs: ['get', 'list'],
    subresources: [],
    key: `${plural}.${GROUP}`,
    subresourceInfo: {},
    custom: true,
  };
}

const NODES = resource('NodeMetrics', 'nodes', false);
const PODS = resource('PodMetrics', 'pods', true);

/** The resources of metrics.k8s.io, when somebody has registered it. */
export function metricsResources(store: Store): readonly ServedResource[] {
  return store.get(API_SERVICES, `${VERSION}.${GROUP}`) ? METRICS : [];
}
const METRICS: readonly ServedResource[] = [NODES, PODS];

function usage({ milliCpu, memoryBytes }: { milliCpu: number; memoryBytes: number }): Record<string, string> {
  return { cpu: milliCpu === 0 ? '0' : `${milliCpu * 1_000_000}n`, memory: `${Math.floor(memoryBytes / 1024)}Ki` };
}

/** Whether there are readings. @throws ApiError 503 when nobody answers for the group. */
function hasReadings({ store, kernel }: HandlerContext): boolean {
  const { namespace, name } = store.get(API_SERVICES, `${VERSION}.${GROUP}`)?.spec.service as { namespace: string; name: string };
  const endpoint = readyEndpoint(store, namespace, name);
  if (!endpoint) throw serviceUnavailable();
  const pod = store.get('pods', `${namespace}/${endpoint.targetRef?.name ?? ''}`);
  const ready = ((pod?.status?.conditions ?? []) as { type: string; lastTransitionTime: string }[]).find((condition) => condition.type === 'Ready');
  return ready !== undefined && Date.parse(ready.lastTransitionTime) + RESOLUTION_MS <= kernel.now;
}

function list(context: HandlerContext, of: (node: string) => KubeObject[]): KubeObject[] {
  return hasReadings(context) ? context.store.list('nodes').flatMap((node) => of(node.metadata.name)) : [];
}

function metadata(object: KubeObject | undefined, name: string, namespace: string | undefined, now: string): KubeObject['metadata'] {
  const labels = object?.metadata.labels;
  return { name, ...(namespace === undefined ? {} : { namespace }), creationTimestamp: now, ...(labels ? { labels } : {}) } as KubeObject['metadata'];
}

export const nodeMetrics = {
  resource: NODES.key,
  list: (context) =>
    list(context, (node) => {
      const used = context.usage(node);
      if (!used) return [];
      const now = rfc3339(context.kernel.now);
      return [{ kind: 'NodeMetrics', apiVersion: API_VERSION, metadata: metadata(context.store.get('nodes', node), node, undefined, now), timestamp: now, window: WINDOW, usage: usage(used.node) }];
    }),
} satisfies VirtualResource;

export const podMetrics = {
  resource: PODS.key,
  list: (context) =>
    list(context, (node) =>
      (context.usage(node)?.pods ?? []).map(({ namespace, name, containers }) => {
        const now = rfc3339(context.kernel.now);
        return {
          kind: 'PodMetrics',
          apiVersion: API_VERSION,
          metadata: metadata(context.store.get('pods', `${namespace}/${name}`), name, namespace, now),
          timestamp: now,
          window: WINDOW,
          containers: containers.map((container) => ({ name: container.name, usage: usage(container) })),
        };
      }),
    ),
} satisfies VirtualResource;
