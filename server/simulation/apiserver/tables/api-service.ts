import type { KubeObject } from '../types.ts';
import { age } from './duration.ts';
import type { Printer } from './types.ts';

function available(object: KubeObject): string {
  for (const condition of object.status?.conditions ?? []) {
    if (condition.type === 'Available') return condition.status === 'True' ? 'True' : `${condition.status} (${condition.reason})`;
  }
  return 'Unknown';
}

export const apiService = {
  kind: 'APIService',
  group: 'apiregistration.k8s.io',
  cells: (object, now) => [
    object.metadata.name,
    object.spec?.service ? `${object.spec.service.namespace}/${object.spec.service.name}` : 'Local',
    available(object),
    age(object.metadata.creationTimestamp, now),
  ],
} satisfies Printer;
