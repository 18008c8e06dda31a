/**
 * How long from a command typed in a terminal until everybody's screen in the room has its effect: rooms with participants, each with
 * a terminal connection and the room's documents, against the built server in its own process with its own SQLite file.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { followTerminal, participantApi, publicApi, roomSync, type FollowedTerminal } from './client.ts';
import { cpuSecondsOf, memoryOf, percentile, rounded, Stopwatch, type Measurement } from './report.ts';
import { startServer } from './server-process.ts';
import type { RoomSync } from '../server/sync/client.ts';

interface Seat {
  sync: RoomSync;
  terminal: FollowedTerminal | undefined;
  close(): void;
}

/** @param seconds how long commands are sent; each room sends one about every `everySeconds`. */
export async function benchRooms({ rooms = 100, participants = 10, seconds = 30, everySeconds = 4 } = {}): Promise<Measurement[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'quorum-bench-'));
  const server = await startServer(folder);
  const latencies: number[] = [];
  try {
    const classes: Seat[][] = [];
    for (let index = 0; index < rooms; index++) classes.push(await fill(server.port, participants));
    const pid = server.process.pid as number;
    const serverBefore = cpuSecondsOf(pid);
    const watch = new Stopwatch();
    const end = performance.now() + seconds * 1_000;
    await Promise.all(classes.map((seats, index) => teach(seats, index, end, everySeconds * 1_000, latencies)));
    const serverCpu = cpuSecondsOf(pid) - serverBefore;
    const { wallSeconds, cpuSeconds } = watch;
    const memory = memoryOf(pid).residentMiB;
    for (const seats of classes) for (const seat of seats) seat.close();
    const figures = {
      commands: latencies.length,
      commandsPerSecond: rounded(latencies.length / wallSeconds),
      p50Ms: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
      maxMs: percentile(latencies, 1),
      serverCpuPercent: rounded((serverCpu / wallSeconds) * 100),
      serverCpuMsPerCommand: rounded((serverCpu * 1_000) / latencies.length),
      clientsCpuPercent: rounded((cpuSeconds / wallSeconds) * 100),
      serverMemoryMiB: memory,
    };
    return [{ name: `${rooms} rooms with ${participants} participants: command to everyone's screen`, figures, goal: 'p99 under 100 ms on 2 cores, server and clients together' }];
  } finally {
    server.process.kill('SIGKILL');
    await server.exited;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(port: number, participants: number): Promise<Seat[]> {
  const created = await publicApi(port).room.create.mutate({ roomName: 'bench', name: 'Teacher' });
  const { roomId } = created;
  const seats: Seat[] = [];
  for (let index = 0; index < participants; index++) {
    const token = index === 0 ? created.token : (await publicApi(port).room.join.mutate({ roomId, secret: created.links.student.secret, name: `Student ${index}` })).token;
    const { api, close } = participantApi(port, token);
    const sync = roomSync(port, roomId, token);
    const terminal = await followTerminal(api);
    seats.push({
      sync,
      terminal,
      close: () => {
        terminal.stop();
        sync.destroy();
        void close();
      },
    });
  }
  await Promise.all(seats.map((seat) => sees(seat.sync, () => seat.sync.cluster?.tables.nodes.size === 4)));
  return seats;
}

/** One room's commands, each by the next participant, at uneven times so that rooms do not march in step. */
async function teach(seats: Seat[], room: number, end: number, everyMs: number, latencies: number[]): Promise<void> {
  let random = room * 7919 + 13;
  const next = (): number => (random = (random * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  await wait(next() * everyMs);
  for (let command = 0; performance.now() < end; command++) {
    const name = `bench-${room}-${command}`;
    const begin = performance.now();
    const everybody = seats.map(({ sync }) => sees(sync, () => sync.cluster?.writes.some((write) => write.key === `default/${name}`)));
    await seats[command % seats.length]?.terminal?.type(`kubectl create configmap ${name} --from-literal=a=b`);
    await Promise.all(everybody);
    latencies.push(performance.now() - begin);
    await wait(Math.max(0, everyMs * (0.5 + next()) - (performance.now() - begin)));
  }
}

function sees(sync: RoomSync, condition: () => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('a screen was not updated within 30 seconds')), 30_000);
    const look = (): void => {
      if (!condition()) return;
      stop();
      clearTimeout(timer);
      resolve();
    };
    const stop = sync.subscribe(look);
    look();
  });
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
