/**
 * `npm start`, `npm run dev` and `npm run build`: brings everything that the server needs up to date, then starts it in this same
 * process.
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildPages, buildServer, checkNode, fail, generateClient, installPackages, root } from './prepare.mjs';

const mode = process.argv[2] ?? 'start';

async function main() {
  checkNode();
  installPackages();
  await generateClient();
  if (mode === 'prepare') return;
  process.env.NEXT_TELEMETRY_DISABLED = '1';
  if (mode === 'dev') {
    process.env.NODE_ENV = 'development';
    const { register } = await import('tsx/esm/api');
    register();
    await import('./main.ts');
    return;
  }
  process.env.NODE_ENV = 'production';
  await buildServer();
  if (process.env.PAGES !== 'off') buildPages();
  if (mode === 'build') return;
  await import(pathToFileURL(path.join(root, '.build/main.mjs')).href);
}

main().catch(fail);
