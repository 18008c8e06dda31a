import { createHash } from 'node:crypto';

/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  devIndicators: false,
  reactStrictMode: true,
  // `npm test` checks types once for the whole tree; doing it again would only make `npm start` slower.
  typescript: { ignoreBuildErrors: true },
  compiler: {
    define: { __SIMULATION_VERSION__: process.env.QUORUM_SIMULATION_VERSION ?? 'development' },
  },
  // Pages of one build only talk to a server of the same build.
  generateBuildId: () => createHash('sha256').update(String(process.env.QUORUM_SIMULATION_VERSION ?? Date.now())).update(String(Date.now())).digest('hex').slice(0, 16),
};

export default config;
