import { age } from './duration.ts';
import { containersAndImages, formatLabelSelector } from './format.ts';
import type { Printer } from './types.ts';

export const replicaSet = {
  kind: 'ReplicaSet',
  group: 'apps',
  cells: ({ metadata, spec, status = {} }, now) => [
    metadata.name,
    spec.replicas ?? 0,
    status.replicas ?? 0,
    status.readyReplicas ?? 0,
    age(metadata.creationTimestamp, now),
    ...containersAndImages(spec.template?.spec),
    formatLabelSelector(spec.selector),
  ],
} satisfies Printer;
