import { describe, expect, it } from 'vitest';
import type { KubeObject, WatchEvent } from '../../simulation/apiserver/types.ts';
import type { WriteChange } from './types.ts';
import { aboutOf, changeOf } from './write-change.ts';

function object(kind: string, rest: Record<string, unknown> = {}, metadata: Record<string, unknown> = {}): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { namespace: 'default', name: 'x', uid: 'u', resourceVersion: '1', creationTimestamp: '', ...metadata }, ...rest } as KubeObject;
}

function event(after: KubeObject, previous?: KubeObject, resource = 'pods', type: WatchEvent['type'] = previous ? 'MODIFIED' : 'ADDED'): WatchEvent {
  return { type, resource, key: 'default/x', object: after, ...(previous ? { previous } : {}), revision: 1, writer: 'w', cause: { kind: 'boot', id: 0 }, time: 0 };
}

const pod = (spec: object, status: object = {}, metadata = {}): KubeObject => object('Pod', { spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec }, status }, metadata);
const running = { phase: 'Running', containerStatuses: [{ name: 'c', ready: true, restartCount: 0, state: { running: {} } }] };
const deployment = (replicas: number, image = 'nginx'): KubeObject => object('Deployment', { spec: { replicas, template: { spec: { containers: [{ image }] } } } });

describe('what a write did', () => {
  const cases: [string, WatchEvent, WriteChange][] = [
    ['a new object', event(pod({})), { kind: 'created' }],
    ['an object that went', event(pod({}), pod({}), 'pods', 'DELETED'), { kind: 'deleted' }],
    ['a graceful deletion that begins', event(pod({}, {}, { deletionTimestamp: 't' }), pod({})), { kind: 'marked' }],
    ['a binding', event(pod({ nodeName: 'worker-1' }), pod({})), { kind: 'bound', node: 'worker-1' }],
    ['a pod that came up', event(pod({}, running), pod({}, { phase: 'Pending' })), { kind: 'pod-status', from: 'Pending', to: 'Running', readyBefore: '0/1', ready: '1/1' }],
    ['a scaled Deployment', event(deployment(4), deployment(1), 'deployments.apps'), { kind: 'scaled', from: 1, to: 4 }],
    ['another image', event(deployment(1, 'nginx:2'), deployment(1), 'deployments.apps'), { kind: 'images', images: ['nginx:2'] }],
    ['a cordoned node', event(object('Node', { spec: { unschedulable: true } }), object('Node', { spec: {} }), 'nodes'), { kind: 'cordoned' }],
  ];
  it.each(cases)('%s', (_name, write, change) => {
    expect(changeOf(write)).toEqual(change);
  });
});

describe('what a write is about', () => {
  it('is what an Event tells of', () => {
    const told = object('Event', { reason: 'Scheduled', message: 'Successfully assigned default/x to worker-1', type: 'Normal', involvedObject: { kind: 'Pod', namespace: 'default', name: 'x' } });
    expect(aboutOf(event(told, undefined, 'events'))).toEqual({ event: { reason: 'Scheduled', message: 'Successfully assigned default/x to worker-1', warning: false }, about: { kind: 'Pod', key: 'default/x' } });
  });

  it('cuts a long message', () => {
    expect(aboutOf(event(object('Event', { message: 'm'.repeat(2000), reason: 'r' }), undefined, 'events')).event?.message).toHaveLength(240);
  });

  it('is the Service of an EndpointSlice', () => {
    expect(aboutOf(event(object('EndpointSlice', {}, { labels: { 'kubernetes.io/service-name': 'web' } }), undefined, 'endpointslices.discovery.k8s.io'))).toEqual({ about: { kind: 'Service', key: 'default/web' } });
  });

  it('is nothing else for other objects', () => {
    expect(aboutOf(event(pod({})))).toEqual({});
  });
});
