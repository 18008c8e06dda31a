import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../apiserver/types.ts';
import { assign, newAccounts, setNode, unassign } from './accounts.ts';
import { tolerates, type NodeInfo, type PendingPod, type SchedulerView, type Taint, type Toleration } from './framework.ts';
import { NodeAnswers } from './node-answers.ts';
import { podMatchesNode } from './node-selector.ts';
import { nodeResourcesFit } from './plugins/node-resources-fit.ts';
import { nodeUnschedulable } from './plugins/node-unschedulable.ts';
import { podTopologySpreadScore } from './plugins/pod-topology-spread.ts';
import { taintToleration } from './plugins/taint-toleration.ts';
import { findPreemption } from './preemption.ts';
import { activate, moveAll, newQueue, pop, promoteQueue } from './queue.ts';
import { hostPorts, podRequests } from './requests.ts';
import { feasibleNodesToFind } from './scheduler.ts';
import { summarize } from './unschedulable.ts';

let uid = 0;
const node = (name: string, spec: Record<string, unknown> = {}, allocatable: Record<string, string> = { cpu: '2', memory: '4Gi', pods: '110' }, labels: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, uid: `n${++uid}`, resourceVersion: '1', creationTimestamp: '', labels },
  spec,
  status: { allocatable },
});
const pod = (name: string, requests: Record<string, string> = {}, extra: Record<string, unknown> = {}, owner = ''): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name, namespace: 'default', uid: `p${++uid}`, resourceVersion: '1', creationTimestamp: '',
    ...(owner ? { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner, controller: true }] } : {}),
  },
  spec: { containers: [{ name: 'c', image: 'i', resources: { requests } }], ...extra },
  status: {},
});
const pending = (object: KubeObject, priority = 0): PendingPod => ({
  pod: object, key: `default/${object.metadata.name}`, requests: podRequests(object), ports: hostPorts(object), owner: object.metadata.ownerReferences?.[0]?.uid ?? '', priority,
});
const accountsWith = (...nodes: KubeObject[]): ReturnType<typeof newAccounts> => {
  const accounts = newAccounts();
  for (const each of nodes) setNode(accounts, each);
  return accounts;
};
const infoOf = (accounts: ReturnType<typeof newAccounts>, name: string): NodeInfo => accounts.nodes.get(name) as NodeInfo;

describe('tolerations', () => {
  const cases: [string, Toleration, Taint, boolean][] = [
    ['an empty key with Exists tolerates every taint', { operator: 'Exists' }, { key: 'a', value: 'b', effect: 'NoExecute' }, true],
    ['Equal is the default and compares values', { key: 'a', value: 'b' }, { key: 'a', value: 'b', effect: 'NoSchedule' }, true],
    ['Equal with another value does not tolerate', { key: 'a', value: 'c' }, { key: 'a', value: 'b', effect: 'NoSchedule' }, false],
    ['an effect restricts the toleration to it', { key: 'a', operator: 'Exists', effect: 'NoSchedule' }, { key: 'a', effect: 'NoExecute' }, false],
    ['no effect tolerates all effects', { key: 'a', operator: 'Exists' }, { key: 'a', effect: 'NoExecute' }, true],
    ['an absent value equals an empty one', { key: 'a' }, { key: 'a', value: '', effect: 'NoSchedule' }, true],
    ['an empty key without Exists tolerates nothing', {}, { key: 'a', effect: 'NoSchedule' }, false],
  ];
  it.each(cases)('%s', (_, toleration, taint, expected) => expect(tolerates(toleration, taint)).toBe(expected));

  it('refuses a node with an untolerated taint, and says that eviction would not help', () => {
    const accounts = accountsWith(node('n', { taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }] }));
    expect(taintToleration.filter(pending(pod('p')), infoOf(accounts, 'n'))).toEqual({ reasons: ['node(s) had untolerated taint(s)'], unresolvable: true });
  });

  it('does not refuse a node that only prefers not to be used', () => {
    const accounts = accountsWith(node('n', { taints: [{ key: 'a', effect: 'PreferNoSchedule' }] }));
    expect(taintToleration.filter(pending(pod('p')), infoOf(accounts, 'n'))).toBeUndefined();
  });

  it('refuses a cordoned node unless its taint is tolerated', () => {
    const accounts = accountsWith(node('n', { unschedulable: true }));
    expect(nodeUnschedulable.filter(pending(pod('p')), infoOf(accounts, 'n'))?.reasons).toEqual(['node(s) were unschedulable']);
    const tolerant = pod('p', {}, { tolerations: [{ operator: 'Exists' }] });
    expect(nodeUnschedulable.filter(pending(tolerant), infoOf(accounts, 'n'))).toBeUndefined();
  });
});

describe('resources', () => {
  it('names every resource that is lacking', () => {
    const accounts = accountsWith(node('n'));
    assign(accounts, pod('a', { cpu: '1500m', memory: '3Gi' }), 'n');
    expect(nodeResourcesFit.filter(pending(pod('b', { cpu: '600m', memory: '2Gi' })), infoOf(accounts, 'n'))).toEqual({ reasons: ['Insufficient cpu', 'Insufficient memory'], unresolvable: false });
  });

  it('knows that a pod larger than the whole node would not fit an empty one either', () => {
    const accounts = accountsWith(node('n'));
    expect(nodeResourcesFit.filter(pending(pod('b', { cpu: '3' })), infoOf(accounts, 'n'))).toEqual({ reasons: ['Insufficient cpu'], unresolvable: true });
  });

  it('counts pods', () => {
    const accounts = accountsWith(node('n', {}, { cpu: '2', memory: '4Gi', pods: '1' }));
    assign(accounts, pod('a'), 'n');
    expect(nodeResourcesFit.filter(pending(pod('b')), infoOf(accounts, 'n'))?.reasons).toEqual(['Too many pods']);
  });

  it('takes the peak of init containers, and adds sidecars to what runs', () => {
    const object = pod('a', { cpu: '100m' }, {
      initContainers: [
        { name: 'big', resources: { requests: { cpu: '1' } } },
        { name: 'sidecar', restartPolicy: 'Always', resources: { requests: { cpu: '200m' } } },
      ],
    });
    expect(podRequests(object).milliCpu).toBe(1_000);
    const small = pod('b', { cpu: '900m' }, { initContainers: [{ name: 'sidecar', restartPolicy: 'Always', resources: { requests: { cpu: '200m' } } }] });
    expect(podRequests(small).milliCpu).toBe(1_100);
  });

  it('frees exactly what it took', () => {
    const accounts = accountsWith(node('n'));
    const before = JSON.stringify(infoOf(accounts, 'n').used);
    const object = pod('a', { cpu: '250m', memory: '64Mi', 'example.com/gpu': '0' }, {}, 'rs');
    assign(accounts, object, 'n');
    assign(accounts, object, 'n');
    expect(infoOf(accounts, 'n').podCount).toBe(1);
    unassign(accounts, object);
    expect(JSON.parse(JSON.stringify(infoOf(accounts, 'n').used))).toMatchObject(JSON.parse(before) as object);
    expect(accounts.byOwner.size).toBe(0);
  });
});

describe('node selection', () => {
  it.each([
    ['nodeSelector needs every label', { nodeSelector: { disk: 'ssd', zone: 'b' } }, false],
    ['nodeSelector that matches', { nodeSelector: { disk: 'ssd' } }, true],
    ['terms are alternatives', { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'x', operator: 'Exists' }] }, { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }] } } } }, true],
    ['a term without requirements matches nothing', { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{}] } } } }, false],
    ['Gt compares numbers, not texts', { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['9'] }] }] } } } }, true],
    ['NotIn accepts a node without the label', { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'none', operator: 'NotIn', values: ['a'] }] }] } } } }, true],
  ])('%s', (_, spec, expected) => expect(podMatchesNode(pod('p', {}, spec), node('n', {}, {}, { disk: 'ssd', cores: '16' }))).toBe(expected));

  it('spreads the pods of a controller', () => {
    const accounts = accountsWith(node('a'), node('b'));
    assign(accounts, pod('x', {}, {}, 'rs'), 'a');
    const answers = new NodeAnswers();
    answers.nodes(accounts);
    const view = { countsByOwner: (owner: string) => accounts.byOwner.get(owner), countsByIndex: (owner: string) => answers.countsOf(owner), nodeFeatures: answers.features, nodeNamed: (name: string) => accounts.nodes.get(name) } as unknown as SchedulerView;
    const feasible = [...accounts.nodes.values()];
    const next = pending(pod('y', {}, {}, 'rs'));
    const state = podTopologySpreadScore.preScore(next, { count: 2, nodes: () => feasible }, view);
    if (!state) throw new Error('spreading was skipped');
    const scores = feasible.map((info, index) => podTopologySpreadScore.score(next, info, state, index));
    const all = new Int32Array(2);
    expect(podTopologySpreadScore.scoreAll(Int32Array.of(0, 1), state, all)).toBe(true);
    expect([...all]).toEqual(scores);
    podTopologySpreadScore.normalize(scores);
    expect(scores[1]).toBe(100);
    expect(scores[0]).toBeLessThan(100);
  });

  it('counts the pods of a controller by node as they come and go', () => {
    const accounts = accountsWith(node('a'), node('b', { taints: [{ key: 'x', effect: 'PreferNoSchedule' }] }));
    const answers = new NodeAnswers();
    answers.nodes(accounts);
    const [x, y] = [pod('x', {}, {}, 'rs'), pod('y', {}, {}, 'rs')];
    assign(accounts, x, 'a');
    expect([...answers.countsOf('rs')]).toEqual([1, 0]);
    assign(accounts, y, 'b');
    answers.changed('b');
    unassign(accounts, x);
    answers.changed('a');
    expect([...answers.countsOf('rs')]).toEqual([0, 1]);
    expect(answers.features).toEqual({ zoned: false, softTaints: true });
    setNode(accounts, node('b', {}, undefined, { 'topology.kubernetes.io/zone': 'z' }));
    answers.objectChanged('b');
    expect(answers.features).toEqual({ zoned: true, softTaints: false });
  });

  it.each([[4, 4], [99, 99], [100, 100], [500, 230], [5_000, 500], [20_000, 1_000]])('of %i nodes, %i must be found feasible', (nodes, wanted) => expect(feasibleNodesToFind(nodes)).toBe(wanted));
});

describe('the FailedScheduling message', () => {
  it('counts reasons and sorts them as texts', () => {
    expect(summarize(['Insufficient cpu', 'node(s) had untolerated taint(s)', 'Insufficient cpu', 'Insufficient cpu'])).toBe('1 node(s) had untolerated taint(s), 3 Insufficient cpu');
  });
});

describe('preemption', () => {
  it('removes the fewest and least important pods, and spares those that may stay', () => {
    const accounts = accountsWith(node('n'));
    assign(accounts, pod('low', { cpu: '1' }, { priority: 1 }), 'n');
    assign(accounts, pod('middle', { cpu: '1' }, { priority: 5 }), 'n');
    const high = pending(pod('high', { cpu: '1' }, { priority: 10 }), 10);
    const rejections = new Map([['n', { reasons: ['Insufficient cpu'], unresolvable: false }]]);
    const { candidate } = findPreemption(high, accounts, rejections, (info) => nodeResourcesFit.filter(high, info) === undefined);
    expect(candidate?.victims.map((victim) => victim.key)).toEqual(['default/low']);
  });

  it('says why it cannot help', () => {
    const accounts = accountsWith(node('full'), node('tainted'));
    const rejections = new Map([
      ['full', { reasons: ['Insufficient cpu'], unresolvable: false }],
      ['tainted', { reasons: ['node(s) had untolerated taint(s)'], unresolvable: true }],
    ]);
    const { candidate, reasons } = findPreemption(pending(pod('p')), accounts, rejections, () => true);
    expect(candidate).toBeUndefined();
    expect(summarize(reasons)).toBe('1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling');
  });
});

describe('the queue', () => {
  const queued = (key: string, priority = 0) => ({ key, priority, attempts: 1, cause: { kind: 'boot' as const, id: 0 }, failedAt: 1_000 });

  it('serves more important pods first, and equals in order of arrival', () => {
    const queue = newQueue();
    for (const entry of [queued('a'), queued('b', 5), queued('c')]) activate(queue, entry);
    expect([pop(queue), pop(queue), pop(queue), pop(queue)].map((entry) => entry?.key)).toEqual(['b', 'a', 'c', undefined]);
  });

  it('tries again when the cluster changes, but not before the back-off has passed', () => {
    const queue = newQueue();
    queue.unschedulable.set('a', queued('a'));
    moveAll(queue, 1_200);
    expect(pop(queue)).toBeUndefined();
    expect(promoteQueue(queue, 1_200)).toBe(2_000);
    promoteQueue(queue, 2_000);
    expect(pop(queue)?.key).toBe('a');
  });

  it('tries again after five minutes whatever happened', () => {
    const queue = newQueue();
    queue.unschedulable.set('a', queued('a'));
    expect(promoteQueue(queue, 2_000)).toBe(301_000);
    promoteQueue(queue, 301_000);
    expect(pop(queue)?.key).toBe('a');
  });
});
