/** Matching of nodes by nodeSelector and node affinity terms (`component-helpers/scheduling/corev1/nodeaffinity`). */
import type { KubeObject } from '../apiserver/types.ts';

export interface Requirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  values?: string[];
}

export interface NodeSelectorTerm {
  matchExpressions?: Requirement[];
  matchFields?: Requirement[];
}

export interface NodeAffinity {
  requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms: NodeSelectorTerm[] };
  preferredDuringSchedulingIgnoredDuringExecution?: { weight: number; preference: NodeSelectorTerm }[];
}

export function requirementMatches({ key, operator, values = [] }: Requirement, labels: Record<string, string>): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt': {
      if (value === undefined || !/^-?\d+$/.test(value) || values[0] === undefined || !/^-?\d+$/.test(values[0])) return false;
      return operator === 'Gt' ? Number(value) > Number(values[0]) : Number(value) < Number(values[0]);
    }
  }
}

/** A term without requirements matches nothing. */
export function termMatches(term: NodeSelectorTerm, node: KubeObject): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length === 0 && fields.length === 0) return false;
  const labels = node.metadata.labels ?? {};
  return (
    expressions.every((requirement) => requirementMatches(requirement, labels)) &&
    fields.every((requirement) => requirementMatches(requirement, { 'metadata.name': node.metadata.name }))
  );
}

/** Whether a node satisfies a pod's nodeSelector and required node affinity. */
export function podMatchesNode(pod: KubeObject, node: KubeObject): boolean {
  const spec = pod.spec as { nodeSelector?: Record<string, string>; affinity?: { nodeAffinity?: NodeAffinity } };
  const labels = node.metadata.labels ?? {};
  for (const key of Object.keys(spec.nodeSelector ?? {})) if (labels[key] !== spec.nodeSelector?.[key]) return false;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !required || required.nodeSelectorTerms.some((term) => termMatches(term, node));
}
