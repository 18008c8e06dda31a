import { age } from './duration.ts';
import { containersAndImages, formatLabels, formatLabelSelector } from './format.ts';
import type { Printer } from './types.ts';

export const daemonSet = {
  kind: 'DaemonSet',
  group: 'apps',
  cells: ({ metadata, spec, status = {} }, now) => [
    metadata.name,
    status.desiredNumberScheduled ?? 0,
    status.currentNumberScheduled ?? 0,
    status.numberReady ?? 0,
    status.updatedNumberScheduled ?? 0,
    status.numberAvailable ?? 0,
    formatLabels(spec.template?.spec?.nodeSelector),
    age(metadata.creationTimestamp, now),
    ...containersAndImages(spec.template?.spec),
    formatLabelSelector(spec.selector),
  ],
} satisfies Printer;
