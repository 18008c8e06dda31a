/** Descriptions of PodDisruptionBudget, PriorityClass and NetworkPolicy. */
import { formatLabelSelector, type LabelSelector } from '../../../../simulation/apiserver/selectors.ts';
import { formatLabels } from '../../../../simulation/apiserver/tables/format.ts';
import { describeEvents } from '../events.ts';
import type { Describer } from '../types.ts';
import { annotations, pairs, Writer } from '../writer.ts';

export const describePodDisruptionBudget: Describer = async (budget, { events, now }) => {
  const spec = (budget.spec ?? {}) as { minAvailable?: number | string; maxUnavailable?: number | string; selector?: LabelSelector };
  const status = (budget.status ?? {}) as Record<string, number | undefined>;
  const writer = new Writer();
  writer.line(0, `Name:\t${budget.metadata.name}`);
  writer.line(0, `Namespace:\t${budget.metadata.namespace}`);
  if (spec.minAvailable !== undefined) writer.line(0, `Min available:\t${spec.minAvailable}`);
  else if (spec.maxUnavailable !== undefined) writer.line(0, `Max unavailable:\t${spec.maxUnavailable}`);
  writer.line(0, `Selector:\t${spec.selector ? formatLabelSelector(spec.selector) : '<unset>'}`);
  writer.line(0, 'Status:');
  writer.line(2, `Allowed disruptions:\t${status.disruptionsAllowed ?? 0}`);
  writer.line(2, `Current:\t${status.currentHealthy ?? 0}`);
  writer.line(2, `Desired:\t${status.desiredHealthy ?? 0}`);
  writer.line(2, `Total:\t${status.expectedPods ?? 0}`);
  describeEvents(writer, events, now);
  return writer.toString();
};

export const describePriorityClass: Describer = async (found, { events, now }) => {
  const writer = new Writer();
  writer.line(0, `Name:\t${found.metadata.name}`);
  writer.line(0, `Value:\t${found.value as number}`);
  writer.line(0, `GlobalDefault:\t${(found.globalDefault as boolean | undefined) ?? false}`);
  writer.line(0, `PreemptionPolicy:\t${(found.preemptionPolicy as string | undefined) ?? 'PreemptLowerPriority'}`);
  writer.line(0, `Description:\t${(found.description as string | undefined) ?? ''}`);
  writer.line(0, `Annotations:\t${formatLabels(found.metadata.annotations)}`);
  describeEvents(writer, events, now);
  return writer.toString();
};

interface Peer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr: string; except?: string[] };
}

interface PolicyRule {
  ports?: { port?: number | string; endPort?: number; protocol?: string }[];
  from?: Peer[];
  to?: Peer[];
}

interface NetworkPolicySpec {
  podSelector?: LabelSelector;
  policyTypes?: string[];
  ingress?: PolicyRule[];
  egress?: PolicyRule[];
}

/** Lines of this part are indented by hand, as kubectl does, and not in cells. */
function rules(writer: Writer, list: PolicyRule[] | undefined, direction: 'ingress' | 'egress'): void {
  const indent = '    ';
  if (!list?.length) return writer.line(0, `${indent}<none> (Selected pods are isolated for ${direction} connectivity)`);
  const [word, other] = direction === 'ingress' ? (['From', 'source'] as const) : (['To', 'destination'] as const);
  list.forEach((rule, i) => {
    if (!rule.ports?.length) writer.line(0, `${indent}To Port: <any> (traffic allowed to all ports)`);
    for (const { port, endPort, protocol = 'TCP' } of rule.ports ?? []) writer.line(0, `${indent}To Port${endPort === undefined ? '' : ' Range'}: ${port ?? '<nil>'}${endPort === undefined ? '' : `-${endPort}`}/${protocol}`);
    const peers = (direction === 'ingress' ? rule.from : rule.to) ?? [];
    if (peers.length === 0) writer.line(0, `${indent}${word}: <any> (traffic not restricted by ${other})`);
    for (const { podSelector, namespaceSelector, ipBlock } of peers) {
      writer.line(0, `${indent}${word}:`);
      if (namespaceSelector) writer.line(1, `${indent}NamespaceSelector: ${formatLabelSelector(namespaceSelector)}`);
      if (podSelector) writer.line(1, `${indent}PodSelector: ${formatLabelSelector(podSelector)}`);
      if (!podSelector && !namespaceSelector && ipBlock) {
        writer.line(1, `${indent}IPBlock:`);
        writer.line(2, `${indent}CIDR: ${ipBlock.cidr}`);
        writer.line(2, `${indent}Except: ${(ipBlock.except ?? []).join(', ')}`);
      }
    }
    if (i < list.length - 1) writer.line(0, `${indent}----------`);
  });
}

export const describeNetworkPolicy: Describer = async (policy) => {
  const spec = (policy.spec ?? {}) as NetworkPolicySpec;
  const writer = new Writer();
  writer.line(0, `Name:\t${policy.metadata.name}`);
  writer.line(0, `Namespace:\t${policy.metadata.namespace}`);
  writer.line(0, `Created on:\t${policy.metadata.creationTimestamp.replace('T', ' ').replace('Z', ' +0000 UTC')}`);
  pairs(writer, 'Labels', policy.metadata.labels);
  annotations(writer, policy.metadata.annotations);
  writer.line(0, 'Spec:');
  const all = !Object.keys(spec.podSelector?.matchLabels ?? {}).length && !spec.podSelector?.matchExpressions?.length;
  writer.line(1, `PodSelector:     ${all ? '<none> (Allowing the specific traffic to all pods in this namespace)' : formatLabelSelector(spec.podSelector ?? {})}`);
  const types = spec.policyTypes ?? [];
  if (types.includes('Ingress')) {
    writer.line(1, 'Allowing ingress traffic:');
    rules(writer, spec.ingress, 'ingress');
  } else writer.line(1, 'Not affecting ingress traffic');
  if (types.includes('Egress')) {
    writer.line(1, 'Allowing egress traffic:');
    rules(writer, spec.egress, 'egress');
  } else writer.line(1, 'Not affecting egress traffic');
  writer.line(1, `Policy Types: ${types.join(', ') || '<none>'}`);
  return writer.toString();
};
