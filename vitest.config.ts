import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['server/**/*.test.ts', 'app/**/*.test.{ts,tsx}', 'e2e/conformance/**/*.test.ts', 'e2e/labs/**/*.test.ts'],
    // Property and conformance tests run whole clusters; on two loaded cores that takes a while, and none of them sleeps.
    testTimeout: 120_000,
    // All cores: Vitest leaves one free otherwise, which is half of a small machine.
    maxWorkers: '100%',
    hookTimeout: 120_000,
  },
});
