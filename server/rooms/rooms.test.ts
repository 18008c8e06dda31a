import { describe, expect, it } from 'vitest';
import { ClusterDocumentReader } from './projection/document.ts';
import { testRooms, type TestRooms } from './for-tests.ts';
import type { RoomCreated } from './service.ts';
import type { Participant, TerminalEvent } from './types.ts';

const HERE = '192.0.2.1';

async function classroom(): Promise<TestRooms & { created: RoomCreated; me: Participant; student: Participant; studentToken: string }> {
  const test = testRooms();
  const created = await test.rooms.create({ roomName: 'Monday', name: 'Grace', address: HERE });
  const joined = await test.rooms.join({ roomId: created.roomId, secret: created.links.student.secret, name: 'Ada', address: HERE });
  return { ...test, created, me: created.me, student: joined.me, studentToken: joined.token };
}

/** Reads a terminal's events until its text has come. */
async function until(events: AsyncGenerator<TerminalEvent>, text: string): Promise<string> {
  let seen = '';
  for await (const event of events) {
    if (event.type === 'screen') seen = event.data;
    if (event.type === 'output') seen += event.data;
    if (seen.includes(text)) return seen;
  }
  throw new Error(`the terminal ended without ${text}`);
}

describe('joining', () => {
  it('P1: lets in by link with the role of the link, and by code as a student', async () => {
    const { rooms, created } = await classroom();
    const { roomId, links } = created;
    expect(created.me.role).toBe('instructor');
    expect((await rooms.join({ roomId, secret: links.observer.secret, name: 'Eve', address: HERE })).me.role).toBe('observer');
    expect((await rooms.join({ roomId, secret: links.instructor.secret, name: 'Alan', address: HERE })).me.role).toBe('instructor');
    expect((await rooms.joinByCode({ code: links.code, name: 'Bob', address: HERE })).me.role).toBe('student');
  });

  it('P1: says the same to a wrong room and to a wrong secret', async () => {
    const { rooms, created } = await classroom();
    const wrongSecret = rooms.join({ roomId: created.roomId, secret: 'x'.repeat(32), name: 'Eve', address: HERE });
    const wrongRoom = rooms.join({ roomId: 'nosuchroom', secret: created.links.student.secret, name: 'Eve', address: HERE });
    await expect(wrongSecret).rejects.toMatchObject({ code: 'room-not-found' });
    await expect(wrongRoom).rejects.toMatchObject({ code: 'room-not-found' });
  });

  it('P2: limits tries of the short code by address', async () => {
    const { rooms, pass, created } = await classroom();
    for (let i = 0; i < 8; i++) await expect(rooms.joinByCode({ code: 'AAAAAA', name: 'x', address: 'mallory' })).rejects.toMatchObject({ code: 'room-not-found' });
    await expect(rooms.joinByCode({ code: created.links.code, name: 'x', address: 'mallory' })).rejects.toMatchObject({ code: 'rate-limited' });
    await expect(rooms.joinByCode({ code: created.links.code, name: 'Bob', address: 'bob' })).resolves.toBeTruthy();
    await pass(61_000);
    await expect(rooms.joinByCode({ code: created.links.code, name: 'x', address: 'mallory' })).resolves.toBeTruthy();
  });

  it('tells two people of one name apart', async () => {
    const { rooms, created } = await classroom();
    const again = await rooms.join({ roomId: created.roomId, secret: created.links.student.secret, name: 'ada', address: HERE });
    expect(again.me.name).toBe('ada (2)');
  });

  it('recognises a participant by its token and nobody else', async () => {
    const { rooms, studentToken, student } = await classroom();
    expect((await rooms.authenticate(studentToken)).participant.id).toBe(student.id);
    await expect(rooms.authenticate(`${studentToken}x`)).rejects.toMatchObject({ code: 'token-invalid' });
  });

  it('P4: shuts out whoever was removed', async () => {
    const { rooms, created, me, student, studentToken } = await classroom();
    await rooms.live(created.roomId)?.removeParticipant(me, student.id);
    await expect(rooms.authenticate(studentToken)).rejects.toMatchObject({ code: 'token-invalid' });
  });
});

describe('roles', () => {
  it('P3: lets only instructors drive the clock, change settings and roles', async () => {
    const { rooms, created, student, me } = await classroom();
    const room = await rooms.wake(created.roomId);
    await expect(room.controlClock(student, { action: 'pause' })).rejects.toMatchObject({ code: 'role-forbidden' });
    await expect(room.updateSettings(student, { studentsMayBreak: true })).rejects.toMatchObject({ code: 'role-forbidden' });
    await expect(room.setRole(student, student.id, 'instructor')).rejects.toMatchObject({ code: 'role-forbidden' });
    await expect(room.setRole(me, me.id, 'student')).rejects.toMatchObject({ code: 'setting-forbidden' });
  });

  it('P3: lets students break things when the settings say so, also from a terminal', async () => {
    const { rooms, created, student, me } = await classroom();
    const room = await rooms.wake(created.roomId);
    await expect(room.breakFault(student, 'node-crash', 'worker-1')).rejects.toMatchObject({ code: 'setting-forbidden' });
    const terminal = await room.terminals.create(student, { columns: 80, rows: 24 });
    room.terminals.input(student, terminal.id, 'break node-crash worker-1\r');
    await until(room.terminals.watch(student, terminal.id, undefined), 'has not allowed');
    await room.updateSettings(me, { studentsMayBreak: true });
    const { active } = await room.breakFault(student, 'node-crash', 'worker-1');
    expect(active.map(({ key }) => key)).toEqual(['node-crash worker-1']);
    expect((await room.healFault(me, 'node-crash', 'worker-1')).active).toEqual([]);
  });

  it('passes on why a fault was refused', async () => {
    const { rooms, created, me } = await classroom();
    const room = await rooms.wake(created.roomId);
    await expect(room.breakFault(me, 'node-crash', 'worker-9')).rejects.toMatchObject({ code: 'simulation-refused', message: expect.stringContaining('worker-9') as unknown });
  });
});

describe('terminals', () => {
  it('T3: run what is typed and show it to those who may see it', async () => {
    const { rooms, created, student, me } = await classroom();
    const room = await rooms.wake(created.roomId);
    const { id } = await room.terminals.create(student, { columns: 80, rows: 24 });
    room.terminals.input(student, id, 'create web\r');
    await until(room.terminals.watch(student, id, undefined), 'configmap/web created');
    await until(room.terminals.watch(me, id, undefined), 'configmap/web created');
    const { me: other } = await rooms.join({ roomId: created.roomId, secret: created.links.student.secret, name: 'Bob', address: HERE });
    await expect(room.terminals.watch(other, id, undefined).next()).rejects.toMatchObject({ code: 'terminal-not-found' });
    await room.terminals.setVisibility(student, id, 'everyone');
    await until(room.terminals.watch(other, id, undefined), 'configmap/web created');
    expect(() => room.terminals.input(other, id, 'x')).toThrow();
    expect(() => room.terminals.input(me, id, 'x')).toThrow();
  });

  it('T4: see the shared editor as files, and keep private ones private', async () => {
    const { rooms, created, student, me } = await classroom();
    const room = await rooms.wake(created.roomId);
    const own = await room.terminals.create(student, { columns: 80, rows: 24 });
    room.terminals.input(student, own.id, 'write /manifests/web.yaml shared\rwrite /home/ada/notes private\r');
    await until(room.terminals.watch(student, own.id, undefined), 'written\r\nada$ ');
    expect(room.workspace.doc.getMap('files').get('web.yaml')?.toString()).toBe('shared');
    const other = await room.terminals.create(me, { columns: 80, rows: 24 });
    room.terminals.input(me, other.id, 'read /manifests/web.yaml\rread /home/ada/notes\r');
    const seen = await until(room.terminals.watch(me, other.id, undefined), 'no such file');
    expect(seen).toContain('shared\r\n');
  });

  it('T5: sleep in virtual time', async () => {
    const { rooms, created, me, pass } = await classroom();
    const room = await rooms.wake(created.roomId);
    const { id } = await room.terminals.create(me, { columns: 80, rows: 24 });
    room.terminals.input(me, id, 'sleep 300\r');
    await pass(200);
    await room.controlClock(me, { action: 'jump', seconds: 301 });
    await until(room.terminals.watch(me, id, undefined), 'slept');
  });
});

it('T6: takes numbered keys once, and not those that come again for a shell that is gone', async () => {
  const { rooms, created, me } = await classroom();
  const room = await rooms.wake(created.roomId);
  const { id } = await room.terminals.create(me, { columns: 80, rows: 24 });
  const first = await room.terminals.watch(me, id, undefined).next();
  const shell = first.value?.type === 'screen' ? first.value.shell : '';
  const type = (data: string, sequence: number, again?: string): void => room.terminals.input(me, id, data, { sender: 'page', sequence, ...(again === undefined ? {} : { again }) });
  type('create one\r', 1);
  type('create one\r', 1, shell);
  type('create two\r', 2, shell);
  type('create three\r', 3, 'of-before');
  // Another page of the same person has numbers of its own.
  room.terminals.input(me, id, 'create four\r', { sender: 'other-page', sequence: 1 });
  const printed = await until(room.terminals.watch(me, id, undefined), 'configmap/four created');
  expect(printed.match(/configmap\/\w+ created|error \d+/g)).toEqual(['one', 'two', 'four'].map((name) => `configmap/${name} created`));
});

describe('a room that was put away or killed', () => {
  it('T2: comes back at the same revision with its people, files, chat and screens', async () => {
    const { rooms, store, created, student, studentToken, pass } = await classroom();
    const room = await rooms.wake(created.roomId);
    const { id } = await room.terminals.create(student, { columns: 80, rows: 24 });
    room.terminals.input(student, id, 'create web\rwrite /home/ada/x kept\r');
    await until(room.terminals.watch(student, id, undefined), 'written');
    await room.workspace.postChat(student, 'hello');
    await pass(2_000);
    const { revision } = room;
    await rooms.close();

    const again = testRooms(store);
    const { room: woken, participant } = await again.rooms.authenticate(studentToken);
    expect(participant.name).toBe('Ada');
    expect(woken.revision).toBe(revision);
    expect(woken.workspace.doc.getArray('chat').toJSON()).toMatchObject([{ name: 'Ada', text: 'hello' }]);
    expect(woken.terminals.visibleTo(participant).map((terminal) => terminal.id)).toEqual([id]);
    const screen = await until(woken.terminals.watch(participant, id, undefined), 'new shell');
    expect(screen).toContain('configmap/web created');
    woken.terminals.input(participant, id, 'read /home/ada/x\r');
    await until(woken.terminals.watch(participant, id, undefined), 'kept');
  });

  it('L6: has everything that was answered, when it was killed', async () => {
    const { rooms, store, created, me, pass } = await classroom();
    const room = await rooms.wake(created.roomId);
    const { id } = await room.terminals.create(me, { columns: 80, rows: 24 });
    room.touch();
    await pass(1_000);
    room.terminals.input(me, id, 'create one\rcreate two\r');
    await until(room.terminals.watch(me, id, undefined), 'configmap/two created');
    await pass(3_000);
    await room.controlClock(me, { action: 'jump', seconds: 60 });
    room.terminals.input(me, id, 'create three\r');
    await until(room.terminals.watch(me, id, undefined), 'configmap/three created');
    const shown = new ClusterDocumentReader(room.clusterDoc).view?.meta.revision ?? 0;
    // Killed: nothing of the process is asked to do anything.
    const again = await testRooms(store).rooms.wake(created.roomId);
    expect(again.revision).toBeGreaterThanOrEqual(shown);
    for (const name of ['one', 'two', 'three']) expect(again.cluster.store.get('configmaps', `default/${name}`), name).toBeDefined();
  });
});

describe('the projection of a room', () => {
  it('shows the nodes and programs of a settled cluster, and a fault when it begins', async () => {
    const { rooms, created, me, pass } = await classroom();
    const room = await rooms.wake(created.roomId);
    const reader = new ClusterDocumentReader(room.clusterDoc);
    expect([...(reader.view?.tables.nodes.keys() ?? [])].sort()).toEqual(['control-plane', 'worker-1', 'worker-2', 'worker-3']);
    expect(reader.view?.tables.programs.get('kube-apiserver')?.state).toBe('running');
    expect(reader.room?.participants.map(({ name }) => name)).toEqual(['Grace', 'Ada']);
    await room.breakFault(me, 'node-crash', 'worker-1');
    await pass(200);
    expect(reader.view?.tables.nodes.get('worker-1')?.power).toBe('crashed');
    expect(reader.view?.tables.faults.get('node-crash worker-1')).toBeDefined();
    await room.controlClock(me, { action: 'jump', seconds: 60 });
    await pass(100);
    expect(reader.view?.tables.nodes.get('worker-1')?.ready).toBe('Unknown');
  });

  it('names who made a write, and only that write', async () => {
    const { rooms, created, student, pass } = await classroom();
    const room = await rooms.wake(created.roomId);
    const reader = new ClusterDocumentReader(room.clusterDoc);
    const { id } = await room.terminals.create(student, { columns: 80, rows: 24 });
    room.terminals.input(student, id, 'create web\r');
    await until(room.terminals.watch(student, id, undefined), 'created');
    await pass(1_000);
    expect(reader.view?.writes.find(({ key }) => key === 'default/web')).toMatchObject({ person: 'Ada', causeKind: 'input', verb: 'create' });
    expect(reader.view?.writes.filter(({ causeKind }) => causeKind !== 'input').every(({ person }) => person === undefined)).toBe(true);
  });
});

describe('a role that was taken away', () => {
  it('P3: ends what a shell that is still open may do', async () => {
    const { rooms, created, student, me } = await classroom();
    const room = await rooms.wake(created.roomId);
    const { id } = await room.terminals.create(student, { columns: 80, rows: 24 });
    await room.setRole(me, student.id, 'observer');
    room.terminals.input(student, id, 'create web\r');
    await until(room.terminals.watch(student, id, undefined), 'error 403');
    expect(room.cluster.store.get('configmaps', 'default/web')).toBeUndefined();
  });
});

describe('a recording', () => {
  it('R4: is read without waking the room', async () => {
    const { rooms, store, created } = await classroom();
    await rooms.close();
    const again = testRooms(store);
    const { roomId, participant } = await again.rooms.identify(created.token);
    const manifest = await again.rooms.recordings.manifest(roomId, participant);
    expect(manifest.live).toBe(false);
    expect(again.rooms.live(roomId)).toBeUndefined();
  });
});
