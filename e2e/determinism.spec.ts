/** The simulation is the same, byte for byte, in Node and in a browser; a replay depends on it. */
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { build } from 'esbuild';
import { randomRun } from './support/random-run.ts';

const SEEDS = [1, 20_261_124, -7];
const ACTIONS = 80;

declare global {
  interface Window {
    simulation: { randomRun: typeof randomRun };
  }
}

test('the same inputs give the same hash after every input in Node and in Chromium', async ({ page }) => {
  const bundle = await build({
    entryPoints: [path.join(import.meta.dirname, 'support/random-run.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'simulation',
    platform: 'browser',
    target: 'es2023',
  });
  await page.addScriptTag({ content: bundle.outputFiles[0]?.text ?? '' });
  for (const seed of SEEDS) {
    const inBrowser = await page.evaluate(([from, count]) => window.simulation.randomRun(from, count), [seed, ACTIONS] as const);
    expect(inBrowser, `seed ${seed}`).toEqual(randomRun(seed, ACTIONS));
    expect(new Set(inBrowser).size, `seed ${seed}: actions change the cluster`).toBeGreaterThan(ACTIONS / 4);
  }
});
