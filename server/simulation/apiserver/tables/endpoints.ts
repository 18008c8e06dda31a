import type { KubeObject } from '../types.ts';
import { age } from './duration.ts';
import { NONE, withMore } from './format.ts';
import type { Printer } from './types.ts';

const MAX_SHOWN = 3;

function addresses(object: KubeObject): string {
  const subsets: { addresses?: { ip: string }[]; ports?: { port: number }[] }[] = object.subsets ?? [];
  if (subsets.length === 0) return NONE;
  const list: string[] = [];
  for (const subset of subsets) {
    const ips = (subset.addresses ?? []).map((address) => address.ip);
    if (!subset.ports || subset.ports.length === 0) list.push(...ips);
    else for (const port of subset.ports) list.push(...ips.map((ip) => (ip.includes(':') ? `[${ip}]:${port.port}` : `${ip}:${port.port}`)));
  }
  return withMore(list, MAX_SHOWN);
}

export const endpoints = {
  kind: 'Endpoints',
  group: '',
  cells: (object, now) => [object.metadata.name, addresses(object), age(object.metadata.creationTimestamp, now)],
} satisfies Printer;
