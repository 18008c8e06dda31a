/** What every RoomStore must do. Called from the test file of each implementation. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../simulation/config.ts';
import type { LogEntry } from '../../recordings/types.ts';
import type { JournalBatch, RoomRecord, RoomStore } from './types.ts';

const NOTHING: JournalBatch = { log: [], workspace: [], terminal: [], markers: [], clock: [] };
const TIME = 1_700_000_000_000;
/** The wall clock goes its own way. */
const WALL = 1_800_000_000_000;

function roomRecord(id: string): RoomRecord {
  return {
    id,
    name: 'Monday',
    code: `C${id}`,
    createdAt: TIME,
    lastActiveAt: TIME,
    config: defaultConfig(7, TIME),
    settings: { studentsMayBreak: false, terminalVisibility: 'instructors' },
    rate: 1,
    reachedTime: TIME,
    instructorSecretHash: 'h',
    studentSecret: 's',
    observerSecret: 'o',
  };
}

function pause(sequence: number): LogEntry {
  return { sequence, time: TIME + sequence, wall: WALL + sequence, participantId: 'p', payload: { kind: 'clock', command: { action: 'pause' } } };
}

export function storeContract(name: string, open: () => Promise<RoomStore>): void {
  describe(`RoomStore contract: ${name}`, () => {
    let store: RoomStore;
    beforeAll(async () => {
      store = await open();
      await store.createRoom(roomRecord('r1'));
      await store.createRoom(roomRecord('r2'));
    });
    afterAll(() => store.close());

    it('gives a room back as it was stored, by id and by code', async () => {
      expect(await store.room('r1')).toEqual(roomRecord('r1'));
      expect((await store.roomByCode('Cr2'))?.id).toBe('r2');
      expect(await store.room('none')).toBeUndefined();
    });

    it('refuses a second room with the same code', async () => {
      await expect(store.createRoom({ ...roomRecord('r3'), code: 'Cr1' })).rejects.toThrow();
    });

    it('changes only what is asked for', async () => {
      await store.updateRoom('r2', { rate: 'paused', reachedTime: TIME + 5 });
      expect(await store.room('r2')).toEqual({ ...roomRecord('r2'), rate: 'paused', reachedTime: TIME + 5 });
    });

    it('keeps log entries of several rooms apart and in order', async () => {
      await store.append({ ...NOTHING, log: [pause(1), pause(2), pause(3)].map((entry) => ({ roomId: 'r1', entry })) });
      await store.append({ ...NOTHING, log: [{ roomId: 'r2', entry: pause(1) }, { roomId: 'r1', entry: pause(4) }] });
      expect(await store.logEntries('r1', 2, 4)).toEqual([pause(2), pause(3), pause(4)]);
      expect(await store.lastLogEntry('r1')).toEqual(pause(4));
      expect(await store.lastLogEntry('r2')).toEqual(pause(1));
      expect(await store.lastLogEntry('none')).toBeUndefined();
    });

    it('refuses a log entry whose number is taken', async () => {
      await expect(store.append({ ...NOTHING, log: [{ roomId: 'r1', entry: pause(2) }] })).rejects.toThrow();
      expect(await store.logEntries('r1', 1, 99)).toHaveLength(4);
    });

    it('finds participants by room and by token, and remembers removal', async () => {
      const one = { id: 'p1', roomId: 'r1', name: 'Ada', role: 'student' as const, color: '#112233', tokenHash: 'hash1', joinedAt: TIME };
      await store.addParticipant(one);
      expect(await store.participantByToken('hash1')).toEqual(one);
      await store.updateParticipant('p1', { role: 'observer', removedAt: TIME + 1 });
      expect(await store.participants('r1')).toEqual([{ ...one, role: 'observer', removedAt: TIME + 1 }]);
      expect(await store.participants('r2')).toEqual([]);
    });

    it('gives back the newest keyframe with its bytes, and lists them without', async () => {
      const base = { roomId: 'r1', time: TIME, wall: WALL, horizon: TIME, revision: 9, hash: 'abc', simulationVersion: 'v', bytes: 3 };
      await store.addKeyframe({ ...base, sequence: 1, snapshot: new Uint8Array([1, 2, 3]) });
      await store.addKeyframe({ ...base, sequence: 3, snapshot: new Uint8Array([4, 5, 6]) });
      expect([...((await store.newestKeyframe('r1'))?.snapshot ?? [])]).toEqual([4, 5, 6]);
      expect([...((await store.keyframe('r1', 1))?.snapshot ?? [])]).toEqual([1, 2, 3]);
      expect((await store.keyframes('r1')).map((one) => one.sequence)).toEqual([1, 3]);
      expect(await store.newestKeyframe('r2')).toBeUndefined();
    });

    it('replaces a keyframe of the same sequence', async () => {
      await store.addKeyframe({ roomId: 'r2', sequence: 1, time: TIME, wall: WALL, horizon: TIME + 9, revision: 1, hash: 'x', simulationVersion: 'v', bytes: 1, snapshot: new Uint8Array([1]) });
      await store.addKeyframe({ roomId: 'r2', sequence: 1, time: TIME, wall: WALL, horizon: TIME + 9, revision: 2, hash: 'y', simulationVersion: 'v', bytes: 1, snapshot: new Uint8Array([2]) });
      expect((await store.keyframes('r2')).map((one) => one.hash)).toEqual(['y']);
      expect((await store.newestKeyframe('r2'))?.horizon).toBe(TIME + 9);
    });

    it('keeps workspace updates in order and cuts them at a moment', async () => {
      const update = (sequence: number) => ({ sequence, time: TIME, wall: WALL + sequence, update: new Uint8Array([sequence]) });
      await store.append({ ...NOTHING, workspace: [1, 2, 3].map((n) => ({ roomId: 'r1', update: update(n) })) });
      expect((await store.workspaceUpdates('r1')).map((one) => one.update[0])).toEqual([1, 2, 3]);
      expect((await store.workspaceUpdates('r1', WALL + 2)).map((one) => one.sequence)).toEqual([1, 2]);
    });

    it('keeps terminals, their output in order, and the tail of one', async () => {
      const terminal = { id: 't1', roomId: 'r1', ownerId: 'p1', ownerName: 'Ada', title: '1', visibility: 'everyone' as const, columns: 80, rows: 24, createdAt: TIME };
      await store.addTerminal(terminal);
      await store.updateTerminal('t1', { columns: 100 });
      expect(await store.terminals('r1')).toEqual([{ ...terminal, columns: 100 }]);
      await store.append({
        ...NOTHING,
        terminal: [
          { roomId: 'r1', chunk: { terminalId: 't1', sequence: 1, time: TIME, wall: WALL, kind: 'output', data: 'abc' } },
          { roomId: 'r1', chunk: { terminalId: 't1', sequence: 2, time: TIME, wall: WALL + 1, kind: 'line', data: 'ls' } },
          { roomId: 'r1', chunk: { terminalId: 't1', sequence: 3, time: TIME, wall: WALL + 2, kind: 'output', data: 'def' } },
        ],
      });
      expect(await store.terminalTail('t1', 4)).toEqual({ data: 'cdef', lastSequence: 3 });
      expect((await store.terminalChunks('r1', WALL + 1, WALL + 2)).map((chunk) => chunk.data)).toEqual(['ls', 'def']);
      expect(await store.terminalTail('none', 4)).toEqual({ data: '', lastSequence: 0 });
    });

    it('goes on with the log of a fork after its first keyframe', async () => {
      await store.createRoom(roomRecord('fork'));
      await store.addKeyframe({ roomId: 'fork', sequence: 7, time: TIME, wall: WALL, horizon: TIME, revision: 1, hash: 'x', simulationVersion: 'v', bytes: 10, snapshot: new Uint8Array(10) });
      await store.append({ ...NOTHING, log: [8, 9].map((sequence) => ({ roomId: 'fork', entry: pause(sequence) })) });
      expect((await store.logEntries('fork', 1, 8)).map(({ sequence }) => sequence)).toEqual([8]);
      expect((await store.logEntries('fork', 9, 99)).map(({ sequence }) => sequence)).toEqual([9]);
      expect((await store.lastLogEntry('fork'))?.sequence).toBe(9);
      // The keyframe's ten bytes and the two payloads.
      expect(await store.recordingBytes('fork')).toBeGreaterThan(10 + 2 * JSON.stringify(pause(8).payload).length - 1);
      expect(await store.recordingBytes('none')).toBe(0);
    });

    it('numbers markers', async () => {
      await store.append({ ...NOTHING, markers: [{ roomId: 'r1', marker: { kind: 'fault', time: TIME, wall: WALL, participantName: 'Ada', text: 'node-crash worker-1' } }, { roomId: 'r1', marker: { kind: 'note', time: TIME, wall: WALL, text: 'look' } }] });
      const markers = await store.markers('r1');
      expect(markers.map(({ kind, text }) => [kind, text])).toEqual([['fault', 'node-crash worker-1'], ['note', 'look']]);
      expect((markers[1]?.id ?? 0) > (markers[0]?.id ?? 0)).toBe(true);
    });

    it('keeps how the clock went, in order', async () => {
      const stamps = [{ wall: WALL, time: TIME, rate: 60 }, { wall: WALL, time: TIME + 1, rate: 'leap' as const }, { wall: WALL + 5, time: TIME + 9, rate: 0 }];
      await store.append({ ...NOTHING, clock: stamps.map((stamp) => ({ roomId: 'r2', stamp })) });
      expect(await store.clockStamps('r2')).toEqual(stamps);
      expect(await store.clockStamps('r1')).toEqual([]);
    });

    it('knows when something was done in a room, and until when it has recorded', async () => {
      await store.createRoom(roomRecord('busy'));
      expect(await store.lastWall('busy')).toBeUndefined();
      expect(await store.activity('busy', 10_000)).toEqual([]);
      const bySomebody = { ...pause(1), wall: WALL + 1_000 };
      const { participantId: _nobody, ...byItself } = { ...pause(2), wall: WALL + 500_000 };
      await store.append({ ...NOTHING, log: [bySomebody, byItself].map((entry) => ({ roomId: 'busy', entry })) });
      await store.append({ ...NOTHING, markers: [60_000, 65_000].map((after) => ({ roomId: 'busy', marker: { kind: 'note', time: TIME, wall: WALL + after, text: '' } })) });
      await store.append({ ...NOTHING, terminal: [{ roomId: 'busy', chunk: { terminalId: 't2', sequence: 1, time: TIME, wall: WALL + 90_000, kind: 'output', data: 'x' } }] });
      expect(await store.activity('busy', 10_000)).toEqual([0, 6, 9].map((slot) => WALL / 10_000 + slot));
      expect(await store.lastWall('busy')).toBe(WALL + 500_000);
      await store.append({ ...NOTHING, clock: [{ roomId: 'busy', stamp: { wall: WALL + 600_000, time: TIME, rate: 0 } }] });
      expect(await store.lastWall('busy')).toBe(WALL + 600_000);
    });

    it('saves, overwrites and removes private files', async () => {
      await store.saveHomeFile({ roomId: 'r1', path: '/home/ada/a', text: '1' });
      await store.saveHomeFile({ roomId: 'r1', path: '/home/ada/a', text: '2' });
      await store.saveHomeFile({ roomId: 'r1', path: '/home/ada/b', text: '3' });
      await store.saveHomeFile({ roomId: 'r1', path: '/home/ada/b', text: null });
      expect(await store.homeFiles('r1')).toEqual([{ path: '/home/ada/a', text: '2' }]);
    });
  });
}
