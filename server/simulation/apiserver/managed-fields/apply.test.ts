/** Server-side apply and managed fields: the rules of structured-merge-diff, through the API server's requests. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testServer, type TestServer } from '../testing.ts';
import type { KubeObject } from '../types.ts';
import { difference, EMPTY, fromFieldsV1, intersection, sameSet, setOf, toFieldsV1, union, type FieldSet } from './field-set.ts';
import type { ManagedFieldsEntry } from './managers.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const APPLY = { contentType: 'application/apply-patch+yaml' };

interface Container {
  name: string;
  image?: string;
  env?: { name: string; value: string }[];
  ports?: { containerPort: number; protocol?: string; name?: string }[];
  args?: string[];
}

function deployment(name: string, { replicas, containers = [{ name: 'web', image: 'nginx' }], labels }: { replicas?: number; containers?: Container[]; labels?: Record<string, string> } = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, ...(labels ? { labels } : {}) },
    spec: { ...(replicas === undefined ? {} : { replicas }), selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { containers } } },
  };
}

const apply = (server: TestServer, name: string, body: object, manager = 'ann', force = false): KubeObject => server.must('PATCH', `${DEPLOYMENTS}/${name}?fieldManager=${manager}${force ? '&force=true' : ''}`, body, APPLY);
const refused = (server: TestServer, name: string, body: object, query = 'fieldManager=ann') => server.refused('PATCH', `${DEPLOYMENTS}/${name}?${query}`, body, APPLY);
const containersOf = (object: KubeObject): Container[] => object.spec.template.spec.containers as Container[];
const entriesOf = (object: KubeObject): ManagedFieldsEntry[] => (object.metadata as { managedFields?: ManagedFieldsEntry[] }).managedFields ?? [];
const entryOf = (object: KubeObject, manager: string): ManagedFieldsEntry | undefined => entriesOf(object).find((entry) => entry.manager === manager);

describe('who manages what', () => {
  it('is noted for a create, with the defaults, and without what only identifies the object', () => {
    const made = testServer().must('POST', `${DEPLOYMENTS}?fieldManager=creator`, deployment('web', { replicas: 2 }));
    expect(entriesOf(made)).toHaveLength(1);
    expect(entriesOf(made)[0]).toMatchObject({ manager: 'creator', operation: 'Update', apiVersion: 'apps/v1', fieldsType: 'FieldsV1', time: '2026-11-24T00:00:00Z' });
    const fields = entriesOf(made)[0]?.fieldsV1 as Record<string, Record<string, unknown>>;
    expect(Object.keys(fields)).toEqual(['f:spec']);
    expect(fields['f:spec']).toMatchObject({ 'f:replicas': {}, 'f:selector': {}, 'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {} }, 'f:type': {} } });
    expect(fields['f:spec']?.['f:template']).toMatchObject({ 'f:spec': { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:image': {} } } } });
    expect(fields['f:spec']?.['f:template']).not.toMatchObject({ 'f:spec': { 'f:containers': { '.': {} } } });
  });

  it('moves to whoever changes a field by an update', () => {
    const server = testServer();
    server.must('POST', `${DEPLOYMENTS}?fieldManager=creator`, deployment('web', { replicas: 2 }));
    const changed = server.must('PATCH', `${DEPLOYMENTS}/web?fieldManager=editor`, { spec: { replicas: 3 } }, { contentType: 'application/merge-patch+json' });
    expect(entryOf(changed, 'editor')?.fieldsV1).toEqual({ 'f:spec': { 'f:replicas': {} } });
    expect(entryOf(changed, 'creator')?.fieldsV1).not.toHaveProperty(['f:spec', 'f:replicas']);
  });

  it('is noted apart for a subresource', () => {
    const server = testServer();
    server.must('POST', `${DEPLOYMENTS}?fieldManager=creator`, deployment('web', { replicas: 2 }));
    server.must('PATCH', `${DEPLOYMENTS}/web/scale?fieldManager=scaler`, { spec: { replicas: 4 } }, { contentType: 'application/merge-patch+json' });
    expect(entryOf(server.must('GET', `${DEPLOYMENTS}/web`), 'scaler')).toMatchObject({ subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } });
  });

  it('may be taken away by a single empty entry', () => {
    const server = testServer();
    server.must('POST', `${DEPLOYMENTS}?fieldManager=creator`, deployment('web'));
    const reset = server.must('PATCH', `${DEPLOYMENTS}/web`, { metadata: { managedFields: [{}] } }, { contentType: 'application/merge-patch+json' });
    expect(entriesOf(reset)).toEqual([]);
  });

  it('is not kept for what components make', () => {
    const server = testServer();
    const made = server.api.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'default' } }, { writer: 'w', username: 'system:kube-controller-manager' });
    expect(entriesOf(made)).toEqual([]);
  });
});

describe('apply', () => {
  it('creates what does not exist, and owns what it says and nothing more', () => {
    const server = testServer();
    const response = server.ask('PATCH', `${DEPLOYMENTS}/web?fieldManager=ann`, deployment('web', { replicas: 2 }), APPLY);
    expect(response.status).toBe(201);
    expect(entriesOf(response.body as KubeObject)).toMatchObject([{ manager: 'ann', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:replicas': {}, 'f:selector': {} } } }]);
    expect(entriesOf(response.body as KubeObject)[0]?.fieldsV1).not.toHaveProperty(['f:spec', 'f:strategy']);
  });

  it('is refused where another manager has set something else, unless it is forced', () => {
    const server = testServer();
    server.must('POST', `${DEPLOYMENTS}?fieldManager=creator`, deployment('web', { replicas: 2 }));
    const conflict = refused(server, 'web', deployment('web', { replicas: 5 }));
    expect(conflict).toMatchObject({ code: 409, reason: 'Conflict', message: 'Apply failed with 1 conflict: conflict with "creator" using apps/v1: .spec.replicas' });
    expect(conflict.details?.causes).toEqual([{ reason: 'FieldManagerConflict', message: 'conflict with "creator" using apps/v1', field: '.spec.replicas' }]);
    const two = refused(server, 'web', deployment('web', { replicas: 5, containers: [{ name: 'web', image: 'httpd' }] }));
    expect(two.message).toBe('Apply failed with 2 conflicts: conflicts with "creator" using apps/v1:\n- .spec.replicas\n- .spec.template.spec.containers[name="web"].image');
    const forced = apply(server, 'web', deployment('web', { replicas: 5 }), 'ann', true);
    expect(forced.spec.replicas).toBe(5);
    expect(entryOf(forced, 'creator')?.fieldsV1).not.toHaveProperty(['f:spec', 'f:replicas']);
  });

  it('names the subresource of the other manager, and no API version of one who applies', () => {
    const server = testServer();
    apply(server, 'web', deployment('web', { replicas: 2 }));
    server.must('PATCH', `${DEPLOYMENTS}/web/scale?fieldManager=scaler`, { spec: { replicas: 4 } }, { contentType: 'application/merge-patch+json' });
    expect(refused(server, 'web', deployment('web', { replicas: 2 })).message).toBe('Apply failed with 1 conflict: conflict with "scaler" with subresource "scale" using apps/v1: .spec.replicas');
    apply(server, 'web', deployment('web', { replicas: 2 }), 'ann', true);
    expect(refused(server, 'web', deployment('web', { replicas: 3 }), 'fieldManager=bob').message).toBe('Apply failed with 1 conflict: conflict with "ann": .spec.replicas');
  });

  it('shares a field that both set to the same, and conflicts over it no more', () => {
    const server = testServer();
    apply(server, 'web', deployment('web', { replicas: 2 }));
    const shared = apply(server, 'web', deployment('web', { replicas: 2 }), 'bob');
    expect(entryOf(shared, 'ann')?.fieldsV1).toHaveProperty(['f:spec', 'f:replicas']);
    expect(entryOf(shared, 'bob')?.fieldsV1).toHaveProperty(['f:spec', 'f:replicas']);
    expect(apply(server, 'web', deployment('web')).spec.replicas).toBe(2);
    expect(apply(server, 'web', deployment('web'), 'bob').spec.replicas).toBe(1);
  });

  it('takes out what it does not say any more, but not what others own', () => {
    const server = testServer();
    apply(server, 'web', deployment('web', { labels: { a: '1', b: '2' }, containers: [{ name: 'web', image: 'nginx', env: [{ name: 'A', value: '1' }, { name: 'B', value: '2' }] }, { name: 'side', image: 'busybox' }] }));
    server.must('PATCH', `${DEPLOYMENTS}/web?fieldManager=other`, { metadata: { labels: { c: '3' } } }, { contentType: 'application/merge-patch+json' });
    const after = apply(server, 'web', deployment('web', { labels: { a: '1' }, containers: [{ name: 'web', image: 'nginx', env: [{ name: 'B', value: '2' }] }] }));
    expect(after.metadata.labels).toEqual({ a: '1', c: '3' });
    expect(containersOf(after).map(({ name }) => name)).toEqual(['web']);
    expect(containersOf(after)[0]?.env).toEqual([{ name: 'B', value: '2' }]);
  });

  it('merges lists by their keys, with the defaults of keys, and takes atomic ones as they are', () => {
    const server = testServer();
    apply(server, 'web', deployment('web', { containers: [{ name: 'web', image: 'nginx', ports: [{ containerPort: 80 }], args: ['a', 'b'] }] }));
    const both = apply(server, 'web', deployment('web', { containers: [{ name: 'web', ports: [{ containerPort: 80, protocol: 'TCP', name: 'http' }, { containerPort: 80, protocol: 'UDP' }] }] }), 'bob');
    expect(containersOf(both)[0]?.ports).toEqual([{ containerPort: 80, protocol: 'TCP', name: 'http' }, { containerPort: 80, protocol: 'UDP' }]);
    expect(refused(server, 'web', deployment('web', { containers: [{ name: 'web', args: ['c'] }] }), 'fieldManager=bob').message).toContain('.spec.template.spec.containers[name="web"].args');
  });

  it('starts from «before-first-apply» for what nobody tracked', () => {
    const server = testServer();
    server.api.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'default' }, data: { a: '1' } }, { writer: 'w', username: 'system:kube-controller-manager' });
    const status = server.refused('PATCH', '/api/v1/namespaces/default/configmaps/c?fieldManager=ann', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { a: '2' } }, APPLY);
    expect(status.message).toBe('Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a');
  });

  it('writes nothing when nothing changes', () => {
    const server = testServer();
    const first = apply(server, 'web', deployment('web', { replicas: 2 }));
    server.kernel.advance(server.kernel.now + 5_000);
    const second = apply(server, 'web', deployment('web', { replicas: 2 }));
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    expect(entriesOf(second)).toEqual(entriesOf(first));
  });

  it.each([
    ['without a field manager', deployment('web'), '', 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch'],
    ['with managed fields of its own', { ...deployment('web'), metadata: { name: 'web', managedFields: [{ manager: 'x' }] } }, 'fieldManager=ann', 'metadata.managedFields must be nil'],
    ['with an unknown field', { ...deployment('web'), sepc: {} }, 'fieldManager=ann', 'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .sepc: field not declared in schema'],
    ['with two items of one key', deployment('web', { containers: [{ name: 'x', image: 'a' }, { name: 'x', image: 'b' }] }), 'fieldManager=ann', 'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.template.spec.containers: duplicate entries for key [{"name":"x"}]'],
  ])('is refused %s', (_title, body, query, message) => {
    expect(refused(testServer(), 'web', body, query).message).toBe(message);
  });

  it('may be forced only when it is an apply', () => {
    const server = testServer();
    server.must('POST', DEPLOYMENTS, deployment('web'));
    expect(server.refused('PATCH', `${DEPLOYMENTS}/web?force=true`, {}, { contentType: 'application/merge-patch+json' }).message).toBe('PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch');
  });
});

describe('sets of fields', () => {
  const key = fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:1');
  const sets: fc.Arbitrary<FieldSet> = fc.array(fc.array(key, { minLength: 1, maxLength: 4 }), { maxLength: 8 }).map((paths) => setOf(...paths));

  it('come back from FieldsV1 as they were', () => {
    fc.assert(fc.property(sets, (set) => sameSet(fromFieldsV1(toFieldsV1(set)), set)));
  });

  it('obey the laws of sets', () => {
    fc.assert(
      fc.property(sets, sets, (x, y) => {
        expect(sameSet(union(x, y), union(y, x))).toBe(true);
        expect(sameSet(intersection(x, y), intersection(y, x))).toBe(true);
        expect(sameSet(difference(x, x), EMPTY)).toBe(true);
        expect(sameSet(union(difference(x, y), intersection(x, y)), x)).toBe(true);
      }),
    );
  });
});
