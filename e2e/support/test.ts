/** `test` with the built server running, on a free loopback port and a data folder of its own, for all tests of a worker. */
import { expect, test as base } from '@playwright/test';
import { pageErrors } from './classroom.ts';
import { TestServer } from './server.ts';

export { TestServer } from './server.ts';

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
