import { describe, expect, it } from 'vitest';
import { formatFieldError } from './errors.ts';
import { networkPolicyErrors } from './network-policy.ts';

const from = (...peers: object[]): object => ({ ingress: [{ from: peers }] });
const ports = (...list: object[]): object => ({ egress: [{ ports: list }] });

describe('a NetworkPolicy that is refused', () => {
  it.each<[object, string[]]>([
    [{ policyTypes: ['Ingress', 'Egress'] }, []],
    [{ policyTypes: ['Both'] }, ['spec.policyTypes[0]: Unsupported value: "Both": supported values: "Egress", "Ingress"']],
    [{ policyTypes: ['Ingress', 'Egress', 'Ingress'] }, ['spec.policyTypes: Invalid value: ["Ingress","Egress","Ingress"]: may not specify more than two policyTypes']],
    [from({}), ['spec.ingress[0].from[0]: Required value: must specify a peer']],
    [from({ podSelector: {} }, { namespaceSelector: {}, podSelector: {} }), []],
    [from({ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }), ['spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer']],
    [from({ ipBlock: { cidr: '' } }), ['spec.ingress[0].from[0].ipBlock.cidr: Required value']],
    [from({ ipBlock: { cidr: '10.0.0.0' } }), ['spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
    [from({ ipBlock: { cidr: '10.0.0.0/33' } }), ['spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "10.0.0.0/33": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
    [from({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }, { ipBlock: { cidr: '2001:db8::/32', except: ['2001:db8:1::/48'] } }), []],
    [from({ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }), ['spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`']],
    [from({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] } }), ['spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "10.0.0.0/8": must be a strict subset of `cidr`']],
    [from({ ipBlock: { cidr: '::/0', except: ['10.0.0.0/8'] } }), ['spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "10.0.0.0/8": must be a strict subset of `cidr`']],
    [ports({ port: 80, endPort: 90 }, { port: 'http' }, { protocol: 'SCTP' }), []],
    [ports({ port: 0 }), ['spec.egress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive']],
    [ports({ port: 80, endPort: 79 }), ['spec.egress[0].ports[0].endPort: Invalid value: 79: must be greater than or equal to `port`']],
    [ports({ port: 'http', endPort: 90 }), ['spec.egress[0].ports[0].endPort: Invalid value: 90: may not be specified when `port` is non-numeric']],
    [ports({ endPort: 90 }), ['spec.egress[0].ports[0].endPort: Invalid value: 90: may not be specified when `port` is not specified']],
    [ports({ port: 80, protocol: 'ICMP' }), ['spec.egress[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"']],
  ])('%j', (spec, expected) => {
    expect(networkPolicyErrors({ spec: { podSelector: {}, ...spec } }).map(formatFieldError)).toEqual(expected);
  });
});
