/** NetworkPolicies (`pkg/apis/networking/validation`). */
import { isStrictSubset, parseCidr } from '../cidr.ts';
import type { LabelSelector } from '../selectors.ts';
import { forbidden, invalid, notSupported, required, type FieldError } from './errors.ts';
import { checkPortName } from './names.ts';
import { selectorErrors } from './workloads.ts';

type Json = Record<string, unknown>;

interface Port {
  protocol?: string;
  port?: number | string;
  endPort?: number;
}

interface Peer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr?: string; except?: string[] };
}

interface Spec {
  podSelector?: LabelSelector;
  policyTypes?: string[];
  ingress?: { ports?: Port[]; from?: Peer[] }[];
  egress?: { ports?: Port[]; to?: Peer[] }[];
}

const TYPES = ['Ingress', 'Egress'];
const CIDR_PROBLEM = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

export function networkPolicyErrors(object: Json): FieldError[] {
  const spec = (object.spec ?? {}) as Spec;
  const errors = selectorErrors(spec.podSelector, 'spec.podSelector');
  const rule = (at: string, ports: Port[] | undefined, peers: Peer[] | undefined, peerField: string): void => {
    ports?.forEach((port, i) => errors.push(...portErrors(port, `${at}.ports[${i}]`)));
    peers?.forEach((peer, i) => errors.push(...peerErrors(peer, `${at}.${peerField}[${i}]`)));
  };
  spec.ingress?.forEach(({ ports, from }, i) => rule(`spec.ingress[${i}]`, ports, from, 'from'));
  spec.egress?.forEach(({ ports, to }, i) => rule(`spec.egress[${i}]`, ports, to, 'to'));
  const types = spec.policyTypes ?? [];
  if (types.length > TYPES.length) return [...errors, invalid('spec.policyTypes', types, 'may not specify more than two policyTypes')];
  types.forEach((type, i) => {
    if (!TYPES.includes(type)) errors.push(notSupported(`spec.policyTypes[${i}]`, type, ['Egress', 'Ingress']));
  });
  return errors;
}

function portErrors({ protocol, port, endPort }: Port, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (protocol !== undefined && !['TCP', 'UDP', 'SCTP'].includes(protocol)) errors.push(notSupported(`${at}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']));
  const range = (field: string, value: number): void => {
    if (value < 1 || value > 65_535) errors.push(invalid(`${at}.${field}`, value, 'must be between 1 and 65535, inclusive'));
  };
  if (port === undefined) {
    if (endPort !== undefined) errors.push(invalid(`${at}.endPort`, endPort, 'may not be specified when `port` is not specified'));
  } else if (typeof port === 'string') {
    if (endPort !== undefined) errors.push(invalid(`${at}.endPort`, endPort, 'may not be specified when `port` is non-numeric'));
    for (const problem of checkPortName(port)) errors.push(invalid(`${at}.port`, port, problem));
  } else {
    range('port', port);
    if (endPort !== undefined) {
      if (endPort < port) errors.push(invalid(`${at}.endPort`, endPort, 'must be greater than or equal to `port`'));
      range('endPort', endPort);
    }
  }
  return errors;
}

function peerErrors({ podSelector, namespaceSelector, ipBlock }: Peer, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (podSelector) errors.push(...selectorErrors(podSelector, `${at}.podSelector`));
  if (namespaceSelector) errors.push(...selectorErrors(namespaceSelector, `${at}.namespaceSelector`));
  if (ipBlock) errors.push(...blockErrors(ipBlock, `${at}.ipBlock`));
  if (!podSelector && !namespaceSelector && !ipBlock) errors.push(required(at, 'must specify a peer'));
  else if (ipBlock && (podSelector || namespaceSelector)) errors.push(forbidden(at, 'may not specify both ipBlock and another peer'));
  return errors;
}

function blockErrors({ cidr, except = [] }: NonNullable<Peer['ipBlock']>, at: string): FieldError[] {
  if (!cidr) return [required(`${at}.cidr`)];
  const whole = parseCidr(cidr);
  if (!whole) return [invalid(`${at}.cidr`, cidr, CIDR_PROBLEM)];
  return except.flatMap((text, i) => {
    const part = parseCidr(text);
    if (!part) return [invalid(`${at}.except[${i}]`, text, CIDR_PROBLEM)];
    return isStrictSubset(part, whole) ? [] : [invalid(`${at}.except[${i}]`, text, 'must be a strict subset of `cidr`')];
  });
}
