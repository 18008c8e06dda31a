import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../apiserver/types.ts';
import { assign, newAccounts, setNode } from './accounts.ts';
import type { NodeInfo, PendingPod, SchedulerView } from './framework.ts';
import { interPodAffinity } from './plugins/inter-pod-affinity.ts';
import { nodeAffinityScore } from './plugins/node-affinity.ts';
import { leastAllocated } from './plugins/node-resources-fit.ts';
import { podTopologySpread } from './plugins/pod-topology-spread.ts';
import { hostPorts, podRequests } from './requests.ts';

let uid = 0;
const meta = (name: string, labels: Record<string, string> = {}): KubeObject['metadata'] => ({ name, namespace: 'default', uid: `u${++uid}`, resourceVersion: '1', creationTimestamp: '', labels });
const node = (name: string, labels: Record<string, string> = {}): KubeObject => ({ apiVersion: 'v1', kind: 'Node', metadata: meta(name, { 'kubernetes.io/hostname': name, ...labels }), spec: {}, status: { allocatable: { cpu: '2', memory: '4Gi', pods: '110' } } });
const pod = (name: string, labels: Record<string, string>, spec: object = {}): KubeObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: meta(name, labels), spec: { containers: [{ name: 'c', image: 'i', resources: {} }], ...spec }, status: {} });
const pending = (object: KubeObject): PendingPod => ({ pod: object, key: `default/${object.metadata.name}`, requests: podRequests(object), ports: hostPorts(object), owner: '', priority: 0 });

/** Three machines in two zones: a1 and a2 in a, b1 in b. */
function world(placed: [KubeObject, string][]): { view: SchedulerView; infos: NodeInfo[] } {
  const accounts = newAccounts();
  for (const each of [node('a1', { zone: 'a' }), node('a2', { zone: 'a' }), node('b1', { zone: 'b' })]) setNode(accounts, each);
  const pods = placed.map(([object, name]) => ({ ...object, spec: { ...(object.spec as object), nodeName: name } }));
  for (const object of pods) assign(accounts, object, (object.spec as { nodeName: string }).nodeName);
  const view: SchedulerView = {
    nodes: () => accounts.nodes.values(),
    nodeNamed: (name) => accounts.nodes.get(name),
    assignedPods: () => pods,
    podsWithAffinity: () => pods.filter((object) => (object.spec as { affinity?: object }).affinity !== undefined),
    countsByOwner: () => undefined,
    countsByIndex: () => new Int32Array(0),
    nodeFeatures: { zoned: false, softTaints: false },
    namespaceLabels: (name) => ({ 'kubernetes.io/metadata.name': name }),
    claim: () => undefined,
    volume: () => undefined,
    volumes: () => [],
    storageClass: () => undefined,
    csiNode: () => undefined,
  };
  return { view, infos: [...accounts.nodes.values()] };
}

const web = (name: string): KubeObject => pod(name, { app: 'web' });

describe('a topology spread constraint leaves', () => {
  const spread = (extra: object): KubeObject => pod('new', { app: 'web' }, { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'web' } }, ...extra }] });
  it.each<[string, [KubeObject, string][], object, string[]]>([
    ['every machine while nothing runs', [], {}, ['a1', 'a2', 'b1']],
    ['the zone with fewer pods', [[web('1'), 'a1']], {}, ['b1']],
    ['all zones when they are even', [[web('1'), 'a1'], [web('2'), 'b1']], {}, ['a1', 'a2', 'b1']],
    ['more with a larger skew', [[web('1'), 'a1']], { maxSkew: 2 }, ['a1', 'a2', 'b1']],
    ['machines, where the key is the host name', [[web('1'), 'a1']], { topologyKey: 'kubernetes.io/hostname' }, ['a2', 'b1']],
    ['none where the label is missing', [], { topologyKey: 'rack' }, []],
    ['no more than maxSkew a domain while there are fewer domains than minDomains', [[web('1'), 'a1'], [web('2'), 'b1']], { minDomains: 3 }, []],
    ['all when the other pods are not selected', [[pod('1', { app: 'db' }), 'a1']], {}, ['a1', 'a2', 'b1']],
  ])('%s', (_, placed, extra, expected) => {
    const { view, infos } = world(placed);
    const waiting = pending(spread(extra));
    const state = podTopologySpread.preFilter(waiting, view);
    expect(infos.filter((info) => state && podTopologySpread.filter(waiting, info, state) === undefined).map(({ name }) => name)).toEqual(expected);
  });
});

describe('pod affinity leaves', () => {
  const term = (app: string, topologyKey: string): object => ({ topologyKey, labelSelector: { matchLabels: { app } } });
  const withTerms = (labels: Record<string, string>, affinity: object): KubeObject => pod('new', labels, { affinity });
  it.each<[string, [KubeObject, string][], KubeObject, string[]]>([
    ['the zone of the pods that it wants to be with', [[pod('db', { app: 'db' }), 'a1']], withTerms({}, { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term('db', 'zone')] } }), ['a1', 'a2']],
    ['nothing when there is no such pod', [], withTerms({}, { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term('db', 'zone')] } }), []],
    ['everything to the first of its kind', [], withTerms({ app: 'db' }, { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term('db', 'zone')] } }), ['a1', 'a2', 'b1']],
    ['machines without the pods that it avoids', [[web('1'), 'a1'], [web('2'), 'b1']], withTerms({ app: 'web' }, { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term('web', 'kubernetes.io/hostname')] } }), ['a2']],
    ['machines whose pods do not avoid it', [[pod('shy', { app: 'shy' }, { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term('web', 'zone')] } } }), 'a1']], web('new'), ['b1']],
  ])('%s', (_, placed, object, expected) => {
    const { view, infos } = world(placed);
    const waiting = pending(object);
    const state = interPodAffinity.preFilter(waiting, view);
    expect(infos.filter((info) => !state || interPodAffinity.filter(waiting, info, state) === undefined).map(({ name }) => name)).toEqual(expected);
  });
});

describe('scores', () => {
  const asks = (cpu: string, memory: string): KubeObject => pod('p', {}, { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu, memory } } }] });
  it.each<[string, KubeObject | undefined, KubeObject, number]>([
    // (2000-500)/2000 = 75, (4-1)/4 = 75
    ['of an empty machine', undefined, asks('500m', '1Gi'), 75],
    // (2000-1500)/2000 = 25, (4-2)/4 = 50
    ['of a machine in use', asks('1', '1Gi'), asks('500m', '1Gi'), 37],
    // A container that asks for nothing counts as 100m and 200 MB: 95, 95.
    ['of a pod that asks for nothing', undefined, pod('p', {}), 95],
    // Beyond what there is: 0, 50.
    ['of a machine that has too little of one', asks('1800m', '1Gi'), asks('500m', '1Gi'), 25],
  ])('LeastAllocated %s', (_, there, object, expected) => {
    const { infos } = world(there ? [[there, 'a1']] : []);
    expect(leastAllocated.score(pending(object), infos[0] as NodeInfo)).toBe(expected);
  });

  it('preferred node affinity adds the weights that match, and the best gets 100', () => {
    const { view, infos } = world([]);
    const preference = (weight: number, key: string, value: string): object => ({ weight, preference: { matchExpressions: [{ key, operator: 'In', values: [value] }] } });
    const waiting = pending(pod('p', {}, { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [preference(80, 'zone', 'a'), preference(20, 'kubernetes.io/hostname', 'a2')] } } }));
    const state = nodeAffinityScore.preScore(waiting);
    const scores = infos.map((info) => (state ? nodeAffinityScore.score(waiting, info, state) : 0));
    expect(scores).toEqual([80, 100, 0]);
    nodeAffinityScore.normalize(scores);
    expect(scores).toEqual([80, 100, 0]);
    expect([...view.nodes()]).toHaveLength(3);
  });
});
