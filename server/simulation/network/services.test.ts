/** What Services promise: which endpoint a connection is led to, from where, and which names they have. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createCluster, SETTLE_MS, type Cluster } from '../cluster.ts';
import { defaultConfig } from '../config.ts';
import type { Source } from './types.ts';

const START = Date.UTC(2026, 10, 24);
const USER = { username: 'kubernetes-admin', groups: ['system:masters'] };
const CLIENT = '10.244.9.9';
const OUTSIDE = '192.168.49.1';

interface End {
  ip: string;
  node: string;
  ready?: boolean;
  serving?: boolean;
  terminating?: boolean;
  hostname?: string;
}
const END_1: End = { ip: '10.244.1.50', node: 'worker-1' };
const END_2: End = { ip: '10.244.2.50', node: 'worker-2' };
const notReady = (end: End): End => ({ ...end, ready: false, serving: false });
const ending = (end: End): End => ({ ...end, ready: false, serving: true, terminating: true });
const endingUnready = (end: End): End => ({ ...end, ready: false, serving: false, terminating: true });

let cluster: Cluster;
let count = 0;

function post(path: string, body: object): { spec: { clusterIP: string } } {
  const response = cluster.handle({ method: 'POST', path, user: USER, body } as Parameters<Cluster['handle']>[0]);
  if (response.status >= 400) throw new Error(JSON.stringify(response.body));
  return response.body as { spec: { clusterIP: string } };
}

/** A Service without a selector and the endpoints that are made for it by hand. */
function service(spec: object, ends: readonly End[], ports: object[] = [{ name: '', port: 8080 }]): { name: string; ip: string } {
  const name = `s${++count}`;
  const made = post('/api/v1/namespaces/default/services', { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } });
  post('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
    apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name, labels: { 'kubernetes.io/service-name': name } }, addressType: 'IPv4', ports,
    endpoints: ends.map(({ ip, node, hostname, ...conditions }) => ({ addresses: [ip], nodeName: node, ...(hostname ? { hostname } : {}), conditions: { ready: true, serving: true, terminating: false, ...conditions } })),
  });
  cluster.advance(cluster.now + 2_000);
  return { name, ip: made.spec.clusterIP };
}

beforeAll(() => {
  cluster = createCluster(defaultConfig(7, START));
  cluster.advance(START + SETTLE_MS);
});

describe('endpoints of a Service', () => {
  const balanced = { type: 'NodePort' };
  const external = { type: 'NodePort', externalTrafficPolicy: 'Local' };
  const internal = { internalTrafficPolicy: 'Local' };
  type Way = 'cluster IP' | 'node port' | 'node port from the node itself';
  it.each<[string, object, End[], Way, string, string[]]>([
    ['any ready endpoint answers', {}, [END_1, END_2], 'cluster IP', 'worker-3', [END_1.ip, END_2.ip]],
    ['endpoints that are not ready get nothing', {}, [END_1, notReady(END_2)], 'cluster IP', 'worker-3', [END_1.ip]],
    ['endpoints that end get nothing while others are ready', {}, [END_1, ending(END_2)], 'cluster IP', 'worker-3', [END_1.ip]],
    ['endpoints that end and still serve are the fallback when none is ready', {}, [notReady(END_1), ending(END_2)], 'cluster IP', 'worker-3', [END_2.ip]],
    ['endpoints that end and serve no more are no fallback', {}, [endingUnready(END_1)], 'cluster IP', 'worker-3', ['rejected']],
    ['without endpoints a connection is refused', {}, [], 'cluster IP', 'worker-3', ['rejected']],
    ['internalTrafficPolicy Local keeps to the endpoints of the own node', internal, [END_1, END_2], 'cluster IP', 'worker-2', [END_2.ip]],
    ['internalTrafficPolicy Local drops where the own node has none', internal, [END_1, END_2], 'cluster IP', 'worker-3', ['dropped']],
    ['internalTrafficPolicy Local refuses when nobody has any', internal, [], 'cluster IP', 'worker-3', ['rejected']],
    ['internalTrafficPolicy Local falls back to the own endpoint that ends', internal, [END_1, ending(END_2)], 'cluster IP', 'worker-2', [END_2.ip]],
    ['internalTrafficPolicy Local means nothing to a node port', { ...internal, ...balanced }, [END_1], 'node port', 'worker-3', [END_1.ip]],
    ['externalTrafficPolicy Cluster answers on every node', balanced, [END_1], 'node port', 'worker-3', [END_1.ip]],
    ['externalTrafficPolicy Local answers where an endpoint is', external, [END_1, END_2], 'node port', 'worker-1', [END_1.ip]],
    ['externalTrafficPolicy Local drops where none is', external, [END_1], 'node port', 'worker-3', ['dropped']],
    ['externalTrafficPolicy Local refuses when nobody has any', external, [], 'node port', 'worker-3', ['rejected']],
    ['externalTrafficPolicy Local falls back to the own endpoint that ends', external, [END_1, ending(END_2)], 'node port', 'worker-2', [END_2.ip]],
    ['externalTrafficPolicy Local means nothing to the node itself', external, [END_1], 'node port from the node itself', 'worker-3', [END_1.ip]],
    ['externalTrafficPolicy Local means nothing to the cluster IP', external, [END_1], 'cluster IP', 'worker-3', [END_1.ip]],
  ])('%s', (_sentence, spec, ends, way, node, expected) => {
    const port = 30_100 + count;
    const made = service({ ...spec, ports: [{ port: 80, ...('type' in spec ? { nodePort: port } : {}) }] }, ends);
    const proxy = cluster.kubeProxyOf(node);
    const seen = new Set<string>();
    for (let i = 0; i < 40; i++) {
      const found = way === 'cluster IP' ? proxy.translate(made.ip, 80, 'TCP', CLIENT, false) : proxy.translateNodePort(port, 'TCP', OUTSIDE, way !== 'node port');
      seen.add(found.kind === 'backend' ? found.backend.ip : found.kind);
    }
    expect([...seen].sort()).toEqual([...expected].sort());
  });

  it.each([
    ['behind the node under externalTrafficPolicy Cluster', balanced, true],
    ['as it is under externalTrafficPolicy Local', external, false],
  ])("a node port's client is seen %s", (_sentence, spec, masqueraded) => {
    const port = 30_300 + count;
    service({ ...spec, ports: [{ port: 80, nodePort: port }] }, [END_1]);
    expect(cluster.kubeProxyOf('worker-1').translateNodePort(port, 'TCP', OUTSIDE, false)).toMatchObject({ kind: 'backend', masqueraded });
  });

  it('a pod is seen as it is through a cluster IP, but not by itself', () => {
    const { ip } = service({}, [END_1]);
    expect(cluster.kubeProxyOf('worker-1').translate(ip, 80, 'TCP', CLIENT, false)).toMatchObject({ masqueraded: false });
    expect(cluster.kubeProxyOf('worker-1').translate(ip, 80, 'TCP', END_1.ip, false)).toMatchObject({ masqueraded: true });
  });

  it('sessionAffinity ClientIP keeps a client at its endpoint until it was silent for the timeout', () => {
    const ends = Array.from({ length: 20 }, (_, index) => ({ ip: `10.244.1.${100 + index}`, node: 'worker-1' }));
    const { ip } = service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } }, ends);
    const led = (client: string): string => {
      const found = cluster.kubeProxyOf('worker-3').translate(ip, 80, 'TCP', client, false);
      return found.kind === 'backend' ? found.backend.ip : found.kind;
    };
    const first = led(CLIENT);
    for (let i = 0; i < 10; i++) {
      cluster.advance(cluster.now + 50_000);
      expect(led(CLIENT)).toBe(first);
    }
    expect(new Set(Array.from({ length: 20 }, (_, index) => led(`10.244.8.${index}`))).size).toBeGreaterThan(1);
    const later = new Set<string>();
    for (let i = 0; i < 5; i++) {
      cluster.advance(cluster.now + 61_000);
      later.add(led(CLIENT));
    }
    expect(later.size).toBeGreaterThan(1);
  });
});

describe('names of a Service', () => {
  const client: Source = { kind: 'pod', namespace: 'default', name: 'client', node: 'worker-1', ip: CLIENT, hostNetwork: false, dnsPolicy: 'ClusterFirst' };
  const ports = [{ name: 'http', port: 80, targetPort: 8080 }, { name: 'admin', port: 81, targetPort: 8081 }];
  const slicePorts = [{ name: 'http', port: 8080 }, { name: 'admin', port: 8081 }];
  const names: Record<string, () => { name: string; ip: string }> = {
    balanced: () => service({ ports }, [END_1, END_2], slicePorts),
    headless: () => service({ clusterIP: 'None', ports }, [{ ...END_1, hostname: 'db-0' }, END_2], slicePorts),
    'unready headless': () => service({ clusterIP: 'None', ports }, [notReady(END_1)], slicePorts),
    'headless without ports': () => service({ clusterIP: 'None', ports: [] }, [END_1], []),
    alias: () => service({ type: 'ExternalName', externalName: 'example.com', ports: [] }, []),
    'address as alias': () => service({ type: 'ExternalName', externalName: '1.2.3.4', ports: [] }, []),
  };
  const made = new Map<string, { name: string; ip: string }>();
  beforeAll(() => {
    for (const key of Object.keys(names)) made.set(key, (names[key] as () => { name: string; ip: string })());
  });

  it.each<[string, keyof typeof names, string, 'A' | 'SRV', string[] | string]>([
    ['its cluster IP', 'balanced', '', 'A', ['A IP']],
    ['its cluster IP by the name of a port', 'balanced', '_http._tcp.', 'A', ['A IP']],
    ['a port by its name, at its cluster IP', 'balanced', '_http._tcp.', 'SRV', ['SRV 0 100 80 BASE']],
    ['all ports, which share the weight', 'balanced', '', 'SRV', ['SRV 0 50 80 BASE', 'SRV 0 50 81 BASE']],
    ['no port of another protocol', 'balanced', '_http._udp.', 'SRV', 'NXDOMAIN'],
    ['no port of another name', 'balanced', '_sql._tcp.', 'SRV', 'NXDOMAIN'],
    ['an endpoint of it by its address', 'balanced', '10-244-1-50.', 'A', ['A 10.244.1.50']],
    ['no endpoint that it does not have', 'balanced', '10-244-1-51.', 'A', 'NXDOMAIN'],
    ['the addresses of its ready endpoints, each once', 'headless', '', 'A', ['A 10.244.1.50', 'A 10.244.2.50']],
    ['an endpoint by its host name', 'headless', 'db-0.', 'A', ['A 10.244.1.50']],
    ['an endpoint with a host name not by its address', 'headless', '10-244-1-50.', 'A', 'NXDOMAIN'],
    ["its endpoints' own port, at their names", 'headless', '_http._tcp.', 'SRV', ['SRV 0 50 8080 db-0.BASE', 'SRV 0 50 8080 10-244-2-50.BASE']],
    ['nothing while no endpoint is ready', 'unready headless', '', 'A', 'NXDOMAIN'],
    ['addresses without any port', 'headless without ports', '', 'A', ['A 10.244.1.50']],
    ['no SRV records without any port', 'headless without ports', '', 'SRV', 'NODATA'],
    ['the name that it is an alias of', 'alias', '', 'A', ['CNAME example.com']],
    ['nothing below an alias', 'alias', 'x.', 'A', 'NXDOMAIN'],
    ['nothing when an address was taken for a name', 'address as alias', '', 'A', 'NXDOMAIN'],
  ])('%s (%s)', (_sentence, key, prefix, type, expected) => {
    const { name, ip } = made.get(key) as { name: string; ip: string };
    const base = `${name}.default.svc.cluster.local`;
    const answer = cluster.network.question(client, `${prefix}${base}`, type);
    const shown = answer?.kind === 'records' ? answer.records.map((record) => `${record.type} ${record.value}`.replace(base, 'BASE').replace(ip, 'IP')) : answer?.kind;
    expect(shown).toEqual(expected);
  });

  it('an address leads back to the name of its endpoint', () => {
    const { name } = service({ clusterIP: 'None' }, [{ ip: '10.244.3.77', node: 'worker-3', hostname: 'only' }]);
    expect(cluster.network.question(client, '77.3.244.10.in-addr.arpa', 'PTR')).toMatchObject({ records: [{ value: `only.${name}.default.svc.cluster.local` }] });
  });

  it('publishNotReadyAddresses names and reaches pods that are not ready', () => {
    const labels = { app: 'slow' };
    post('/api/v1/namespaces/default/pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'slow', labels }, spec: { containers: [{ name: 'c', image: 'nginx', readinessProbe: { httpGet: { path: '/', port: 4444 } } }] } });
    for (const publishNotReadyAddresses of [true, false]) {
      post('/api/v1/namespaces/default/services', { apiVersion: 'v1', kind: 'Service', metadata: { name: `slow-${publishNotReadyAddresses}` }, spec: { clusterIP: 'None', selector: labels, publishNotReadyAddresses, ports: [{ port: 80 }] } });
    }
    cluster.advance(cluster.now + 20_000);
    expect(cluster.network.resolve(client, 'slow-true')).toMatchObject({ kind: 'addresses' });
    expect(cluster.network.resolve(client, 'slow-false')).toMatchObject({ kind: 'not-found' });
  });
});
