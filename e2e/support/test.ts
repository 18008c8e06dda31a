/** `test` with the built server running, on a free loopback port and a data folder of its own, for all tests of a worker. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test as base } from '@playwright/test';
import { startServer, type ServerProcess } from '../../bench/server-process.ts';
import { pageErrors } from './classroom.ts';

/** A server that can be killed and started again on the same port and data. */
export class TestServer {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'quorum-e2e-'));
  #current: ServerProcess | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** What it has written to stderr since it was started. */
  errors(): string {
    return this.#current?.errors() ?? '';
  }

  async start(environment: Record<string, string> = {}): Promise<void> {
    this.#current = await startServer(this.folder, { pages: true, port: this.#port, environment });
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
      try {
        await use(server);
      } finally {
        const errors = server.errors();
        await server.end();
        if (errors) console.log(`The server wrote:\n${errors}`);
      }
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
