/** NetworkPolicies on a whole cluster: what a student sees who writes one. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Cluster } from '../cluster.ts';
import { defaultConfig, type ClusterConfig } from '../config.ts';
import { settledCluster } from '../harness/settled.ts';
import type { KubeObject } from '../apiserver/types.ts';
import type { Source } from './types.ts';

const START = Date.UTC(2026, 10, 24);
const USER = { username: 'kubernetes-admin', groups: ['system:masters'] };

class Room {
  readonly cluster: Cluster;

  constructor(config: Partial<ClusterConfig> = {}) {
    this.cluster = settledCluster({ ...defaultConfig(7, START), ...config });
    this.pod('server', 'worker-1', 'nginx', { app: 'server' });
    this.pod('client', 'worker-2', 'busybox', { app: 'client' });
    this.api('POST', '/api/v1/namespaces/default/services', {
      apiVersion: 'v1', kind: 'Service', metadata: { name: 'server' }, spec: { type: 'NodePort', selector: { app: 'server' }, ports: [{ port: 80, nodePort: 30_080 }] },
    });
    this.seconds(20);
  }

  api(method: string, path: string, body?: object): KubeObject {
    const response = this.cluster.handle({ method, path, user: USER, ...(body ? { body } : {}) } as Parameters<Cluster['handle']>[0]);
    if (response.status >= 400) throw new Error(JSON.stringify(response.body));
    return response.body as KubeObject;
  }

  seconds(count: number): void {
    this.cluster.advance(this.cluster.now + count * 1_000);
  }

  pod(name: string, nodeName: string, image: string, labels: Record<string, string>, extra: object = {}): void {
    this.api('POST', '/api/v1/namespaces/default/pods', {
      apiVersion: 'v1', kind: 'Pod', metadata: { name, labels },
      spec: { nodeName, terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image, ...(image === 'busybox' ? { command: ['sleep', '10000'] } : {}) }], ...extra },
    });
  }

  policy(name: string, spec: object): void {
    this.api('POST', '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies', { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name }, spec });
  }

  ip(name: string): string {
    return (this.api('GET', `/api/v1/namespaces/default/pods/${name}`).status as { podIP: string }).podIP;
  }

  from(name: string): Source {
    const { nodeName, hostNetwork } = this.api('GET', `/api/v1/namespaces/default/pods/${name}`).spec as { nodeName: string; hostNetwork?: boolean };
    return { kind: 'pod', namespace: 'default', name, node: nodeName, ip: this.ip(name), hostNetwork: hostNetwork ?? false, dnsPolicy: 'ClusterFirst' };
  }

  /** HTTP status, or why there was none. */
  get(source: Source, url: string): number | string {
    const result = this.cluster.request(source, { method: 'GET', url, headers: {} });
    return result.kind === 'response' ? result.status : result.reason;
  }
}

const DENY_INGRESS = { podSelector: {}, policyTypes: ['Ingress'] };
const DENY_EGRESS = { podSelector: {}, policyTypes: ['Egress'] };
const OUTSIDE: Source = { kind: 'outside', tunnel: false };

describe('a cluster with kindnet', () => {
  let room: Room;
  beforeEach(() => {
    room = new Room();
  });

  it('drops what a policy denies: a connection times out, by pod address and through the Service', () => {
    expect(room.get(room.from('client'), 'http://server/')).toBe(200);
    room.policy('deny', DENY_INGRESS);
    expect(room.get(room.from('client'), 'http://server/')).toBe('timeout');
    expect(room.get(room.from('client'), `http://${room.ip('server')}/`)).toBe('timeout');
    expect(room.cluster.network.ping(room.from('client'), room.ip('server'))).toBe(false);
    room.policy('allow', { podSelector: { matchLabels: { app: 'server' } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'client' } } }], ports: [{ port: 80 }] }] });
    expect(room.get(room.from('client'), 'http://server/')).toBe(200);
    expect(room.cluster.network.ping(room.from('client'), room.ip('server'))).toBe(false);
  });

  it('loses names with the egress that is denied, until DNS is allowed', () => {
    room.policy('deny', DENY_EGRESS);
    expect(room.cluster.network.resolve(room.from('client'), 'server')).toMatchObject({ kind: 'no-server' });
    expect(room.get(room.from('client'), 'http://server/')).toBe('dns');
    room.policy('dns', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }], ports: [{ port: 53, protocol: 'UDP' }] }] });
    expect(room.cluster.network.resolve(room.from('client'), 'server')).toMatchObject({ kind: 'addresses' });
    expect(room.get(room.from('client'), 'http://server/')).toBe('timeout');
    expect(room.get(room.from('client'), 'https://kubernetes/')).toBe('timeout');
    room.policy('servers', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ podSelector: { matchLabels: { app: 'server' } } }] }] });
    expect(room.get(room.from('client'), 'http://server/')).toBe(200);
  });

  it('lets the own node in, but no other', () => {
    room.policy('deny', DENY_INGRESS);
    expect(room.get({ kind: 'node', node: 'worker-1' }, `http://${room.ip('server')}/`)).toBe(200);
    expect(room.get({ kind: 'node', node: 'worker-3' }, `http://${room.ip('server')}/`)).toBe('timeout');
  });

  it('sees pods in the network of a node as that node', () => {
    room.pod('near', 'worker-1', 'busybox', { app: 'client' }, { hostNetwork: true });
    room.pod('far', 'worker-2', 'busybox', { app: 'client' }, { hostNetwork: true });
    room.seconds(10);
    room.policy('deny', { podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'client' } } }] }] });
    expect(room.get(room.from('near'), `http://${room.ip('server')}/`)).toBe(200);
    expect(room.get(room.from('far'), `http://${room.ip('server')}/`)).toBe('timeout');
    expect(room.get(room.from('client'), `http://${room.ip('server')}/`)).toBe(200);
  });

  it("sees a node port's client behind the node that was addressed, unless that is the pod's own", () => {
    const address = (node: string): string => room.cluster.addressOf(node);
    room.policy('worker-2', { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: `${address('worker-2')}/32` } }] }] });
    expect(room.get(OUTSIDE, `http://${address('worker-2')}:30080/`)).toBe(200);
    expect(room.get(OUTSIDE, `http://${address('worker-3')}:30080/`)).toBe('timeout');
    expect(room.get(OUTSIDE, `http://${address('worker-1')}:30080/`)).toBe('timeout');
    room.policy('outside', { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '192.168.49.1/32' } }] }] });
    expect(room.get(OUTSIDE, `http://${address('worker-1')}:30080/`)).toBe(200);
  });

  it('keeps a pod ready whose probes come from its own node', () => {
    room.policy('deny', DENY_INGRESS);
    room.pod('probed', 'worker-3', 'nginx', { app: 'probed' }, { containers: [{ name: 'c', image: 'nginx', readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 1 } }] });
    room.seconds(20);
    expect((room.api('GET', '/api/v1/namespaces/default/pods/probed').status as { conditions: object[] }).conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
  });

  it('fills policyTypes in as the API server does', () => {
    room.policy('empty', { podSelector: {}, egress: [] });
    room.policy('some', { podSelector: {}, egress: [{}] });
    const typesOf = (name: string): unknown => (room.api('GET', `/apis/networking.k8s.io/v1/namespaces/default/networkpolicies/${name}`).spec as { policyTypes: string[] }).policyTypes;
    expect([typesOf('empty'), typesOf('some')]).toEqual([['Ingress'], ['Ingress', 'Egress']]);
  });

  it('enforces nothing any more where kindnetd is gone', () => {
    room.policy('deny', DENY_INGRESS);
    room.api('DELETE', '/apis/apps/v1/namespaces/kube-system/daemonsets/kindnet');
    room.seconds(60);
    expect(room.get(room.from('client'), 'http://server/')).toBe(200);
  });
});

it('a cluster without a network plugin enforces no policies', () => {
  const room = new Room({ networkPlugin: 'none' });
  room.policy('deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  expect(room.get(room.from('client'), 'http://server/')).toBe(200);
});
