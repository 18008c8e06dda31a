/** Several control-plane machines: etcd's majority, leases that move, machines that leave. */
import { describe, expect, it } from 'vitest';
import { Cluster } from './cluster.ts';
import { defaultConfig } from './config.ts';
import { highlyAvailable } from './harness/highly-available.ts';
import { settledCluster } from './harness/settled.ts';
import type { Snapshot } from './kernel/kernel.ts';

const START = Date.UTC(2026, 10, 24, 8, 0, 0);
const ADMIN = { username: 'kubernetes-admin', groups: ['system:masters'] };

function seconds(cluster: Cluster, count: number): void {
  cluster.advance(cluster.now + count * 1_000);
}

let sequence = 1_000;

function operation(cluster: Cluster, name: string, args: Record<string, unknown>): unknown {
  return cluster.apply({ kind: 'operation', request: { name, args } }, ++sequence);
}

function write(cluster: Cluster, name: string): { status: number; message?: string } {
  const { status, body } = cluster.handle({ method: 'POST', path: '/api/v1/namespaces/default/configmaps', user: ADMIN, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } } });
  return { status, ...(status >= 400 ? { message: (body as { message: string }).message } : {}) };
}

function leaseHolder(cluster: Cluster, name: string): string {
  const holder = (cluster.store.get('leases.coordination.k8s.io', `kube-system/${name}`)?.spec as { holderIdentity: string }).holderIdentity;
  return holder.slice(0, holder.lastIndexOf('_'));
}

function leaders(cluster: Cluster, program: string): string[] {
  return cluster.environment.controlPlanes().filter((node) => {
    const part = cluster.kernel.part(node === 'control-plane' ? program : `${program} ${node}`)?.state as { running: boolean; own: { lease: { leading: boolean } | null } };
    return part.running && part.own.lease?.leading === true;
  });
}

function restartsOf(cluster: Cluster, pod: string): number {
  const status = cluster.store.get('pods', `kube-system/${pod}`)?.status as { containerStatuses: { restartCount: number }[] };
  return status.containerStatuses[0]?.restartCount ?? -1;
}

function endpoints(cluster: Cluster): string[] {
  const { subsets } = cluster.store.get('endpoints', 'default/kubernetes') as unknown as { subsets: { addresses: { ip: string }[] }[] };
  return subsets.flatMap(({ addresses }) => addresses.map(({ ip }) => ip));
}

describe('three control-plane machines', () => {
  const ha = (): Cluster => settledCluster(defaultConfig(3, START), highlyAvailable);

  it('have three members, one leader of each kind, and three endpoints', () => {
    const cluster = ha();
    expect(cluster.environment.state.etcd.members).toEqual(['control-plane', 'control-plane-2', 'control-plane-3']);
    expect(leaders(cluster, 'kube-controller-manager')).toEqual(['control-plane']);
    expect(leaders(cluster, 'kube-scheduler')).toEqual(['control-plane']);
    expect(endpoints(cluster)).toHaveLength(3);
  });

  it('go on when one fails: another member and other holders of the leases take over', () => {
    const cluster = ha();
    const { term } = cluster.environment.state.etcd;
    operation(cluster, 'fault.break', { fault: 'node-crash', target: 'control-plane' });
    expect(write(cluster, 'at-once').status).toBe(201);
    expect(cluster.environment.state.etcd).toMatchObject({ leader: 'control-plane-2', term: term + 1 });
    seconds(cluster, 30);
    for (const program of ['kube-controller-manager', 'kube-scheduler']) {
      expect(leaders(cluster, program)).toHaveLength(1);
      expect(leaseHolder(cluster, program)).not.toBe('control-plane');
    }
    expect(endpoints(cluster)).toHaveLength(2);
    operation(cluster, 'fault.heal', { fault: 'node-crash', target: 'control-plane' });
    seconds(cluster, 60);
    expect(endpoints(cluster)).toHaveLength(3);
    expect(leaders(cluster, 'kube-scheduler')).toHaveLength(1);
  });

  it('write nothing without a majority, and everything again with one', () => {
    const cluster = ha();
    for (const target of ['control-plane', 'control-plane-3']) operation(cluster, 'fault.break', { fault: 'node-crash', target });
    const before = cluster.revision;
    expect(write(cluster, 'lost')).toEqual({ status: 500, message: 'etcdserver: request timed out' });
    seconds(cluster, 60);
    expect(cluster.revision).toBe(before);
    operation(cluster, 'fault.heal', { fault: 'node-crash', target: 'control-plane-3' });
    seconds(cluster, 60);
    expect(write(cluster, 'again').status).toBe(201);
    expect(leaders(cluster, 'kube-controller-manager')).toHaveLength(1);
  });

  it('count two members as a majority of three, and of two after the third was removed', () => {
    const cluster = ha();
    operation(cluster, 'node.reset', { name: 'control-plane-3' });
    expect(cluster.environment.state.etcd.members).toEqual(['control-plane', 'control-plane-2']);
    operation(cluster, 'fault.break', { fault: 'node-crash', target: 'control-plane-2' });
    expect(write(cluster, 'lost').status).toBe(500);
    operation(cluster, 'fault.heal', { fault: 'node-crash', target: 'control-plane-2' });
    seconds(cluster, 60);
    operation(cluster, 'node.join', { name: 'control-plane-3', controlPlane: true });
    seconds(cluster, 60);
    expect(cluster.environment.state.etcd.members).toEqual(['control-plane', 'control-plane-2', 'control-plane-3']);
    operation(cluster, 'fault.break', { fault: 'node-crash', target: 'control-plane-2' });
    expect(write(cluster, 'two-of-three').status).toBe(201);
  });

  it('leave a machine alone that is cut off: its API server serves nobody', () => {
    const cluster = ha();
    operation(cluster, 'fault.break', { fault: 'node-partition', target: 'control-plane-2' });
    expect(cluster.environment.etcdServes('control-plane-2')).toBe(false);
    expect(cluster.environment.etcdServes('control-plane-3')).toBe(true);
    expect(write(cluster, 'majority').status).toBe(201);
  });

  it('are the same after a restore', () => {
    const cluster = ha();
    operation(cluster, 'fault.break', { fault: 'node-crash', target: 'control-plane' });
    seconds(cluster, 5);
    const restored = Cluster.restore(cluster.config, JSON.parse(JSON.stringify(cluster.snapshot())) as Snapshot);
    for (const each of [cluster, restored]) seconds(each, 90);
    expect(restored.kernel.partHashes()).toEqual(cluster.kernel.partHashes());
  });
});

describe('one control-plane machine', () => {
  it('restarts the programs that lost their leases while etcd was away', () => {
    const cluster = Cluster.create(defaultConfig(5, START));
    seconds(cluster, 40);
    operation(cluster, 'fault.break', { fault: 'etcd-down' });
    seconds(cluster, 30);
    operation(cluster, 'fault.heal', { fault: 'etcd-down' });
    seconds(cluster, 90);
    expect(restartsOf(cluster, 'kube-controller-manager-control-plane')).toBe(1);
    expect(restartsOf(cluster, 'kube-scheduler-control-plane')).toBe(1);
    expect(leaders(cluster, 'kube-controller-manager')).toEqual(['control-plane']);
  });

  it('takes no second one without an address that stands before both', () => {
    const cluster = Cluster.create(defaultConfig(5, START));
    seconds(cluster, 40);
    expect(() => operation(cluster, 'node.join', { name: 'control-plane-2', controlPlane: true })).toThrow('stable controlPlaneEndpoint');
  });
});
