import { describe, expect, it } from 'vitest';
import { policyVerdict, type Packet, type Policy, type PolicyEnd } from './policy.ts';

const pod = (namespace: string, name: string, ip: string, node: string, ports: NonNullable<PolicyEnd['pod']>['ports'] = []): PolicyEnd => ({
  ip, node,
  pod: { namespace, name, labels: { app: name }, namespaceLabels: { 'kubernetes.io/metadata.name': namespace, team: namespace }, ports },
});
const web = pod('shop', 'web', '10.244.1.5', 'worker-1');
const db = pod('shop', 'db', '10.244.2.6', 'worker-2', [{ name: 'sql', containerPort: 5432 }, { name: 'dns', containerPort: 53, protocol: 'UDP' }]);
const spy = pod('other', 'web', '10.244.2.7', 'worker-2');
const worker1: PolicyEnd = { ip: '192.168.49.3', node: 'worker-1' };
const worker2: PolicyEnd = { ip: '192.168.49.4', node: 'worker-2' };
const outside: PolicyEnd = { ip: '192.168.49.1' };

const policy = (spec: Policy['spec'], name = 'p', namespace = 'shop'): Policy => ({ metadata: { namespace, name }, spec });
const all = { podSelector: {} };
const app = (name: string): { podSelector: { matchLabels: Record<string, string> } } => ({ podSelector: { matchLabels: { app: name } } });
const denyIngress = policy({ ...all, policyTypes: ['Ingress'] }, 'deny-ingress');
const denyEgress = policy({ ...all, policyTypes: ['Egress'] }, 'deny-egress');
const ingress = (rule: object, extra: object = {}): Policy => policy({ ...app('db'), ...extra, ingress: [rule] });
const egress = (rule: object): Policy => policy({ ...app('web'), policyTypes: ['Egress'], egress: [rule] });

const [ALLOWED, DENIED] = [true, false];

describe('NetworkPolicies', () => {
  it.each<[string, Policy[], PolicyEnd, PolicyEnd, boolean, Partial<Packet>?]>([
    ['no policy at all allows everything', [], web, db, ALLOWED],
    ['a policy without rules isolates every pod of its namespace from everybody', [denyIngress], web, db, DENIED],
    ['a policy of another namespace does not count', [policy(denyIngress.spec, 'p', 'other')], web, db, ALLOWED],
    ['a policy that does not select the pod does not isolate it', [policy({ ...app('web'), policyTypes: ['Ingress'] })], web, db, ALLOWED],
    ['a policy without a podSelector selects every pod', [policy({ policyTypes: ['Ingress'] })], web, db, DENIED],
    ['an isolated pod may still send: isolation is per direction', [policy({ ...app('web'), policyTypes: ['Ingress'] })], web, db, ALLOWED],
    ['a pod that may not send does not reach a pod that everybody may reach', [denyEgress, ingress({})], web, db, DENIED],
    ['a pod that may send does not reach a pod that nobody may reach', [egress({}), policy({ ...app('db') })], web, db, DENIED],
    ['denied egress does not keep others out', [denyEgress], spy, db, ALLOWED],
    ['policyTypes left out mean Ingress', [policy({ ...all })], web, db, DENIED],
    ['policyTypes left out do not mean Egress when there are no egress rules', [policy({ ...app('web') })], web, db, ALLOWED],
    ['policyTypes left out do not mean Egress when the list of egress rules is empty', [policy({ ...app('web'), egress: [] })], web, db, ALLOWED],
    ['policyTypes left out mean Egress too when there are egress rules', [policy({ ...app('web'), egress: [{ to: [app('nobody')] }] })], web, db, DENIED],
    ['egress rules of a policy for Ingress only are not read', [policy({ ...app('web'), policyTypes: ['Ingress'], egress: [{ to: [app('nobody')] }] })], web, db, ALLOWED],
    ['an empty rule allows everything', [ingress({})], spy, db, ALLOWED],
    ['an empty list of rules allows nothing', [policy({ ...all, ingress: [] })], web, db, DENIED],
    ['a rule with an empty list of peers allows every peer', [ingress({ from: [] })], outside, db, ALLOWED],
    ['policies add up: what one allows no other takes away', [denyIngress, ingress({ from: [app('web')] })], web, db, ALLOWED],
    ['a podSelector alone means pods of the policy\'s namespace', [ingress({ from: [app('web')] })], spy, db, DENIED],
    ['a namespaceSelector alone means every pod of those namespaces', [ingress({ from: [{ namespaceSelector: { matchLabels: { team: 'other' } } }] })], spy, db, ALLOWED],
    ['a namespaceSelector does not mean the policy\'s own namespace unless it selects it', [ingress({ from: [{ namespaceSelector: { matchLabels: { team: 'other' } } }] })], web, db, DENIED],
    ['an empty namespaceSelector means every namespace', [ingress({ from: [{ namespaceSelector: {} }] })], spy, db, ALLOWED],
    ['both selectors in one peer must match', [ingress({ from: [{ namespaceSelector: { matchLabels: { team: 'other' } }, ...app('db') }] })], spy, db, DENIED],
    ['both selectors in one peer that match allow', [ingress({ from: [{ namespaceSelector: { matchLabels: { team: 'other' } }, ...app('web') }] })], spy, db, ALLOWED],
    ['selectors in two peers are alternatives', [ingress({ from: [{ namespaceSelector: { matchLabels: { team: 'other' } } }, app('db')] })], spy, db, ALLOWED],
    ['matchExpressions select as labels do', [ingress({ from: [{ podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] } }] })], web, db, DENIED],
    ['selectors never mean an address outside', [ingress({ from: [{ namespaceSelector: {} }] })], outside, db, DENIED],
    ['selectors never mean another machine', [ingress({ from: [{ namespaceSelector: {} }] })], worker1, db, DENIED],
    ['an ipBlock holds an address outside', [ingress({ from: [{ ipBlock: { cidr: '192.168.49.0/24' } }] })], outside, db, ALLOWED],
    ['an ipBlock does not hold what it excepts', [ingress({ from: [{ ipBlock: { cidr: '192.168.0.0/16', except: ['192.168.49.1/32'] } }] })], outside, db, DENIED],
    ['an ipBlock holds its other addresses', [ingress({ from: [{ ipBlock: { cidr: '192.168.0.0/16', except: ['192.168.49.1/32'] } }] })], worker1, db, ALLOWED],
    ['an excepted address may come in by another rule', [policy({ ...app('db'), ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.244.0.0/16'] } }] }, { from: [app('web')] }] })], web, db, ALLOWED],
    ['an ipBlock of every address holds pods too', [ingress({ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] })], spy, db, ALLOWED],
    ['an ipBlock of IPv6 holds no IPv4 address', [ingress({ from: [{ ipBlock: { cidr: '::/0' } }] })], web, db, DENIED],
    ["the pod's own node always comes in", [denyIngress], worker2, db, ALLOWED],
    ['another node does not', [denyIngress], worker1, db, DENIED],
    ['a pod on the same node is no node', [denyIngress], spy, db, DENIED],
    ['a pod reaches itself whatever is denied', [denyIngress, denyEgress], web, web, ALLOWED],
    ['a port by number', [ingress({ ports: [{ port: 5432 }] })], web, db, ALLOWED],
    ['another port than the one by number', [ingress({ ports: [{ port: 80 }] })], web, db, DENIED],
    ['one of several ports', [ingress({ ports: [{ port: 80 }, { port: 5432 }] })], web, db, ALLOWED],
    ['peers and ports of one rule must both match', [ingress({ from: [app('web')], ports: [{ port: 80 }] }), ingress({ from: [app('nobody')], ports: [{ port: 5432 }] })], web, db, DENIED],
    ["a port by its name in the pod's containers", [ingress({ ports: [{ port: 'sql' }] })], web, db, ALLOWED],
    ['a name that no container has', [ingress({ ports: [{ port: 'http' }] })], web, db, DENIED],
    ['a name whose port has another protocol', [ingress({ ports: [{ port: 'dns' }] })], web, db, DENIED, { port: 53 }],
    ['egress looks a name up in the pod that is connected to', [egress({ ports: [{ port: 'sql' }] })], web, db, ALLOWED],
    ['a name means nothing on an address outside', [egress({ ports: [{ port: 'sql' }] })], web, outside, DENIED],
    ['a range of ports begins with its port', [ingress({ ports: [{ port: 5432, endPort: 6000 }] })], web, db, ALLOWED],
    ['a range of ports ends with its endPort', [ingress({ ports: [{ port: 5000, endPort: 5432 }] })], web, db, ALLOWED],
    ['a port past the range', [ingress({ ports: [{ port: 5000, endPort: 5431 }] })], web, db, DENIED],
    ['a protocol without a port means all its ports', [ingress({ ports: [{ protocol: 'UDP' }] })], web, db, ALLOWED, { protocol: 'UDP' }],
    ['a protocol without a port does not mean another protocol', [ingress({ ports: [{ protocol: 'UDP' }] })], web, db, DENIED],
    ['a port without a protocol is one of TCP', [ingress({ ports: [{ port: 5432 }] })], web, db, DENIED, { protocol: 'UDP' }],
    ['a ping passes a rule without ports', [ingress({ from: [app('web')] })], web, db, ALLOWED, { protocol: 'ICMP', port: 0 }],
    ['a ping passes no rule with ports', [ingress({ ports: [{ port: 5432 }] })], web, db, DENIED, { protocol: 'ICMP', port: 0 }],
    ['egress to a machine needs an ipBlock', [egress({ to: [{ namespaceSelector: {} }] })], web, worker2, DENIED],
    ['egress to a machine by an ipBlock', [egress({ to: [{ ipBlock: { cidr: '192.168.49.4/32' } }] })], web, worker2, ALLOWED],
    ["egress to the pod's own machine is no exception", [denyEgress], web, worker1, DENIED],
    ['machines are isolated by nothing', [denyEgress, denyIngress], worker1, worker2, ALLOWED],
  ])('%s', (_sentence, policies, source, destination, allowed, packet) => {
    expect(policyVerdict(policies, { source, destination, port: 5432, protocol: 'TCP', ...packet })).toMatchObject({ allowed });
    expect(policyVerdict([...policies].reverse(), { source, destination, port: 5432, protocol: 'TCP', ...packet })).toMatchObject({ allowed });
  });

  it('names the policies that isolate a pod', () => {
    const { reason } = policyVerdict([denyIngress, ingress({ from: [app('nobody')] })], { source: web, destination: db, port: 5432, protocol: 'TCP' });
    expect(reason).toBe('Ingress of shop/db is isolated by deny-ingress, p, and no rule allows it');
  });
});
