/** `test` with the built server running, on a free loopback port and a data folder of its own, for all tests of a worker. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test as base } from '@playwright/test';
import { startServer, type ServerProcess } from '../../bench/server-process.ts';
import { pageErrors } from './classroom.ts';

/** A line of the server's log, as pino writes it. */
interface LogEntry {
  level: number;
  msg: string;
  [detail: string]: unknown;
}

const ERROR = 50;

/** A server that can be killed and started again on the same port and data. */
export class TestServer {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'quorum-e2e-'));
  #current: ServerProcess | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** What it has logged since it was started: refusals, and what went wrong. */
  log(): LogEntry[] {
    const lines = (this.#current?.errors() ?? '').split('\n').filter(Boolean);
    return lines.map((line) => (line.startsWith('{') ? (JSON.parse(line) as LogEntry) : { level: ERROR, msg: line }));
  }

  /** What went wrong. */
  failures(): LogEntry[] {
    return this.log().filter(({ level }) => level >= ERROR);
  }

  async start(): Promise<void> {
    this.#current = await startServer(this.folder, { pages: true, port: this.#port, environment: { LOG_LEVEL: 'warn' } });
    this.#port = this.#current.port;
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    this.#current?.process.kill(signal);
    await this.#current?.exited;
  }

  /** Ends it and deletes its data. */
  async end(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const test = base.extend<{ noPageErrors: void }, { server: TestServer }>({
  server: [
    // Playwright reads the names of the fixtures needed from this pattern; there are none.
    async ({}, use) => {
      const server = new TestServer();
      await server.start();
      await use(server);
      const failures = server.failures();
      await server.end();
      if (failures.length > 0) throw new Error(`The server has logged errors:\n${failures.map((entry) => JSON.stringify(entry)).join('\n')}`);
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  noPageErrors: [
    async ({}, use) => {
      await use();
      expect(pageErrors.splice(0), 'errors that no page has caught').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect } from '@playwright/test';
