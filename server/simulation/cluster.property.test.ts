/** Determinism of whole clusters, under random commands and faults. Bugs found here stay as pinned seeds below. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cluster, SETTLE_MS } from './cluster.ts';
import { defaultConfig, type ClusterConfig } from './config.ts';
import { action, controlPlaneAction, perform, type Action } from './harness/actions.ts';
import { highlyAvailable } from './harness/highly-available.ts';
import type { Snapshot } from './kernel/kernel.ts';

const START = Date.UTC(2026, 10, 24, 8, 0, 0);
const RUNS = Number(process.env.PROPERTY_RUNS ?? 15);

function settled(config: ClusterConfig): Cluster {
  const cluster = Cluster.create(config);
  cluster.advance(config.startTime + SETTLE_MS);
  return cluster;
}

/** Runs actions and returns the hash after each. */
function run(cluster: Cluster, actions: readonly Action[], from = 0): string[] {
  return actions.map((step, i) => {
    perform(cluster, step, from + i + 1);
    return cluster.hash();
  });
}

describe('a cluster is a function of its config and inputs', () => {
  it('the same inputs twice give the same hash after every input', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(action, { minLength: 1, maxLength: 25 }), (seed, actions) => {
        const config = defaultConfig(seed, START);
        expect(run(settled(config), actions)).toEqual(run(settled(config), actions));
      }),
      { numRuns: RUNS },
    );
  });

  it('a snapshot restored anywhere goes on as if it had never stopped', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(action, { minLength: 2, maxLength: 25 }), fc.nat(), (seed, actions, at) => {
        const config = defaultConfig(seed, START);
        const original = settled(config);
        const cut = at % actions.length;
        run(original, actions.slice(0, cut));
        const restored = Cluster.restore(config, JSON.parse(JSON.stringify(original.snapshot())) as Snapshot);
        expect(restored.kernel.partHashes()).toEqual(original.kernel.partHashes());
        const rest = actions.slice(cut);
        const expected = run(original, rest, cut);
        const actual = run(restored, rest, cut);
        if (actual[actual.length - 1] !== expected[expected.length - 1]) expect(restored.kernel.partHashes()).toEqual(original.kernel.partHashes());
        expect(actual).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });

  it('the same holds for several control-plane machines, of which some fail and leave', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.oneof(action, controlPlaneAction), { minLength: 2, maxLength: 20 }), fc.nat(), (seed, actions, at) => {
        const config = defaultConfig(seed, START);
        const original = highlyAvailable(config);
        const cut = at % actions.length;
        run(original, actions.slice(0, cut), 10);
        const restored = Cluster.restore(config, JSON.parse(JSON.stringify(original.snapshot())) as Snapshot);
        expect(restored.kernel.partHashes()).toEqual(original.kernel.partHashes());
        expect(run(restored, actions.slice(cut), cut + 10)).toEqual(run(original, actions.slice(cut), cut + 10));
      }),
      { numRuns: Math.ceil(RUNS / 2) },
    );
  });

  it('cutting the passage of time into pieces changes nothing', () => {
    const config = defaultConfig(11, START);
    const whole = settled(config);
    const pieces = Cluster.create(config);
    for (let at = START; at < START + SETTLE_MS; at += 137) pieces.advance(at);
    pieces.advance(START + SETTLE_MS);
    expect(pieces.hash()).toBe(whole.hash());
  });

  it('different seeds give different clusters', () => {
    expect(settled(defaultConfig(1, START)).hash()).not.toBe(settled(defaultConfig(2, START)).hash());
  });
});
