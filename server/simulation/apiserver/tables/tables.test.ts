import { describe, expect, it } from 'vitest';
import { BUILT_IN } from '../discovery.ts';
import type { KubeObject } from '../types.ts';
import { humanDuration } from './duration.ts';
import { columnsOf, toTable } from './table.ts';

const NOW = Date.parse('2026-11-24T01:00:00Z');
const CREATED = '2026-11-24T00:59:00Z';

function cellsOf(resource: string, object: Record<string, unknown>): unknown[] {
  const served = BUILT_IN.byKey(resource);
  if (!served) throw new Error(resource);
  const metadata = { name: 'x', creationTimestamp: CREATED, uid: 'u', resourceVersion: '1', ...(object.metadata as object) };
  return toTable(served, [{ apiVersion: '', kind: served.kind, ...object, metadata } as KubeObject], NOW, 'None', {}).rows[0]?.cells ?? [];
}

describe('humanDuration', () => {
  it.each([
    [-5_000, '<invalid>'],
    [-1_000, '0s'],
    [0, '0s'],
    [119_999, '119s'],
    [120_000, '2m'],
    [123_000, '2m3s'],
    [599_000, '9m59s'],
    [600_000, '10m'],
    [10_740_000, '179m'],
    [10_800_000, '3h'],
    [11_100_000, '3h5m'],
    [28_800_000, '8h'],
    [172_800_000, '2d'],
    [187_200_000, '2d4h'],
    [691_200_000, '8d'],
    [63_072_000_000, '2y'],
    [63_244_800_000, '2y2d'],
  ])('%d ms is %s', (milliseconds, text) => expect(humanDuration(milliseconds)).toBe(text));
});

describe('pods', () => {
  const running = { running: { startedAt: CREATED } };
  const status = (name: string, state: object, more: object = {}): object => ({ name, ready: false, restartCount: 0, state, ...more });
  const pod = (podStatus: object, spec: object = {}, metadata: object = {}): unknown[] => cellsOf('pods', { metadata, spec: { containers: [{ name: 'c' }], ...spec }, status: podStatus }).slice(1, 4);

  it.each<[string, unknown[], () => unknown[]]>([
    ['a pod that waits for a node is Pending', ['0/1', 'Pending', '0'], () => pod({ phase: 'Pending' })],
    ['a running pod', ['1/1', 'Running', '0'], () => pod({ phase: 'Running', containerStatuses: [status('c', running, { ready: true })] })],
    ['a waiting reason wins over the phase', ['0/1', 'ImagePullBackOff', '0'], () => pod({ phase: 'Pending', containerStatuses: [status('c', { waiting: { reason: 'ImagePullBackOff' } })] })],
    [
      'restarts tell when the last one was',
      ['0/1', 'CrashLoopBackOff', '3 (34s ago)'],
      () => pod({ phase: 'Running', containerStatuses: [status('c', { waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 3, lastState: { terminated: { exitCode: 1, finishedAt: '2026-11-24T00:59:26Z' } } })] }),
    ],
    ['an exit without reason', ['0/1', 'ExitCode:3', '0'], () => pod({ phase: 'Failed', containerStatuses: [status('c', { terminated: { exitCode: 3 } })] })],
    ['a completed pod', ['0/1', 'Completed', '0'], () => pod({ phase: 'Succeeded', containerStatuses: [status('c', { terminated: { exitCode: 0, reason: 'Completed' } })] })],
    [
      'one of two completed, the other ready',
      ['1/2', 'NotReady', '0'],
      () => pod({ phase: 'Running', containerStatuses: [status('c', { terminated: { exitCode: 0, reason: 'Completed' } }), status('d', running, { ready: true })] }, { containers: [{ name: 'c' }, { name: 'd' }] }),
    ],
    ['the second of two init containers runs', ['0/1', 'Init:1/2', '0'], () => pod({ phase: 'Pending', initContainerStatuses: [status('i', { terminated: { exitCode: 0 } }), status('j', running)] }, { initContainers: [{ name: 'i' }, { name: 'j' }] })],
    ['an init container fails', ['0/1', 'Init:Error', '0'], () => pod({ phase: 'Pending', initContainerStatuses: [status('i', { terminated: { exitCode: 1, reason: 'Error' } })] }, { initContainers: [{ name: 'i' }] })],
    ['an init container crashes', ['0/1', 'Init:CrashLoopBackOff', '1'], () => pod({ phase: 'Pending', initContainerStatuses: [status('i', { waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 1 })] }, { initContainers: [{ name: 'i' }] })],
    [
      'a started sidecar counts as a container',
      ['1/2', 'PodInitializing', '0'],
      () =>
        pod(
          { phase: 'Pending', initContainerStatuses: [status('s', running, { started: true, ready: true })], containerStatuses: [status('c', { waiting: { reason: 'PodInitializing' } })] },
          { initContainers: [{ name: 's', restartPolicy: 'Always' }] },
        ),
    ],
    ['a pod on its way out', ['1/1', 'Terminating', '0'], () => pod({ phase: 'Running', containerStatuses: [status('c', running, { ready: true })] }, {}, { deletionTimestamp: CREATED })],
    ['a pod that ended keeps its state while it goes', ['0/1', 'Completed', '0'], () => pod({ phase: 'Succeeded', containerStatuses: [status('c', { terminated: { exitCode: 0, reason: 'Completed' } })] }, {}, { deletionTimestamp: CREATED })],
    ['an evicted pod', ['0/1', 'Evicted', '0'], () => pod({ phase: 'Failed', reason: 'Evicted' })],
    ['a gated pod', ['0/1', 'SchedulingGated', '0'], () => pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] })],
  ])('%s', (_title, expected, make) => expect(make()).toEqual(expected));
});

describe('other kinds', () => {
  it.each<[string, Record<string, unknown>, unknown[]]>([
    ['nodes', { metadata: { labels: { 'node-role.kubernetes.io/control-plane': '' } }, spec: { unschedulable: true }, status: { conditions: [{ type: 'Ready', status: 'Unknown' }], nodeInfo: { kubeletVersion: 'v1.37.2' } } }, ['x', 'NotReady,SchedulingDisabled', 'control-plane', '60s', 'v1.37.2', '<none>', '<none>', '<unknown>', '<unknown>', '<unknown>']],
    ['deployments.apps', { spec: { replicas: 3, selector: { matchLabels: { app: 'x' } }, template: { spec: { containers: [{ name: 'a', image: 'i' }] } } }, status: { readyReplicas: 1, updatedReplicas: 2 } }, ['x', '1/3', 2, 0, '60s', 'a', 'i', 'app=x']],
    ['endpoints', { subsets: [{ addresses: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }], ports: [{ port: 53 }, { port: 9153 }] }] }, ['x', '10.0.0.1:53,10.0.0.2:53,10.0.0.1:9153 + 1 more...', '60s']],
    ['endpointslices.discovery.k8s.io', { addressType: 'IPv4', ports: [], endpoints: [] }, ['x', 'IPv4', '<unset>', '<unset>', '60s']],
    ['ingresses.networking.k8s.io', { spec: { rules: [{ host: 'a' }, { host: 'b' }, { host: 'c' }, { host: 'd' }], tls: [{}] }, status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } } }, ['x', '<none>', 'a,b,c + 1 more...', '1.2.3.4', '80, 443', '60s']],
    ['jobs.batch', { spec: { completions: 3, template: { spec: {} } }, status: { succeeded: 1, startTime: CREATED } }, ['x', 'Running', '1/3', '60s', '60s', '', '', '<none>']],
    ['cronjobs.batch', { spec: { schedule: '* * * * *', suspend: false } }, ['x', '* * * * *', '<none>', 'False', 0, '<none>', '60s', '', '', '<none>']],
    [
      'horizontalpodautoscalers.autoscaling',
      { spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, minReplicas: 1, maxReplicas: 5, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 50 } } }] }, status: { currentReplicas: 2 } },
      ['x', 'Deployment/web', 'cpu: <unknown>/50%', '1', 5, 2, '60s'],
    ],
    ['persistentvolumeclaims', { spec: { storageClassName: 'standard', volumeMode: 'Filesystem' }, status: { phase: 'Pending' } }, ['x', 'Pending', '', '', '', 'standard', '<unset>', '60s', 'Filesystem']],
    ['resourcequotas', { status: { hard: { pods: '2', 'limits.cpu': '1' }, used: { pods: '1' } } }, ['x', 'pods: 1/2', 'limits.cpu: 0/1', '60s']],
    ['storageclasses.storage.k8s.io', { metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }, provisioner: 'p' }, ['x (default)', 'p', 'Delete', 'Immediate', false, '60s']],
    ['events', { type: 'Normal', reason: 'Pulled', involvedObject: { kind: 'Pod', name: 'web' }, message: 'm ', count: 2, firstTimestamp: CREATED, lastTimestamp: '2026-11-24T00:59:50Z', source: { component: 'kubelet', host: 'n' } }, ['10s', 'Normal', 'Pulled', 'pod/web', '', 'kubelet, n', 'm', '60s', 2, 'x']],
    ['certificatesigningrequests.certificates.k8s.io', { spec: { signerName: 's', username: 'u' }, status: { conditions: [{ type: 'Approved' }], certificate: 'c' } }, ['x', '60s', 's', 'u', '<none>', 'Approved,Issued']],
    ['controllerrevisions.apps', { metadata: { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'ds', controller: true }] }, revision: 2 }, ['x', 'daemonset.apps/ds', 2, '60s']],
    ['roles.rbac.authorization.k8s.io', {}, ['x', CREATED]],
  ])('%s', (resource, object, expected) => expect(cellsOf(resource, object)).toEqual(expected));

  it('has as many cells as columns for every kind', () => {
    for (const served of BUILT_IN.resources) {
      if (!served.verbs.includes('list') || served.group === 'events.k8s.io' || served.version === 'v1' && served.kind === 'HorizontalPodAutoscaler') continue;
      expect(cellsOf(served.key, { spec: {}, status: {} }), served.key).toHaveLength(columnsOf(served).length);
    }
  });
});
