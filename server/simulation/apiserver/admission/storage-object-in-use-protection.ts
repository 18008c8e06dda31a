import type { AdmissionPlugin } from './types.ts';

const FINALIZERS: Record<string, string> = { PersistentVolumeClaim: 'kubernetes.io/pvc-protection', PersistentVolume: 'kubernetes.io/pv-protection' };

/** `plugin/pkg/admission/storage/storageobjectinuseprotection`: claims and volumes stay until nobody uses them. */
export const storageObjectInUseProtection = {
  name: 'StorageObjectInUseProtection',
  resources: ['persistentvolumeclaims', 'persistentvolumes'],
  create(draft) {
    const finalizer = FINALIZERS[draft.kind];
    const present = draft.metadata.finalizers ?? [];
    if (finalizer && !present.includes(finalizer)) draft.metadata.finalizers = [...present, finalizer];
  },
} satisfies AdmissionPlugin;
