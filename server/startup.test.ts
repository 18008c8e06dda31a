/** What the program says when it cannot start: one sentence, and an exit code that is not 0. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer } from '../bench/server-process.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'quorum-startup-'));
const entry = path.resolve('.build/startup-test-main.mjs');

beforeAll(async () => {
  await build({ entryPoints: [path.resolve('server/main.ts')], outfile: entry, bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', logLevel: 'error' });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts the server where it must fail. */
function fails(environment: Record<string, string>): Promise<{ code: number | null; words: string }> {
  const child = spawn(process.execPath, [entry], { env: { ...process.env, NODE_ENV: 'production', PAGES: 'off', HOST: '127.0.0.1', PORT: '0', DATA_DIR: path.join(folder, 'data'), ...environment }, stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.on('data', (data: Buffer) => (words += data.toString()));
  return new Promise((resolve) => child.once('exit', (code) => resolve({ code, words: words.trim() })));
}

describe('the server says in one sentence', { timeout: 30_000 }, () => {
  it('that the port is taken', async () => {
    const other = net.createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const { code, words } = await fails({ PORT: String(port) });
    other.close();
    expect(words).toBe(`Port ${port} is already in use: stop the other program or set PORT to another port.`);
    expect(code).toBe(1);
  });

  it('that the data folder is not writable', async () => {
    const file = path.join(folder, 'a-file');
    writeFileSync(file, '');
    const { code, words } = await fails({ DATA_DIR: path.join(file, 'data') });
    expect(words).toBe(`The data folder ${path.join(file, 'data')} is not writable: make it writable or set DATA_DIR to another folder.`);
    expect(code).toBe(1);
  });

  it('that another server uses the data folder, but not when that one was killed', async () => {
    const data = path.join(folder, 'shared');
    const first = await startServer(data, { entry });
    const { code, words } = await fails({ DATA_DIR: data });
    expect(words).toBe(`Another Quorum server is using the data folder ${data}: stop it or set DATA_DIR to another folder.`);
    expect(code).toBe(1);
    first.process.kill('SIGKILL');
    await first.exited;
    const second = await startServer(data, { entry });
    second.process.kill('SIGTERM');
    expect(await second.exited).toBe(0);
  });

  it('that a variable is not usable', async () => {
    const { code, words } = await fails({ PORT: 'http' });
    expect(words).toMatch(/^The environment variable PORT is not usable: .+\.$/);
    expect(code).toBe(1);
  });
});

it('the tests say in one sentence that there is no browser, before they begin', { timeout: 60_000 }, async () => {
  const missing = path.join(folder, 'no-browser');
  const child = spawn(process.execPath, [path.resolve('server/test.mjs'), 'browser'], { env: { ...process.env, CHROMIUM_PATH: missing }, stdio: ['ignore', 'pipe', 'pipe'] });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (data: Buffer) => (written[name] += data.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect(written.stderr.trim()).toBe(`CHROMIUM_PATH names ${missing}, which is not a program that can be run.`);
  expect(written.stdout).not.toContain('── browser');
  expect(code).toBe(1);
});
