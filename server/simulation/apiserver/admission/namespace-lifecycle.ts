import { forbidden, namespaceTerminating, notFound } from '../errors.ts';
import { admissionName, type AdmissionPlugin } from './types.ts';

const IMMORTAL: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);
const NAMESPACES = { group: '', plural: 'namespaces' };

/** `plugin/pkg/admission/namespace/lifecycle`: nothing new in namespaces that are missing or going away. */
export const namespaceLifecycle = {
  name: 'NamespaceLifecycle',
  create(draft, { store }, { resource }) {
    const namespace = draft.metadata.namespace;
    if (!resource.namespaced || namespace === undefined) return;
    const existing = store.get('namespaces', namespace);
    if (!existing) throw notFound(NAMESPACES, namespace);
    if (existing.metadata.deletionTimestamp !== undefined) throw namespaceTerminating(resource, admissionName(draft), namespace);
  },
  delete(existing, _registry, { resource }) {
    if (resource.key === 'namespaces' && IMMORTAL.has(existing.metadata.name)) throw forbidden(NAMESPACES, existing.metadata.name, 'this namespace may not be deleted');
  },
} satisfies AdmissionPlugin;
