import { describe, expect, it } from 'vitest';
import { applyMergePatch } from './json-merge.ts';
import { applyJsonPatch, type Operation } from './json-patch.ts';
import { applyStrategicPatch, createThreeWayStrategicMergePatch } from './strategic-merge.ts';

type Json = Record<string, unknown>;

const pod = (spec: Json): Json => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });

describe('a strategic merge patch', () => {
  it.each<[string, Json, Json, Json]>([
    ['merges maps', { nodeSelector: { a: '1', b: '2' } }, { nodeSelector: { b: '3' } }, { nodeSelector: { a: '1', b: '3' } }],
    ['deletes by null', { nodeSelector: { a: '1', b: '2' } }, { nodeSelector: { a: null } }, { nodeSelector: { b: '2' } }],
    ['merges containers by name', { containers: [{ name: 'a', image: 'x', tty: true }, { name: 'b', image: 'y' }] }, { containers: [{ name: 'a', image: 'z' }] }, { containers: [{ name: 'a', image: 'z', tty: true }, { name: 'b', image: 'y' }] }],
    ['puts new elements of a merged list first', { containers: [{ name: 'a', image: 'x' }] }, { containers: [{ name: 'c', image: 'n' }] }, { containers: [{ name: 'c', image: 'n' }, { name: 'a', image: 'x' }] }],
    ['deletes an element by directive', { containers: [{ name: 'a' }, { name: 'b' }] }, { containers: [{ name: 'a', $patch: 'delete' }] }, { containers: [{ name: 'b' }] }],
    ['replaces a list by directive', { containers: [{ name: 'a' }, { name: 'b' }] }, { containers: [{ $patch: 'replace' }, { name: 'c' }] }, { containers: [{ name: 'c' }] }],
    ['replaces a map by directive', { nodeSelector: { a: '1' } }, { nodeSelector: { $patch: 'replace', b: '2' } }, { nodeSelector: { b: '2' } }],
    ['replaces atomic lists', { tolerations: [{ key: 'a' }] }, { tolerations: [{ key: 'b' }] }, { tolerations: [{ key: 'b' }] }],
    ['merges variables by name in a container', { containers: [{ name: 'a', env: [{ name: 'X', value: '1' }] }] }, { containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }] }] }, { containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }, { name: 'X', value: '1' }] }] }],
    ['orders by directive', { containers: [{ name: 'a' }, { name: 'b' }] }, { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }], containers: [{ name: 'b', image: 'x' }] }, { containers: [{ name: 'b', image: 'x' }, { name: 'a' }] }],
    ['leaves others where they were, before what they preceded', { containers: [{ name: 'a' }, { name: 'other' }, { name: 'b' }] }, { '$setElementOrder/containers': [{ name: 'a' }, { name: 'b' }], containers: [{ name: 'b', image: 'x' }] }, { containers: [{ name: 'a' }, { name: 'other' }, { name: 'b', image: 'x' }] }],
    ['keeps of a union only what is named', { volumes: [{ name: 'v', emptyDir: {} }] }, { volumes: [{ name: 'v', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/x' } }] }, { volumes: [{ name: 'v', hostPath: { path: '/x' } }] }],
  ])('%s', (_, before, patch, after) => {
    expect((applyStrategicPatch(pod(before), { spec: patch }, 'v1', 'Pod') as { spec: Json }).spec).toEqual(after);
  });

  it('of kubectl apply deletes what the manifest no longer has and keeps what others have set', () => {
    const original = pod({ containers: [{ name: 'a', image: 'x', env: [{ name: 'OLD', value: '1' }] }], nodeSelector: { disk: 'ssd' } });
    const modified = pod({ containers: [{ name: 'a', image: 'y' }] });
    const current = pod({ containers: [{ name: 'a', image: 'x', env: [{ name: 'OLD', value: '1' }], terminationMessagePath: '/dev/termination-log' }], nodeSelector: { disk: 'ssd' }, nodeName: 'worker-1' });
    const patch = createThreeWayStrategicMergePatch(original, modified, current, 'v1', 'Pod');
    expect((applyStrategicPatch(current, patch, 'v1', 'Pod') as { spec: Json }).spec).toEqual({ containers: [{ name: 'a', image: 'y', terminationMessagePath: '/dev/termination-log' }], nodeName: 'worker-1' });
  });
});

/** The examples of RFC 7396. */
describe('a JSON merge patch', () => {
  it.each<[unknown, unknown, unknown]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j and %j make %j', (document, patch, result) => expect(applyMergePatch(document, patch)).toEqual(result));
});

/** Examples of RFC 6902, appendix A. */
describe('a JSON Patch', () => {
  it.each<[string, unknown, Operation[], unknown]>([
    ['adds a member', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { foo: 'bar', baz: 'qux' }],
    ['adds an element', { foo: ['bar', 'baz'] }, [{ op: 'add', path: '/foo/1', value: 'qux' }], { foo: ['bar', 'qux', 'baz'] }],
    ['appends', { foo: ['bar'] }, [{ op: 'add', path: '/foo/-', value: ['abc'] }], { foo: ['bar', ['abc']] }],
    ['removes', { baz: 'qux', foo: ['a', 'b'] }, [{ op: 'remove', path: '/baz' }, { op: 'remove', path: '/foo/0' }], { foo: ['b'] }],
    ['replaces', { baz: 'qux' }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo' }],
    ['moves', { foo: { bar: 1 }, qux: {} }, [{ op: 'move', from: '/foo/bar', path: '/qux/thud' }], { foo: {}, qux: { thud: 1 } }],
    ['copies', { a: { b: 1 } }, [{ op: 'copy', from: '/a', path: '/c' }], { a: { b: 1 }, c: { b: 1 } }],
    ['tests and goes on', { a: 1 }, [{ op: 'test', path: '/a', value: 1 }, { op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
    ['escapes', { 'a/b': 1, 'm~n': 2 }, [{ op: 'replace', path: '/a~1b', value: 3 }, { op: 'remove', path: '/m~0n' }], { 'a/b': 3 }],
  ])('%s', (_, document, operations, result) => expect(applyJsonPatch(document, operations)).toEqual(result));

  it.each<[string, Operation[]]>([
    ['a test that fails', [{ op: 'test', path: '/a', value: 2 }]],
    ['removing what is not there', [{ op: 'remove', path: '/b' }]],
    ['replacing what is not there', [{ op: 'replace', path: '/b', value: 1 }]],
    ['adding below what is not there', [{ op: 'add', path: '/b/c', value: 1 }]],
  ])('%s is an error', (_, operations) => expect(() => applyJsonPatch({ a: 1 }, operations)).toThrow());
});
