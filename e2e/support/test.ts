/** `test` with the built server running, on a free loopback port and a data folder of its own, for all tests of a worker. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test as base } from '@playwright/test';
import { startServer } from '../../bench/server-process.ts';

export const test = base.extend<object, { server: { url: string } }>({
  server: [
    // Playwright reads the names of the fixtures needed from this pattern; there are none.
    async ({}, use) => {
      const folder = mkdtempSync(path.join(os.tmpdir(), 'quorum-e2e-'));
      const server = await startServer(folder, { pages: true });
      try {
        await use({ url: `http://127.0.0.1:${server.port}` });
      } finally {
        server.process.kill('SIGTERM');
        await server.exited;
        rmSync(folder, { recursive: true, force: true });
        const errors = server.errors();
        if (errors) console.log(`The server wrote:\n${errors}`);
      }
    },
    { scope: 'worker', timeout: 60_000 },
  ],
});

export { expect } from '@playwright/test';
