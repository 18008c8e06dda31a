/**
 * One room at 60× with 100 nodes and 2,000 pods, through the real room and the real database in this process: whether its clock keeps
 * up, what share of a core it takes, and what its document sends to each screen. A tenth of the pods crash again and again.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Journal } from '../server/rooms/journal.ts';
import { makeKeyframe, newCluster } from '../server/rooms/restore.ts';
import { Rooms } from '../server/rooms/rooms.ts';
import { shellBinding } from '../server/rooms/shell-binding.ts';
import { openDatabase } from '../server/rooms/store/database.ts';
import { PrismaStore } from '../server/rooms/store/prisma-store.ts';
import { configOf } from './cluster.ts';
import { memoryOf, rounded, Stopwatch, type Measurement } from './report.ts';

const NODES = 100;
const PODS = 2_000;
const CRASHING = PODS / 10;
const RATE = 60;
const MEASURED_MS = 20_000;

export async function benchLargeRoom(): Promise<Measurement[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'quorum-bench-'));
  const store = new PrismaStore((await openDatabase(`file:${path.join(folder, 'quorum.db')}`, path.resolve('prisma'))).client);
  const problems: string[] = [];
  const log = { info: () => {}, warn: () => {}, error: (details: object, message: string) => void problems.push(`${message} ${JSON.stringify(details)}`) };
  const rooms = new Rooms({ store, journal: new Journal(store, (error) => problems.push(String(error))), shell: shellBinding, wallClock: () => performance.now(), log });
  try {
    const config = configOf(NODES);
    const cluster = await newCluster(config, (message) => problems.push(message));
    const now = Date.now();
    const settings = { studentsMayBreak: false, terminalVisibility: 'instructors' } as const;
    await store.createRoom({ id: 'large', name: 'large', code: 'LARGE1', createdAt: now, lastActiveAt: now, config, settings, rate: 1, reachedTime: cluster.now, instructorSecretHash: '', studentSecret: 's', observerSecret: 'o' });
    await store.addKeyframe(await makeKeyframe('large', cluster, { sequence: 0, wall: cluster.now, horizon: cluster.now }));
    const room = await rooms.wake('large');
    const { participant: me } = await room.join('Teacher', 'instructor');
    const terminal = await room.terminals.create(me, { columns: 120, rows: 40 });
    rooms.start();
    const stay = setInterval(() => room.touch(), 1_000);
    room.terminals.input(me, terminal.id, `kubectl create deployment web --image=registry.k8s.io/pause:3.10 --replicas=${PODS - CRASHING}; kubectl create deployment crash --image=busybox:1.36 --replicas=${CRASHING} -- false\r`);
    await room.controlClock(me, { action: 'run', rate: 10 });
    const running = (): number => [...room.cluster.store.values('pods')].filter((pod) => (pod.status as { phase?: string }).phase === 'Running').length;
    for (let tries = 0; running() < PODS; tries++) {
      if (tries > 120) throw new Error(`only ${running()} pods run`);
      await wait(500);
    }
    let updates = 0;
    let bytes = 0;
    room.clusterDoc.on('update', (update: Uint8Array) => {
      updates++;
      bytes += update.byteLength;
    });
    await room.controlClock(me, { action: 'run', rate: RATE });
    await wait(1_000);
    updates = bytes = 0;
    const virtualBefore = room.cluster.now;
    const revisionBefore = room.revision;
    const watch = new Stopwatch();
    const delays: number[] = [];
    for (let expected = performance.now() + 20; watch.wallSeconds * 1_000 < MEASURED_MS; expected = performance.now() + 20) {
      await wait(20);
      delays.push(performance.now() - expected);
    }
    const { wallSeconds, cpuSeconds } = watch;
    const figures = {
      rate: RATE,
      reachedRate: rounded((room.cluster.now - virtualBefore) / 1_000 / wallSeconds),
      cpuPercentOfOneCore: rounded((cpuSeconds / wallSeconds) * 100),
      longestPauseMs: rounded(Math.max(...delays)),
      apiWritesPerSecond: rounded((room.revision - revisionBefore) / wallSeconds),
      screenUpdatesPerSecond: rounded(updates / wallSeconds),
      screenKiBPerSecond: rounded(bytes / 1_024 / wallSeconds),
      residentMiB: memoryOf(process.pid).residentMiB,
    };
    clearInterval(stay);
    await rooms.close();
    if (problems.length > 0) throw new Error(problems.join('; '));
    return [{ name: `room at ${RATE}× with ${NODES} nodes and ${PODS.toLocaleString('en')} pods, a tenth of them crashing`, figures, goal: `reachedRate ${RATE}` }];
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
