/** What a role or binding lacks of what it should have (`k8s.io/component-helpers/auth/rbac/reconciliation`): for the API server's own policy and `kubectl auth reconcile`. */
import type { KubeObject } from '../types.ts';
import { compact, uncovered, type Rule } from './rules.ts';

interface Subject {
  kind: string;
  name: string;
  namespace?: string;
}

export const rulesOf = (object: KubeObject): Rule[] => (object.rules ?? []) as Rule[];
export const subjectsOf = (object: KubeObject): Subject[] => (object.subjects ?? []) as Subject[];

export function missingRules(existing: KubeObject, wanted: KubeObject): Rule[] {
  return compact(uncovered(rulesOf(existing), rulesOf(wanted)));
}

const sameSubject = (x: Subject, y: Subject): boolean => x.kind === y.kind && x.name === y.name && (x.namespace ?? '') === (y.namespace ?? '');

export function missingSubjects(existing: KubeObject, wanted: KubeObject): Subject[] {
  const present = subjectsOf(existing);
  return subjectsOf(wanted).filter((subject) => !present.some((other) => sameSubject(other, subject)));
}
