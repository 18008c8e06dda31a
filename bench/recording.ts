/**
 * A class of two hours, recorded through the real room and the real database while its wall clock is moved by hand; then what the
 * recording weighs, and how long it takes to seek to random moments of it, from compressed bytes to a drawn view.
 */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Replay, type RecordingSource } from '../server/recordings/replay.ts';
import { LOG_PAGE_ENTRIES } from '../server/recordings/types.ts';
import { Journal } from '../server/rooms/journal.ts';
import { readSnapshot } from '../server/rooms/restore.ts';
import { Rooms } from '../server/rooms/rooms.ts';
import { shellBinding } from '../server/rooms/shell-binding.ts';
import { openDatabase } from '../server/rooms/store/database.ts';
import { PrismaStore } from '../server/rooms/store/prisma-store.ts';
import type { KeyframeRecord, RoomStore } from '../server/rooms/store/types.ts';
import { percentile, type Measurement } from './report.ts';
import { Random } from '../server/simulation/kernel/random.ts';

/** What a class does, a line at a time. */
const LINES = [
  'kubectl create deployment web --image=registry.k8s.io/e2e-test-images/agnhost:2.39 -- /agnhost netexec --http-port=8080',
  'kubectl scale deployment web --replicas=6',
  'kubectl get pods -o wide',
  'kubectl expose deployment web --type=LoadBalancer --port=8080',
  'kubectl get events',
  'kubectl set image deployment/web agnhost=registry.k8s.io/e2e-test-images/agnhost:nosuchtag',
  'kubectl rollout status deployment/web --timeout=10s',
  'kubectl rollout undo deployment/web',
  'kubectl describe deployment web',
  'kubectl cordon worker-2',
  'kubectl drain worker-2 --ignore-daemonsets --delete-emptydir-data --force --timeout=60s',
  'kubectl uncordon worker-2',
  'kubectl delete service web',
  'kubectl delete deployment web',
];

export async function benchRecording({ minutes = 120, seeks = 200 } = {}): Promise<Measurement[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'quorum-bench-'));
  const file = path.join(folder, 'quorum.db');
  const store = new PrismaStore((await openDatabase(`file:${file}`, path.resolve('prisma'))).client);
  let wall = 0;
  const fail = (error: unknown): void => {
    throw error;
  };
  const log = { info: () => {}, warn: () => {}, error: (details: object, message: string) => fail(new Error(`${message} ${JSON.stringify(details)}`)) };
  const rooms = new Rooms({ store, journal: new Journal(store, fail, 0), shell: shellBinding, wallClock: () => wall, log });
  try {
    const { roomId, me } = await rooms.create({ roomName: 'bench', name: 'Teacher', address: 'here' });
    await teach(rooms, roomId, minutes * 60_000, async (milliseconds) => {
      for (let left = milliseconds; left > 0; left -= 50) {
        wall += Math.min(50, left);
        rooms.tick();
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    const manifest = await rooms.recordings.manifest(roomId, me);
    const databaseBytes = sizeOf(file) + sizeOf(`${file}-wal`);
    const revisions = rooms.live(roomId)?.revision ?? 0;
    await rooms.close();
    const random = new Random(42);
    const times: number[] = [];
    let fidelity = 'faithful';
    for (let index = 0; index < seeks; index++) {
      const target = manifest.axis.from + Math.floor((random.uint32() / 2 ** 32) * (manifest.axis.to - manifest.axis.from));
      // A fresh player each time: the worst case, with nothing kept from the seek before.
      const source = sourceOf(store, roomId);
      const begin = performance.now();
      const replay = new Replay(manifest, source);
      await replay.seek(target);
      times.push(performance.now() - begin);
      if (replay.fidelity.kind !== 'faithful') fidelity = `diverged at keyframe ${replay.fidelity.keyframe}`;
    }
    const figures = {
      classMinutes: minutes,
      wallMinutes: Math.round((manifest.axis.to - manifest.axis.from) / 60_000),
      virtualMinutes: Math.round((manifest.endedAt - manifest.startedAt) / 60_000),
      logEntries: manifest.lastSequence,
      revisions,
      keyframes: manifest.keyframes.length,
      keyframesKiB: Math.round(manifest.keyframes.reduce((sum, keyframe) => sum + keyframe.bytes, 0) / 1024),
      databaseKiB: Math.round(databaseBytes / 1024),
      seeks,
      seekP50Ms: percentile(times, 0.5),
      seekP95Ms: percentile(times, 0.95),
      seekMaxMs: percentile(times, 1),
      fidelity,
    };
    return [{ name: `recording of a class of ${minutes} minutes: size, and seeking to random moments`, figures, goal: 'seek p95 under 300 ms' }];
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A command about every 20 s, a fault now and then, time mostly real, sometimes fast, and a jump to see an eviction. */
async function teach(rooms: Rooms, roomId: string, lengthMs: number, pass: (milliseconds: number) => Promise<void>): Promise<void> {
  const room = await rooms.wake(roomId);
  const [me] = room.people.list();
  if (!me) throw new Error('the room has no instructor');
  const terminal = await room.terminals.create(me, { columns: 120, rows: 40 });
  const random = new Random(7);
  for (let passed = 0, command = 0; passed < lengthMs; command++) {
    // Somebody is there all the time, as connections would say.
    room.touch();
    room.terminals.input(me, terminal.id, `${LINES[command % LINES.length]}\r`);
    if (command % 15 === 5) await room.breakFault(me, 'node-crash', 'worker-1');
    if (command % 15 === 7) await room.controlClock(me, { action: 'jump', seconds: 300 });
    if (command % 15 === 9) await room.healFault(me, 'node-crash', 'worker-1');
    if (command % 30 === 20) await room.controlClock(me, { action: 'run', rate: 10 });
    if (command % 30 === 22) await room.controlClock(me, { action: 'run', rate: 1 });
    const length = 10_000 + random.below(20_000);
    await pass(length);
    passed += length;
  }
}

function sourceOf(store: RoomStore, roomId: string): RecordingSource {
  return {
    snapshot: async (sequence) => readSnapshot((await store.keyframe(roomId, sequence)) as KeyframeRecord),
    log: (from, to) => store.logEntries(roomId, from, Math.min(to, from + LOG_PAGE_ENTRIES - 1)),
  };
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}
