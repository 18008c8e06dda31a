/**
 * Who may do what by roles and bindings (`plugin/pkg/auth/authorizer/rbac`). What somebody is granted is worked out once and
 * kept until a role or binding changes; that memory follows from the store and is no part of the state.
 */
import type { Store } from '../store.ts';
import type { KubeObject, UserInfo } from '../types.ts';
import { allows, type Attributes, type Rule } from './rules.ts';

export const RBAC = 'rbac.authorization.k8s.io';
const CLUSTER_ROLES = `clusterroles.${RBAC}`;
const ROLES = `roles.${RBAC}`;
const CLUSTER_ROLE_BINDINGS = `clusterrolebindings.${RBAC}`;
const ROLE_BINDINGS = `rolebindings.${RBAC}`;
const POLICY: ReadonlySet<string> = new Set([CLUSTER_ROLES, ROLES, CLUSTER_ROLE_BINDINGS, ROLE_BINDINGS]);

/** Users and namespaces whose grants are kept; beyond it all are worked out anew. */
const MAX_KEPT = 5_000;

export interface Decision {
  allowed: boolean;
  /** Why it is allowed, or what went wrong while finding out. */
  reason: string;
}

export interface RoleRef {
  kind: string;
  name: string;
}

interface Subject {
  kind: string;
  name: string;
  namespace?: string;
}

/** One binding that concerns a user. */
interface Grant {
  rules: readonly Rule[];
  binding: KubeObject;
  subject: Subject;
  /** The role is not there. */
  problem?: string;
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

/** The rules of a role; undefined when there is no such role. */
export function roleRules(store: Store, { kind, name }: RoleRef, namespace: string | undefined): readonly Rule[] | undefined {
  const role = kind === 'ClusterRole' ? store.get(CLUSTER_ROLES, name) : store.get(ROLES, `${namespace ?? ''}/${name}`);
  return role && ((role.rules ?? []) as Rule[]);
}

class Grants {
  readonly #store: Store;
  readonly #kept = new Map<string, readonly Grant[]>();
  /** Name and groups of users as one text. */
  readonly #users = new WeakMap<UserInfo, string>();
  /** Another map, as after a restore, is other policy. */
  #objects: unknown;

  constructor(store: Store) {
    this.#store = store;
    store.onWrite(({ resource }) => {
      if (POLICY.has(resource)) this.#kept.clear();
    });
  }

  /** In order of binding: those of the cluster first, then those of the namespace. */
  of(user: UserInfo, namespace: string | undefined): readonly Grant[] {
    const { objects } = this.#store.state;
    if (objects !== this.#objects || this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#objects = objects;
    let who = this.#users.get(user);
    if (who === undefined) this.#users.set(user, (who = JSON.stringify([user.username, ...user.groups])));
    const key = namespace ? `${namespace} ${who}` : who;
    let grants = this.#kept.get(key);
    if (!grants) this.#kept.set(key, (grants = this.#find(user, namespace)));
    return grants;
  }

  #find(user: UserInfo, namespace: string | undefined): Grant[] {
    const grants: Grant[] = [];
    const bindings = [...this.#store.list(CLUSTER_ROLE_BINDINGS), ...(namespace ? this.#store.list(ROLE_BINDINGS, namespace) : [])];
    for (const binding of bindings) {
      const subject = ((binding.subjects ?? []) as Subject[]).find((candidate) => isSubject(candidate, user));
      if (!subject) continue;
      const ref = binding.roleRef as RoleRef;
      const rules = roleRules(this.#store, ref, binding.metadata.namespace);
      grants.push({ binding, subject, rules: rules ?? [], ...(rules ? {} : { problem: `${ref.kind.toLowerCase()}.${RBAC} "${ref.name}" not found` }) });
    }
    return grants;
  }
}

const grantsOfStore = new WeakMap<Store, Grants>();

function grantsOf(store: Store, user: UserInfo, namespace: string | undefined): readonly Grant[] {
  let grants = grantsOfStore.get(store);
  if (!grants) grantsOfStore.set(store, (grants = new Grants(store)));
  return grants.of(user, namespace);
}

function problemsOf(grants: readonly Grant[]): string[] {
  return grants.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
}

/** Several errors as one (`utilerrors.NewAggregate`). */
function aggregate(problems: string[]): string {
  const different = [...new Set(problems)];
  return different.length > 1 ? `[${different.join(', ')}]` : (different[0] ?? '');
}

/** Whether roles allow something, and which. */
export function authorizeByRoles(store: Store, user: UserInfo, attributes: Attributes): Decision {
  const grants = grantsOf(store, user, 'namespace' in attributes ? attributes.namespace : undefined);
  const grant = grants.find(({ rules }) => rules.some((rule) => allows(rule, attributes)));
  if (grant) return { allowed: true, reason: `RBAC: allowed by ${describeGrant(grant)}` };
  const problems = problemsOf(grants);
  return { allowed: false, reason: problems.length > 0 ? `RBAC: ${aggregate(problems)}` : '' };
}

function describeGrant({ binding, subject }: Grant): string {
  const { name, namespace } = binding.metadata;
  const ref = binding.roleRef as RoleRef;
  const to = subject.kind === 'ServiceAccount' ? `ServiceAccount "${subject.name}/${subject.namespace ?? ''}"` : `${subject.kind} "${subject.name}"`;
  return `${binding.kind} "${namespace ? `${name}/${namespace}` : name}" of ${ref.kind} "${ref.name}" to ${to}`;
}

/** Every rule that applies to a user in a namespace (or in the whole cluster), and what could not be found out. */
export function rulesFor(store: Store, user: UserInfo, namespace: string | undefined): { rules: Rule[]; problem: string } {
  const grants = grantsOf(store, user, namespace);
  return { rules: grants.flatMap(({ rules }) => rules), problem: aggregate(problemsOf(grants)) };
}
