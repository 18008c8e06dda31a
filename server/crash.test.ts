/**
 * The server is killed with SIGKILL under load at random moments, 20 times. Whatever was acknowledged (a command's answer seen in a
 * terminal, a chat message, a call that returned) must be there afterwards, and every room must open at the revision that was shown
 * or a later one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { followTerminal, participantApi, publicApi, roomSync, type Api } from '../bench/client.ts';
import { startServer, type ServerProcess } from '../bench/server-process.ts';
import { Random } from './simulation/kernel/random.ts';

const KILLS = 20;
const ROOMS = 3;
/** From the first command that was answered (or, every fourth time, from the start of the load) to the kill, at most. */
const MAX_LOAD_MS = 1_500;
/** A loaded machine may need so long for a first answer. */
const MAX_FIRST_ANSWER_MS = 20_000;

const folder = mkdtempSync(path.join(os.tmpdir(), 'quorum-crash-'));
const entry = path.resolve('.build/crash-test-main.mjs');
const seed = Number(process.env['CRASH_SEED'] ?? (Date.now() & 0x7fffffff));
const random = new Random(seed);

interface TestedRoom {
  roomId: string;
  teacher: string;
  student: string;
  /** Names of ConfigMaps whose creation was answered. */
  created: string[];
  /** Chat messages that were answered. */
  said: string[];
  /** Highest revision that any screen has shown. */
  shownRevision: number;
  /** Highest virtual time that any call has returned. */
  shownTime: number;
}

beforeAll(async () => {
  await build({ entryPoints: [path.resolve('server/main.ts')], outfile: entry, bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', logLevel: 'error' });
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it(`loses nothing that it acknowledged in ${KILLS} kills (seed ${seed})`, { timeout: 600_000 }, async () => {
  let server = await startServer(folder, { entry });
  const rooms: TestedRoom[] = [];
  for (let index = 0; index < ROOMS; index++) {
    const room = await publicApi(server.port).room.create.mutate({ roomName: `room ${index}`, name: 'Grace' });
    const student = await publicApi(server.port).room.join.mutate({ roomId: room.roomId, secret: room.links.student.secret, name: 'Ada' });
    rooms.push({ roomId: room.roomId, teacher: room.token, student: student.token, created: [], said: [], shownRevision: 0, shownTime: 0 });
  }
  try {
    for (let kill = 1; kill <= KILLS; kill++) {
      await loadThenKill(server, rooms, kill);
      server = await startServer(folder, { entry });
      for (const room of rooms) await check(server.port, room, kill);
    }
    expect(rooms.reduce((sum, room) => sum + room.created.length, 0)).toBeGreaterThan(KILLS);
  } finally {
    server.process.kill('SIGKILL');
    await server.exited;
  }
});

async function loadThenKill(server: ServerProcess, rooms: TestedRoom[], kill: number): Promise<void> {
  const stopped = { now: false };
  const load = rooms.flatMap((room) => [commands(server.port, room, kill, stopped), clock(server.port, room, stopped), chat(server.port, room, kill, stopped), watch(server.port, room, stopped)]);
  // Most kills fall into the middle of the work, however slow the machine; some already into its beginning.
  if (kill % 4 !== 0) await firstAnswer(rooms);
  await new Promise((resolve) => setTimeout(resolve, 150 + random.below(MAX_LOAD_MS)));
  server.process.kill('SIGKILL');
  await server.exited;
  stopped.now = true;
  await Promise.allSettled(load);
}

async function firstAnswer(rooms: TestedRoom[]): Promise<void> {
  const count = (): number => rooms.reduce((sum, room) => sum + room.created.length, 0);
  const before = count();
  const deadline = performance.now() + MAX_FIRST_ANSWER_MS;
  while (count() === before && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Runs until the server is gone: what fails then was not acknowledged. */
async function untilKilled(stopped: { now: boolean }, work: () => Promise<void>): Promise<void> {
  try {
    while (!stopped.now) await orKilled(stopped, work());
  } catch {
    // The connection broke: that is the kill.
  }
}

async function orKilled<T>(stopped: { now: boolean }, work: Promise<T>): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_resolve, reject) => {
      const timer = setInterval(() => {
        if (!stopped.now) return;
        clearInterval(timer);
        reject(new Error('killed'));
      }, 20);
      work.then(
        () => clearInterval(timer),
        () => clearInterval(timer),
      );
    }),
  ]);
}

/** A student creates things in a terminal as fast as it gets answers. */
async function commands(port: number, room: TestedRoom, kill: number, stopped: { now: boolean }): Promise<void> {
  const { api, close } = participantApi(port, room.student);
  try {
    const open = await orKilled(stopped, api.terminal.list.query());
    const terminal = await orKilled(stopped, followTerminal(api, open[0]?.id));
    let next = 0;
    await untilKilled(stopped, async () => {
      const name = `cm-${kill}-${next++}`;
      await terminal.type(`kubectl create configmap ${name} --from-literal=kill=${kill}`);
      await terminal.shows(`configmap/${name} created`);
      room.created.push(name);
    });
    terminal.stop();
  } catch {
    // Killed while the terminal was opened.
  } finally {
    void close();
  }
}

async function clock(port: number, room: TestedRoom, stopped: { now: boolean }): Promise<void> {
  const api = publicApi(port, room.teacher);
  await untilKilled(stopped, async () => {
    const choice = random.below(5);
    const { now, revision } = await api.clock.control.mutate(
      choice === 0 ? { action: 'pause' } : choice === 1 ? { action: 'step' } : choice === 2 ? { action: 'jump', seconds: 5 } : { action: 'run', rate: choice === 3 ? 10 : 60 },
    );
    room.shownTime = Math.max(room.shownTime, now);
    room.shownRevision = Math.max(room.shownRevision, revision);
    await new Promise((resolve) => setTimeout(resolve, random.below(120)));
  });
}

async function chat(port: number, room: TestedRoom, kill: number, stopped: { now: boolean }): Promise<void> {
  const api = publicApi(port, room.student);
  let next = 0;
  await untilKilled(stopped, async () => {
    const text = `message ${kill}-${next++}`;
    await api.chat.post.mutate({ text });
    room.said.push(text);
    await new Promise((resolve) => setTimeout(resolve, random.below(60)));
  });
}

/** A screen, which must not have seen anything that is gone afterwards. */
async function watch(port: number, room: TestedRoom, stopped: { now: boolean }): Promise<void> {
  const sync = roomSync(port, room.roomId, room.teacher);
  const stop = sync.subscribe(() => (room.shownRevision = Math.max(room.shownRevision, sync.cluster?.meta.revision ?? 0)));
  await untilKilled(stopped, () => new Promise((resolve) => setTimeout(resolve, 20)));
  stop();
  sync.destroy();
}

async function check(port: number, room: TestedRoom, kill: number): Promise<void> {
  const api: Api = publicApi(port, room.teacher);
  const { room: info } = await api.room.info.query();
  expect(info.revision, `kill ${kill}: revision`).toBeGreaterThanOrEqual(room.shownRevision);
  expect(info.now, `kill ${kill}: virtual time`).toBeGreaterThanOrEqual(room.shownTime);
  const missing: string[] = [];
  for (const name of room.created) await api.objects.get.query({ resource: 'configmaps', key: `default/${name}` }).catch(() => missing.push(name));
  expect(missing, `kill ${kill}: acknowledged commands`).toEqual([]);
  const sync = roomSync(port, room.roomId, room.student);
  const heard = await new Promise<string[]>((resolve) => {
    const look = (): void => {
      const texts = (sync.workspace.getArray('chat').toJSON() as { text: string }[]).map(({ text }) => text);
      if (room.said.every((text) => texts.includes(text))) resolve(texts);
    };
    const deadline = setTimeout(() => resolve((sync.workspace.getArray('chat').toJSON() as { text: string }[]).map(({ text }) => text)), 5_000);
    sync.workspace.on('update', () => {
      look();
      if (sync.workspace.getArray('chat').length > 0) deadline.refresh();
    });
    look();
  });
  sync.destroy();
  expect(room.said.filter((text) => !heard.includes(text)), `kill ${kill}: acknowledged messages`).toEqual([]);
}
