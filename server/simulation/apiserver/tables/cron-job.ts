import { age } from './duration.ts';
import { NONE, boolText, containersAndImages, formatLabelSelector } from './format.ts';
import type { Printer } from './types.ts';

export const cronJob = {
  kind: 'CronJob',
  group: 'batch',
  cells: ({ metadata, spec, status = {} }, now) => [
    metadata.name,
    spec.schedule ?? '',
    spec.timeZone ?? NONE,
    boolText(spec.suspend),
    (status.active ?? []).length,
    status.lastScheduleTime ? age(status.lastScheduleTime, now) : NONE,
    age(metadata.creationTimestamp, now),
    ...containersAndImages(spec.jobTemplate?.spec?.template?.spec),
    formatLabelSelector(spec.jobTemplate?.spec?.selector),
  ],
} satisfies Printer;
