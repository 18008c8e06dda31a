/**
 * The steps that bring a clone up to date: packages, database client, server and pages; shared by start.mjs and test.mjs. Plain
 * JavaScript without packages, because on a fresh clone there are none. A step whose inputs have not changed costs nothing.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the clone. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stamps = path.join(root, '.build/stamps');

/** A step failed; the message is one sentence. */
export class StepError extends Error {}

export function say(text) {
  console.log(text);
}

/** Runs a program of this clone and shows what it prints.
 * @throws StepError when it ends with anything but 0. */
export function run(what, command, args, env = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env }, shell: process.platform === 'win32' });
  if (result.status !== 0) throw new StepError(`${what} failed; the lines above say why.`);
}

/** Hash of the contents of files and folders; what does not exist counts as empty. */
function hashOf(paths) {
  const hash = createHash('sha256');
  const visit = (relative) => {
    const absolute = path.join(root, relative);
    if (!existsSync(absolute)) return;
    let entries;
    try {
      entries = readdirSync(absolute, { withFileTypes: true });
    } catch {
      hash.update(`${relative}\0`).update(readFileSync(absolute)).update('\0');
      return;
    }
    for (const entry of entries.sort((x, y) => (x.name < y.name ? -1 : 1))) {
      if (entry.isFile() && /\.test\.tsx?$/.test(entry.name)) continue;
      if (entry.isFile() || entry.isDirectory()) visit(path.join(relative, entry.name));
    }
  };
  for (const one of paths) visit(one);
  return hash.digest('hex');
}

/** Runs a step unless the inputs are those of its last success. */
function step(name, inputs, isThere, work) {
  const stampFile = path.join(stamps, name);
  const hash = hashOf(inputs);
  if (isThere() && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash) return;
  work();
  mkdirSync(stamps, { recursive: true });
  // The work may have touched its own inputs, as npm does with the lock file.
  writeFileSync(stampFile, hashOf(inputs));
}

/** @throws StepError when this Node.js is too old for the rest. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) throw new StepError(`Quorum needs Node.js 20.19 or newer; this is ${process.versions.node}.`);
}

/** Prints why the program ends, in one sentence where it is a step that failed, and ends it with 1. */
export function fail(error) {
  console.error(error instanceof StepError ? error.message : error);
  process.exit(1);
}

/** The installed packages become those of the lock file. */
export function installPackages() {
  step('packages', ['package-lock.json'], () => existsSync(path.join(root, 'node_modules/.package-lock.json')), () => {
    // A folder that somebody has installed by hand from this lock file is as good.
    const installed = path.join(root, 'node_modules/.package-lock.json');
    if (existsSync(installed) && sameLock(installed)) return;
    say('Installing packages (once, about a minute) …');
    // Not `npm ci`: it insists on packages of other platforms, which some mirrors of the registry do not have.
    run('Installing packages', 'npm', ['install', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  });
}

function sameLock(installedFile) {
  const wanted = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(([name, entry]) => name === '' || entry.optional || entry.devOptional || entry.peer || installed[name]?.version === entry.version);
}

/** The Prisma clients become those of the schema. */
export async function generateClient() {
  const { generateClients } = await import('../prisma/generate.mjs');
  step('prisma', ['prisma/schema.prisma', 'prisma/generate.mjs', 'node_modules/prisma/package.json'], () => existsSync(path.join(root, 'generated/prisma/client.ts')), () => {
    say('Generating the database client …');
    generateClients();
  });
}

/** Bundles the server into .build/main.mjs, which loads in a fraction of the time that its sources take. */
export async function buildServer() {
  const { build } = await import('esbuild');
  const version = hashOf(['server/simulation']).slice(0, 12);
  const inputs = ['server', 'package-lock.json', 'prisma/schema.prisma'];
  const stampFile = path.join(stamps, 'server');
  const hash = hashOf(inputs);
  if (existsSync(path.join(root, '.build/main.mjs')) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash) return;
  await build({
    entryPoints: [path.join(root, 'server/main.ts')],
    outfile: path.join(root, '.build/main.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    sourcemap: true,
    logLevel: 'error',
    define: { __SIMULATION_VERSION__: JSON.stringify(version) },
  });
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stampFile, hash);
}

/** Builds the pages of app/ for production. */
export function buildPages() {
  const inputs = ['app', 'server', 'public', 'next.config.js', 'next.config.ts', 'next.config.mjs', 'postcss.config.mjs', 'package-lock.json', 'tsconfig.json'];
  step('pages', inputs, () => existsSync(path.join(root, '.next/BUILD_ID')), () => {
    say('Building the pages (after every change of the program, about a minute) …');
    const version = hashOf(['server/simulation']).slice(0, 12);
    run('Building the pages', process.execPath, [path.join(root, 'node_modules/next/dist/bin/next'), 'build'], { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', QUORUM_SIMULATION_VERSION: version });
  });
}
