import { describe, expect, it } from 'vitest';
import { Cluster, SETTLE_MS } from '../simulation/cluster.ts';
import { defaultConfig } from '../simulation/config.ts';
import type { SimulationInput } from '../simulation/inputs.ts';
import { effectsOf, historyOf, whyChain } from './causes.ts';
import type { WhyStep } from './service.ts';

const START = Date.UTC(2026, 10, 25, 8, 0, 0);
const USER = { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };

function deployment(name: string): SimulationInput {
  const container = { name: 'main', image: 'nginx' };
  const body = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { replicas: 1, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { containers: [container] } } } };
  return { kind: 'api', request: { method: 'POST', path: '/apis/apps/v1/namespaces/default/deployments', body, user: USER, userAgent: 'kubectl/v1.37.2' } };
}

function settled(): Cluster {
  const cluster = Cluster.create(defaultConfig(7, START));
  cluster.advance(START + SETTLE_MS);
  return cluster;
}

function podOf(cluster: Cluster, app: string): { resource: string; key: string } {
  const pod = cluster.store.list('pods', 'default').find(({ metadata }) => metadata.labels?.app === app);
  if (!pod) throw new Error(`no pod of ${app}`);
  return { resource: 'pods', key: `default/${pod.metadata.name}` };
}

const input = (sequence: number): Extract<WhyStep, { kind: 'input' }> => ({ kind: 'input', sequence, time: 0, summary: '' });

/** Writers of a chain, and the input at its end. */
async function chainOf(cluster: Cluster, revision: number): Promise<string[]> {
  const steps = await whyChain(cluster.store.recent, revision, input);
  return steps.map((step) => (step.kind === 'write' ? `${step.write.writer.replace(/ worker-\d/, '')} ${step.change.kind}` : step.kind === 'input' ? `input ${step.sequence}` : step.kind));
}

describe('causes', () => {
  it('lead from a running pod over everybody who had a part in it to the person who asked for it', async () => {
    const cluster = settled();
    cluster.apply(deployment('web'), 1);
    cluster.advance(cluster.now + 10_000);
    const [last] = historyOf(cluster.store.recent, podOf(cluster, 'web'));
    expect(await chainOf(cluster, last?.write.revision ?? 0)).toEqual(['kubelet pod-status', 'kube-scheduler bound', 'replicaset-controller created', 'deployment-controller created', 'kubectl kubernetes-admin created', 'input 1']);
  });

  it('do not mix up what two people did at the same time', async () => {
    const cluster = settled();
    for (let sequence = 1; sequence <= 8; sequence++) cluster.apply(deployment(`web-${sequence}`), sequence);
    cluster.advance(cluster.now + 30_000);
    for (let sequence = 1; sequence <= 8; sequence++) {
      for (const { write } of historyOf(cluster.store.recent, podOf(cluster, `web-${sequence}`))) expect((await chainOf(cluster, write.revision)).at(-1)).toBe(`input ${sequence}`);
    }
  });

  it('find what broke a container at the root of its restart, and nothing but time at the root of a heartbeat', async () => {
    const cluster = settled();
    cluster.apply(deployment('web'), 1);
    cluster.advance(cluster.now + 20_000);
    const pod = podOf(cluster, 'web');
    cluster.apply({ kind: 'operation', request: { name: 'fault.break', args: { fault: 'container-crash', target: pod.key } } }, 2);
    cluster.advance(cluster.now + 400_000);
    const [last] = historyOf(cluster.store.recent, pod);
    expect(last?.change).toMatchObject({ kind: 'pod-status', to: 'Running' });
    expect((await chainOf(cluster, last?.write.revision ?? 0)).at(-1)).toBe('input 2');
    const [heartbeat] = historyOf(cluster.store.recent, { resource: 'nodes', key: cluster.store.get('pods', pod.key)?.spec?.nodeName as string });
    expect(await chainOf(cluster, heartbeat?.write.revision ?? 0)).toEqual(['kubelet status', 'timer']);
  });

  it.each(['node-crash', 'node-partition', 'kubelet-stop'])('lead from a pod that was evicted, and from the one in its place, to the fault: %s', async (fault) => {
    const cluster = settled();
    cluster.apply(deployment('web'), 1);
    cluster.advance(cluster.now + 20_000);
    const evicted = podOf(cluster, 'web');
    const node = cluster.store.get('pods', evicted.key)?.spec?.nodeName as string;
    cluster.apply({ kind: 'operation', request: { name: 'fault.break', args: { fault, target: node } } }, 2);
    cluster.advance(cluster.now + 60_000);
    const toFault = ['node-controller node-ready', 'input 2'];
    const [lost] = historyOf(cluster.store.recent, { resource: 'nodes', key: node }).filter(({ write }) => write.writer === 'node-controller');
    expect(await chainOf(cluster, lost?.write.revision ?? 0)).toEqual(['node-controller taints', ...toFault]);
    cluster.advance(cluster.now + 330_000);
    const pods = cluster.store.list('pods', 'default').filter(({ metadata }) => metadata.labels?.app === 'web');
    const marked = historyOf(cluster.store.recent, evicted).find(({ change }) => change.kind === 'marked');
    expect(await chainOf(cluster, marked?.write.revision ?? 0)).toEqual(['node-controller marked', 'node-controller taints', ...toFault]);
    const replacement = pods.find(({ metadata }) => metadata.name !== evicted.key.split('/')[1]);
    const [running] = historyOf(cluster.store.recent, { resource: 'pods', key: `default/${replacement?.metadata.name}` });
    expect(await chainOf(cluster, running?.write.revision ?? 0)).toEqual(['kubelet pod-status', 'kube-scheduler bound', 'replicaset-controller created', 'node-controller disruption', 'node-controller taints', ...toFault]);
  });

  it('do not blame a fault for a node that had fallen silent before it', async () => {
    const cluster = settled();
    cluster.apply({ kind: 'operation', request: { name: 'fault.break', args: { fault: 'node-partition', target: 'worker-1' } } }, 1);
    cluster.advance(cluster.now + 45_000);
    // Crashing a machine that is cut off already changes nothing about its silence.
    cluster.apply({ kind: 'operation', request: { name: 'fault.break', args: { fault: 'node-crash', target: 'worker-1' } } }, 2);
    cluster.advance(cluster.now + 30_000);
    const [lost] = historyOf(cluster.store.recent, { resource: 'nodes', key: 'worker-1' });
    expect((await chainOf(cluster, lost?.write.revision ?? 0)).at(-1)).toBe('input 1');
  });

  it('lead forward to everything that followed, and to nothing else', () => {
    const cluster = settled();
    cluster.apply(deployment('web'), 1);
    cluster.apply(deployment('shop'), 2);
    cluster.advance(cluster.now + 10_000);
    const effects = effectsOf(cluster.store.recent, 'input', 1).filter(({ write }) => write.resource !== 'events');
    expect(effects[0]?.write).toMatchObject({ resource: 'deployments.apps', key: 'default/web', verb: 'create' });
    expect(effects.length).toBeGreaterThan(5);
    for (const { write } of effects) expect(write.key).toMatch(/^default\/web/);
  });
});
