import { defineConfig } from '@playwright/test';
import { findChromium } from './e2e/support/browser.mjs';

export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  outputDir: 'test-results',
  // A class on two loaded cores: minutes of real typing, no sleeping.
  timeout: 300_000,
  expect: { timeout: 20_000 },
  workers: 1,
  // A machine that is busy with something else must not keep a change from landing; what passed only then is listed as flaky.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  use: {
    actionTimeout: 30_000,
    navigationTimeout: 30_000,
    viewport: { width: 1440, height: 900 },
    // Traces of three pages cost more than the tests: `npm run e2e` is quick, `npx playwright test --trace on` looks closer.
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: findChromium(), args: ['--no-sandbox'] },
  },
});
