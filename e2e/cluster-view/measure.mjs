/**
 * `node e2e/cluster-view/measure.mjs [--nodes 100] [--pods 2000] [--screenshot FILE] [--dark] [--size 1000x480]`
 * Opens the story in Chromium and prints what an update costs, as JSON.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const { values } = parseArgs({ options: { nodes: { type: 'string', default: '100' }, pods: { type: 'string', default: '2000' }, screenshot: { type: 'string' }, dark: { type: 'boolean', default: false }, size: { type: 'string', default: '1000x480' } } });
const [width, height] = values.size.split('x').map(Number);
const here = path.dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(path.join(os.tmpdir(), 'quorum-story-'));

await build({
  entryPoints: [path.join(here, 'story.tsx')],
  outfile: path.join(folder, 'story.js'),
  bundle: true,
  format: 'iife',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  minify: true,
  loader: { '.woff2': 'dataurl', '.woff': 'dataurl' },
});
const page = path.join(folder, 'story.html');
writeFileSync(page, '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="story.css"><style>html,body,#root{height:100%}</style><div id="root"></div><script src="story.js"></script>');

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  const tab = await browser.newPage({ viewport: { width, height }, colorScheme: values.dark ? 'dark' : 'light' });
  tab.on('pageerror', (error) => console.error(error.message));
  await tab.goto(`${pathToFileURL(page)}#nodes=${values.nodes}&pods=${values.pods}`);
  await tab.getByTestId('cluster-view').waitFor();
  await tab.waitForTimeout(1_500);
  const elements = await tab.evaluate(() => document.querySelectorAll('*').length);
  // Processor time of the page's thread and not wall clock: the machine has other things to do.
  const devtools = await tab.context().newCDPSession(tab);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const metrics = async () => Object.fromEntries((await devtools.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value * 1_000]));
  const updates = [];
  for (const [rows, count] of [[0, 60], [1, 60], [20, 60], [200, 30]]) {
    const before = await metrics();
    await tab.evaluate(
      async ([rows, count]) => {
        for (let index = 0; index < count; index++) {
          if (rows > 0) window.story.change(rows);
          await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        }
      },
      [rows, count],
    );
    const after = await metrics();
    const each = (name) => Math.round(((after[name] - before[name]) / count) * 100) / 100;
    updates.push({ rows, updates: count, total: each('TaskDuration'), script: each('ScriptDuration'), style: each('RecalcStyleDuration'), layout: each('LayoutDuration') });
  }
  console.log(JSON.stringify({ nodes: Number(values.nodes), pods: Number(values.pods), unit: 'ms of processor time for each update', elements, updates }, null, 2));
  if (values.screenshot) await tab.screenshot({ path: values.screenshot });
} finally {
  await browser.close();
}
