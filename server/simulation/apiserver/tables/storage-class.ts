import { age } from './duration.ts';
import type { Printer } from './types.ts';

export const storageClass = {
  kind: 'StorageClass',
  group: 'storage.k8s.io',
  cells: (object, now) => {
    const annotations = object.metadata.annotations ?? {};
    const isDefault = annotations['storageclass.kubernetes.io/is-default-class'] === 'true' || annotations['storageclass.beta.kubernetes.io/is-default-class'] === 'true';
    return [
      isDefault ? `${object.metadata.name} (default)` : object.metadata.name,
      object.provisioner ?? '',
      object.reclaimPolicy ?? 'Delete',
      object.volumeBindingMode ?? 'Immediate',
      object.allowVolumeExpansion ?? false,
      age(object.metadata.creationTimestamp, now),
    ];
  },
} satisfies Printer;
