import { describe, expect, it } from 'vitest';
import { parseQuantity } from '../quantity.ts';
import type { KubeObject } from '../types.ts';
import { missingResources, quotaMatches, usageOf } from './usage.ts';

const object = (spec: object, status: object = {}): KubeObject => ({ apiVersion: 'v1', kind: 'X', metadata: { name: 'x', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '' }, spec, status }) as KubeObject;
const container = (name: string, requests?: Record<string, string>, limits?: Record<string, string>, extra: object = {}): object => ({ name, image: 'i', resources: { ...(requests ? { requests } : {}), ...(limits ? { limits } : {}) }, ...extra });

/** The part of a usage that a quota names. */
function used(resource: string, what: KubeObject, names: string[]): Record<string, string> {
  const usage = usageOf(resource, what);
  return Object.fromEntries(names.map((name) => [name, usage.get(name)?.toString() ?? '0']));
}

describe('what a quota counts', () => {
  it.each<[string, string, KubeObject, Record<string, string>]>([
    ['the sum over containers', 'pods', object({ containers: [container('a', { cpu: '100m', memory: '64Mi' }, { cpu: '1' }), container('b', { cpu: '200m' }, { cpu: '500m' })] }), { pods: '1', cpu: '300m', 'requests.cpu': '300m', 'limits.cpu': '1500m', 'requests.memory': '64Mi', memory: '64Mi', 'count/pods': '1' }],
    ['the peak of init containers where that is more', 'pods', object({ initContainers: [container('i', { cpu: '1' })], containers: [container('a', { cpu: '300m' })] }), { 'requests.cpu': '1' }],
    ['sidecars beside the containers', 'pods', object({ initContainers: [container('s', { cpu: '200m' }, undefined, { restartPolicy: 'Always' })], containers: [container('a', { cpu: '300m' })] }), { 'requests.cpu': '500m' }],
    ['an overhead', 'pods', object({ overhead: { cpu: '50m' }, containers: [container('a', { cpu: '300m' })] }), { 'requests.cpu': '350m' }],
    ['of a pod that has ended only that it is there', 'pods', object({ containers: [container('a', { cpu: '300m' })] }, { phase: 'Succeeded' }), { pods: '0', 'requests.cpu': '0', 'count/pods': '1' }],
    ['node ports', 'services', object({ type: 'NodePort', ports: [{ port: 80 }, { port: 443 }] }), { services: '1', 'services.nodeports': '2', 'services.loadbalancers': '0' }],
    ['load balancers, and their node ports', 'services', object({ type: 'LoadBalancer', ports: [{ port: 80 }] }), { 'services.nodeports': '1', 'services.loadbalancers': '1' }],
    ['no node ports of a load balancer without', 'services', object({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: [{ port: 80 }] }), { 'services.nodeports': '0', 'services.loadbalancers': '1' }],
    ['storage, also by class', 'persistentvolumeclaims', object({ storageClassName: 'gold', resources: { requests: { storage: '5Gi' } } }), { persistentvolumeclaims: '1', 'requests.storage': '5Gi', 'gold.storageclass.storage.k8s.io/requests.storage': '5Gi', 'silver.storageclass.storage.k8s.io/requests.storage': '0' }],
    ['any kind by name', 'deployments.apps', object({}), { 'count/deployments.apps': '1' }],
  ])('%s', (_, resource, what, expected) => {
    const canonical = (list: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(list).map(([name, text]) => [name, parseQuantity(text).toString()]));
    expect(canonical(used(resource, what, Object.keys(expected)))).toEqual(canonical(expected));
  });
});

describe('which pods a scoped quota is about', () => {
  const quota = (spec: object): KubeObject => object(spec);
  it.each<[string, object, KubeObject, boolean]>([
    ['no scope: all', {}, object({}), true],
    ['Terminating: those with a deadline', { scopes: ['Terminating'] }, object({ activeDeadlineSeconds: 10 }), true],
    ['Terminating: not those without', { scopes: ['Terminating'] }, object({}), false],
    ['BestEffort', { scopes: ['BestEffort'] }, object({}, { qosClass: 'BestEffort' }), true],
    ['NotBestEffort', { scopes: ['NotBestEffort'] }, object({}, { qosClass: 'Burstable' }), true],
    ['all scopes must fit', { scopes: ['NotBestEffort', 'Terminating'] }, object({}, { qosClass: 'Burstable' }), false],
    ['a priority class among some', { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] } }, object({ priorityClassName: 'high' }), true],
    ['a priority class not among them', { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'NotIn', values: ['high'] }] } }, object({ priorityClassName: 'high' }), false],
    ['no priority class', { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'DoesNotExist' }] } }, object({}), true],
  ])('%s', (_, spec, pod, expected) => expect(quotaMatches(quota(spec), 'pods', pod)).toBe(expected));
});

it('every container must name what a quota limits', () => {
  const quota = object({ hard: { 'limits.cpu': '1', 'requests.memory': '1Gi', pods: '5' } });
  expect(missingResources(quota, object({ containers: [container('b'), container('a', { memory: '1Mi' })] }))).toBe('limits.cpu for: a,b; requests.memory for: b');
  expect(missingResources(quota, object({ containers: [container('a', { memory: '1Mi' }, { cpu: '1' })] }))).toBeUndefined();
});
