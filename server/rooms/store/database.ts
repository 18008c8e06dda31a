/**
 * Opens the database and brings its tables up to date, in this process: Prisma's schema engine as WebAssembly over the
 * same driver adapter as the client, so that nothing needs to be downloaded.
 */
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaLibSql } from '@prisma/adapter-libsql';
import { bindMigrationAwareSqlAdapterFactory, type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { PrismaClient } from '../../../generated/prisma/client.ts';

export type DatabaseKind = 'sqlite' | 'postgresql';

/** `file:…` is SQLite; `postgresql://…` PostgreSQL. @throws Error for anything else. */
export function databaseKind(url: string): DatabaseKind {
  if (url.startsWith('file:')) return 'sqlite';
  if (url.startsWith('postgres://') || url.startsWith('postgresql://')) return 'postgresql';
  throw new Error('DATABASE_URL must begin with file: or postgresql://');
}

interface Opened {
  kind: DatabaseKind;
  client: PrismaClient;
}

/**
 * @param url `file:/absolute/path.db` or `postgresql://…`.
 * @param prismaFolder where schema.prisma and migrations/ are.
 */
export async function openDatabase(url: string, prismaFolder: string): Promise<Opened> {
  const kind = databaseKind(url);
  const factory = await adapterFactory(kind, url);
  await migrate(kind, factory, prismaFolder);
  if (kind === 'postgresql') {
    const { PrismaClient: Client } = (await import('../../../generated/prisma-postgresql/client.ts')) as unknown as { PrismaClient: new (options: { adapter: unknown }) => PrismaClient };
    return { kind, client: new Client({ adapter: factory }) };
  }
  const { PrismaClient: Client } = await import('../../../generated/prisma/client.ts');
  const client = new Client({ adapter: factory });
  // WAL lets readers and the writer work side by side; the mode is kept in the file. `synchronous` is FULL by default,
  // which is asserted here because an acknowledged command must survive a power cut too.
  await client.$queryRawUnsafe('PRAGMA journal_mode=WAL');
  await client.$queryRawUnsafe('PRAGMA synchronous=FULL');
  return { kind, client };
}

async function adapterFactory(kind: DatabaseKind, url: string): Promise<SqlMigrationAwareDriverAdapterFactory> {
  if (kind === 'sqlite') return new PrismaLibSql({ url });
  const { PrismaPg } = await import('@prisma/adapter-pg');
  return new PrismaPg({ connectionString: url });
}

interface SchemaEngine {
  applyMigrations(input: { migrationsList: MigrationList; filters: SchemaFilter }): Promise<{ appliedMigrationNames: string[] }>;
  diff(params: { from: DiffTarget; to: DiffTarget; script: boolean; exitCode: boolean | null; shadowDatabaseUrl: string | null; filters: SchemaFilter }): Promise<{ stdout: string | null }>;
  free?(): void;
}

type DiffTarget = { tag: 'empty' } | { tag: 'schemaDatamodel'; files: { path: string; content: string }[]; configDir: string };

interface SchemaFilter {
  externalTables: string[];
  externalEnums: string[];
}

interface MigrationList {
  baseDir: string;
  lockfile: { path: string; content: string | null };
  shadowDbInitScript: string;
  migrationDirectories: { path: string; migrationFile: { path: string; content: { tag: 'ok'; value: string } } }[];
}

const NO_FILTER: SchemaFilter = { externalTables: [], externalEnums: [] };

/** Applies the migrations that the database does not have yet. @returns their names. */
async function migrate(kind: DatabaseKind, factory: SqlMigrationAwareDriverAdapterFactory, prismaFolder: string): Promise<string[]> {
  return withSchemaEngine(kind, factory, prismaFolder, async (engine) => {
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList: readMigrations(kind, prismaFolder), filters: NO_FILTER });
    return appliedMigrationNames;
  });
}

/**
 * The SQL that leads from one schema to another, or null when there is nothing to do. For `npm run migration`.
 * @param url a database of the kind that the SQL is for; its content does not matter.
 * @param previous the schema at the last migration, or null when there is none.
 */
export async function migrationSql(url: string, prismaFolder: string, previous: string | null): Promise<string | null> {
  const kind = databaseKind(url);
  const factory = await adapterFactory(kind, url);
  const target = (content: string): DiffTarget => ({ tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: forDatabase(kind, content) }], configDir: prismaFolder });
  return withSchemaEngine(kind, factory, prismaFolder, async (engine) => {
    const { stdout } = await engine.diff({
      from: previous === null ? { tag: 'empty' } : target(previous),
      to: target(readFileSync(path.join(prismaFolder, 'schema.prisma'), 'utf8')),
      script: true,
      exitCode: null,
      shadowDatabaseUrl: null,
      filters: NO_FILTER,
    });
    return !stdout || stdout.includes('This is an empty migration') ? null : stdout;
  });
}

export function migrationsFolder(kind: DatabaseKind, prismaFolder: string): string {
  return path.join(prismaFolder, 'migrations', kind);
}

function schemaFile(kind: DatabaseKind, prismaFolder: string): { path: string; content: string } {
  return { path: 'schema.prisma', content: forDatabase(kind, readFileSync(path.join(prismaFolder, 'schema.prisma'), 'utf8')) };
}

function forDatabase(kind: DatabaseKind, schema: string): string {
  return schema.replace('provider = "sqlite"', `provider = "${kind}"`);
}

function readMigrations(kind: DatabaseKind, prismaFolder: string): MigrationList {
  const baseDir = migrationsFolder(kind, prismaFolder);
  const names = existsSync(baseDir) ? readdirSync(baseDir, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort() : [];
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: `provider = "${kind}"\n` },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: readFileSync(path.join(baseDir, name, 'migration.sql'), 'utf8') } },
    })),
  };
}

async function withSchemaEngine<T>(kind: DatabaseKind, factory: SqlMigrationAwareDriverAdapterFactory, prismaFolder: string, use: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  const engineModule = await loadSchemaEngine();
  const schema = schemaFile(kind, prismaFolder);
  const engine = await engineModule.SchemaEngine.new({ datamodels: [[schema.path, schema.content]] }, () => {}, bindMigrationAwareSqlAdapterFactory(factory));
  try {
    return await use(engine);
  } finally {
    engine.free?.();
  }
}

interface SchemaEngineModule {
  SchemaEngine: { new: (options: { datamodels: [string, string][] }, log: (line: string) => void, adapter: object) => Promise<SchemaEngine> };
  __wbg_set_wasm(exports: unknown): void;
}

let loaded: Promise<SchemaEngineModule> | undefined;

/** Node cannot import .wasm as a module, so it is instantiated by hand, once. */
function loadSchemaEngine(): Promise<SchemaEngineModule> {
  return (loaded ??= (async () => {
    const require = createRequire(import.meta.url);
    const background = (await import('@prisma/schema-engine-wasm/schema_engine_bg')) as unknown as SchemaEngineModule;
    const wasm = readFileSync(path.join(path.dirname(require.resolve('@prisma/schema-engine-wasm')), 'schema_engine_bg.wasm'));
    const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': background as unknown as WebAssembly.ModuleImports });
    background.__wbg_set_wasm(instance.exports);
    (instance.exports['__wbindgen_start'] as () => void)();
    return background;
  })());
}
