import { age } from './duration.ts';
import { containersAndImages } from './format.ts';
import type { Printer } from './types.ts';

export const statefulSet = {
  kind: 'StatefulSet',
  group: 'apps',
  cells: ({ metadata, spec, status = {} }, now) => [
    metadata.name,
    `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    age(metadata.creationTimestamp, now),
    ...containersAndImages(spec.template?.spec),
  ],
} satisfies Printer;
