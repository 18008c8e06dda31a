import { describe, expect, it } from 'vitest';
import { Cluster, SETTLE_MS } from '../../simulation/cluster.ts';
import { defaultConfig } from '../../simulation/config.ts';
import { Projector } from './projector.ts';
import type { ClusterView, NodeRow } from './types.ts';

const START = Date.UTC(2026, 10, 25, 8, 0, 0);
const USER = { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };

function followed() {
  const cluster = Cluster.create(defaultConfig(7, START));
  cluster.advance(START + SETTLE_MS);
  const projector = new Projector(cluster);
  let sequence = 0;
  return {
    view(): ClusterView {
      projector.change({ now: cluster.now, rate: 1, paused: false });
      return projector.view();
    },
    pass: (milliseconds: number) => cluster.advance(cluster.now + milliseconds),
    send(method: 'POST' | 'DELETE', path: string, body?: object): void {
      cluster.apply({ kind: 'api', request: { method, path, ...(body ? { body } : {}), user: USER } }, ++sequence);
    },
    operate(name: string, args: Record<string, string>): void {
      cluster.apply({ kind: 'operation', request: { name, args } }, ++sequence);
    },
  };
}

describe('Projector', () => {
  it('shows what stands beside workloads in the words of kubectl, until it is deleted', () => {
    const { view, send } = followed();
    send('POST', '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies', { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'deny' }, spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] } });
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    const metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }];
    send('POST', '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers', { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web' }, spec: { scaleTargetRef, minReplicas: 2, maxReplicas: 6, metrics } });
    send('POST', '/api/v1/persistentvolumes', { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'disk' }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/disk' }, storageClassName: 'manual' } });
    const { supports } = view().tables;
    expect(supports.get('NetworkPolicy/default/deny')).toMatchObject({ kind: 'NetworkPolicy', namespace: 'default', name: 'deny', facts: [{ column: 'Pod-Selector', value: 'app=web' }] });
    expect(supports.get('HorizontalPodAutoscaler/default/web')?.facts.slice(0, 4)).toEqual([
      { column: 'Reference', value: 'Deployment/web' },
      { column: 'Targets', value: 'cpu: <unknown>/50%' },
      { column: 'MinPods', value: '2' },
      { column: 'MaxPods', value: '6' },
    ]);
    expect(supports.get('PersistentVolume/disk')).toMatchObject({ namespace: '', facts: [{ column: 'Capacity', value: '1Gi' }, { column: 'StorageClass', value: 'manual' }] });
    send('DELETE', '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies/deny');
    expect([...view().tables.supports.keys()].sort()).toEqual(['HorizontalPodAutoscaler/default/web', 'PersistentVolume/disk']);
  });

  it('shows a CronJob with its schedule, and its Jobs as its own', () => {
    const { view, send, pass } = followed();
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'date', image: 'busybox:1.36', command: ['date'] }] } };
    send('POST', '/apis/batch/v1/namespaces/default/cronjobs', { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'tick' }, spec: { schedule: '*/1 * * * *', jobTemplate: { spec: { template } } } });
    expect(view().tables.workloads.get('CronJob/default/tick')).toMatchObject({ kind: 'CronJob', schedule: '*/1 * * * *', images: ['busybox:1.36'], paused: false });
    pass(61_000);
    const jobs = [...view().tables.workloads.values()].filter(({ kind }) => kind === 'Job');
    expect(jobs.map(({ owner }) => owner)).toEqual([{ kind: 'CronJob', name: 'tick' }]);
  });

  it('tells a kube-proxy that hears of changes from one that is cut off and one that does not run', () => {
    const { view, send, operate, pass } = followed();
    const proxies = (): NodeRow['proxy'][] => ['worker-1', 'worker-2', 'worker-3'].map((name) => view().tables.nodes.get(name)?.proxy as NodeRow['proxy']);
    expect(proxies()).toEqual(['synced', 'synced', 'synced']);
    operate('fault.break', { fault: 'node-partition', target: 'worker-1' });
    operate('fault.break', { fault: 'node-crash', target: 'worker-2' });
    // Nobody looks after containers there, and they run on.
    operate('fault.break', { fault: 'kubelet-stop', target: 'worker-3' });
    expect(proxies()).toEqual(['stale', 'down', 'synced']);
    operate('fault.heal', { fault: 'node-partition', target: 'worker-1' });
    operate('fault.heal', { fault: 'kubelet-stop', target: 'worker-3' });
    pass(5_000);
    send('DELETE', '/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy');
    pass(60_000);
    expect(proxies()).toEqual(['down', 'down', 'down']);
  });
});
