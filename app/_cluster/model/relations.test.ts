import { describe, expect, it } from 'vitest';
import { pod, service, tables, workload } from './for-tests.ts';
import { relatedTo, searchPods } from './relations.ts';

const WEB = { kind: 'ReplicaSet', name: 'web-1' };
const DATA = tables({
  pods: [pod('default/web-1-a', { owner: WEB, labels: { app: 'web', tier: 'front' } }), pod('default/web-2-a', { owner: { kind: 'ReplicaSet', name: 'web-2' }, labels: { app: 'web' }, status: 'ErrImagePull' }), pod('default/other', { labels: { app: 'website' }, images: ['redis:7'] })],
  workloads: [workload('Deployment/default/web'), workload('ReplicaSet/default/web-1', { owner: { kind: 'Deployment', name: 'web' } }), workload('ReplicaSet/default/web-2', { owner: { kind: 'Deployment', name: 'web' } })],
  services: [service('default/web', { endpoints: [{ pod: 'default/web-1-a', ready: true }, { pod: 'default/web-2-a', ready: false }] })],
});

describe('what belongs to an object', () => {
  it('a Deployment: the pods of all its ReplicaSets', () => {
    expect([...relatedTo({ resource: 'deployments.apps', key: 'default/web' }, DATA).pods]).toEqual(['default/web-1-a', 'default/web-2-a']);
  });

  it('a ReplicaSet: its own pods, and the Deployment above', () => {
    const related = relatedTo({ resource: 'replicasets.apps', key: 'default/web-1' }, DATA);
    expect([...related.pods]).toEqual(['default/web-1-a']);
    expect(related.workloads.has('Deployment/default/web')).toBe(true);
  });

  it('a Service: its endpoints, ready or not', () => {
    expect(relatedTo({ resource: 'services', key: 'default/web' }, DATA).services.get('default/web')).toEqual([{ pod: 'default/web-1-a', ready: true }, { pod: 'default/web-2-a', ready: false }]);
  });

  it('an Ingress: the pods behind the Services of its rules', () => {
    const ingress = { key: 'default/front', uid: '', namespace: 'default', name: 'front', className: '', addresses: [], createdAt: 0, rules: [{ host: '*', path: '/', service: 'web', port: 80 }, { host: '*', path: '/x', service: 'gone', port: 80 }] };
    const related = relatedTo({ resource: 'ingresses.networking.k8s.io', key: 'default/front' }, { ...DATA, ingresses: new Map([[ingress.key, ingress]]) });
    expect([[...related.services.keys()], related.pods.size]).toEqual([['default/web'], 2]);
  });

  it('a pod: what stands above it', () => {
    const related = relatedTo({ resource: 'pods', key: 'default/web-1-a' }, DATA);
    expect([[...related.workloads], [...related.services.keys()]]).toEqual([['ReplicaSet/default/web-1', 'Deployment/default/web'], ['default/web']]);
  });

  it('something that is not there: nothing', () => {
    expect(relatedTo({ resource: 'pods', key: 'default/gone' }, DATA).pods.size).toBe(0);
  });
});

describe('a search', () => {
  const found = (text: string): string[] => [...(searchPods(text, DATA.pods.values()) ?? [])];
  it('looks at labels when there is an equals sign', () => {
    expect(found('app=web,tier=front')).toEqual(['default/web-1-a']);
    expect(found('app==web,')).toEqual(['default/web-1-a', 'default/web-2-a', 'default/other']);
  });

  it('looks at names, states and images otherwise', () => {
    expect(found('errimage')).toEqual(['default/web-2-a']);
    expect(found('redis')).toEqual(['default/other']);
    expect(found('nowhere')).toEqual([]);
  });

  it('is none when nothing is typed', () => {
    expect(searchPods('  ', DATA.pods.values())).toBeUndefined();
  });
});
