import { forbidden } from '../errors.ts';
import { parseQuantity } from '../quantity.ts';
import type { KubeObject } from '../types.ts';
import type { AdmissionPlugin } from './types.ts';

function request(claim: KubeObject): string {
  return (claim.spec as { resources?: { requests?: { storage?: string } } }).resources?.requests?.storage ?? '0';
}

/** `plugin/pkg/admission/storage/persistentvolume/resize`: only classes that allow it let bound claims grow. */
export const persistentVolumeClaimResize = {
  name: 'PersistentVolumeClaimResize',
  resources: ['persistentvolumeclaims'],
  update(draft, existing, { store }, { resource }) {
    if (parseQuantity(request(draft)).compare(parseQuantity(request(existing))) <= 0) return;
    if ((existing.status as { phase?: string } | undefined)?.phase !== 'Bound') throw forbidden(resource, existing.metadata.name, 'Only bound persistent volume claims can be expanded');
    const { storageClassName } = draft.spec as { storageClassName?: string };
    const storageClass = storageClassName ? store.get('storageclasses.storage.k8s.io', storageClassName) : undefined;
    if (storageClass?.allowVolumeExpansion !== true) throw forbidden(resource, existing.metadata.name, 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize');
  },
} satisfies AdmissionPlugin;
