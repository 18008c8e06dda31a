import { age } from './duration.ts';
import type { Printer } from './types.ts';

export const scale = {
  kind: 'Scale',
  group: 'autoscaling',
  cells: ({ metadata, spec = {}, status = {} }, now) => [metadata.name, spec.replicas ?? 0, status.replicas ?? 0, age(metadata.creationTimestamp, now)],
} satisfies Printer;
