import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { storeContract } from './contract.ts';
import { openDatabase } from './database.ts';
import { MemoryStore } from './memory-store.ts';
import { startPostgres } from './postgres-for-tests.ts';
import { PrismaStore } from './prisma-store.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'quorum-store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

storeContract('memory', async () => new MemoryStore());
storeContract('SQLite through Prisma', async () => {
  const { client } = await openDatabase(`file:${path.join(folder, 'test.db')}`, path.resolve('prisma'));
  return new PrismaStore(client);
});
storeContract('PostgreSQL through Prisma', async () => {
  const postgres = await startPostgres();
  const { client } = await openDatabase(postgres.url, path.resolve('prisma'));
  const store = new PrismaStore(client);
  const close = store.close.bind(store);
  store.close = async () => {
    await close();
    await postgres.stop();
  };
  return store;
});
