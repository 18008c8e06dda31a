import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const WALL_CLOCK = 'The simulation has no wall clock: take virtual time from kernel.now, or schedule an event.';

/** Which part may import which (DESIGN.md, «The parts, and who may know whom»). */
const zone = (target, from, message) => ({ target, from, message });

export default tseslint.config(
  { ignores: ['node_modules/', '.next/', '.build/', 'generated/', 'data/', 'next-env.d.ts', 'test-results/', 'playwright-report/'] },
  ...tseslint.configs.recommended,
  {
    plugins: { 'import-x': importX },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'error',
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [
            zone('./server/simulation', './server/!(simulation)/**/*', 'server/simulation imports nothing of ours outside itself.'),
            zone('./server/simulation', './app', 'server/simulation imports nothing of ours outside itself.'),
            zone('./server/shell', './server/!(simulation|shell)/**/*', 'A shell is a client of a room: it knows the API, not the room.'),
            zone('./server/kubeapi', './server/!(simulation|kubeapi)/**/*', 'kubeapi stands on the simulation alone.'),
            zone('./server/rooms', './server/api', 'Imports point one way: app → api → rooms → (shell, simulation).'),
            zone('./server', './app', 'The server does not import from app.'),
          ],
        },
      ],
    },
  },
  {
    files: ['server/simulation/**/*.ts'],
    ignores: ['**/*.test.ts', 'server/simulation/**/generate-*.ts', 'server/simulation/bench/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'setTimeout', message: WALL_CLOCK },
        { name: 'setInterval', message: WALL_CLOCK },
        { name: 'setImmediate', message: WALL_CLOCK },
        { name: 'queueMicrotask', message: WALL_CLOCK },
        { name: 'performance', message: WALL_CLOCK },
        { name: 'process', message: 'The simulation runs in browsers too and reads no environment.' },
        { name: 'Buffer', message: 'The simulation runs in browsers too: use strings and Uint8Array.' },
        { name: 'fetch', message: 'The simulation has no network but its own.' },
        { name: 'crypto', message: 'Randomness comes from kernel.random.' },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Randomness comes from kernel.random.' },
        { object: 'Date', property: 'now', message: WALL_CLOCK },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: WALL_CLOCK },
        { selector: 'CallExpression[callee.property.name=/^toLocale/]', message: 'Locale-dependent text differs between machines.' },
        { selector: 'CallExpression[callee.property.name="localeCompare"]', message: 'Locale-dependent order differs between machines: compare with < and >.' },
      ],
      'no-restricted-imports': ['error', { patterns: [{ group: ['node:*', 'fs', 'path', 'os', 'crypto'], message: 'server/simulation imports nothing of Node.' }] }],
    },
  },
  {
    files: ['**/*.mjs', '**/*.test.ts', '**/*.test.tsx', 'e2e/**/*.ts', 'server/**/main.ts', 'server/main.ts', '**/bench/**'],
    rules: { 'no-console': 'off' },
  },
);
