import { describe, expect, it } from 'vitest';
import { node, pod, service, tables, workload } from './for-tests.ts';
import { compareNames, hueOf, palette, rootWorkload, SceneBuilder, type Scope } from './scene.ts';

const ALL: Scope = { namespace: null, system: false };

function rows() {
  return {
    nodes: [node('worker-10'), node('worker-2'), node('control-plane', { role: 'control-plane' })],
    pods: [
      pod('default/web-1-b', { node: 'worker-2', owner: { kind: 'ReplicaSet', name: 'web-1' }, createdAt: 2 }),
      pod('default/api-1-a', { node: 'worker-2', owner: { kind: 'ReplicaSet', name: 'api-1' }, createdAt: 9 }),
      pod('default/web-1-a', { node: 'worker-2', owner: { kind: 'ReplicaSet', name: 'web-1' }, createdAt: 1 }),
      pod('kube-system/coredns-x', { node: 'worker-2' }),
      pod('default/late', { node: '', status: 'Pending', phase: 'Pending', isReady: false }),
    ],
    workloads: [
      workload('Deployment/default/web'),
      workload('Deployment/default/api'),
      workload('ReplicaSet/default/web-1', { owner: { kind: 'Deployment', name: 'web' }, rollout: '1', desired: 0, updated: 0 }),
      workload('ReplicaSet/default/web-2', { owner: { kind: 'Deployment', name: 'web' }, rollout: '2' }),
      workload('ReplicaSet/default/api-1', { owner: { kind: 'Deployment', name: 'api' } }),
      workload('DaemonSet/kube-system/kube-proxy'),
    ],
    services: [service('default/web'), service('kube-system/kube-dns')],
  };
}

describe('a scene', () => {
  it('puts the control plane first and counts names as people do', () => {
    expect(new SceneBuilder().build({ tables: tables(rows()) }, ALL).nodes.map(({ row }) => row.key)).toEqual(['control-plane', 'worker-2', 'worker-10']);
  });

  it('groups a node’s pods by workload, the oldest first', () => {
    const scene = new SceneBuilder().build({ tables: tables(rows()) }, ALL);
    expect(scene.nodes.find(({ row }) => row.key === 'worker-2')?.pods.map(({ name }) => name)).toEqual(['api-1-a', 'web-1-a', 'web-1-b']);
  });

  it('keeps pods without a node apart', () => {
    expect(new SceneBuilder().build({ tables: tables(rows()) }, ALL).waiting.map(({ name }) => name)).toEqual(['late']);
  });

  it('hides the system, says how much of it, and whether it is well', () => {
    const data = rows();
    data.pods.push(pod('kube-system/kube-proxy-1', { node: 'worker-2', status: 'CrashLoopBackOff', isReady: false }));
    const scene = new SceneBuilder().build({ tables: tables(data) }, ALL);
    expect(scene.nodes[1]).toMatchObject({ hidden: 2, hiddenTone: 'failing' });
    expect([scene.services.length, scene.workloads.length, scene.podCount]).toEqual([1, 2, 4]);
    const full = new SceneBuilder().build({ tables: tables(data) }, { namespace: null, system: true });
    expect([full.nodes[1]?.hidden, full.services.length, full.podCount]).toEqual([0, 2, 6]);
  });

  it('shows a system namespace that is chosen', () => {
    const scene = new SceneBuilder().build({ tables: tables(rows()) }, { namespace: 'kube-system', system: false });
    expect([scene.podCount, scene.waiting.length, scene.nodes[1]?.hidden]).toEqual([1, 0, 0]);
  });

  it('lists the newest ReplicaSet, and older ones while they have pods', () => {
    const data = rows();
    const names = (): string[][] => new SceneBuilder().build({ tables: tables(data) }, ALL).workloads.map(({ parts }) => parts.map(({ name }) => name));
    expect(names()).toEqual([['api-1'], ['web-2']]);
    data.workloads = data.workloads.map((row) => (row.name === 'web-1' ? { ...row, updated: 1 } : row));
    expect(names()).toEqual([['api-1'], ['web-2', 'web-1']]);
  });

  it('keeps what did not change the same object', () => {
    const builder = new SceneBuilder();
    const data = rows();
    const before = builder.build({ tables: tables(data) }, ALL);
    data.pods[0] = { ...(data.pods[0] as (typeof data.pods)[number]), status: 'Error' };
    const after = builder.build({ tables: tables(data) }, ALL);
    expect(after.nodes[1]).not.toBe(before.nodes[1]);
    expect([after.nodes[0] === before.nodes[0], after.nodes[2] === before.nodes[2], after.workloads === before.workloads, after.services === before.services, after.waiting === before.waiting]).toEqual([true, true, true, true, true]);
    expect(builder.build({ tables: tables(data) }, ALL).nodes).toBe(after.nodes);
  });

  it.each([[90, 'roomy'], [91, 'compact'], [400, 'compact'], [401, 'dense']] as const)('draws %i pods %s', (count, density) => {
    const pods = Array.from({ length: count }, (_, index) => pod(`default/p-${index}`, { node: 'worker-2' }));
    expect(new SceneBuilder().build({ tables: tables({ ...rows(), pods }) }, ALL).density).toBe(density);
  });
});

describe('names and colours', () => {
  it('finds the workload above a pod', () => {
    const { workloads } = tables(rows());
    expect(rootWorkload(pod('default/web-1-a', { owner: { kind: 'ReplicaSet', name: 'web-1' } }), workloads)).toBe('Deployment/default/web');
    expect(rootWorkload(pod('default/x', { owner: { kind: 'Job', name: 'j' } }), workloads)).toBe('Job/default/j');
    expect(rootWorkload(pod('default/x', { owner: { kind: 'Node', name: 'n' } }), workloads)).toBe('');
    expect(rootWorkload(pod('default/x'), workloads)).toBe('');
  });

  it('gives a workload always the same hue', () => {
    expect(hueOf('Deployment/default/web')).toBe(hueOf('Deployment/default/web'));
  });

  it('gives no two workloads the same hue while there are enough', () => {
    const rows = Array.from({ length: 12 }, (_, index) => workload(`Deployment/default/app-${index}`, { createdAt: index }));
    const hues = palette(tables({ workloads: rows }).workloads);
    expect(new Set([...hues.values()].slice(0, 8)).size).toBe(8);
    expect(hues.get('Deployment/default/app-0')).toBe(hueOf('Deployment/default/app-0'));
  });

  it('sorts numbers in names by their value', () => {
    expect(['w-10', 'w-9', 'a'].sort(compareNames)).toEqual(['a', 'w-9', 'w-10']);
  });
});
