/** A random run of a whole cluster, bundled for the browser and for Node, which must come to the same. */
import fc from 'fast-check';
import { Cluster, SETTLE_MS } from '../../server/simulation/cluster.ts';
import { defaultConfig } from '../../server/simulation/config.ts';
import { action, perform } from '../../server/simulation/harness/actions.ts';

const START = Date.UTC(2026, 10, 24, 8, 0, 0);

/** The state hash of a new, settled cluster and after each of `count` random actions; `seed` decides both cluster and actions. */
export function randomRun(seed: number, count: number): string[] {
  const config = defaultConfig(seed, START);
  const cluster = Cluster.create(config);
  cluster.advance(START + SETTLE_MS);
  const hashes = [cluster.hash()];
  for (const [index, step] of fc.sample(action, { seed, numRuns: count }).entries()) {
    perform(cluster, step, index + 1);
    hashes.push(cluster.hash());
  }
  return hashes;
}
