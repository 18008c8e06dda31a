/**
 * `npm test`: everything that must pass before a change lands, on a fresh clone with Node.js alone. The first stage that fails ends it.
 *
 * Stages: packages, lint, types, unit (also property tests, conformance and the crash test), build, browser.
 * `node server/test.mjs STAGE…` runs only those named.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { findChromium } from '../e2e/support/browser.mjs';
import { checkNode, fail, generateClient, installPackages, root, run, say, StepError } from './prepare.mjs';

/** A tool of node_modules, run by this same Node.js. */
function tool(what, script, ...args) {
  run(what, process.execPath, [path.join(root, 'node_modules', script), ...args]);
}

function hasBrowserTests() {
  return readdirSync(path.join(root, 'e2e')).some((name) => name.endsWith('.spec.ts'));
}

function chromium() {
  try {
    return findChromium();
  } catch (error) {
    throw new StepError(error.message);
  }
}

const stages = {
  async packages() {
    installPackages();
    await generateClient();
    // Now, so that nobody waits ten minutes to hear that there is none.
    if (hasBrowserTests()) say(`Browser: ${chromium()}`);
  },
  lint: () => tool('Lint', 'eslint/bin/eslint.js', '.', '--max-warnings=0'),
  types: () => tool('The check of types', 'typescript/bin/tsc', '--noEmit', '-p', '.'),
  unit: () => tool('The unit tests', 'vitest/vitest.mjs', 'run'),
  build() {
    const pages = existsSync(path.join(root, 'app/layout.tsx')) ? {} : { PAGES: 'off' };
    run('The production build', process.execPath, [path.join(root, 'server/start.mjs'), 'build'], pages);
  },
  browser() {
    if (!hasBrowserTests()) return;
    run('The browser tests', process.execPath, [path.join(root, 'node_modules/@playwright/test/cli.js'), 'test'], { CHROMIUM_PATH: chromium() });
  },
};

async function main() {
  checkNode();
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !(name in stages));
  if (unknown) throw new StepError(`There is no stage «${unknown}»; there are ${Object.keys(stages).join(', ')}.`);
  const begin = performance.now();
  const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
  for (const [name, work] of Object.entries(stages)) {
    // The first stage is what all others stand on.
    if (wanted.length > 0 && name !== 'packages' && !wanted.includes(name)) continue;
    const stageBegin = performance.now();
    say(`── ${name}`);
    await work();
    say(`── ${name}: ${seconds(stageBegin)}`);
  }
  say(`Everything passed in ${seconds(begin)}.`);
}

main().catch(fail);
