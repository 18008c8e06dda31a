/**
 * `npm run bench [-- --only NAME] [--json FILE]`: measures, prints a table, and JSON to a file or to the end of the output. Every
 * benchmark runs in a Node of its own, cold, from a bundle as the server is one; so none is warmed up or burdened by the one before it.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { buildServer, generateClient } from '../server/prepare.mjs';
import { benchmarks } from './registry.ts';
import { machine, table, type Measurement } from './report.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, json: { type: 'string' } } });
  const known = Object.keys(benchmarks);
  for (const name of values.only ?? []) if (!known.includes(name)) throw new Error(`There is no benchmark "${name}"; there are ${known.join(', ')}.`);
  const names = values.only ?? known;
  const about = machine();
  console.log(`${about.model}, ${about.cores} cores, ${about.memoryGiB} GiB, ${about.system}, Node ${about.node}, commit ${about.commit || 'unknown'}, load ${about.loadAverage}\n`);
  const entry = await bundle();
  const measurements: Measurement[] = [];
  let failed = false;
  for (const name of names) {
    try {
      const measured = await measure(entry, name);
      console.log(`${table(measured)}\n`);
      measurements.push(...measured);
    } catch (error) {
      failed = true;
      console.error(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  const json = JSON.stringify({ machine: about, run: names, measurements }, null, 2);
  if (values.json) writeFileSync(values.json, `${json}\n`);
  else console.log(json);
  if (failed) process.exitCode = 1;
}

/** The server, and the benchmarks beside it. */
async function bundle(): Promise<string> {
  await generateClient();
  await buildServer();
  const outfile = path.resolve('.build/bench.mjs');
  await build({ entryPoints: [path.resolve('bench/run.ts')], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', sourcemap: true, logLevel: 'error' });
  return outfile;
}

function measure(entry: string, name: string): Promise<Measurement[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'quorum-bench-'));
  const result = path.join(folder, 'result.json');
  const child = spawn(process.execPath, ['--expose-gc', entry, name, result], { stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      try {
        if (code !== 0) reject(new Error(`the benchmark ended with ${code}`));
        else resolve(JSON.parse(readFileSync(result, 'utf8')) as Measurement[]);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
