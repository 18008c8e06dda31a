import { describe, expect, it } from 'vitest';
import type { Table } from './tables/table.ts';
import { ADMIN, COMPONENT, podBody, TABLE, testServer } from './testing.ts';
import type { KubeObject } from './types.ts';

const PODS = '/api/v1/namespaces/default/pods';
const SERVICES = '/api/v1/namespaces/default/services';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

function deployment(name: string, replicas = 1): Record<string, unknown> {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } } },
  };
}

function rows(body: unknown): unknown[][] {
  return (body as Table).rows.map((row) => row.cells);
}

describe('create', () => {
  it('stamps metadata, resets status and injects the service account token', () => {
    const { must } = testServer();
    const pod = must('POST', PODS, { ...podBody('web'), status: { phase: 'Running' } });
    expect(pod.metadata).toMatchObject({ name: 'web', namespace: 'default', generation: 1, creationTimestamp: '2026-11-24T00:00:00Z' });
    expect(pod.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(pod.status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
    const volume = pod.spec.volumes[0].name as string;
    expect(volume).toMatch(/^kube-api-access-[a-z0-9]{5}$/);
    expect(pod.spec.containers[0].volumeMounts).toEqual([{ mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', name: volume, readOnly: true }]);
    expect(pod.spec).toMatchObject({ serviceAccountName: 'default', serviceAccount: 'default', priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
    expect(pod.spec.tolerations).toHaveLength(2);
  });

  it('says what exists, what is missing, and what is forbidden, in the words of the real server', () => {
    const { must, refused, api } = testServer();
    must('POST', PODS, podBody('web'));
    expect(refused('POST', PODS, podBody('web'))).toMatchObject({ code: 409, reason: 'AlreadyExists', message: 'pods "web" already exists', details: { name: 'web', kind: 'pods' } });
    expect(refused('POST', '/api/v1/namespaces/nosuch/pods', podBody('x'))).toMatchObject({ code: 404, message: 'namespaces "nosuch" not found' });
    expect(refused('GET', `${DEPLOYMENTS}/nosuch`)).toMatchObject({ code: 404, message: 'deployments.apps "nosuch" not found', details: { name: 'nosuch', group: 'apps', kind: 'deployments' } });
    expect(refused('DELETE', '/api/v1/namespaces/default')).toMatchObject({ code: 403, message: 'namespaces "default" is forbidden: this namespace may not be deleted' });
    expect(refused('GET', '/api/v1/nosuch').message).toBe('the server could not find the requested resource');
    expect(refused('POST', PODS, podBody('y', { serviceAccountName: 'nobody' })).message).toBe(
      'pods "y" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found',
    );
    expect(() => api.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'web-', namespace: 'kube-public' }, spec: { serviceAccountName: 'x', containers: [] } }, COMPONENT)).toThrow(
      'pods "web-" is forbidden: error looking up service account kube-public/x: serviceaccount "x" not found',
    );
  });

  it('makes up names', () => {
    const { must } = testServer();
    const pod = must('POST', PODS, { ...podBody(''), metadata: { generateName: 'job-' } });
    expect(pod.metadata.name).toMatch(/^job-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(pod.metadata.generateName).toBe('job-');
  });

  it('stores nothing and changes no future in a dry run', () => {
    const { must, store, kernel, ask } = testServer();
    const revision = store.revision;
    const hash = kernel.hash();
    const pod = must('POST', `${PODS}?dryRun=All`, podBody('web'));
    expect(pod.metadata.uid).toBeDefined();
    expect(pod.metadata.resourceVersion).toBeUndefined();
    expect(store.revision).toBe(revision);
    must('POST', `${SERVICES}?dryRun=All`, { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { type: 'NodePort', ports: [{ port: 80 }] } });
    ask('GET', PODS);
    expect(kernel.hash()).toBe(hash);
  });
});

describe('update and patch', () => {
  it('refuses an outdated resourceVersion', () => {
    const { must, refused } = testServer();
    const created = must('POST', DEPLOYMENTS, deployment('web'));
    must('PUT', `${DEPLOYMENTS}/web`, { ...created, spec: { ...created.spec, replicas: 2 } });
    expect(refused('PUT', `${DEPLOYMENTS}/web`, { ...created, spec: { ...created.spec, replicas: 3 } })).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: 'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again',
    });
  });

  it('counts generations of spec and keeps status apart', () => {
    const { must, api } = testServer();
    const created = must('POST', DEPLOYMENTS, deployment('web'));
    expect(created.metadata.generation).toBe(1);
    const status = api.updateStatus('deployments.apps', { ...created, metadata: { ...created.metadata, annotations: { 'deployment.kubernetes.io/revision': '1' } }, status: { replicas: 1 } }, COMPONENT);
    expect(status.metadata.generation).toBe(1);
    const scaled = must('PUT', `${DEPLOYMENTS}/web`, { ...status, status: {}, spec: { ...status.spec, replicas: 4 } });
    expect(scaled.metadata.generation).toBe(2);
    expect(scaled.status).toEqual({ replicas: 1 });
    const same = must('PUT', `${DEPLOYMENTS}/web`, scaled);
    expect(same.metadata.resourceVersion).toBe(scaled.metadata.resourceVersion);
  });

  it('serves scale', () => {
    const { must, refused } = testServer();
    must('POST', DEPLOYMENTS, deployment('web', 2));
    const scale = must('GET', `${DEPLOYMENTS}/web/scale`);
    expect(scale).toMatchObject({ kind: 'Scale', spec: { replicas: 2 }, status: { replicas: 0, selector: 'app=web' } });
    must('PUT', `${DEPLOYMENTS}/web/scale`, { ...scale, spec: { replicas: 5 } });
    expect(must('GET', `${DEPLOYMENTS}/web`).spec.replicas).toBe(5);
    expect(refused('PUT', `${DEPLOYMENTS}/web/scale`, scale).reason).toBe('Conflict');
    expect(rows(must('GET', `${DEPLOYMENTS}/web/scale`, undefined, TABLE))).toEqual([['web', 5, 0, '0s']]);
  });
});

describe('deletion', () => {
  function runningPod(server: ReturnType<typeof testServer>, name: string): KubeObject {
    server.must('POST', PODS, podBody(name, { terminationGracePeriodSeconds: 30 }));
    return server.api.bind('default', name, 'worker-1', COMPONENT);
  }

  it('gives a running pod its grace period, and shortens it on request', () => {
    const server = testServer();
    runningPod(server, 'web');
    const marked = server.must('DELETE', `${PODS}/web`);
    expect(marked.metadata).toMatchObject({ deletionTimestamp: '2026-11-24T00:00:30Z', deletionGracePeriodSeconds: 30, generation: 2 });
    expect(server.refused('POST', PODS, podBody('web')).message).toBe('object is being deleted: pods "web" already exists');
    server.must('DELETE', `${PODS}/web`, { gracePeriodSeconds: 5 });
    expect(server.must('GET', `${PODS}/web`).metadata.deletionTimestamp).toBe('2026-11-24T00:00:05Z');
    server.api.delete('pods', 'default', 'web', { gracePeriodSeconds: 0 }, COMPONENT);
    expect(server.refused('GET', `${PODS}/web`).code).toBe(404);
  });

  it('removes a pod that no node has at once', () => {
    const { must, refused } = testServer();
    must('POST', PODS, podBody('web'));
    must('DELETE', `${PODS}/web`);
    expect(refused('GET', `${PODS}/web`).code).toBe(404);
  });

  it('waits for finalizers, those of foreground deletion included', () => {
    const { must, api, refused } = testServer();
    must('POST', DEPLOYMENTS, deployment('web'));
    must('DELETE', `${DEPLOYMENTS}/web`, { propagationPolicy: 'Foreground' });
    const waiting = must('GET', `${DEPLOYMENTS}/web`);
    expect(waiting.metadata).toMatchObject({ finalizers: ['foregroundDeletion'], deletionGracePeriodSeconds: 0 });
    const { finalizers: _done, ...metadata } = waiting.metadata;
    api.update('deployments.apps', { ...waiting, metadata }, COMPONENT);
    expect(refused('GET', `${DEPLOYMENTS}/web`).code).toBe(404);
  });

  it('answers with a Status that names what is gone, and checks preconditions', () => {
    const { must, refused } = testServer();
    const created = must('POST', DEPLOYMENTS, deployment('web'));
    expect(refused('DELETE', `${DEPLOYMENTS}/web`, { preconditions: { uid: 'other' } }).message).toBe(
      `Operation cannot be fulfilled on deployments.apps "web": Precondition failed: UID in precondition: other, UID in object meta: ${created.metadata.uid}`,
    );
    expect(must('DELETE', `${DEPLOYMENTS}/web`)).toMatchObject({ kind: 'Status', status: 'Success', details: { name: 'web', group: 'apps', kind: 'deployments', uid: created.metadata.uid } });
  });

  it('empties a namespace before it goes: nothing new, then the finalizer', () => {
    const { must, refused, api } = testServer();
    expect(must('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } })).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'team' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
    must('DELETE', '/api/v1/namespaces/team');
    const namespace = must('GET', '/api/v1/namespaces/team');
    expect(namespace.status.phase).toBe('Terminating');
    expect(refused('POST', '/api/v1/namespaces/team/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } })).toMatchObject({
      code: 403,
      message: 'configmaps "c" is forbidden: unable to create new content in namespace team because it is being terminated',
      details: { causes: [{ reason: 'NamespaceTerminating', message: 'namespace team is being terminated', field: 'metadata.namespace' }] },
    });
    api.update('namespaces', { ...namespace, spec: { finalizers: [] } }, COMPONENT);
    expect(refused('GET', '/api/v1/namespaces/team').code).toBe(404);
  });

  it('deletes a collection by label', () => {
    const { must } = testServer();
    for (const name of ['a', 'b']) must('POST', PODS, podBody(name));
    must('DELETE', `${PODS}?labelSelector=app%3Da`);
    expect((must('GET', PODS).items as KubeObject[]).map((pod) => pod.metadata.name)).toEqual(['b']);
  });

  it('refuses an eviction that a disruption budget does not allow', () => {
    const server = testServer();
    const pod = runningPod(server, 'web');
    server.api.updateStatus('pods', { ...pod, status: { ...pod.status, phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } }, COMPONENT);
    server.must('POST', '/apis/policy/v1/namespaces/default/poddisruptionbudgets', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'budget' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
    });
    const evict = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'web', namespace: 'default' } };
    expect(server.refused('POST', `${PODS}/web/eviction`, evict).details?.causes?.[0]?.message).toBe('The disruption budget budget is still being processed by the server.');
    const budget = server.api.get('poddisruptionbudgets.policy', 'default', 'budget') as KubeObject;
    server.api.updateStatus('poddisruptionbudgets.policy', { ...budget, status: { observedGeneration: 1, disruptionsAllowed: 0, desiredHealthy: 1, currentHealthy: 1, expectedPods: 1 } }, COMPONENT);
    expect(server.refused('POST', `${PODS}/web/eviction`, evict)).toMatchObject({
      code: 429,
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: { causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget budget needs 1 healthy pods and has 1 currently' }] },
    });
  });
});

describe('services', () => {
  const service = (name: string, spec: Record<string, unknown>): Record<string, unknown> => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });

  it('allocates addresses and ports, keeps them, and gives them back', () => {
    const { must, store, refused } = testServer();
    const created = must('POST', SERVICES, service('web', { type: 'NodePort', ports: [{ port: 80, protocol: 'TCP' }] }));
    const { clusterIP, ports } = created.spec as { clusterIP: string; ports: { nodePort: number }[] };
    expect(clusterIP).toMatch(/^10\.(9[6-9]|10\d|11[01])\./);
    expect(created.spec).toMatchObject({ clusterIPs: [clusterIP], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', internalTrafficPolicy: 'Cluster', externalTrafficPolicy: 'Cluster' });
    expect(ports[0]?.nodePort).toBeGreaterThanOrEqual(30086);
    expect(created.status).toEqual({ loadBalancer: {} });
    expect(store.get('ipaddresses.networking.k8s.io', clusterIP)).toBeDefined();

    const taken = refused('POST', SERVICES, service('taken', { type: 'NodePort', ports: [{ port: 80, protocol: 'TCP', nodePort: ports[0]?.nodePort }] }));
    expect(taken.message).toBe(`Service "taken" is invalid: spec.ports[0].nodePort: Invalid value: ${ports[0]?.nodePort}: provided port is already allocated`);
    expect(refused('POST', SERVICES, service('same', { clusterIP, ports: [{ port: 80 }] })).message).toBe(
      `Service "same" is invalid: spec.clusterIPs: Invalid value: ["${clusterIP}"]: failed to allocate IP ${clusterIP}: provided IP is already allocated`,
    );

    const { clusterIP: _ip, clusterIPs: _ips, ...rest } = created.spec as Record<string, unknown>;
    const kept = must('PUT', `${SERVICES}/web`, { ...created, spec: { ...rest, ports: [{ port: 80, protocol: 'TCP' }] } });
    expect(kept.spec).toMatchObject({ clusterIP, ports: [{ nodePort: ports[0]?.nodePort }] });
    const internal = must('PUT', `${SERVICES}/web`, { ...kept, spec: { ...kept.spec, type: 'ClusterIP' } });
    expect(internal.spec.ports).toEqual([{ port: 80, protocol: 'TCP', targetPort: 80 }]);
    expect(internal.spec.externalTrafficPolicy).toBeUndefined();
    must('DELETE', `${SERVICES}/web`);
    expect(store.get('ipaddresses.networking.k8s.io', clusterIP)).toBeUndefined();
  });

  it('knows headless services, external names and health check ports', () => {
    const { must } = testServer();
    expect(must('POST', SERVICES, service('headless', { clusterIP: 'None', selector: { app: 'x' }, ports: [{ port: 80 }] })).spec).toMatchObject({ clusterIP: 'None', clusterIPs: ['None'] });
    const external = must('POST', SERVICES, service('outside', { type: 'ExternalName', externalName: 'db.example.com' }));
    expect(external.spec.clusterIP).toBeUndefined();
    expect(external.spec.ipFamilies).toBeUndefined();
    const local = must('POST', SERVICES, service('balanced', { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: [{ port: 80 }] }));
    expect(local.spec.healthCheckNodePort).toBeGreaterThan(30000);
    expect(local.spec.allocateLoadBalancerNodePorts).toBe(true);
    expect(rows(must('GET', SERVICES, undefined, TABLE)).map((row) => row.slice(0, 4))).toEqual([
      ['balanced', 'LoadBalancer', local.spec.clusterIP, '<pending>'],
      ['headless', 'ClusterIP', 'None', '<none>'],
      ['outside', 'ExternalName', '<none>', 'db.example.com'],
    ]);
  });
});

describe('lists and tables', () => {
  it('pages', () => {
    const { must } = testServer();
    for (const name of ['a', 'b', 'c']) must('POST', PODS, podBody(name));
    const first = must('GET', `${PODS}?limit=2`);
    expect(first.metadata).toMatchObject({ remainingItemCount: 1 });
    const second = must('GET', `${PODS}?limit=2&continue=${encodeURIComponent((first.metadata as unknown as { continue: string }).continue)}`);
    expect((second.items as KubeObject[]).map((pod) => pod.metadata.name)).toEqual(['c']);
  });

  it('selects by label and field', () => {
    const { must, refused, api } = testServer();
    for (const name of ['a', 'b']) must('POST', PODS, podBody(name));
    api.bind('default', 'b', 'worker-1', COMPONENT);
    const names = (url: string): string[] => (must('GET', url).items as KubeObject[]).map((pod) => pod.metadata.name);
    expect(names(`${PODS}?labelSelector=app%21%3Da`)).toEqual(['b']);
    expect(names('/api/v1/pods?fieldSelector=spec.nodeName%3Dworker-1')).toEqual(['b']);
    expect(names(`${PODS}?fieldSelector=metadata.name%3Da`)).toEqual(['a']);
    expect(refused('GET', `${PODS}?fieldSelector=spec.nosuch%3Da`).code).toBe(400);
  });

  it('warns of deprecated resources', () => {
    const { ask } = testServer();
    expect(ask('GET', '/api/v1/namespaces/default/endpoints').warnings).toEqual(['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice']);
  });

  it('lists 10,000 pods as one table', () => {
    const { api, ask } = testServer();
    for (let index = 0; index < 10_000; index++) {
      api.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'web-', namespace: 'default' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }, COMPONENT);
    }
    expect(rows(ask('GET', PODS, undefined, TABLE).body)).toHaveLength(10_000);
  });
});

describe('watch', () => {
  it('sends what is there, then what happens, as the selector sees it', () => {
    const server = testServer();
    const seen: string[] = [];
    server.must('POST', PODS, podBody('a'));
    const started = server.api.watch({ method: 'GET', path: PODS, query: { watch: 'true', labelSelector: 'app' }, user: ADMIN }, ({ type, object }) => {
      seen.push(`${type} ${(object as KubeObject).metadata.name}`);
    });
    server.must('POST', PODS, podBody('b'));
    const b = server.must('GET', `${PODS}/b`);
    server.must('PUT', `${PODS}/b`, { ...b, metadata: { ...b.metadata, labels: {} } });
    server.must('DELETE', `${PODS}/b`);
    server.must('DELETE', `${PODS}/a`);
    expect(seen).toEqual(['ADDED a', 'ADDED b', 'DELETED b', 'MODIFIED a', 'DELETED a']);
    (started as { stop(): void }).stop();
    server.must('POST', PODS, podBody('c'));
    expect(seen).toHaveLength(5);
  });

  it('continues from a revision, and says when that is too old', () => {
    const server = testServer();
    const list = server.must('GET', PODS);
    server.must('POST', PODS, podBody('a'));
    const seen: unknown[] = [];
    server.api.watch({ method: 'GET', path: PODS, query: { watch: 'true', resourceVersion: list.metadata.resourceVersion }, user: ADMIN, ...TABLE }, ({ object }) => seen.push(rows(object)));
    expect(seen).toHaveLength(1);
    server.store.compact();
    const refused = server.api.watch({ method: 'GET', path: PODS, query: { watch: 'true', resourceVersion: '1' }, user: ADMIN }, () => {});
    expect(refused).toMatchObject({ status: 410, body: { reason: 'Expired' } });
  });
});

describe('the rest', () => {
  it('serves discovery, version, health, logs and component statuses', () => {
    const { ask, must } = testServer();
    expect(ask('GET', '/healthz').body).toBe('ok');
    expect(must('GET', '/version').gitVersion).toBe('v1.37.2');
    expect((must('GET', '/api/v1').resources as { name: string }[]).map((resource) => resource.name)).toContain('pods/log');
    expect((must('GET', '/apis').groups as { name: string }[])[1]?.name).toBe('apps');
    must('POST', PODS, podBody('a'));
    expect(ask('GET', `${PODS}/a/log`).body).toBe('log of default/a\n');
    expect(rows(must('GET', '/api/v1/componentstatuses', undefined, TABLE))).toEqual(
      ['scheduler', 'controller-manager', 'etcd-0'].map((name) => [name, 'Healthy', 'ok', '']),
    );
  });

  it('refuses what a role does not allow', () => {
    const { api, must } = testServer();
    const user = { username: 'system:serviceaccount:default:reader', groups: ['system:serviceaccounts', 'system:authenticated'] };
    const request = { method: 'GET', path: PODS, user } as const;
    expect(api.handle(request).body).toMatchObject({
      code: 403,
      message: 'pods is forbidden: User "system:serviceaccount:default:reader" cannot list resource "pods" in API group "" in the namespace "default"',
    });
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';
    must('POST', `${rbac}/roles`, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'r' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }] });
    must('POST', `${rbac}/rolebindings`, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'b' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
      subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace: 'default' }],
    });
    expect(api.handle(request).status).toBe(200);
  });

  it('binds a pod once', () => {
    const { must, refused, api } = testServer();
    must('POST', PODS, podBody('a'));
    expect(api.bind('default', 'a', 'worker-1', COMPONENT)).toMatchObject({ metadata: { generation: 1 }, spec: { nodeName: 'worker-1' }, status: { conditions: [{ type: 'PodScheduled', status: 'True' }] } });
    expect(refused('POST', `${PODS}/a/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'a' }, target: { kind: 'Node', name: 'worker-2' } }).message).toBe(
      'Operation cannot be fulfilled on pods/binding "a": pod a is already assigned to node "worker-1"',
    );
  });

  it('lets events go after an hour', () => {
    const { api, kernel, store } = testServer();
    api.create('events', { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e', namespace: 'default' }, lastTimestamp: '2026-11-24T00:00:00Z' }, COMPONENT);
    kernel.advance(kernel.now + 3_599_000);
    expect(store.count('events')).toBe(1);
    kernel.advance(kernel.now + 61_000);
    expect(store.count('events')).toBe(0);
  });
});
