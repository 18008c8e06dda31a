/**
 * Who may do what (`plugin/pkg/auth/authorizer/rbac`): roles and bindings from the store. The groups of cluster
 * administrators may do everything, as their built-in bindings say.
 */
import type { Store } from '../store.ts';
import type { KubeObject, UserInfo } from '../types.ts';

/** What somebody wants to do, in the words of SubjectAccessReview. */
export interface Attributes {
  verb: string;
  group: string;
  /** Plural. */
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

export interface Decision {
  allowed: boolean;
  reason: string;
}

export interface Rule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

interface Subject {
  kind: string;
  name: string;
  namespace?: string;
}

const RBAC = 'rbac.authorization.k8s.io';
const ADMINISTRATORS: ReadonlySet<string> = new Set(['system:masters', 'kubeadm:cluster-admins']);
/** Components that hold the roles that kubeadm and the API server give them at start. */
const COMPONENTS = /^system:(apiserver|kube-|node:|serviceaccount:kube-system:)/;

const EVERYTHING: readonly Rule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/** What everybody who is known may ask (`system:basic-user`, `system:discovery`). */
const BASIC: readonly Rule[] = [
  { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'] },
  { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
  { verbs: ['get'], nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/openapi', '/openapi/*', '/readyz', '/version', '/version/'] },
];

function isAdministrator(user: UserInfo): boolean {
  return user.groups.some((group) => ADMINISTRATORS.has(group)) || COMPONENTS.test(user.username);
}

function isSubject(subject: Subject, user: UserInfo): boolean {
  switch (subject.kind) {
    case 'User':
      return subject.name === user.username;
    case 'Group':
      return user.groups.includes(subject.name);
    case 'ServiceAccount':
      return user.username === `system:serviceaccount:${subject.namespace ?? ''}:${subject.name}`;
    default:
      return false;
  }
}

function binds(binding: KubeObject, user: UserInfo): boolean {
  return ((binding.subjects ?? []) as Subject[]).some((subject) => isSubject(subject, user));
}

function rulesOf(store: Store, binding: KubeObject): Rule[] {
  const { kind, name } = (binding.roleRef ?? {}) as { kind?: string; name?: string };
  const role = kind === 'ClusterRole' ? store.get(`clusterroles.${RBAC}`, name ?? '') : store.get(`roles.${RBAC}`, `${binding.metadata.namespace}/${name}`);
  return (role?.rules ?? []) as Rule[];
}

function covers(rule: Rule, { verb, group, resource, subresource, name }: Attributes): boolean {
  const has = (values: string[] | undefined, ...wanted: string[]): boolean => values !== undefined && values.some((value) => value === '*' || wanted.includes(value));
  const full = subresource ? `${resource}/${subresource}` : resource;
  if (!has(rule.verbs, verb) || !has(rule.apiGroups, group)) return false;
  if (!has(rule.resources, full, ...(subresource ? [`*/${subresource}`] : []))) return false;
  return !rule.resourceNames?.length || (name !== undefined && rule.resourceNames.includes(name));
}

/** The bindings that apply to a user in a namespace (or in the whole cluster). */
function* bindingsOf(store: Store, user: UserInfo, namespace: string | undefined): Generator<KubeObject> {
  for (const binding of store.list(`clusterrolebindings.${RBAC}`)) if (binds(binding, user)) yield binding;
  if (namespace) for (const binding of store.list(`rolebindings.${RBAC}`, namespace)) if (binds(binding, user)) yield binding;
}

/** Whether a user may do something, and why. */
export function authorize(store: Store, user: UserInfo, attributes: Attributes): Decision {
  if (isAdministrator(user)) return { allowed: true, reason: '' };
  if (BASIC.some((rule) => covers(rule, attributes))) return { allowed: true, reason: '' };
  for (const binding of bindingsOf(store, user, attributes.namespace)) {
    if (!rulesOf(store, binding).some((rule) => covers(rule, attributes))) continue;
    const name = binding.metadata.namespace ? `${binding.metadata.name}/${binding.metadata.namespace}` : binding.metadata.name;
    return { allowed: true, reason: `RBAC: allowed by ${binding.kind} "${name}" of ${binding.roleRef.kind} "${binding.roleRef.name}" to ${describeSubject(binding, user)}` };
  }
  return { allowed: false, reason: '' };
}

function describeSubject(binding: KubeObject, user: UserInfo): string {
  const subject = ((binding.subjects ?? []) as Subject[]).find((candidate) => isSubject(candidate, user));
  if (!subject) return '';
  return subject.kind === 'ServiceAccount' ? `ServiceAccount "${subject.name}/${subject.namespace ?? ''}"` : `${subject.kind} "${subject.name}"`;
}

/** Every rule that applies to a user in a namespace, for SelfSubjectRulesReview. */
export function rulesFor(store: Store, user: UserInfo, namespace: string | undefined): Rule[] {
  const rules: Rule[] = isAdministrator(user) ? [...EVERYTHING, ...BASIC] : [...BASIC];
  for (const binding of bindingsOf(store, user, namespace)) rules.push(...rulesOf(store, binding));
  return rules;
}

/** The text of a refusal, after `… is forbidden: ` (`responsewriters.ForbiddenStatusError`). */
export function refusal(user: UserInfo, { verb, group, resource, subresource, namespace }: Attributes): string {
  const full = subresource ? `${resource}/${subresource}` : resource;
  const scope = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope';
  return `User "${user.username}" cannot ${verb} resource "${full}" in API group "${group}" ${scope}`;
}
