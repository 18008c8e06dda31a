/** Gathers the rules of aggregated ClusterRoles from the roles that their selectors match (`pkg/controller/clusterroleaggregation`). */
import { labelSelectorMatches, type LabelSelector } from '../apiserver/selectors.ts';
import { semanticEqual } from '../apiserver/registry/equal.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { keyOf, type Controller, type ControllerContext } from './types.ts';

const CLUSTER_ROLES = 'clusterroles.rbac.authorization.k8s.io';

interface AggregationRule {
  clusterRoleSelectors?: LabelSelector[];
}

const selectorsOf = (role: KubeObject): LabelSelector[] => (role.aggregationRule as AggregationRule | undefined)?.clusterRoleSelectors ?? [];

/** In order of name, each rule once. */
function gathered(role: KubeObject, context: ControllerContext): unknown[] {
  const roles = [...context.lister.all(CLUSTER_ROLES)].sort((x, y) => (x.metadata.name < y.metadata.name ? -1 : 1));
  const rules: unknown[] = [];
  for (const selector of selectorsOf(role)) {
    for (const other of roles) {
      if (other.metadata.name === role.metadata.name || !labelSelectorMatches(selector, other.metadata.labels)) continue;
      for (const rule of (other.rules ?? []) as unknown[]) if (!rules.some((known) => semanticEqual(known, rule))) rules.push(rule);
    }
  }
  return rules;
}

export const clusterRoleAggregation = {
  name: 'ClusterRoleAggregator',
  component: 'clusterrole-aggregation-controller',
  watches: [{ resource: CLUSTER_ROLES }],
  changed(change, context) {
    // Any role may be part of any other; there are few that gather.
    for (const role of context.lister.all(CLUSTER_ROLES)) if (role.aggregationRule) context.enqueue(keyOf(role), change.cause);
  },
  sync(key, context) {
    const role = context.lister.get(CLUSTER_ROLES, undefined, key);
    if (!role?.aggregationRule) return;
    const rules = gathered(role, context);
    if (!semanticEqual(role.rules, rules)) context.client.update(CLUSTER_ROLES, { ...role, rules });
  },
} satisfies Controller;
