/** What the API server does with its own policy whenever it starts (`registry/rbac/rest` post-start hook): nothing of it stays missing. */
import type { Client } from '../../apiserver/client.ts';
import { missingRules, missingSubjects } from '../../apiserver/authorization/reconcile.ts';
import type { KubeObject } from '../../apiserver/types.ts';
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES } from './cluster-roles.ts';
import { CONTROLLER_ROLE_BINDINGS, CONTROLLER_ROLES } from './controller-roles.ts';
import { NAMESPACE_ROLE_BINDINGS, NAMESPACE_ROLES } from './namespace-roles.ts';
import { own, type Policy } from './policy.ts';

const AUTOUPDATE = 'rbac.authorization.kubernetes.io/autoupdate';

const POLICY: readonly Policy[] = [...CLUSTER_ROLES, ...CONTROLLER_ROLES, ...CLUSTER_ROLE_BINDINGS, ...CONTROLLER_ROLE_BINDINGS, ...NAMESPACE_ROLES, ...NAMESPACE_ROLE_BINDINGS].map(own);

/** Creates what is missing and adds what has been taken away, unless an object's annotation says to leave it alone. */
export function reconcilePolicy(client: Client): void {
  for (const [resource, wanted] of POLICY) {
    const existing = client.get(resource, wanted.metadata.namespace, wanted.metadata.name as string);
    if (!existing) client.create(resource, wanted);
    else if (existing.metadata.annotations?.[AUTOUPDATE] !== 'false') bringUp(client, resource, existing, wanted as KubeObject);
  }
}

function bringUp(client: Client, resource: string, existing: KubeObject, wanted: KubeObject): void {
  // The rules of an aggregated role are its controller's.
  const rules = wanted.aggregationRule ? [] : missingRules(existing, wanted);
  const subjects = missingSubjects(existing, wanted);
  if (rules.length === 0 && subjects.length === 0) return;
  client.update(resource, {
    ...existing,
    ...(rules.length > 0 ? { rules: [...(existing.rules ?? []), ...rules] } : {}),
    ...(subjects.length > 0 ? { subjects: [...(existing.subjects ?? []), ...subjects] } : {}),
  });
}
