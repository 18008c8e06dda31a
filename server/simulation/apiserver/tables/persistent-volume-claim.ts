import { age } from './duration.ts';
import { UNSET, accessModes } from './format.ts';
import type { Printer } from './types.ts';

export const persistentVolumeClaim = {
  kind: 'PersistentVolumeClaim',
  group: '',
  cells: ({ metadata, spec, status = {} }, now) => {
    const bound = Boolean(spec.volumeName);
    return [
      metadata.name,
      metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating',
      spec.volumeName ?? '',
      bound ? (status.capacity?.storage ?? '0') : '',
      bound ? accessModes(status.accessModes) : '',
      metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '',
      spec.volumeAttributesClassName ?? UNSET,
      age(metadata.creationTimestamp, now),
      spec.volumeMode ?? UNSET,
    ];
  },
} satisfies Printer;
