import { age } from './duration.ts';
import { containersAndImages, formatLabels } from './format.ts';
import type { Printer } from './types.ts';

export const replicationController = {
  kind: 'ReplicationController',
  group: '',
  cells: ({ metadata, spec, status = {} }, now) => [
    metadata.name,
    spec.replicas ?? 0,
    status.replicas ?? 0,
    status.readyReplicas ?? 0,
    age(metadata.creationTimestamp, now),
    ...containersAndImages(spec.template?.spec),
    formatLabels(spec.selector),
  ],
} satisfies Printer;
