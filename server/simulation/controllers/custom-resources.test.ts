/** What controllers do with custom resources: garbage collection, namespaces, autoscaling. */
import { beforeEach, describe, expect, it } from 'vitest';
import { definition, schemaWithSpec, version } from '../apiserver/custom-resources/testing.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { Cluster } from '../cluster.ts';
import type { Snapshot } from '../kernel/kernel.ts';
import { Bench, PODS } from './testing.ts';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const CRONTABS = '/apis/stable.example.com/v1/namespaces/default/crontabs';
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const SCHEMA = { openAPIV3Schema: schemaWithSpec({ type: 'object', properties: { replicas: { type: 'integer' } } }) };

const cronTab = (name: string, more: object = {}): object => ({ metadata: { name, ...more }, spec: { replicas: 2 } });
const ownedBy = ({ apiVersion, kind, metadata: { name, uid } }: KubeObject, more: object = {}): object => ({ ownerReferences: [{ apiVersion, kind, name, uid, ...more }] });

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
  bench.create(CRDS, definition({ versions: [version('v1', { schema: SCHEMA, subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.labelSelector' } } })] }));
  bench.seconds(1);
});

const namesOf = (path: string): string[] => bench.list(path).map(({ metadata }) => metadata.name).filter((name) => name !== 'kube-root-ca.crt');

describe('garbage collection', () => {
  it('what a custom resource owns goes with it, and what owns custom resources takes them along', () => {
    const owner = bench.create(CRONTABS, cronTab('owner'));
    bench.create(CONFIG_MAPS, { metadata: { name: 'owned', ...ownedBy(owner) } });
    const map = bench.create(CONFIG_MAPS, { metadata: { name: 'owner' } });
    bench.create(CRONTABS, cronTab('owned', ownedBy(map)));
    bench.seconds(5);
    expect([namesOf(CRONTABS), namesOf(CONFIG_MAPS)]).toEqual([['owned', 'owner'], ['owned', 'owner']]);
    bench.request('DELETE', `${CRONTABS}/owner`);
    bench.request('DELETE', `${CONFIG_MAPS}/owner`);
    bench.seconds(5);
    expect([namesOf(CRONTABS), namesOf(CONFIG_MAPS)]).toEqual([[], []]);
  });

  it('in the foreground, what is owned goes first', () => {
    const owner = bench.create(CRONTABS, cronTab('owner'));
    bench.create(CONFIG_MAPS, { metadata: { name: 'owned', ...ownedBy(owner, { blockOwnerDeletion: true }), finalizers: ['example.com/wait'] } });
    bench.seconds(1);
    bench.request('DELETE', `${CRONTABS}/owner`, { propagationPolicy: 'Foreground' });
    bench.seconds(5);
    expect(namesOf(CRONTABS)).toEqual(['owner']);
    bench.request('PATCH', `${CONFIG_MAPS}/owned`, { metadata: { finalizers: null } });
    bench.seconds(5);
    expect([namesOf(CRONTABS), namesOf(CONFIG_MAPS)]).toEqual([[], []]);
  });

  it('with its definition a custom resource goes, and what it owned', () => {
    const owner = bench.create(CRONTABS, cronTab('owner'));
    bench.create(CONFIG_MAPS, { metadata: { name: 'owned', ...ownedBy(owner) } });
    bench.seconds(5);
    bench.request('DELETE', `${CRDS}/crontabs.stable.example.com`);
    bench.seconds(10);
    expect(namesOf(CONFIG_MAPS)).toEqual([]);
    expect(() => bench.list(CRONTABS)).toThrow('the server could not find the requested resource');
  });
});

describe('namespaces', () => {
  it('custom resources go with their namespace, which waits for those that are held', () => {
    bench.create('/api/v1/namespaces', { metadata: { name: 'team' } });
    const path = CRONTABS.replace('default', 'team');
    bench.create(path, cronTab('free'));
    bench.create(path, cronTab('held', { finalizers: ['example.com/wait'] }));
    bench.request('DELETE', '/api/v1/namespaces/team');
    bench.seconds(10);
    expect(namesOf(path)).toEqual(['held']);
    expect((bench.get('/api/v1/namespaces/team').status.conditions as { type: string; message: string }[]).find(({ type }) => type === 'NamespaceContentRemaining')?.message).toBe('Some resources are remaining: crontabs.stable.example.com has 1 resource instances');
    bench.request('PATCH', `${path}/held`, { metadata: { finalizers: null } });
    bench.seconds(10);
    expect(() => bench.get('/api/v1/namespaces/team')).toThrow('namespaces "team" not found');
  });
});

describe('autoscaling', () => {
  const HPAS = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
  const hpa = (kind: string, more: object = {}): object => ({
    metadata: { name: 'scaler' },
    spec: { scaleTargetRef: { apiVersion: 'stable.example.com/v1', kind, name: 'web' }, minReplicas: 3, maxReplicas: 5, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }], ...more },
  });
  const condition = (type: string): { reason: string; message: string } | undefined => (bench.get(`${HPAS}/scaler`).status.conditions as { type: string; reason: string; message: string }[]).find((each) => each.type === type);

  it('a custom resource with a scale is a target like a workload', () => {
    bench.create(CRONTABS, cronTab('web'));
    bench.request('PATCH', `${CRONTABS}/web/status`, { status: { labelSelector: 'app=web' } });
    bench.create(HPAS, hpa('CronTab'));
    bench.seconds(20);
    expect(bench.get(`${CRONTABS}/web`).spec.replicas).toBe(3);
    expect(bench.events('HorizontalPodAutoscaler')).toContain('SuccessfulRescale: New size: 3; reason: Current number of replicas below Spec.MinReplicas');
  });

  it('without a selector it says that one is missing', () => {
    bench.create(CRONTABS, cronTab('web'));
    bench.create(HPAS, hpa('CronTab', { minReplicas: 1 }));
    bench.seconds(20);
    expect(condition('ScalingActive')).toMatchObject({ reason: 'InvalidSelector', message: "the HPA target's scale is missing a selector" });
  });

  it('a kind that nobody defines is none', () => {
    bench.create(HPAS, hpa('Nothing'));
    bench.seconds(20);
    expect(condition('AbleToScale')).toMatchObject({ reason: 'FailedGetScale', message: 'the HPA controller was unable to get the target\'s current scale: no matches for kind "Nothing" in group "stable.example.com"' });
  });
});

it('a cluster from a snapshot serves the same kinds, and goes on the same', () => {
  bench.create(CRONTABS, cronTab('held', { finalizers: ['example.com/wait'] }));
  bench.request('DELETE', `${CRDS}/crontabs.stable.example.com`);
  bench.seconds(2);
  const { cluster } = bench;
  const restored = Cluster.restore(cluster.config, JSON.parse(JSON.stringify(cluster.snapshot())) as Snapshot);
  const user = { username: 'kubernetes-admin', groups: ['system:masters'] };
  for (const each of [cluster, restored]) {
    expect(each.handle({ method: 'GET', path: `${CRONTABS}/held`, user }).status).toBe(200);
    each.handle({ method: 'PATCH', path: `${CRONTABS}/held`, user, body: { metadata: { finalizers: null } }, contentType: 'application/merge-patch+json' });
    each.advance(each.now + 10_000);
    expect(each.handle({ method: 'GET', path: CRONTABS, user }).status).toBe(404);
  }
  expect(restored.hash()).toBe(cluster.hash());
});

it('a pod can own a custom resource', () => {
  const pod = bench.create(PODS, { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'sleep 1000'] }] } });
  bench.create(CRONTABS, cronTab('owned', ownedBy(pod)));
  bench.seconds(3);
  bench.request('DELETE', `${PODS}/p`, { gracePeriodSeconds: 0 });
  bench.seconds(3);
  expect(namesOf(CRONTABS)).toEqual([]);
});

it('nothing is done for definitions while etcd is away', () => {
  const fault = (name: string, sequence: number): unknown => bench.cluster.apply({ kind: 'operation', request: { name, args: { fault: 'etcd-down' } } }, sequence);
  const terminating = (): string | undefined => (bench.cluster.store.get('customresourcedefinitions.apiextensions.k8s.io', 'crontabs.stable.example.com')?.status.conditions as { type: string; reason: string }[]).find(({ type }) => type === 'Terminating')?.reason;
  bench.create(CRONTABS, cronTab('held', { finalizers: ['example.com/wait'] }));
  bench.request('DELETE', `${CRDS}/crontabs.stable.example.com`);
  bench.seconds(2);
  fault('fault.break', 1);
  bench.seconds(100);
  expect(terminating()).toBe('InstanceDeletionInProgress');
  fault('fault.heal', 2);
  bench.seconds(100);
  expect(terminating()).toBe('InstanceDeletionCheck');
});
