import { describe, expect, it } from 'vitest';
import { testRooms } from '../rooms/for-tests.ts';
import { ClusterDocumentReader } from '../rooms/projection/document.ts';
import { readSnapshot } from '../rooms/restore.ts';
import type { ClusterView } from '../rooms/projection/types.ts';
import { Replay, type RecordingSource } from './replay.ts';
import { LOG_PAGE_ENTRIES, type RecordingManifest } from './types.ts';

/** A class in which something happened, and what its screen showed at several moments. */
async function recordedClass() {
  const { rooms, store, pass } = testRooms();
  const { roomId, me } = await rooms.create({ roomName: 'Monday', name: 'Grace', address: 'here' });
  const room = await rooms.wake(roomId);
  const reader = new ClusterDocumentReader(room.clusterDoc);
  const shown: { at: number; view: ClusterView }[] = [];
  const show = (): number => shown.push({ at: room.wall, view: reader.view as ClusterView });
  const look = async (): Promise<void> => {
    await room.controlClock(me, { action: 'pause' });
    await pass(100);
    show();
    await pass(100);
    await room.controlClock(me, { action: 'run', rate: 10 });
  };
  const terminal = await room.terminals.create(me, { columns: 80, rows: 24 });
  await pass(3_000);
  room.terminals.input(me, terminal.id, 'create one\r');
  await pass(5_000);
  await look();
  await room.breakFault(me, 'node-crash', 'worker-1');
  await pass(4_000);
  await room.controlClock(me, { action: 'step' });
  await room.controlClock(me, { action: 'step' });
  await look();
  await room.controlClock(me, { action: 'jump', seconds: 400 });
  await look();
  // All of this at one instant of the cluster, and minutes apart for those who looked on.
  await room.controlClock(me, { action: 'pause' });
  for (const fault of ['scheduler-down', 'dns-down']) {
    await pass(120_000);
    await room.breakFault(me, fault, '');
    await pass(100);
    show();
  }
  room.terminals.input(me, terminal.id, 'create two\r');
  await pass(100);
  await room.healFault(me, 'node-crash', 'worker-1');
  await room.controlClock(me, { action: 'run', rate: 10 });
  await room.controlClock(me, { action: 'jump', seconds: 1_200 });
  await pass(10_000);
  await look();
  await pass(70_000);
  const manifest = await rooms.recordings.manifest(roomId, me);
  const source: RecordingSource = {
    snapshot: async (sequence) => readSnapshot((await store.keyframe(roomId, sequence)) as { snapshot: Uint8Array }),
    log: (from, to) => store.logEntries(roomId, from, Math.min(to, from + LOG_PAGE_ENTRIES - 1)),
  };
  return { manifest, source, shown };
}

function picture({ meta, tables }: ClusterView): unknown {
  const sorted = (rows: Iterable<{ key: string }>) => [...rows].sort((x, y) => (x.key < y.key ? -1 : 1));
  return { revision: meta.revision, nodes: sorted(tables.nodes.values()), pods: sorted(tables.pods.values()), services: sorted(tables.services.values()), workloads: sorted(tables.workloads.values()), faults: sorted(tables.faults.values()) };
}

describe('Replay', () => {
  it('R1, R2: shows at any instant what was on the screen then, forward and back, and meets the hashes of all keyframes', async () => {
    const { manifest, source, shown } = await recordedClass();
    expect(manifest.keyframes.length).toBeGreaterThan(1);
    const replay = new Replay(manifest, source);
    for (const { at, view } of shown) expect(picture(await replay.seek(at))).toEqual(picture(view));
    for (const { at, view } of [...shown].reverse()) expect(picture(await replay.seek(at))).toEqual(picture(view));
    await replay.seek(manifest.axis.to);
    expect(replay.fidelity.kind).toBe('faithful');
    expect(replay.failures).toBe(0);

    // From the very beginning, in small steps as a player does, past every keyframe.
    const slow = new Replay(manifest, source);
    for (let at = manifest.axis.from; at < manifest.axis.to; at += 700) await slow.seek(at);
    await slow.seek(manifest.axis.to);
    expect(slow.fidelity).toEqual({ kind: 'faithful', checkedKeyframes: manifest.keyframes.length });
  });

  it('R2: says where it became another cluster', async () => {
    const { manifest, source } = await recordedClass();
    const last = manifest.keyframes.at(-1);
    const forged: RecordingManifest = { ...manifest, keyframes: manifest.keyframes.map((one) => (one === last ? { ...one, hash: '0000000000000000' } : one)) };
    const replay = new Replay(forged, source);
    await replay.seek(manifest.axis.to);
    expect(replay.fidelity).toMatchObject({ kind: 'diverged', keyframe: last?.sequence, otherVersion: false });
  });

  it('answers reads as of the moment', async () => {
    const { manifest, source, shown } = await recordedClass();
    const replay = new Replay(manifest, source);
    const path = '/api/v1/namespaces/default/configmaps/one';
    const user = { username: 'kubernetes-admin', groups: ['system:masters'] };
    await replay.seek(manifest.axis.from);
    expect(replay.read({ path, user }).status).toBe(404);
    await replay.seek(shown[0]?.at ?? 0);
    expect(replay.read({ path, user }).status).toBe(200);
  });

  it('R6: tells apart what was done one after the other while the clock stood still', async () => {
    const { manifest, source, shown } = await recordedClass();
    const [first, second] = shown.filter(({ view }) => view.tables.faults.size > 1);
    const faults = (view: ClusterView | undefined): string[] => [...(view?.tables.faults.keys() ?? [])].sort();
    expect([faults(first?.view), faults(second?.view)]).toEqual([['node-crash worker-1', 'scheduler-down'], ['dns-down', 'node-crash worker-1', 'scheduler-down']]);
    const replay = new Replay(manifest, source);
    const times: number[] = [];
    for (const one of [second, first, second]) {
      expect(faults(await replay.seek(one?.at ?? 0))).toEqual(faults(one?.view));
      times.push(replay.now);
    }
    expect(new Set(times).size).toBe(1);
  });

  it('passes a quiet stretch in one step when it looks for the next thing', async () => {
    const { manifest, source } = await recordedClass();
    const quiet = manifest.quiet.find(({ from, to }) => to - from > 60_000);
    const replay = new Replay(manifest, source);
    await replay.goTo((quiet?.from ?? 0) + 1);
    let steps = 0;
    const goTo = replay.goTo.bind(replay);
    replay.goTo = (at) => (steps++, goTo(at));
    await replay.playToChange(manifest.axis.to);
    expect(replay.at).toBeGreaterThanOrEqual(quiet?.to ?? Infinity);
    expect(steps).toBeLessThan(30);
  });

  it('R6: plays a recording from before wall clocks were kept along its virtual time', async () => {
    const { manifest, source } = await recordedClass();
    const old: RecordingManifest = { ...manifest, axis: { from: manifest.startedAt, to: manifest.endedAt }, clock: [], keyframes: manifest.keyframes.map((keyframe) => ({ ...keyframe, wall: keyframe.time })) };
    const replay = new Replay(old, { ...source, log: async (from, to) => (await source.log(from, to)).map((entry) => ({ ...entry, wall: entry.time })) });
    for (let at = old.axis.from; at < old.axis.to; at += 25_000) {
      await replay.seek(at);
      expect(replay.now).toBe(at);
    }
    await replay.seek(old.axis.to);
    expect(replay.fidelity).toEqual({ kind: 'faithful', checkedKeyframes: old.keyframes.length });
  });
});
