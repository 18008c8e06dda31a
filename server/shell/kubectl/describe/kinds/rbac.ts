/** Descriptions of roles and their bindings. */
import type { KubeObject } from '../../../../simulation/apiserver/types.ts';
import type { Describer } from '../types.ts';
import { annotations, pairs, Writer } from '../writer.ts';

interface Rule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

/** One rule for every group, resource, name and verb (`BreakdownRule`). */
function breakDown(rule: Rule): Rule[] {
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

/** Rules of the same resource become one with all their verbs (`CompactRules`). */
function compact(rules: Rule[]): Rule[] {
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

function list(values: string[] | undefined): string {
  return `[${(values ?? []).join(' ')}]`;
}

/** As Go prints the rule; by this they are sorted. */
function goText(rule: Rule): string {
  return `&PolicyRule{Verbs:${list(rule.verbs)},APIGroups:${list(rule.apiGroups)},Resources:${list(rule.resources)},ResourceNames:${list(rule.resourceNames)},NonResourceURLs:${list(rule.nonResourceURLs)},}`;
}

function resourceText({ resources, apiGroups }: Rule): string {
  if (!resources?.length) return '';
  const [resource = '', ...rest] = (resources[0] as string).split('/');
  const group = apiGroups?.[0] ? `.${apiGroups[0]}` : '';
  return `${resource}${group}${rest.length > 0 ? `/${rest.join('/')}` : ''}`;
}

function head(writer: Writer, object: KubeObject): void {
  writer.line(0, `Name:\t${object.metadata.name}`);
  pairs(writer, 'Labels', object.metadata.labels);
  annotations(writer, object.metadata.annotations);
}

export const describeRole: Describer = async (role) => {
  const writer = new Writer();
  head(writer, role);
  writer.line(0, 'PolicyRule:');
  writer.line(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs');
  writer.line(1, '---------\t-----------------\t--------------\t-----');
  const rules = compact(((role.rules ?? []) as Rule[]).flatMap(breakDown));
  rules.sort((x, y) => (goText(x) < goText(y) ? -1 : goText(x) > goText(y) ? 1 : 0));
  for (const rule of rules) writer.line(1, `${resourceText(rule)}\t${list(rule.nonResourceURLs)}\t${list(rule.resourceNames)}\t${list(rule.verbs)}`);
  return writer.toString();
};

export const describeRoleBinding: Describer = async (binding) => {
  const role = binding.roleRef as { kind: string; name: string };
  const writer = new Writer();
  head(writer, binding);
  writer.line(0, 'Role:');
  writer.line(1, `Kind:\t${role.kind}`);
  writer.line(1, `Name:\t${role.name}`);
  writer.line(0, 'Subjects:');
  writer.line(1, 'Kind\tName\tNamespace');
  writer.line(1, '----\t----\t---------');
  for (const subject of (binding.subjects ?? []) as { kind: string; name: string; namespace?: string }[]) writer.line(1, `${subject.kind}\t${subject.name}\t${subject.namespace ?? ''}`);
  return writer.toString();
};
