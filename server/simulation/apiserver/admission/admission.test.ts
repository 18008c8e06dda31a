import { describe, expect, it } from 'vitest';
import { podBody, testServer } from '../testing.ts';

const PODS = '/api/v1/namespaces/default/pods';

function pod(name: string, resources?: object): Record<string, unknown> {
  return podBody(name, { containers: [{ name: 'c', image: 'nginx', ...(resources ? { resources } : {}) }] });
}

describe('LimitRanger', () => {
  const server = (limit: object): ReturnType<typeof testServer> => {
    const made = testServer();
    made.must('POST', '/api/v1/namespaces/default/limitranges', { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'l' }, spec: { limits: [{ type: 'Container', ...limit }] } });
    return made;
  };

  it('fills in what a container leaves open, and notes it', () => {
    const created = server({ default: { cpu: '500m', memory: '256Mi' }, defaultRequest: { cpu: '100m' } }).must('POST', PODS, pod('web'));
    expect(created.spec.containers[0].resources).toEqual({ limits: { cpu: '500m', memory: '256Mi' }, requests: { cpu: '100m', memory: '256Mi' } });
    expect(created.metadata.annotations).toEqual({ 'kubernetes.io/limit-ranger': 'LimitRanger plugin set: cpu, memory request for container c; cpu, memory limit for container c' });
    expect(created.status.qosClass).toBe('Burstable');
  });

  it('refuses what is outside the bounds', () => {
    expect(server({ max: { memory: '1Gi' }, min: { cpu: '100m' } }).refused('POST', PODS, pod('web', { limits: { memory: '2Gi', cpu: '50m' } })).message).toBe(
      'pods "web" is forbidden: [minimum cpu usage per Container is 100m, but request is 50m, maximum memory usage per Container is 1Gi, but limit is 2Gi]',
    );
  });
});

describe('ResourceQuota', () => {
  const server = (hard: Record<string, string>): ReturnType<typeof testServer> => {
    const made = testServer();
    made.must('POST', '/api/v1/namespaces/default/resourcequotas', { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard } });
    return made;
  };

  it('counts what is created and refuses what would exceed it', () => {
    const { must, refused } = server({ pods: '2', 'requests.cpu': '1' });
    const half = { requests: { cpu: '500m' } };
    must('POST', PODS, pod('a', half));
    must('POST', `${PODS}?dryRun=All`, pod('dry', half));
    must('POST', PODS, pod('b', half));
    expect(refused('POST', PODS, pod('c', half))).toMatchObject({
      code: 403,
      message: 'pods "c" is forbidden: exceeded quota: q, requested: pods=1,requests.cpu=500m, used: pods=2,requests.cpu=1, limited: pods=2,requests.cpu=1',
    });
    expect(must('GET', '/api/v1/namespaces/default/resourcequotas/q').status).toEqual({ hard: { pods: '2', 'requests.cpu': '1' }, used: { pods: '2', 'requests.cpu': '1' } });
  });

  it('demands what it limits', () => {
    expect(server({ 'limits.cpu': '1', 'requests.memory': '1Gi' }).refused('POST', PODS, pod('a')).message).toBe(
      'pods "a" is forbidden: failed quota: q: must specify limits.cpu for: c; requests.memory for: c',
    );
  });
});

describe('other plugins', () => {
  it('knows priority classes', () => {
    const { must, refused } = testServer();
    must('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' }, value: 1000 });
    expect(must('POST', PODS, podBody('a', { priorityClassName: 'high' })).spec).toMatchObject({ priority: 1000, preemptionPolicy: 'PreemptLowerPriority' });
    expect(refused('POST', PODS, podBody('b', { priorityClassName: 'nope' })).message).toBe('pods "b" is forbidden: no PriorityClass with name nope was found');
  });

  it('leaves tolerations that a pod has', () => {
    const { must } = testServer();
    expect(must('POST', PODS, podBody('a', { tolerations: [{ operator: 'Exists' }] })).spec.tolerations).toEqual([{ operator: 'Exists' }]);
  });

  it('mounts no token where none is wanted', () => {
    const { must } = testServer();
    expect(must('POST', PODS, podBody('a', { automountServiceAccountToken: false })).spec.volumes).toBeUndefined();
  });

  it('taints new nodes until they are ready', () => {
    const { must } = testServer();
    expect(must('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } }).spec.taints).toEqual([{ effect: 'NoSchedule', key: 'node.kubernetes.io/not-ready' }]);
  });

  it('warns of what is legal and unwise', () => {
    const { ask } = testServer();
    const body = podBody('web.local', { nodeSelector: { 'beta.kubernetes.io/os': 'linux' }, containers: [{ name: 'c', image: 'nginx', env: [{ name: 'A', value: '1' }, { name: 'A', value: '2' }] }] });
    expect(ask('POST', PODS, body).warnings).toEqual([
      "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
      'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
      'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    ]);
  });
});
