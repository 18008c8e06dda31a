/** Short ways to write roles and bindings down. Values come out sorted, as the API server's own policy has them. */
import type { NewObject } from '../../apiserver/client.ts';
import type { Rule } from '../../apiserver/authorization/rules.ts';

export const RBAC_GROUP = 'rbac.authorization.k8s.io';
const API_VERSION = `${RBAC_GROUP}/v1`;

/** What the API server brings itself, and brings up to date whenever it starts. */
const OWN = { labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' }, annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' } };

export const READ = 'get list watch';
export const WRITE = 'create delete deletecollection patch update';
export const READ_WRITE = `${READ} ${WRITE}`;

const words = (text: string): string[] => text.split(' ').sort();

/** @param groups API groups, `core` for the one without a name. Everything is separated by spaces. */
export function rule(verbs: string, groups: string, resources: string, names?: string): Rule {
  const apiGroups = words(groups).map((group) => (group === 'core' ? '' : group)).sort();
  return { apiGroups, ...(names === undefined ? {} : { resourceNames: words(names) }), resources: words(resources), verbs: words(verbs) };
}

export function urls(verbs: string, paths: string): Rule {
  return { nonResourceURLs: words(paths), verbs: words(verbs) };
}

/** What every component that records events may do. */
export const EVENTS = rule('create update patch', 'core events.k8s.io', 'events');

export interface Subject {
  kind: 'User' | 'Group' | 'ServiceAccount';
  name: string;
  namespace?: string;
  apiGroup?: string;
}

export const user = (name: string): Subject => ({ apiGroup: RBAC_GROUP, kind: 'User', name });
export const group = (name: string): Subject => ({ apiGroup: RBAC_GROUP, kind: 'Group', name });
export const account = (name: string, namespace = 'kube-system'): Subject => ({ kind: 'ServiceAccount', name, namespace });

export type Policy = [resource: string, object: NewObject];

export function clusterRole(name: string, rules: Rule[], metadata: Partial<NewObject['metadata']> = {}): Policy {
  return [`clusterroles.${RBAC_GROUP}`, { apiVersion: API_VERSION, kind: 'ClusterRole', metadata: { name, ...metadata }, rules }];
}

export function clusterRoleBinding(name: string, role: string, subjects: Subject[], metadata: Partial<NewObject['metadata']> = {}): Policy {
  const roleRef = { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: role };
  return [`clusterrolebindings.${RBAC_GROUP}`, { apiVersion: API_VERSION, kind: 'ClusterRoleBinding', metadata: { name, ...metadata }, roleRef, ...(subjects.length > 0 ? { subjects } : {}) }];
}

export function role(namespace: string, name: string, rules: Rule[], metadata: Partial<NewObject['metadata']> = {}): Policy {
  return [`roles.${RBAC_GROUP}`, { apiVersion: API_VERSION, kind: 'Role', metadata: { name, namespace, ...metadata }, rules }];
}

export function roleBinding(namespace: string, name: string, roleRef: { kind: 'Role' | 'ClusterRole'; name: string }, subjects: Subject[], metadata: Partial<NewObject['metadata']> = {}): Policy {
  return [`rolebindings.${RBAC_GROUP}`, { apiVersion: API_VERSION, kind: 'RoleBinding', metadata: { name, namespace, ...metadata }, roleRef: { apiGroup: RBAC_GROUP, ...roleRef }, subjects }];
}

/** Marks a piece of policy as the API server's own. */
export function own([resource, object]: Policy): Policy {
  const { labels } = object.metadata;
  return [resource, { ...object, metadata: { ...object.metadata, ...OWN, labels: { ...OWN.labels, ...labels } } }];
}
