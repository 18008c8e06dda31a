import { age } from './duration.ts';
import { NONE } from './format.ts';
import type { Printer } from './types.ts';

export const priorityLevelConfiguration = {
  kind: 'PriorityLevelConfiguration',
  group: 'flowcontrol.apiserver.k8s.io',
  cells: ({ metadata, spec = {} }, now) => {
    const settings = spec.limited ?? spec.exempt ?? {};
    const queuing = spec.limited?.limitResponse?.queuing;
    return [
      metadata.name,
      spec.type ?? '',
      settings.nominalConcurrencyShares ?? NONE,
      queuing?.queues ?? NONE,
      queuing?.handSize ?? NONE,
      queuing?.queueLengthLimit ?? NONE,
      age(metadata.creationTimestamp, now),
    ];
  },
} satisfies Printer;
