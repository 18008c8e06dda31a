/**
 * The rules of roles (`pkg/apis/rbac`, `k8s.io/component-helpers/auth/rbac/validation`): what one allows, how they are taken
 * apart, and whether some cover others.
 */

export interface Rule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

/** What somebody wants to do, in the words of SubjectAccessReview: something with a resource, or with a path that is none. */
export type Attributes = ResourceAttributes | PathAttributes;

export interface ResourceAttributes {
  verb: string;
  group: string;
  /** Plural. */
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
  /** `spec.nodeName` of the field selector, which the Node authorizer asks for. */
  nodeName?: string;
}

export interface PathAttributes {
  verb: string;
  path: string;
}

export function isPath(attributes: Attributes): attributes is PathAttributes {
  return 'path' in attributes;
}

const has = (values: readonly string[] | undefined, wanted: string): boolean => values !== undefined && (values.includes(wanted) || values.includes('*'));

/** `deployments`, `deployments/scale`. */
export function fullResource({ resource, subresource }: ResourceAttributes): string {
  return subresource ? `${resource}/${subresource}` : resource;
}

function pathMatches(rule: string, path: string): boolean {
  return rule === '*' || rule === path || (rule.endsWith('*') && path.startsWith(rule.replace(/\*+$/, '')));
}

/** Whether a rule allows something (`RuleAllows`). */
export function allows(rule: Rule, attributes: Attributes): boolean {
  if (!has(rule.verbs, attributes.verb)) return false;
  if (isPath(attributes)) return rule.nonResourceURLs?.some((url) => pathMatches(url, attributes.path)) ?? false;
  const { group, subresource, name } = attributes;
  if (!has(rule.apiGroups, group)) return false;
  if (!has(rule.resources, fullResource(attributes)) && !(subresource && rule.resources?.includes(`*/${subresource}`))) return false;
  return !rule.resourceNames?.length || (name !== undefined && rule.resourceNames.includes(name));
}

/** One rule for every group, resource, name and verb (`BreakdownRule`). */
export function breakDown(rule: Rule): Rule[] {
  const single: Rule[] = [];
  for (const group of rule.apiGroups ?? []) {
    for (const resource of rule.resources ?? []) {
      for (const verb of rule.verbs) {
        const base = { verbs: [verb], apiGroups: [group], resources: [resource] };
        if (rule.resourceNames?.length) for (const name of rule.resourceNames) single.push({ ...base, resourceNames: [name] });
        else single.push(base);
      }
    }
  }
  for (const url of rule.nonResourceURLs ?? []) for (const verb of rule.verbs) single.push({ verbs: [verb], nonResourceURLs: [url] });
  return single;
}

/** Single rules of the same resource become one with all their verbs (`CompactRules`). */
export function compact(rules: readonly Rule[]): Rule[] {
  const simple = new Map<string, Rule>();
  const result: Rule[] = [];
  for (const rule of rules) {
    if (!rule.resources) {
      result.push(rule);
      continue;
    }
    const key = `${rule.apiGroups?.[0]}/${rule.resources[0]}/${rule.resourceNames?.[0] ?? ''}`;
    const known = simple.get(key);
    if (known) known.verbs = [...known.verbs, ...rule.verbs];
    else {
      const own = { ...rule };
      simple.set(key, own);
      result.push(own);
    }
  }
  return result;
}

const hasAll = (owned: readonly string[] | undefined, wanted: readonly string[] | undefined): boolean => (wanted ?? []).every((value) => owned?.includes(value));

function resourcesCover(owned: readonly string[] | undefined, wanted: readonly string[] | undefined): boolean {
  if (owned?.includes('*')) return true;
  return (wanted ?? []).every((resource) => {
    const slash = resource.indexOf('/');
    return owned?.includes(resource) || (slash >= 0 && owned?.includes(`*${resource.slice(slash)}`));
  });
}

function covers(owned: Rule, wanted: Rule): boolean {
  const names = !owned.resourceNames?.length || (Boolean(wanted.resourceNames?.length) && hasAll(owned.resourceNames, wanted.resourceNames));
  return (
    (owned.verbs.includes('*') || hasAll(owned.verbs, wanted.verbs)) &&
    (owned.apiGroups?.includes('*') || hasAll(owned.apiGroups, wanted.apiGroups)) &&
    resourcesCover(owned.resources, wanted.resources) &&
    (wanted.nonResourceURLs ?? []).every((url) => owned.nonResourceURLs?.some((own) => pathMatches(own, url))) &&
    names
  );
}

/** What of some rules others do not cover, taken apart (`Covers`). */
export function uncovered(owned: readonly Rule[], wanted: readonly Rule[]): Rule[] {
  return wanted.flatMap(breakDown).filter((single) => !owned.some((rule) => covers(rule, single)));
}

/** As refusals print a rule (`CompactString`). */
export function ruleText(rule: Rule): string {
  const parts: [string, string[] | undefined][] = [['APIGroups', rule.apiGroups], ['Resources', rule.resources], ['NonResourceURLs', rule.nonResourceURLs], ['ResourceNames', rule.resourceNames], ['Verbs', rule.verbs]];
  return `{${parts.filter(([, values]) => values?.length).map(([name, values]) => `${name}:${quotedList(values as string[])}`).join(', ')}}`;
}

/** `["a" "b"]`, as Go's `%q` prints a list. */
export function quotedList(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
}
