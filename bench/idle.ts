/** What rooms cost in which nothing happens: at 1×, paused, and after everybody has left. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { participantApi, publicApi, roomSync, type Api } from './client.ts';
import { cpuSecondsOf, memoryOf, rounded, type Measurement } from './report.ts';
import { startServer } from './server-process.ts';

const ROOMS = 100;
const MEASURED_MS = 20_000;
/** Until the clusters have settled, and after a change. */
const SETTLE_MS = 30_000;
const CHANGE_MS = 3_000;
/** Clocks go on for a minute after the last connection. */
const LEFT_MS = 65_000;

export async function benchIdle(): Promise<Measurement[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'quorum-bench-'));
  const server = await startServer(folder);
  const pid = server.process.pid as number;
  const share = async (): Promise<number> => {
    const before = cpuSecondsOf(pid);
    await wait(MEASURED_MS);
    return rounded(((cpuSecondsOf(pid) - before) / (MEASURED_MS / 1_000)) * 100);
  };
  try {
    const emptyCpuPercent = await share();
    const seats: { api: Api; close(): void }[] = [];
    for (let index = 0; index < ROOMS; index++) {
      const { roomId, token } = await publicApi(server.port).room.create.mutate({ roomName: 'bench', name: 'Teacher' });
      const { api, close } = participantApi(server.port, token);
      const sync = roomSync(server.port, roomId, token);
      seats.push({
        api,
        close: () => {
          sync.destroy();
          void close();
        },
      });
    }
    await wait(SETTLE_MS);
    const runningCpuPercent = await share();
    const { residentMiB } = memoryOf(pid);
    for (const { api } of seats) await api.clock.control.mutate({ action: 'pause' });
    await wait(CHANGE_MS);
    const pausedCpuPercent = await share();
    for (const { api } of seats) await api.clock.control.mutate({ action: 'run', rate: 1 });
    for (const { close } of seats) close();
    await wait(LEFT_MS);
    const leftCpuPercent = await share();
    return [
      {
        name: `${ROOMS} rooms in which nobody does anything: processor time of the server, percent of one core`,
        figures: { emptyCpuPercent, runningCpuPercent, pausedCpuPercent, leftCpuPercent, residentMiB, mibPerRoom: rounded(residentMiB / ROOMS) },
        goal: '',
      },
    ];
  } finally {
    server.process.kill('SIGKILL');
    await server.exited;
    rmSync(folder, { recursive: true, force: true });
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
