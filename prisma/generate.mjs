/**
 * Makes the Prisma clients from schema.prisma, one for each database, without downloading anything: the engines that
 * Prisma would fetch are not used (see server/rooms/store/database.ts). Plain JavaScript: `npm start` runs it first.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** @throws Error with Prisma's own words when it fails. */
export function generateClients() {
  const schema = readFileSync(path.join(root, 'prisma/schema.prisma'), 'utf8');
  const work = path.join(root, 'generated/schema');
  mkdirSync(work, { recursive: true });
  for (const [provider, output] of [
    ['sqlite', '../prisma'],
    ['postgresql', '../prisma-postgresql'],
  ]) {
    const file = path.join(work, `${provider}.prisma`);
    writeFileSync(file, schema.replace('provider = "sqlite"', `provider = "${provider}"`).replace('"../generated/prisma"', `"${output}"`));
    const result = spawnSync(process.execPath, [path.join(root, 'node_modules/prisma/build/index.js'), 'generate', '--schema', file], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.platform === 'win32' ? process.execPath : '/bin/true', PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' },
    });
    if (result.status !== 0) throw new Error(`prisma generate failed:\n${result.stdout}${result.stderr}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) generateClients();
