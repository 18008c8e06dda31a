/** How long people wait at the beginning: a new room until its first prompt, and a server with many open rooms that starts again. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { followTerminal, participantApi, publicApi } from './client.ts';
import { cpuSecondsOf, memoryOf, percentile, rounded, Stopwatch, type Measurement } from './report.ts';
import { startServer, type ServerProcess } from './server-process.ts';

const ROOMS = 50;

/** Enters a room and waits for the prompt of a new terminal. */
async function prompt(port: number, token: string): Promise<void> {
  const { api, close } = participantApi(port, token);
  const terminal = await followTerminal(api);
  await terminal.shows('$ ');
  terminal.stop();
  await close();
}

export async function benchStartup(): Promise<Measurement[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'quorum-bench-'));
  const running: ServerProcess[] = [];
  const start = async (): Promise<ServerProcess> => {
    const server = await startServer(folder);
    running.push(server);
    return server;
  };
  const stop = async (server: ServerProcess): Promise<void> => {
    // As after a power cut: nothing is put away in order.
    server.process.kill('SIGKILL');
    await server.exited;
  };
  try {
    const begun = new Stopwatch();
    const first = await start();
    const emptyMs = begun.wallSeconds * 1_000;
    const tokens: string[] = [];
    const firstPrompts: number[] = [];
    for (let index = 0; index < ROOMS; index++) {
      const watch = new Stopwatch();
      const { token } = await publicApi(first.port).room.create.mutate({ roomName: `room ${index}`, name: 'Teacher' });
      await prompt(first.port, token);
      firstPrompts.push(watch.wallSeconds * 1_000);
      tokens.push(token);
    }
    const createCpu = cpuSecondsOf(first.process.pid as number);
    const { residentMiB } = memoryOf(first.process.pid as number);
    await stop(first);
    const again = new Stopwatch();
    const second = await start();
    const readyMs = again.wallSeconds * 1_000;
    // All of them at once, as after a restart in the middle of the day.
    const entered: number[] = [];
    await Promise.all(
      tokens.map(async (token) => {
        await prompt(second.port, token);
        entered.push(again.wallSeconds * 1_000);
      }),
    );
    return [
      {
        name: 'new room until the first prompt',
        figures: { rooms: ROOMS, p50Ms: percentile(firstPrompts, 0.5), p95Ms: percentile(firstPrompts, 0.95), maxMs: percentile(firstPrompts, 1), serverCpuMsPerRoom: rounded((createCpu * 1_000) / ROOMS), serverMiBWithAllRooms: residentMiB },
        goal: '',
      },
      {
        name: `server killed with ${ROOMS} open rooms and started again`,
        figures: { emptyStartMs: rounded(emptyMs), readyMs: rounded(readyMs), firstRoomPromptMs: percentile(entered, 0), lastRoomPromptMs: percentile(entered, 1) },
        goal: '',
      },
    ];
  } finally {
    for (const server of running) server.process.kill('SIGKILL');
    await Promise.all(running.map((server) => server.exited));
    rmSync(folder, { recursive: true, force: true });
  }
}
