import type { KubeObject } from '../types.ts';
import { age } from './duration.ts';
import { UNSET, withMore } from './format.ts';
import type { Printer } from './types.ts';

const MAX_SHOWN = 3;

function ports(object: KubeObject): string {
  const list: { port?: number; name?: string }[] = object.ports ?? [];
  return withMore(list.map((port) => (port.port !== undefined ? String(port.port) : (port.name ?? '*'))), MAX_SHOWN) || UNSET;
}

function addresses(object: KubeObject): string {
  const list: { addresses: string[] }[] = object.endpoints ?? [];
  return withMore(list.flatMap((endpoint) => endpoint.addresses), MAX_SHOWN) || UNSET;
}

export const endpointSlice = {
  kind: 'EndpointSlice',
  group: 'discovery.k8s.io',
  cells: (object, now) => [object.metadata.name, object.addressType ?? '', ports(object), addresses(object), age(object.metadata.creationTimestamp, now)],
} satisfies Printer;
