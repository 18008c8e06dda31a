import { age } from './duration.ts';
import { NONE } from './format.ts';
import type { Printer } from './types.ts';

export const flowSchema = {
  kind: 'FlowSchema',
  group: 'flowcontrol.apiserver.k8s.io',
  cells: ({ metadata, spec = {}, status = {} }, now) => {
    const dangling = ((status.conditions ?? []) as { type: string; status: string }[]).find((condition) => condition.type === 'Dangling');
    return [
      metadata.name,
      spec.priorityLevelConfiguration?.name ?? '',
      spec.matchingPrecedence ?? 0,
      spec.distinguisherMethod?.type ?? NONE,
      age(metadata.creationTimestamp, now),
      dangling?.status ?? '?',
    ];
  },
} satisfies Printer;
