/** A room's cluster: made anew, or brought back from the newest keyframe and the log after it. */
import { gunzip, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { Cluster, createCluster, SETTLE_MS } from '../simulation/cluster.ts';
import type { ClusterConfig } from '../simulation/config.ts';
import type { Snapshot } from '../simulation/kernel/kernel.ts';
import { advance, applyUntil, changesCluster, horizonAfter } from '../recordings/apply.ts';
import { ClassClock } from '../recordings/class-clock.ts';
import { LOG_PAGE_ENTRIES } from '../recordings/types.ts';
import { SIMULATION_VERSION } from '../recordings/version.ts';
import { rateAfter } from './actor.ts';
import type { ClockRate } from './projection/types.ts';
import type { KeyframeRecord, RoomRecord, RoomStore } from './store/types.ts';

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

/** Called with what went wrong but did not stop anything. */
export type Complain = (message: string, details: Record<string, unknown>) => void;

/** A cluster is set up in pieces of this much virtual time: each takes a few milliseconds, and the other rooms go on in between. */
const SET_UP_PIECE_MS = 1_000;

/** A cluster that has just been set up and settled. */
export async function newCluster(config: ClusterConfig, complain: Complain): Promise<Cluster> {
  const cluster = createCluster(config);
  const settled = config.startTime + SETTLE_MS;
  while (cluster.now < settled) {
    advance(cluster, Math.min(settled, cluster.now + SET_UP_PIECE_MS), (error) => complain('the simulation failed while a cluster was set up', { error }));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return cluster;
}

/**
 * @param at the last log entry that is in it, the wall clock as the room records it, and the virtual time up to which the room may have
 * been shown; ms.
 */
export async function makeKeyframe(roomId: string, cluster: Cluster, { sequence, wall, horizon }: Pick<KeyframeRecord, 'sequence' | 'wall' | 'horizon'>): Promise<KeyframeRecord> {
  // Everything that reads the cluster happens before the first await: it moves on meanwhile.
  const text = JSON.stringify(cluster.snapshot());
  const { now, revision } = cluster;
  const hash = cluster.hash();
  const snapshot = await gzipAsync(text, { level: 6 });
  return { roomId, sequence, time: now, wall, horizon, revision, hash, simulationVersion: SIMULATION_VERSION, bytes: snapshot.byteLength, snapshot };
}

export async function readSnapshot(keyframe: Pick<KeyframeRecord, 'snapshot'>): Promise<Snapshot> {
  return JSON.parse((await gunzipAsync(keyframe.snapshot)).toString('utf8')) as Snapshot;
}

export interface RestoredRoom {
  cluster: Cluster;
  lastSequence: number;
  /** Latest moment that the room has recorded, wall clock, ms; 0 for a new one. */
  lastWall: number;
  rate: ClockRate;
}

/**
 * Brings a room back to where it was, or a moment after: never before anything that was acknowledged or shown.
 * @param wall stop at this moment of the class instead (wall clock, ms); for forks.
 * @throws Error when the room has no readable keyframe.
 */
export async function restoreRoom(store: RoomStore, room: RoomRecord, complain: Complain, wall?: number): Promise<RestoredRoom> {
  const keyframe = await keyframeFor(store, room.id, wall);
  const until = wall === undefined ? undefined : new ClassClock(await store.clockStamps(room.id)).timeAt(wall);
  if (!keyframe) throw new Error(`room ${room.id} has no keyframe`);
  const cluster = Cluster.restore(room.config, await readSnapshot(keyframe));
  if (keyframe.simulationVersion === SIMULATION_VERSION && cluster.hash() !== keyframe.hash) {
    complain('a restored keyframe has another hash than when it was taken', { roomId: room.id, sequence: keyframe.sequence });
  }
  const onFailure = (error: unknown): void => complain('the simulation failed while a room was restored', { roomId: room.id, error });
  let { rate } = room;
  let horizon = keyframe.horizon;
  let lastSequence = keyframe.sequence;
  const lastWall = wall === undefined ? ((await store.lastWall(room.id)) ?? 0) : 0;
  for (;;) {
    const entries = await store.logEntries(room.id, lastSequence + 1, lastSequence + LOG_PAGE_ENTRIES);
    if (entries.length === 0) break;
    for (const entry of entries) {
      if (wall !== undefined && entry.wall > wall) {
        if (!changesCluster(entry) && entry.time < (until as number)) continue;
        return { cluster: ranTo(cluster, Math.min(until as number, entry.time), onFailure), lastSequence, lastWall, rate };
      }
      if (!applyUntil(cluster, entry, until ?? Infinity, onFailure)) return { cluster, lastSequence: entry.sequence, lastWall, rate };
      horizon = horizonAfter(entry, horizon, cluster.now);
      if (entry.payload.kind === 'clock') rate = rateAfter(entry.payload.command, rate, entry.participantId !== undefined);
      lastSequence = entry.sequence;
    }
  }
  return { cluster: ranTo(cluster, until === undefined ? horizon : Math.min(until, horizon), onFailure), lastSequence, lastWall, rate };
}

function ranTo(cluster: Cluster, time: number, onFailure: (error: unknown) => void): Cluster {
  if (time > cluster.now) advance(cluster, time, onFailure);
  return cluster;
}

async function keyframeFor(store: RoomStore, roomId: string, wall: number | undefined): Promise<KeyframeRecord | undefined> {
  if (wall === undefined) return store.newestKeyframe(roomId);
  const candidates = (await store.keyframes(roomId)).filter((keyframe) => keyframe.wall <= wall);
  const newest = candidates.at(-1) ?? (await store.keyframes(roomId))[0];
  return newest && store.keyframe(roomId, newest.sequence);
}
