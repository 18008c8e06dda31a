import { describe, expect, it } from 'vitest';
import type { WriteRow } from '../../../server/rooms/projection/types.ts';
import { actorOf, watchersOf } from './actor.ts';
import { captionOf, type Caption } from './caption.ts';
import { write } from './for-tests.ts';
import { Pace } from './pace.ts';
import { isHeartbeat, isQuiet, WriteLog } from './write-log.ts';

describe('who writes', () => {
  it.each([
    ['kubectl kubernetes-admin', 'client', 'kubectl'],
    ['minikube', 'client', 'kubectl'],
    ['deployment-controller', 'controller', 'kube-controller-manager'],
    ['kube-scheduler', 'scheduler', 'kube-scheduler'],
    ['kube-apiserver', 'apiserver', 'kube-apiserver'],
    ['kubelet worker-2', 'kubelet', 'node:worker-2'],
    ['coredns worker-1', 'agent', 'node:worker-1'],
  ])('%s', (writer, kind, station) => {
    expect(actorOf({ writer })).toMatchObject({ kind, station });
  });
});

describe('who is told', () => {
  it('of a pod without a node: the scheduler', () => {
    expect(watchersOf(write(1), ['a'])).toEqual(['kube-scheduler']);
  });

  it('of a bound pod: the kubelet of its node', () => {
    expect(watchersOf(write(1, { writer: 'kube-scheduler', node: 'worker-2', change: { kind: 'bound', node: 'worker-2' } }), [])).toEqual(['node:worker-2']);
  });

  it('of what a kubelet reports: the controllers, not the kubelet', () => {
    expect(watchersOf(write(1, { writer: 'kubelet worker-2', node: 'worker-2', verb: 'update' }), [])).toEqual(['kube-controller-manager']);
  });

  it('of endpoints: every kube-proxy', () => {
    expect(watchersOf(write(1, { resource: 'endpointslices.discovery.k8s.io' }), ['a', 'b'])).toEqual(['node:a', 'node:b']);
  });

  it('of Events: nobody', () => {
    expect(watchersOf(write(1, { resource: 'events' }), ['a'])).toEqual([]);
  });
});

describe('a write in words', () => {
  const cases: [Partial<WriteRow>, Caption['key'], Partial<Caption['values']>][] = [
    [{}, 'created', { who: 'replicaset-controller', kind: 'Pod', name: 'web-1' }],
    [{ writer: 'kubectl kubernetes-admin', person: 'Ada', resource: 'deployments.apps', key: 'default/web', change: { kind: 'scaled', from: 1, to: 4 } }, 'scaled', { who: 'Ada', kind: 'Deployment', name: 'web', from: '1', to: '4' }],
    [{ writer: 'client kubernetes-admin' }, 'created', { who: 'kubectl' }],
    [{ writer: 'kube-scheduler', change: { kind: 'bound', node: 'worker-2' } }, 'bound', { node: 'worker-2' }],
    [{ writer: 'kubelet worker-2', change: { kind: 'pod-status', from: 'Pending', to: 'Running', readyBefore: '0/1', ready: '1/1' } }, 'podStatus', { who: 'kubelet worker-2', to: 'Running', ready: '1/1' }],
    [{ change: { kind: 'pod-status', from: 'Running', to: 'Running', readyBefore: '1/1', ready: '1/1' } }, 'podAgain', {}],
    [{ resource: 'nodes', key: 'worker-1', change: { kind: 'taints', taints: [] } }, 'untainted', { name: 'worker-1' }],
    [{ resource: 'nodes', key: 'worker-1', change: { kind: 'node-ready', ready: 'Unknown' } }, 'nodeReady', { to: 'NotReady' }],
    [{ resource: 'endpointslices.discovery.k8s.io', key: 'default/web-abc', about: { kind: 'Service', key: 'default/web' }, change: { kind: 'endpoints', ready: 2 } }, 'endpoints', { kind: 'Service', name: 'web', ready: 2 }],
    [{ resource: 'endpointslices.discovery.k8s.io', key: 'default/web-abc', about: { kind: 'Service', key: 'default/web' } }, 'created', { kind: 'EndpointSlice', name: 'web-abc' }],
    [{ resource: 'events', key: 'default/web.1', event: { reason: 'Scheduled', message: 'm', warning: false }, about: { kind: 'Pod', key: 'default/web-1' } }, 'event', { kind: 'Pod', name: 'web-1', to: 'Scheduled', detail: 'm' }],
    [{ verb: 'update', resource: 'widgets.example.com', key: 'w', change: { kind: 'content' } }, 'updated', { kind: 'widgets.example.com', name: 'w' }],
  ];
  it.each(cases)('%j', (rest, key, values) => {
    const caption = captionOf(write(1, rest));
    expect(caption.key).toBe(key);
    expect(caption.values).toMatchObject(values);
  });

  it('opens what an Event tells of', () => {
    expect(captionOf(write(1, { resource: 'events', key: 'default/web.1', event: { reason: 'r', message: 'm', warning: false }, about: { kind: 'Pod', key: 'default/web-1' } })).object).toEqual({ resource: 'pods', key: 'default/web-1' });
    expect(captionOf(write(1, { resource: 'events', key: 'default/web.1', event: { reason: 'r', message: 'm', warning: false }, about: { kind: 'Widget', key: 'default/w' } })).object).toEqual({ resource: 'events', key: 'default/web.1' });
  });
});

describe('the log', () => {
  it('takes each write once', () => {
    const log = new WriteLog();
    expect(log.add([write(1), write(2)]).map(({ revision }) => revision)).toEqual([1, 2]);
    expect(log.add([write(1), write(2), write(5)]).map(({ revision }) => revision)).toEqual([5]);
    expect(log.add([write(2), write(5)])).toEqual([]);
    expect(log.writes.map(({ revision }) => revision)).toEqual([1, 2, 5]);
  });

  it('begins anew when a replay goes back', () => {
    const log = new WriteLog();
    log.add([write(8), write(9)]);
    log.add([write(3)]);
    expect(log.writes.map(({ revision }) => revision)).toEqual([3]);
  });

  it('knows whose command set a write off', () => {
    const log = new WriteLog();
    log.add([write(1, { person: 'Ada', causeKind: 'input' }), write(2, { causeKind: 'write', causeId: 1 }), write(3, { causeKind: 'write', causeId: 2 }), write(4, { causeKind: 'timer' })]);
    expect([3, 4].map((revision) => log.personOf(write(revision)))).toEqual(['Ada', undefined]);
  });

  it('is bounded', () => {
    const log = new WriteLog();
    for (let revision = 1; revision <= 2000; revision++) log.add([write(revision)]);
    expect(log.writes.length).toBe(600);
    expect([log.at(1400), log.at(1401)?.revision]).toEqual([undefined, 1401]);
  });
});

describe('quiet writes', () => {
  it('are heartbeats and mirrors, and not a node that became ready', () => {
    const kubelet = { writer: 'kubelet worker-1', resource: 'nodes', key: 'worker-1', verb: 'update' } as const;
    expect(isHeartbeat(write(1, { ...kubelet, change: { kind: 'status' } }))).toBe(true);
    expect(isQuiet(write(1, { ...kubelet, change: { kind: 'node-ready', ready: 'True' } }))).toBe(false);
    expect([isQuiet(write(1, { resource: 'endpoints' })), isHeartbeat(write(1, { resource: 'endpoints' })), isQuiet(write(1))]).toEqual([true, false, false]);
  });
});

describe('the pace', () => {
  /** Runs until nothing waits, a frame every 16 ms. @returns when each was shown. */
  function drain(pace: Pace, mode: 'single' | 'flow'): { at: number; revision: number; count: number }[] {
    const shown: { at: number; revision: number; count: number }[] = [];
    for (let now = 0; pace.waiting > 0; now += 16) {
      const beat = pace.take(now, mode);
      if (beat) shown.push({ at: now, revision: beat.write.revision, count: beat.count });
    }
    return shown;
  }

  it('shows a burst one after the other, within two seconds', () => {
    const pace = new Pace();
    pace.add(Array.from({ length: 20 }, (_, index) => write(index, { key: `default/p-${index}` })));
    const shown = drain(pace, 'flow');
    expect(shown.map(({ revision }) => revision)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(shown.every(({ at }, index) => index === 0 || at > (shown[index - 1] as { at: number }).at)).toBe(true);
    expect(shown.at(-1)?.at).toBeLessThan(4_500);
  });

  it('shows of a kind together when there are too many, and loses none in the count', () => {
    const pace = new Pace();
    pace.add(Array.from({ length: 90 }, (_, index) => write(index, { resource: index % 2 ? 'pods' : 'events' })));
    const shown = drain(pace, 'flow');
    expect(shown.length).toBe(2);
    expect(shown.reduce((sum, { count }) => sum + count, 0)).toBe(90);
  });

  it('never has more waiting than it can show', () => {
    const pace = new Pace();
    for (let round = 0; round < 20; round++) pace.add(Array.from({ length: 100 }, (_, index) => write(round * 100 + index, { node: `worker-${index}` })));
    expect(pace.waiting).toBeLessThanOrEqual(48);
  });

  it('takes its time in slow motion', () => {
    const pace = new Pace();
    pace.add([write(1), write(2), write(3)]);
    const [first, second, third] = drain(pace, 'single').map(({ at }) => at) as [number, number, number];
    expect(Math.min(second - first, third - second)).toBeGreaterThanOrEqual(600);
  });
});
