import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
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

it('takes the virtual time of what was recorded before wall clocks were kept for its wall clock', async () => {
  const past = path.join(folder, 'prisma');
  cpSync(path.resolve('prisma'), past, { recursive: true });
  const migrations = path.join(past, 'migrations/sqlite');
  for (const name of readdirSync(migrations)) if (/^\d/.test(name) && !name.endsWith('_init')) rmSync(path.join(migrations, name), { recursive: true });
  const url = `file:${path.join(folder, 'past.db')}`;
  const { client } = await openDatabase(url, past);
  const text = "'r', 'Monday', 'ABCDEF', 0, 0, '{}', '{}', '1', 7, 'h', 's', 'o'";
  await client.$executeRawUnsafe(`INSERT INTO "Room" ("id", "name", "code", "createdAt", "lastActiveAt", "config", "settings", "rate", "reachedTime", "instructorSecretHash", "studentSecret", "observerSecret") VALUES (${text})`);
  await client.$executeRawUnsafe(`INSERT INTO "LogEntry" ("roomId", "sequence", "time", "payload") VALUES ('r', 1, 4711, '{"kind":"running","until":4712}')`);
  await client.$executeRawUnsafe(`INSERT INTO "Marker" ("roomId", "kind", "time", "text") VALUES ('r', 'note', 4700, 'look')`);
  await client.$disconnect();
  const store = new PrismaStore((await openDatabase(url, path.resolve('prisma'))).client);
  expect(await store.logEntries('r', 1, 1)).toEqual([{ sequence: 1, time: 4711, wall: 4711, payload: { kind: 'running', until: 4712 } }]);
  expect((await store.markers('r'))[0]).toMatchObject({ time: 4700, wall: 4700 });
  expect([await store.clockStamps('r'), await store.lastWall('r')]).toEqual([[], 4711]);
  await store.close();
});
