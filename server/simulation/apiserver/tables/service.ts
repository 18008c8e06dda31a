import type { KubeObject } from '../types.ts';
import { age } from './duration.ts';
import { NONE, formatLabels, loadBalancerAddresses } from './format.ts';
import type { Printer } from './types.ts';

function externalIp({ spec, status = {} }: KubeObject): string {
  const external: string[] = spec.externalIPs ?? [];
  switch (spec.type) {
    case 'ClusterIP':
    case 'NodePort':
      return external.join(',') || NONE;
    case 'LoadBalancer': {
      const balancer = loadBalancerAddresses(status.loadBalancer);
      return [...(balancer ? balancer.split(',') : []), ...external].join(',') || '<pending>';
    }
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

function ports(list: { port: number; protocol?: string; nodePort?: number }[] | undefined): string {
  return (list ?? []).map((port) => `${port.port}${port.nodePort ? `:${port.nodePort}` : ''}/${port.protocol ?? 'TCP'}`).join(',') || NONE;
}

export const service = {
  kind: 'Service',
  group: '',
  cells: (object, now) => [
    object.metadata.name,
    object.spec.type ?? '',
    object.spec.clusterIPs?.[0] ?? object.spec.clusterIP ?? NONE,
    externalIp(object),
    ports(object.spec.ports),
    age(object.metadata.creationTimestamp, now),
    formatLabels(object.spec.selector),
  ],
} satisfies Printer;
