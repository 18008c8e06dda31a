/** Keeps the endpoints of the Service `kubernetes` those API servers that are alive (`pkg/controlplane/reconcilers`, lease). */
import type { WriteContext } from './client.ts';
import type { Registry } from './registry/registry.ts';
import type { KubeObject } from './types.ts';

const NAMESPACE = 'default';
const NAME = 'kubernetes';
const CONTEXT: WriteContext = { writer: 'kube-apiserver', username: 'system:apiserver', groups: ['system:masters'] };

interface NodeStatus {
  addresses?: { type: string; address: string }[];
}

interface Subset {
  addresses?: { ip: string }[];
}

/** @param nodes the machines whose API servers are alive. */
export function reconcileEndpoints(registry: Registry, nodes: readonly string[]): void {
  const addresses = nodes
    .flatMap((name) => (registry.get('nodes', undefined, name)?.status as NodeStatus | undefined)?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? [])
    .sort();
  if (addresses.length === 0) return;
  update(registry, 'endpoints', (endpoints) => {
    const [subset] = (endpoints.subsets ?? []) as Subset[];
    const present = (subset?.addresses ?? []).map(({ ip }) => ip);
    return present.join() === addresses.join() ? undefined : { subsets: [{ ...subset, addresses: addresses.map((ip) => ({ ip })) }] };
  });
  update(registry, 'endpointslices.discovery.k8s.io', (slice) => {
    const present = ((slice.endpoints ?? []) as { addresses: string[] }[]).flatMap((endpoint) => endpoint.addresses);
    return present.join() === addresses.join() ? undefined : { endpoints: addresses.map((ip) => ({ addresses: [ip], conditions: { ready: true } })) };
  });
}

function update(registry: Registry, resource: string, change: (object: KubeObject) => Record<string, unknown> | undefined): void {
  const object = registry.get(resource, NAMESPACE, NAME);
  const changed = object && change(object);
  if (changed) registry.update(resource, { ...object, metadata: { ...object.metadata }, ...changed }, CONTEXT);
}
