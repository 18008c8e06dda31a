import { age } from './duration.ts';
import { UNSET } from './format.ts';
import type { Printer } from './types.ts';

export const csiDriver = {
  kind: 'CSIDriver',
  group: 'storage.k8s.io',
  cells: ({ metadata, spec = {} }, now) => [
    metadata.name,
    spec.attachRequired ?? true,
    spec.podInfoOnMount ?? false,
    spec.storageCapacity ?? false,
    ((spec.tokenRequests ?? []) as { audience: string }[]).map((request) => request.audience).join(',') || UNSET,
    spec.requiresRepublish ?? false,
    (spec.volumeLifecycleModes ?? []).join(','),
    age(metadata.creationTimestamp, now),
  ],
} satisfies Printer;
