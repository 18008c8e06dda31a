/** Which requests a policy looks at (`apiserver/pkg/admission/plugin/policy/matching`). */
import { labelSelectorMatches } from '../selectors.ts';
import type { KubeObject } from '../types.ts';
import type { MatchResources, Operation, ResourceRule } from './types.ts';

/** What is asked for, as rules see it. */
export interface Attributes {
  operation: Operation;
  group: string;
  version: string;
  plural: string;
  subresource: string;
  namespaced: boolean;
  name: string;
  object: KubeObject | undefined;
  oldObject: KubeObject | undefined;
  /** The namespace of the object; undefined for what belongs to the cluster. */
  namespace: KubeObject | undefined;
}

const has = (list: readonly string[] | undefined, value: string): boolean => (list ?? []).some((item) => item === '*' || item === value);

/** `pods`, `pods/status`, `pods/*`, `*`, `*` + `/*`, `*` + `/status`. */
function resourceMatches(pattern: string, { plural, subresource }: Attributes): boolean {
  const [resource = '', part = ''] = pattern.split('/');
  return (resource === '*' || resource === plural) && (part === '*' || part === subresource);
}

function ruleMatches({ apiGroups, apiVersions, operations, resources, resourceNames, scope = '*' }: ResourceRule, attributes: Attributes): boolean {
  if (scope !== '*' && (scope === 'Namespaced') !== attributes.namespaced) return false;
  if (resourceNames?.length && !resourceNames.includes(attributes.name)) return false;
  return has(apiGroups, attributes.group) && has(apiVersions, attributes.version) && has(operations, attributes.operation) && (resources ?? []).some((pattern) => resourceMatches(pattern, attributes));
}

export function matches({ resourceRules, excludeResourceRules, namespaceSelector, objectSelector }: MatchResources, attributes: Attributes): boolean {
  if (namespaceSelector && attributes.namespaced && !labelSelectorMatches(namespaceSelector, attributes.namespace?.metadata.labels)) return false;
  const { object, oldObject } = attributes;
  const selected = (candidate: KubeObject | undefined): boolean => candidate !== undefined && labelSelectorMatches(objectSelector, candidate.metadata.labels);
  if (objectSelector && !selected(object) && !selected(oldObject)) return false;
  if (excludeResourceRules?.some((rule) => ruleMatches(rule, attributes))) return false;
  return !resourceRules?.length || resourceRules.some((rule) => ruleMatches(rule, attributes));
}
