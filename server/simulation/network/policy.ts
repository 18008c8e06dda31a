/**
 * The rules of NetworkPolicies, as kindnetd (kube-network-policies) reads them: whether the first packet of a connection
 * goes through. A pure function of the policies and the packet; where it is asked is the network's affair.
 */
import { cidrContains } from '../apiserver/cidr.ts';
import { labelSelectorMatches, type LabelSelector } from '../apiserver/selectors.ts';

/** One end of a connection. Without a pod it is an address: a machine, or something outside. */
export interface PolicyEnd {
  ip: string;
  /** The machine that the pod runs on, or that the address is. */
  node?: string;
  pod?: {
    namespace: string;
    name: string;
    labels: Record<string, string>;
    namespaceLabels: Record<string, string>;
    ports: readonly { name?: string; containerPort: number; protocol?: string }[];
  };
}

export interface Packet {
  source: PolicyEnd;
  destination: PolicyEnd;
  /** The port behind every translation: of the pod, not of the Service. 0 for ICMP. */
  port: number;
  protocol: 'TCP' | 'UDP' | 'SCTP' | 'ICMP';
}

export interface Verdict {
  allowed: boolean;
  /** For whoever looks for the policy that is to blame. */
  reason: string;
}

interface PolicyPort {
  protocol?: string;
  port?: number | string;
  endPort?: number;
}

interface PolicyPeer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr: string; except?: readonly string[] };
}

interface PolicyRule {
  ports?: readonly PolicyPort[];
  from?: readonly PolicyPeer[];
  to?: readonly PolicyPeer[];
}

/** What of a NetworkPolicy the rules read. */
export interface Policy {
  metadata: { namespace?: string; name: string };
  spec?: { podSelector?: LabelSelector; policyTypes?: readonly string[]; ingress?: readonly PolicyRule[]; egress?: readonly PolicyRule[] };
}

type Direction = 'Ingress' | 'Egress';

/** Both directions count: what the source may not send is not received, and the other way round. */
export function policyVerdict(policies: Iterable<Policy>, packet: Packet): Verdict {
  const { source, destination } = packet;
  if (source.pod && source.ip === destination.ip) return { allowed: true, reason: 'a pod reaches itself' };
  const all = [...policies];
  const egress = source.pod ? inDirection(all, 'Egress', source.pod, destination, packet) : undefined;
  if (egress && !egress.allowed) return egress;
  // The kubelet's probes must arrive whatever the policies say.
  if (destination.pod && !source.pod && source.node !== undefined && source.node === destination.node) return { allowed: true, reason: `${source.node} is the pod's own node` };
  const ingress = destination.pod ? inDirection(all, 'Ingress', destination.pod, source, packet) : undefined;
  if (ingress && !ingress.allowed) return ingress;
  const reasons = [egress?.reason, ingress?.reason].filter((reason) => reason !== undefined);
  return { allowed: true, reason: reasons.join('; ') || 'no pod at either end' };
}

function inDirection(policies: readonly Policy[], direction: Direction, pod: NonNullable<PolicyEnd['pod']>, peer: PolicyEnd, packet: Packet): Verdict {
  const isolating = policies.filter((policy) => policy.metadata.namespace === pod.namespace && typesOf(policy).includes(direction) && labelSelectorMatches(policy.spec?.podSelector ?? {}, pod.labels));
  const subject = `${direction} of ${pod.namespace}/${pod.name}`;
  if (isolating.length === 0) return { allowed: true, reason: `${subject} is not isolated` };
  for (const policy of isolating) {
    const rules = (direction === 'Ingress' ? policy.spec?.ingress : policy.spec?.egress) ?? [];
    for (const rule of rules) {
      if (!portMatches(rule.ports, packet)) continue;
      const peers = (direction === 'Ingress' ? rule.from : rule.to) ?? [];
      if (peers.length === 0 || peers.some((candidate) => peerMatches(candidate, peer, pod.namespace))) return { allowed: true, reason: `${subject} is allowed by ${policy.metadata.name}` };
    }
  }
  return { allowed: false, reason: `${subject} is isolated by ${isolating.map((policy) => policy.metadata.name).sort().join(', ')}, and no rule allows it` };
}

/** Types that were left out: Ingress always, Egress when there are rules for it. */
function typesOf({ spec }: Policy): readonly string[] {
  if (spec?.policyTypes?.length) return spec.policyTypes;
  return spec?.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
}

/** A named port is looked up in the pod that is connected to, in both directions. */
function portMatches(ports: readonly PolicyPort[] | undefined, { port, protocol, destination }: Packet): boolean {
  if (!ports?.length) return true;
  return ports.some((candidate) => {
    if ((candidate.protocol ?? 'TCP') !== protocol) return false;
    if (candidate.port === undefined) return true;
    if (typeof candidate.port === 'number') return port === candidate.port || (candidate.endPort !== undefined && port > candidate.port && port <= candidate.endPort);
    return destination.pod?.ports.some(({ name, containerPort, protocol: own }) => name === candidate.port && containerPort === port && (own ?? 'TCP') === protocol) ?? false;
  });
}

/** Selectors mean pods only; a machine or an address outside can be named by an ipBlock alone. */
function peerMatches({ podSelector, namespaceSelector, ipBlock }: PolicyPeer, { ip, pod }: PolicyEnd, policyNamespace: string): boolean {
  if (ipBlock) return cidrContains(ipBlock.cidr, ip) && !(ipBlock.except ?? []).some((block) => cidrContains(block, ip));
  if (!pod || (!podSelector && !namespaceSelector)) return false;
  if (podSelector && !labelSelectorMatches(podSelector, pod.labels)) return false;
  return namespaceSelector ? labelSelectorMatches(namespaceSelector, pod.namespaceLabels) : pod.namespace === policyNamespace;
}
