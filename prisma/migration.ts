/**
 * `npm run migration -- NAME`: writes the migrations, for SQLite and for PostgreSQL, that lead from the schema at the last
 * migration (kept beside them) to schema.prisma. They are applied when the server starts.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startPostgres } from '../server/rooms/store/postgres-for-tests.ts';
import { migrationSql, migrationsFolder } from '../server/rooms/store/database.ts';

const name = process.argv[2];
if (!name || !/^[a-z0-9_]+$/.test(name)) {
  process.stderr.write('Give the migration a name of small letters, digits and underscores: npm run migration -- NAME\n');
  process.exit(1);
}
const prismaFolder = import.meta.dirname;
const postgres = await startPostgres();
const stamp = new Date().toISOString().replace(/[^0-9]/g, '').slice(0, 14);
for (const kind of ['sqlite', 'postgresql'] as const) {
  const folder = migrationsFolder(kind, prismaFolder);
  const previousFile = path.join(folder, 'migrated.prisma');
  const sql = await migrationSql(kind === 'sqlite' ? 'file::memory:' : postgres.url, prismaFolder, existsSync(previousFile) ? readFileSync(previousFile, 'utf8') : null);
  if (sql === null) {
    process.stdout.write(`${kind}: nothing changed\n`);
    continue;
  }
  const target = path.join(folder, `${stamp}_${name}`);
  mkdirSync(target, { recursive: true });
  writeFileSync(path.join(target, 'migration.sql'), sql);
  writeFileSync(previousFile, readFileSync(path.join(prismaFolder, 'schema.prisma'), 'utf8'));
  process.stdout.write(`${kind}: ${path.relative(process.cwd(), target)}\n`);
}
await postgres.stop();
process.exit(0);
