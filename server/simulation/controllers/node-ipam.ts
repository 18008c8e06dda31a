/** Gives every node its pod subnet, and the annotation that tells kubelets how long secrets may be cached (`nodeipam`, `ttl`). */
import { POD_CIDR_PREFIX } from '../config.ts';
import type { Controller } from './types.ts';

const TTL = 'node.alpha.kubernetes.io/ttl';
const MAX_SUBNETS = 256;

export const nodeIpam = {
  name: 'node-ipam',
  component: 'node-controller',
  watches: [{ resource: 'nodes' }],
  changed(change, context) {
    if (change.type !== 'DELETED') context.enqueue(change.object.metadata.name, change.cause);
  },
  sync(name, context) {
    const node = context.lister.get('nodes', undefined, name);
    if (!node) return;
    const spec = node.spec as { podCIDR?: string };
    if (spec.podCIDR && node.metadata.annotations?.[TTL] !== undefined) return;
    let subnet = spec.podCIDR;
    if (!subnet) {
      const taken = new Set<string>();
      for (const other of context.client.list('nodes')) {
        const cidr = (other.spec as { podCIDR?: string }).podCIDR;
        if (cidr) taken.add(cidr);
      }
      for (let i = 0; i < MAX_SUBNETS * MAX_SUBNETS && !subnet; i++) {
        // Beyond 256 nodes the /16 is used up; large benchmark clusters go on in the next ones.
        const [prefix, second] = POD_CIDR_PREFIX.split('.') as [string, string];
        const candidate = `${prefix}.${(Number(second) + Math.floor(i / MAX_SUBNETS)) % 256}.${i % MAX_SUBNETS}.0/24`;
        if (!taken.has(candidate)) subnet = candidate;
      }
    }
    if (!subnet) {
      context.events.event(node, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`);
      return;
    }
    const podCIDR = subnet;
    context.client.patch('nodes', undefined, name, (current) => ({
      ...current,
      metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, [TTL]: '0' } },
      spec: { ...(current.spec as object), podCIDR, podCIDRs: [podCIDR] },
    }));
  },
} satisfies Controller;
