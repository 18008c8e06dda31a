/** The admission plugins in the order in which they run. Adding one: a file and a line here. */
import { certificateSubjectRestriction } from './certificate-subject-restriction.ts';
import { defaultIngressClass } from './default-ingress-class.ts';
import { defaultStorageClass } from './default-storage-class.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { persistentVolumeClaimResize } from './persistent-volume-claim-resize.ts';
import { priority } from './priority.ts';
import { resourceQuota } from './resource-quota.ts';
import { roleEscalation } from './role-escalation.ts';
import { runtimeClass } from './runtime-class.ts';
import { serviceAccount } from './service-account.ts';
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition.ts';
import type { AdmissionPlugin } from './types.ts';
import { validatingAdmissionPolicy } from './validating-admission-policy.ts';

const plugins: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  limitRanger,
  serviceAccount,
  taintNodesByCondition,
  priority,
  runtimeClass,
  defaultTolerationSeconds,
  defaultStorageClass,
  persistentVolumeClaimResize,
  storageObjectInUseProtection,
  certificateSubjectRestriction,
  defaultIngressClass,
  roleEscalation,
  validatingAdmissionPolicy,
  resourceQuota,
];

const byResource = new Map<string, readonly AdmissionPlugin[]>();

/** The plugins that look at a resource, in order. */
export function pluginsFor(resource: string): readonly AdmissionPlugin[] {
  let found = byResource.get(resource);
  if (!found) byResource.set(resource, (found = plugins.filter((plugin) => !plugin.resources || plugin.resources.includes(resource))));
  return found;
}
