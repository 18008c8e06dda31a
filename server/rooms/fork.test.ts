import * as Y from 'yjs';
import { expect, it } from 'vitest';
import { Replay } from '../recordings/replay.ts';
import { LOG_PAGE_ENTRIES } from '../recordings/types.ts';
import { WORKSPACE_ROOTS } from '../sync/protocol.ts';
import { ClassClock } from '../recordings/class-clock.ts';
import { testRooms } from './for-tests.ts';
import { readSnapshot } from './restore.ts';

it('R5: a fork begins at its instant, also within a jump, with the files of then, and is recorded as a room of its own', async () => {
  const { rooms, store, pass } = testRooms(undefined, undefined, 1);
  const { roomId, me } = await rooms.create({ roomName: 'Monday', name: 'Grace', address: 'here' });
  const room = await rooms.wake(roomId);
  const files = (doc: Y.Doc): Y.Map<Y.Text> => doc.getMap<Y.Text>(WORKSPACE_ROOTS.files);
  files(room.workspace.doc).set('a.yaml', new Y.Text('then'));
  await room.workspace.postChat(me, 'said then');
  const terminal = await room.terminals.create(me, { columns: 80, rows: 24 });
  room.terminals.input(me, terminal.id, 'create one\r');
  await pass(3_000);
  const begin = room.info().now;
  await room.controlClock(me, { action: 'jump', seconds: 600 });
  const { clock } = await rooms.recordings.manifest(roomId, me);
  const leap = clock.findLastIndex(({ rate }) => rate === 'leap');
  const within = Math.floor(((clock[leap]?.wall ?? 0) + (clock[leap + 1]?.wall ?? 0)) / 2);
  const then = new ClassClock(clock).timeAt(within);
  expect(then).toBeGreaterThan(begin + 10_000);
  expect(then).toBeLessThan(begin + 590_000);
  files(room.workspace.doc).set('b.yaml', new Y.Text('later'));
  room.terminals.input(me, terminal.id, 'create two\r');
  await pass(1_000);

  const forked = await rooms.fork({ roomId, me, wall: within, roomName: 'Again', address: 'here' });
  const copy = await rooms.wake(forked.roomId);
  expect(copy.info()).toMatchObject({ name: 'Again', now: then, rate: 'paused' });
  const maps = () => copy.cluster.store.list('configmaps', 'default').map(({ metadata }) => metadata.name);
  expect(maps()).toContain('one');
  expect(maps()).not.toContain('two');
  expect([...files(copy.workspace.doc)].map(([name, text]) => [name, text.toString()])).toEqual([['a.yaml', 'then']]);
  expect(copy.workspace.doc.getArray(WORKSPACE_ROOTS.chat).length).toBe(0);

  // What it inherited keeps its author's number, which no input of its own takes.
  await copy.controlClock(forked.me, { action: 'run', rate: 1 });
  const own = await copy.terminals.create(forked.me, { columns: 80, rows: 24 });
  copy.terminals.input(forked.me, own.id, 'create three\r');
  await pass(5_000);
  expect(maps()).toContain('three');
  const causeOf = (name: string): number => copy.cluster.store.recent.filter(({ resource, object, type }) => resource === 'configmaps' && object.metadata.name === name && type === 'ADDED').map(({ cause }) => cause.id)[0] ?? -1;
  expect(causeOf('three')).toBeGreaterThan(causeOf('one'));
  await rooms.close();

  const manifest = await rooms.recordings.manifest(forked.roomId, forked.me);
  const replay = new Replay(manifest, {
    snapshot: async (sequence) => readSnapshot((await store.keyframe(forked.roomId, sequence)) as { snapshot: Uint8Array }),
    log: (from, to) => store.logEntries(forked.roomId, from, Math.min(to, from + LOG_PAGE_ENTRIES - 1)),
  });
  await replay.seek(manifest.axis.from);
  await replay.seek(manifest.axis.to);
  expect(replay.fidelity).toMatchObject({ kind: 'faithful' });
  expect(replay.cluster.store.list('configmaps', 'default').map(({ metadata }) => metadata.name)).toContain('three');
});

it('R5, R6: a fork from a pause has what had been done by its moment, and not what was done later in the same pause', async () => {
  const { rooms, pass } = testRooms();
  const { roomId, me } = await rooms.create({ roomName: 'Monday', name: 'Grace', address: 'here' });
  const room = await rooms.wake(roomId);
  const terminal = await room.terminals.create(me, { columns: 80, rows: 24 });
  await pass(3_000);
  await room.controlClock(me, { action: 'pause' });
  room.terminals.input(me, terminal.id, 'create one\r');
  await pass(5_000);
  const between = room.wall;
  await pass(5_000);
  room.terminals.input(me, terminal.id, 'create two\r');
  await pass(1_000);
  const { now } = room.info();
  const forked = await rooms.fork({ roomId, me, wall: between, roomName: '', address: 'here' });
  const copy = await rooms.wake(forked.roomId);
  expect(copy.info().now).toBe(now);
  const names = copy.cluster.store.list('configmaps', 'default').map(({ metadata }) => metadata.name);
  expect(names).toContain('one');
  expect(names).not.toContain('two');
});
