import { describe, expect, it } from 'vitest';
import { testRooms } from '../rooms/for-tests.ts';
import { ClusterDocumentReader } from '../rooms/projection/document.ts';
import { readSnapshot } from '../rooms/restore.ts';
import type { ClusterView } from '../rooms/projection/types.ts';
import { Replay, type RecordingSource } from './replay.ts';
import { LOG_PAGE_ENTRIES, type RecordingManifest } from './types.ts';

/** A class in which something happened, and what its screen showed at several instants. */
async function recordedClass() {
  const { rooms, store, pass } = testRooms();
  const { roomId, me } = await rooms.create({ roomName: 'Monday', name: 'Grace', address: 'here' });
  const room = await rooms.wake(roomId);
  const reader = new ClusterDocumentReader(room.clusterDoc);
  const shown: { time: number; view: ClusterView }[] = [];
  const look = async (): Promise<void> => {
    await room.controlClock(me, { action: 'pause' });
    await pass(100);
    shown.push({ time: room.info().now, view: reader.view as ClusterView });
    await room.controlClock(me, { action: 'run', rate: 10 });
    // What comes next comes later: seeking to an instant shows everything that happened at it.
    await pass(100);
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
  await room.healFault(me, 'node-crash', 'worker-1');
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
    for (const { time, view } of shown) expect(picture(await replay.seek(time))).toEqual(picture(view));
    for (const { time, view } of [...shown].reverse()) expect(picture(await replay.seek(time))).toEqual(picture(view));
    await replay.seek(manifest.endedAt);
    expect(replay.fidelity.kind).toBe('faithful');
    expect(replay.failures).toBe(0);

    // From the very beginning, in small steps as a player does, past every keyframe.
    const slow = new Replay(manifest, source);
    for (let time = manifest.startedAt; time < manifest.endedAt; time += 25_000) await slow.seek(time);
    await slow.seek(manifest.endedAt);
    expect(slow.fidelity).toEqual({ kind: 'faithful', checkedKeyframes: manifest.keyframes.length });
  });

  it('R2: says where it became another cluster', async () => {
    const { manifest, source } = await recordedClass();
    const last = manifest.keyframes.at(-1);
    const forged: RecordingManifest = { ...manifest, keyframes: manifest.keyframes.map((one) => (one === last ? { ...one, hash: '0000000000000000' } : one)) };
    const replay = new Replay(forged, source);
    await replay.seek(manifest.endedAt);
    expect(replay.fidelity).toMatchObject({ kind: 'diverged', keyframe: last?.sequence, otherVersion: false });
  });

  it('answers reads as of the instant', async () => {
    const { manifest, source, shown } = await recordedClass();
    const replay = new Replay(manifest, source);
    const path = '/api/v1/namespaces/default/configmaps/one';
    const user = { username: 'kubernetes-admin', groups: ['system:masters'] };
    await replay.seek(manifest.startedAt);
    expect(replay.read({ path, user }).status).toBe(404);
    await replay.seek(shown[0]?.time ?? 0);
    expect(replay.read({ path, user }).status).toBe(200);
  });
});
