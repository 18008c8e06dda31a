/** What no proper client sends: every answer is a Status of Kubernetes, soon, and nothing grows without bound. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKubeServer, type KubeServer } from '../kube-api-for-tests.ts';
import { BODY_BYTES, Limits, REQUESTS_AT_ONCE, STREAMS_PER_PARTICIPANT } from './limits.ts';
import { jsonProblem } from './json-syntax.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

let server: KubeServer;
beforeAll(async () => {
  server = await startKubeServer();
});
afterAll(async () => {
  await server.close();
  expect(server.errors).toEqual([]);
});

async function send(method: string, path: string, body: string | undefined, contentType = 'application/json', more: Record<string, string> = {}): Promise<{ status: number; body: { message: string; reason: string; kind: string } }> {
  const response = await fetch(`http://127.0.0.1:${server.port}/k8s/${server.roomId}${path}`, { method, headers: { Authorization: `Bearer ${server.token}`, ...(body === undefined ? {} : { 'Content-Type': contentType }), ...more }, ...(body === undefined ? {} : { body }) });
  return { status: response.status, body: (await response.json()) as never };
}

describe('bodies', () => {
  it.each([
    ['cut off', '{"apiVersion": "v1", "kind": "ConfigMap"', 'application/json', 400, "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input (7b2261706956657273696f6e223a20227631222c20226b696e64223a2022 ...)"],
    ['no JSON', 'hello', 'application/json', 400, "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: invalid character 'h' looking for beginning of value (68656c6c6f)"],
    ['no object', '[]', 'application/json', 400, undefined],
    ['of another kind', '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"}}', 'application/json', 400, undefined],
    ['of wrong types', '{"metadata":{"name":"x"},"data":{"a":1}}', 'application/json', 400, 'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string'],
    ['broken YAML', 'a: [', 'application/yaml', 400, undefined],
    ['too deep', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'application/json', 400, undefined],
    ['too deep in YAML', `a: ${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'application/yaml', 400, undefined],
    ['of too many aliases', `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'.split('').map((name, index) => `${name}: &${name} [${`*${index === 0 ? 'a' : 'bcdefghij'[index - 1]},`.repeat(9)}]`).join('\n')}`, 'application/yaml', 400, undefined],
    ['in CBOR', 'x', 'application/cbor', 415, undefined],
    ['that are no protobuf', 'k8s\0\xff\xff', 'application/vnd.kubernetes.protobuf', 400, undefined],
    ['empty', '', 'application/json', 400, undefined],
  ])('%s', async (_title, body, type, status, message) => {
    const answer = await send('POST', CONFIG_MAPS, body, type);
    expect(answer).toMatchObject({ status, body: { kind: 'Status', ...(message === undefined ? {} : { message }) } });
  });

  it('too large', async () => {
    expect(await send('POST', CONFIG_MAPS, JSON.stringify({ metadata: { name: 'x' }, data: { a: 'x'.repeat(BODY_BYTES) } }))).toMatchObject({ status: 413, body: { reason: 'RequestEntityTooLarge' } });
  });

  it('with an unknown field, by what the client wants', async () => {
    const body = JSON.stringify({ metadata: { name: 'unknown' }, dat: {} });
    expect(await send('POST', `${CONFIG_MAPS}?fieldValidation=Strict`, body)).toMatchObject({ status: 400, body: { message: 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dat"' } });
    const warned = await fetch(`http://127.0.0.1:${server.port}/k8s/${server.roomId}${CONFIG_MAPS}?dryRun=All`, { method: 'POST', headers: { Authorization: `Bearer ${server.token}`, 'Content-Type': 'application/json' }, body });
    expect(warned.headers.get('warning')).toBe('299 - "unknown field \\"dat\\""');
    expect(await send('POST', `${CONFIG_MAPS}?fieldValidation=Perhaps`, body)).toMatchObject({ status: 400 });
  });
});

describe('requests', () => {
  it.each([
    ['a bad label selector', '/api/v1/pods?labelSelector=a%20in%20b', 400],
    ['a field that cannot be selected by', '/api/v1/pods?fieldSelector=spec.nothing%3Dx', 400],
    ['a bad limit', '/api/v1/pods?limit=many', 422],
    ['a bad continue token', '/api/v1/pods?limit=1&continue=zzz', 400],
    ['a bad resource version', '/api/v1/pods?resourceVersion=abc', 422],
    ['a revision that is to come', '/api/v1/pods?resourceVersion=99999999', 504],
    ['a revision that is gone', '/api/v1/pods?watch=true&resourceVersion=1', 410],
    ['an unknown resource', '/api/v1/namespaces/default/nothings', 404],
    ['an unknown group', '/apis/nothing.example.com/v1/things', 404],
    ['a path out of the tree', '/api/v1/..%2f..%2fetc%2fpasswd', 404],
    ['an accept header for nothing we have', '/api/v1/pods', 406],
  ])('%s', async (title, path, status) => {
    if (status === 410) await server.rooms.live(server.roomId)?.cluster.store.compact();
    expect(await send('GET', path, undefined, '', title.startsWith('an accept') ? { Accept: 'image/png' } : {})).toMatchObject({ status, body: { kind: 'Status' } });
  });

  it('methods that nothing has', async () => {
    expect((await send('OPTIONS', '/api/v1/pods', undefined)).status).toBe(405);
    expect((await send('PUT', '/version', '{}')).status).toBe(405);
  });

  it('more watches than anybody needs', async () => {
    const stop = new AbortController();
    const open = await Promise.all(Array.from({ length: STREAMS_PER_PARTICIPANT }, () => fetch(`http://127.0.0.1:${server.port}/k8s/${server.roomId}/api/v1/pods?watch=true`, { headers: { Authorization: `Bearer ${server.token}` }, signal: stop.signal })));
    expect(open.every(({ status }) => status === 200)).toBe(true);
    expect(await send('GET', '/api/v1/pods?watch=true', undefined)).toMatchObject({ status: 429, body: { reason: 'TooManyRequests' } });
    stop.abort();
  });

  it('a connection that says nothing of HTTP', async () => {
    const socket = connect(server.port, '127.0.0.1');
    const text = await new Promise<string>((resolve) => {
      let received = '';
      socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
      socket.on('close', () => resolve(received));
      socket.write('\u0000\u0001nonsense\r\n\r\n');
    });
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('limits', () => {
  it('let a burst through and then as many as come back with time', () => {
    let now = 0;
    const limits = new Limits(() => now);
    for (let request = 0; request < REQUESTS_AT_ONCE; request++) expect(limits.take('a')).toBe(0);
    expect(limits.take('a')).toBeGreaterThan(0);
    expect(limits.take('b')).toBe(0);
    now += 1_000;
    expect(limits.take('a')).toBe(0);
  });
});

describe('what is wrong with JSON', () => {
  it.each([
    ['', 'unexpected end of JSON input'],
    ['{', 'unexpected end of JSON input'],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element"],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['nul', 'unexpected end of JSON input'],
    ['nulL', "invalid character 'L' in literal null (expecting 'l')"],
    ['"\u0001"', "invalid character '\\u0001' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['1 2', "invalid character '2' after top-level value"],
    ['-x', "invalid character 'x' in numeric literal"],
  ])('%s', (text, problem) => {
    expect(jsonProblem(text)).toBe(problem);
  });
});
