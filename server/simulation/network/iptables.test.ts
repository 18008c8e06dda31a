import { describe, expect, it } from 'vitest';
import type { Cluster } from '../cluster.ts';
import { defaultConfig } from '../config.ts';
import { settledCluster } from '../harness/settled.ts';
import { chainHash, listed, saved, tablesOf } from './iptables.ts';

const START = Date.UTC(2026, 10, 24);
const USER = { username: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated'] };

function clusterWith(service: Record<string, unknown>, replicas = 3): Cluster {
  const cluster = settledCluster(defaultConfig(7, START));
  let sequence = 0;
  const create = (path: string, body: unknown): void => void cluster.apply({ kind: 'api', request: { method: 'POST', path, body, user: USER } }, ++sequence);
  const labels = { app: 'web' };
  create('/apis/apps/v1/namespaces/default/deployments', {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'nginx', image: 'nginx' }] } } },
  });
  create('/api/v1/namespaces/default/services', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { selector: labels, ports: [{ port: 80 }], ...service } });
  cluster.advance(cluster.now + 10_000);
  return cluster;
}

const rulesOf = (cluster: Cluster, node = 'worker-1'): string => {
  const { nat, filter } = tablesOf(cluster.kubeProxyOf(node));
  return saved(filter) + saved(nat);
};

describe("kube-proxy's rules", () => {
  it.each([
    ['default/kubernetes:https', 'tcp', 'NPX46M4PTMTKRN6Y'],
    ['kube-system/kube-dns:dns', 'udp', 'TCOU7JCQXEZGVUNU'],
    ['kube-system/kube-dns:dns-tcp', 'tcp', 'ERIFXISQEP7F7OF4'],
    ['kube-system/kube-dns:metrics', 'tcp', 'JD5MR3NA4I4DYORP'],
  ])('chains of %s are named as on every cluster', (name, protocol, hash) => {
    expect(chainHash(name, protocol)).toBe(hash);
  });

  it('share a service out evenly over its endpoints', () => {
    const text = rulesOf(clusterWith({}));
    const probabilities = [...text.matchAll(/default\/web -> \S+".*?(?:--probability (\S+))? -j KUBE-SEP/g)].map(([, probability]) => probability);
    expect(probabilities).toEqual(['0.33333333349', '0.50000000000', undefined]);
    expect(text.match(/--to-destination 10\.244\.\d+\.\d+:80/g)).toHaveLength(3);
  });

  it('lead from a node port through the external chain', () => {
    const text = rulesOf(clusterWith({ type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] }));
    const hash = chainHash('default/web', 'tcp');
    expect(text).toContain(`-A KUBE-NODEPORTS -p tcp -m comment --comment "default/web" -m tcp --dport 30080 -j KUBE-EXT-${hash}`);
    expect(text).toContain(`-A KUBE-EXT-${hash} -j KUBE-SVC-${hash}`);
  });

  it('reject what has no endpoints', () => {
    expect(rulesOf(clusterWith({}, 0))).toMatch(/-A KUBE-SERVICES -d \S+\/32 -p tcp -m comment --comment "default\/web has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable/);
  });

  it('keep a client at its endpoint for ClientIP', () => {
    expect(rulesOf(clusterWith({ sessionAffinity: 'ClientIP' })).match(/--rcheck --seconds 10800 --reap --name KUBE-SEP-/g)).toHaveLength(3);
  });

  it('name the endpoints that a request reaches', () => {
    const cluster = clusterWith({});
    const text = rulesOf(cluster);
    const ip = /-A KUBE-SERVICES -d (\S+)\/32 .*"default\/web cluster IP"/.exec(text)?.[1] ?? '';
    for (let i = 0; i < 20; i++) {
      const reached = cluster.kubeProxyOf('worker-1').translate(ip, 80, 'TCP', '10.244.1.9', false);
      expect(reached.kind).toBe('backend');
      if (reached.kind === 'backend') expect(text).toContain(`--to-destination ${reached.backend.ip}:${reached.backend.port}`);
    }
  });

  it('are listed by chain', () => {
    const { nat } = tablesOf(clusterWith({}).kubeProxyOf('worker-1'));
    expect(listed(nat, 'KUBE-NODEPORTS')).toBe('Chain KUBE-NODEPORTS (1 references)\ntarget     prot opt source               destination         \n');
    expect(listed(nat, 'NOSUCH')).toBeUndefined();
  });
});
