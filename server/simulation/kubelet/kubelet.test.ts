import { describe, expect, it } from 'vitest';
import { fakeCluster } from './testing/fake-cluster.ts';

describe('kubelet', () => {
  it('runs a pod', () => {
    const c = fakeCluster(1);
    c.pod('web', { containers: [{ name: 'web', image: 'nginx:1.27' }] });
    c.run(3_000);
    console.log(JSON.stringify(c.store.get('pods', 'default/web')?.status, null, 1));
    console.log(c.events('web'));
    expect((c.store.get('pods', 'default/web')?.status as { phase: string }).phase).toBe('Running');
  });
  it('is fast', () => {
    const c = fakeCluster(500);
    for (let i = 0; i < 10_000; i++) c.pod(`p${i}`, { nodeName: `node-${(i % 500) + 1}`, containers: [{ name: 'web', image: 'nginx:1.27', volumeMounts: [{ name: 'kube-api-access-x', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true }] }], volumes: [{ name: 'kube-api-access-x', projected: { sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3607 } }, { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } }] } }] });
    const before = performance.now();
    c.run(40_000);
    console.log('ms', performance.now() - before, c.store.revision);
    expect(c.store.list('pods').filter((p) => (p.status as { phase: string }).phase === 'Running').length).toBe(10_000);
  });
});
