/** The server as a browser meets it: real HTTP and WebSockets on a free port; only the store and the shell are the tests' own. */
import { createTRPCClient, createWSClient, httpLink, wsLink } from '@trpc/client';
import WebSocket from 'ws';
import * as encoding from 'lib0/encoding';
import * as sync from 'y-protocols/sync';
import * as Y from 'yjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppRouter } from './api/root.ts';
import { HttpServer } from './http-server.ts';
import { testShell } from './rooms/for-tests.ts';
import { Journal } from './rooms/journal.ts';
import { Rooms } from './rooms/rooms.ts';
import { MemoryStore } from './rooms/store/memory-store.ts';
import type { RoomCreated } from './rooms/service.ts';
import { RoomSync } from './sync/client.ts';
import { CLOSE_REASONS, MESSAGE_SYNC, SYNC_LIMITS } from './sync/protocol.ts';

const logged: string[] = [];
const keep = (level: string) => (_details: object, message: string) => void logged.push(`${level} ${message}`);
const log = { info: keep('info'), warn: keep('warn'), error: keep('error') };
const wallClock = (): number => performance.now();
const store = new MemoryStore();
let rooms: Rooms;
let http: HttpServer;
let port = 0;

async function start(): Promise<void> {
  rooms = new Rooms({ store, journal: new Journal(store, () => {}), shell: testShell, wallClock, log });
  rooms.start();
  http = new HttpServer({ rooms, trustProxy: false, wallClock, log });
  http.usePages('none');
  await new Promise<void>((resolve) => http.server.listen(port, '127.0.0.1', resolve));
  port = (http.server.address() as { port: number }).port;
}

beforeAll(start);
afterAll(async () => {
  await http.close();
  await rooms.close();
});

function api(token?: string) {
  return createTRPCClient<AppRouter>({ links: [httpLink({ url: `http://127.0.0.1:${port}/trpc`, headers: token ? { Authorization: `Bearer ${token}` } : {} })] });
}

async function classroom(): Promise<{ created: RoomCreated; student: { token: string; me: { id: string; name: string } } }> {
  const created = await api().room.create.mutate({ roomName: 'Monday', name: 'Grace' });
  const student = await api().room.join.mutate({ roomId: created.roomId, secret: created.links.student.secret, name: 'Ada' });
  return { created, student };
}

function follow(roomId: string, token: string): RoomSync {
  return new RoomSync({ server: `ws://127.0.0.1:${port}`, roomId, token, WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket });
}

/** Waits for something to become true, looking whenever anything could have changed. */
async function eventually(what: string, condition: () => unknown): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`this did not come about: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A hand-made connection, for what no proper client would send. */
async function raw(roomId: string, document: string, token: string, query = 'v=1'): Promise<{ socket: WebSocket; closed: Promise<number> }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/sync/${roomId}/${document}?token=${token}&${query}`);
  const closed = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)));
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  return { socket, closed };
}

function updateMessage(update: Uint8Array): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, MESSAGE_SYNC);
  sync.writeUpdate(encoder, update);
  return encoding.toUint8Array(encoder);
}

describe('tRPC', () => {
  it('answers with codes that a page can translate', async () => {
    const { created, student } = await classroom();
    await expect(api().room.info.query()).rejects.toMatchObject({ data: { code: 'UNAUTHORIZED', roomCode: 'token-invalid' } });
    await expect(api(student.token).clock.control.mutate({ action: 'pause' })).rejects.toMatchObject({ data: { code: 'FORBIDDEN', roomCode: 'role-forbidden' } });
    await expect(api(student.token).room.links.query()).rejects.toMatchObject({ data: { code: 'FORBIDDEN' } });
    await expect(api(created.token).clock.control.mutate({ action: 'jump', seconds: -5 })).rejects.toMatchObject({ data: { code: 'BAD_REQUEST', roomCode: 'invalid-input' } });
    expect(logged.some((line) => line.startsWith('warn a call was refused'))).toBe(true);
  });

  it('carries commands and live terminal output over one WebSocket', async () => {
    const { created } = await classroom();
    const client = createWSClient({ url: `ws://127.0.0.1:${port}/trpc`, connectionParams: { token: created.token }, WebSocket: WebSocket as unknown as typeof globalThis.WebSocket });
    const calls = createTRPCClient<AppRouter>({ links: [wsLink({ client })] });
    const { id } = await calls.terminal.create.mutate({ columns: 80, rows: 24 });
    let seen = '';
    const subscription = calls.terminal.output.subscribe(
      { terminalId: id },
      {
        onData: (event) => {
          if (event.type === 'screen') seen = event.data;
          if (event.type === 'output') seen += event.data;
        },
      },
    );
    await calls.terminal.input.mutate({ terminalId: id, data: 'create web\r' });
    await eventually('the output comes', () => seen.includes('configmap/web created'));
    expect((await calls.objects.get.query({ resource: 'configmaps', key: 'default/web' })).metadata.name).toBe('web');
    await expect(calls.objects.get.query({ resource: 'configmaps', key: 'default/none' })).rejects.toMatchObject({ data: { roomCode: 'object-not-found' } });
    const { metadata } = await calls.objects.get.query({ resource: 'configmaps', key: 'default/web' });
    const why = await calls.objects.why.query({ revision: Number(metadata.resourceVersion) });
    expect(why.map((step) => step.kind)).toEqual(['write', 'input']);
    expect(why[1]).toMatchObject({ participantName: 'Grace' });
    subscription.unsubscribe();
    await client.close();
  });
});

describe('the documents', () => {
  it('D5: show everybody the same cluster, files and each other', async () => {
    const { created, student } = await classroom();
    const one = follow(created.roomId, created.token);
    const two = follow(created.roomId, student.token);
    await eventually('both see the nodes', () => one.cluster?.tables.nodes.size === 4 && two.cluster?.tables.nodes.size === 4);
    one.workspace.getMap('files').set('web.yaml', new Y.Text('kind: Pod'));
    await eventually('the file arrives', () => two.workspace.getMap('files').get('web.yaml')?.toString() === 'kind: Pod');
    one.awareness.setLocalStateField('user', { name: 'somebody else', role: 'instructor', participantId: 'x' });
    two.awareness.setLocalStateField('handRaised', true);
    const names = (room: RoomSync): string[] => [...room.awareness.getStates().values()].map((state) => (state as { user?: { name: string } }).user?.name ?? '').sort();
    await eventually('both are known by their right names', () => names(two).includes('Grace') && names(one).includes('Ada'));
    await api(created.token).faults.break.mutate({ fault: 'node-crash', target: 'worker-1' });
    await eventually('both see the fault', () => [one, two].every((room) => room.cluster?.tables.nodes.get('worker-1')?.power === 'crashed'));
    await api(student.token).chat.post.mutate({ text: 'what happened?' });
    await eventually('the question arrives', () => (one.workspace.getArray('chat').toJSON() as { name: string }[])[0]?.name === 'Ada');
    expect(one.room?.participants.every(({ online }) => online)).toBe(true);
    one.destroy();
    await eventually('the departure is seen', () => two.room?.participants.find(({ name }) => name === 'Grace')?.online === false);
    two.destroy();
  });

  it.each([
    ['a forged row of the cluster', 'cluster', (doc: Y.Doc) => doc.getArray('rows').push([{ t: 'nodes', r: { key: 'evil' } }]), 'forbiddenWrite'],
    ['a forged chat message', 'workspace', (doc: Y.Doc) => doc.getArray('chat').push([{ name: 'Grace', text: 'class dismissed' }]), 'forbiddenWrite'],
    ['a message over the limit', 'workspace', (doc: Y.Doc) => doc.getMap('files').set('big.yaml', new Y.Text('x'.repeat(SYNC_LIMITS.maxMessageBytes + 1))), 'tooLarge'],
  ] as const)('D1, D2, D6: refuse %s, and nobody else notices', async (_what, document, forge, reason) => {
    const { created, student } = await classroom();
    const teacher = follow(created.roomId, created.token);
    await eventually('the teacher is connected', () => teacher.cluster !== undefined);
    const { socket, closed } = await raw(created.roomId, document, student.token);
    const doc = new Y.Doc();
    forge(doc);
    const before = logged.length;
    socket.send(updateMessage(Y.encodeStateAsUpdate(doc)));
    expect(await closed).toBe(CLOSE_REASONS[reason].code);
    expect(logged.slice(before)).toContain('warn a sync message was refused');
    expect(teacher.status.kind).toBe('connected');
    expect(teacher.cluster?.tables.nodes.has('evil')).toBe(false);
    expect(teacher.workspace.getArray('chat').length).toBe(0);
    teacher.destroy();
  });

  it('D2: let an observer read and not write', async () => {
    const { created } = await classroom();
    const { token } = await api().room.join.mutate({ roomId: created.roomId, secret: created.links.observer.secret, name: 'Eve' });
    const observer = follow(created.roomId, token);
    await eventually('the observer sees the nodes', () => observer.cluster?.tables.nodes.size === 4);
    expect(observer.status.kind).toBe('connected');
    observer.workspace.getMap('files').set('x.yaml', new Y.Text('x'));
    await eventually('it is shut out', () => observer.status.kind === 'closed');
    expect(observer.status).toEqual({ kind: 'closed', reason: 'forbiddenWrite' });
    observer.destroy();
  });

  it('refuse strangers, other rooms, old pages and garbage', async () => {
    const { created, student } = await classroom();
    const other = await classroom();
    expect(await (await raw(created.roomId, 'cluster', 'x'.repeat(32))).closed).toBe(CLOSE_REASONS.unauthenticated.code);
    expect(await (await raw(created.roomId, 'cluster', other.student.token)).closed).toBe(CLOSE_REASONS.unauthenticated.code);
    expect(await (await raw(created.roomId, 'secrets', student.token)).closed).toBe(CLOSE_REASONS.notFound.code);
    expect(await (await raw(created.roomId, 'cluster', student.token, 'v=0')).closed).toBe(CLOSE_REASONS.versionMismatch.code);
    const { socket, closed } = await raw(created.roomId, 'workspace', student.token);
    socket.send(new Uint8Array([0, 2, 255, 255, 255]));
    expect(await closed).toBe(CLOSE_REASONS.badRequest.code);
  });

  it('P4: disconnect whoever is removed', async () => {
    const { created, student } = await classroom();
    const removed = follow(created.roomId, student.token);
    await eventually('the student is connected', () => removed.status.kind === 'connected');
    await api(created.token).room.remove.mutate({ participantId: student.me.id });
    await eventually('the student is out', () => removed.status.kind === 'closed');
    expect(removed.status).toEqual({ kind: 'closed', reason: 'removed' });
    removed.destroy();
  });

  it('D8: come back by themselves after a restart of the server, with a fresh cluster', async () => {
    const { created, student } = await classroom();
    const room = follow(created.roomId, student.token);
    await eventually('the student sees the cluster', () => room.cluster?.tables.nodes.size === 4);
    room.workspace.getMap('files').set('kept.yaml', new Y.Text('kept'));
    await eventually('the server has the file', () => rooms.live(created.roomId)?.workspace.doc.getMap('files').has('kept.yaml'));
    const { cluster } = room;
    await http.close();
    await rooms.close();
    await eventually('the loss is noticed', () => room.status.kind === 'reconnecting');
    await start();
    await eventually('the student is back', () => room.status.kind === 'connected' && room.cluster !== cluster);
    expect(room.cluster?.tables.nodes.size).toBe(4);
    expect(room.cluster?.meta.revision).toBeGreaterThanOrEqual(cluster?.meta.revision ?? Infinity);
    expect(room.workspace.getMap('files').get('kept.yaml')?.toString()).toBe('kept');
    room.destroy();
  });
});

describe('recordings', () => {
  it('R3: are read by those who took part, compressed, and by nobody else', async () => {
    const { created, student } = await classroom();
    const other = await classroom();
    const url = `http://127.0.0.1:${port}/api/recordings/${created.roomId}`;
    const get = (path: string, token: string) => fetch(`${url}/${path}`, { headers: { Authorization: `Bearer ${token}` } });
    const manifest = await api(student.token).recordings.manifest.query();
    const response = await get(`keyframes/${manifest.keyframes[0]?.sequence}`, student.token);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(((await response.json()) as { parts: object }).parts).toBeTruthy();
    expect((await get('keyframes/0', other.student.token)).status).toBe(401);
    expect((await get('log', 'nonsense')).status).toBe(401);
    expect((await get('keyframes/999', student.token)).status).toBe(404);
    expect(await (await get('log?from=1&to=10', student.token)).json()).toBeInstanceOf(Array);
    expect((await api().recordings.list.query({ tokens: [student.token, 'unknown'] })).map(({ roomId }) => roomId)).toEqual([created.roomId]);
  });

  it('can be forked into a new room', async () => {
    const { created } = await classroom();
    const { axis } = await api(created.token).recordings.manifest.query();
    const fork = await api(created.token).recordings.fork.mutate({ wall: axis.to, roomName: 'again' });
    expect(fork.roomId).not.toBe(created.roomId);
    expect((await api(fork.token).room.info.query()).room.rate).toBe('paused');
  });
});

it('unknown paths and upgrades are refused', async () => {
  expect((await fetch(`http://127.0.0.1:${port}/nothing`)).status).toBe(404);
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/elsewhere`);
  await new Promise<void>((resolve) => socket.on('error', () => resolve()));
});
