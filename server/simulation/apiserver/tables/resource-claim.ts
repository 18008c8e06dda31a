import type { KubeObject } from '../types.ts';
import { age } from './duration.ts';
import type { Printer } from './types.ts';

function state(object: KubeObject): string {
  const states: string[] = [];
  if (object.metadata.deletionTimestamp !== undefined) states.push('deleted');
  if (!object.status?.allocation) {
    if (object.metadata.deletionTimestamp === undefined) states.push('pending');
  } else {
    states.push('allocated', (object.status.reservedFor ?? []).length > 0 ? 'reserved' : '');
  }
  return states.filter(Boolean).join(',');
}

export const resourceClaim = {
  kind: 'ResourceClaim',
  group: 'resource.k8s.io',
  cells: (object, now) => [object.metadata.name, state(object), age(object.metadata.creationTimestamp, now)],
} satisfies Printer;
