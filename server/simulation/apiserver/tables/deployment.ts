import { age } from './duration.ts';
import { containersAndImages, formatLabelSelector } from './format.ts';
import type { Printer } from './types.ts';

export const deployment = {
  kind: 'Deployment',
  group: 'apps',
  cells: ({ metadata, spec, status = {} }, now) => [
    metadata.name,
    `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    status.updatedReplicas ?? 0,
    status.availableReplicas ?? 0,
    age(metadata.creationTimestamp, now),
    ...containersAndImages(spec.template?.spec),
    formatLabelSelector(spec.selector),
  ],
} satisfies Printer;
