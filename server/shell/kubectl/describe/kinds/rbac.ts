/** Descriptions of roles and their bindings. */
import { breakDown, compact, type Rule } from '../../../../simulation/apiserver/authorization/rules.ts';
import type { KubeObject } from '../../../../simulation/apiserver/types.ts';
import type { Describer } from '../types.ts';
import { annotations, pairs, Writer } from '../writer.ts';

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

/** Rules as tables print them: resources, URLs, names and verbs. */
export function ruleLines(rules: readonly Rule[]): string[] {
  const rows = compact(rules.flatMap(breakDown));
  rows.sort((x, y) => (goText(x) < goText(y) ? -1 : goText(x) > goText(y) ? 1 : 0));
  return rows.map((rule) => `${resourceText(rule)}\t${list(rule.nonResourceURLs)}\t${list(rule.resourceNames)}\t${list(rule.verbs)}`);
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
  for (const line of ruleLines((role.rules ?? []) as Rule[])) writer.line(1, line);
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
