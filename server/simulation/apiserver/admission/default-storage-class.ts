import type { AdmissionPlugin } from './types.ts';

const CLASSES = 'storageclasses.storage.k8s.io';
const DEFAULT_ANNOTATIONS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

/** `plugin/pkg/admission/storage/storageclass/setdefault`: the newest default class for claims that name none. */
export const defaultStorageClass = {
  name: 'DefaultStorageClass',
  resources: ['persistentvolumeclaims'],
  create(draft, { store }) {
    if (draft.spec.storageClassName !== undefined || draft.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined) return;
    const defaults = store.list(CLASSES).filter((candidate) => DEFAULT_ANNOTATIONS.some((key) => candidate.metadata.annotations?.[key] === 'true'));
    defaults.sort((x, y) => Date.parse(y.metadata.creationTimestamp) - Date.parse(x.metadata.creationTimestamp) || (x.metadata.name < y.metadata.name ? -1 : 1));
    const chosen = defaults[0];
    if (chosen) draft.spec.storageClassName = chosen.metadata.name;
  },
} satisfies AdmissionPlugin;
