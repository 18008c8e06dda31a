/**
 * Nobody can give more than they have (`pkg/registry/rbac/…/policybased`): who writes a role must hold all of its rules, and
 * who writes a binding all rules of the role, unless the verbs `escalate` and `bind` say otherwise.
 */
import { forbidden, notFound, type GroupResource } from '../errors.ts';
import type { Store } from '../store.ts';
import type { KubeObject, UserInfo } from '../types.ts';
import { authorize, PRIVILEGED_GROUP } from './authorizer.ts';
import { RBAC, roleRules, rulesFor, type RoleRef } from './rbac.ts';
import { compact, quotedList, ruleText, uncovered, type Rule } from './rules.ts';

const EVERYTHING: readonly Rule[] = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, { verbs: ['*'], nonResourceURLs: ['*'] }];

/** What somebody would give away without having it; undefined when that is nothing. */
function excess(store: Store, user: UserInfo, namespace: string | undefined, wanted: readonly Rule[]): string | undefined {
  const { rules, problem } = rulesFor(store, user, namespace);
  const missing = compact(uncovered(rules, wanted));
  if (missing.length === 0) return undefined;
  const texts = [...new Set(missing.map(ruleText))].sort();
  return `user ${JSON.stringify(user.username)} (groups=${quotedList(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${texts.join('\n')}${problem === '' ? '' : `; resolution errors: [${problem}]`}`;
}

/** @throws ApiError 403 */
export function checkRole(store: Store, user: UserInfo, resource: GroupResource, role: KubeObject, before?: KubeObject): void {
  const { name, namespace } = role.metadata;
  if (user.groups.includes(PRIVILEGED_GROUP)) return;
  if (authorize(store, user, { verb: 'escalate', group: RBAC, resource: resource.plural, name, ...(namespace === undefined ? {} : { namespace }) }).allowed) return;
  const problem = excess(store, user, namespace, (role.rules ?? []) as Rule[]);
  if (problem !== undefined) throw forbidden(resource, name, problem);
  // It can gather anything, and keep others from taking it away.
  if ((role.aggregationRule || before?.aggregationRule) && excess(store, user, undefined, EVERYTHING) !== undefined) {
    throw forbidden(resource, name, 'must have cluster-admin privileges to use an aggregationRule');
  }
}

/** @throws ApiError 403; 404 when there is no such role. */
export function checkBinding(store: Store, user: UserInfo, resource: GroupResource, binding: KubeObject): void {
  const { name, namespace } = binding.metadata;
  if (user.groups.includes(PRIVILEGED_GROUP)) return;
  const ref = binding.roleRef as RoleRef | undefined;
  // What is no reference, validation refuses.
  if (!ref?.name || (ref.kind !== 'ClusterRole' && ref.kind !== 'Role')) return;
  const plural = ref.kind === 'ClusterRole' ? 'clusterroles' : 'roles';
  if (authorize(store, user, { verb: 'bind', group: RBAC, resource: plural, name: ref.name, ...(namespace === undefined ? {} : { namespace }) }).allowed) return;
  const rules = roleRules(store, ref, namespace);
  if (!rules) throw notFound({ group: RBAC, plural }, ref.name);
  const problem = excess(store, user, namespace, rules);
  if (problem !== undefined) throw forbidden(resource, name, problem);
}
