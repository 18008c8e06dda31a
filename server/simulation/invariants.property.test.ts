/**
 * Random classes with faults, then everything is healed and left alone: what Kubernetes promises must hold. Bugs found here stay as
 * pinned runs below.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cluster, SETTLE_MS } from './cluster.ts';
import { defaultConfig } from './config.ts';
import { action, budget, evict, perform, scale, webDeployment, type Action } from './harness/actions.ts';
import { BudgetWatch, noPodOnDeadNode, RESTING, WriteWatch, type Invariant } from './harness/invariants.ts';

const START = Date.UTC(2026, 10, 24, 8, 0, 0);
const RUNS = Number(process.env.PROPERTY_RUNS ?? 15);
const MINUTE = 60_000;
/** Longer than the longest back-off, the eviction of a lost node's pods and a progress deadline together. */
const REST_MS = 20 * MINUTE;
/** Grace period of the node controller, 5 minutes of tolerationSeconds, and a margin. */
const EVICTION_MS = 7 * MINUTE;

class Class {
  readonly cluster: Cluster;
  readonly writes: WriteWatch;
  #inputs = 0;

  constructor(seed: number) {
    const config = defaultConfig(seed, START);
    this.cluster = Cluster.create(config);
    this.writes = new WriteWatch(this.cluster, () => this.#inputs);
    this.cluster.advance(config.startTime + SETTLE_MS);
  }

  do(step: Action): void {
    perform(this.cluster, step, step.kind === 'advance' ? this.#inputs : ++this.#inputs);
  }

  operation(name: string, args: Record<string, unknown>): void {
    this.do({ kind: 'input', input: { kind: 'operation', request: { name, args } } });
  }

  rest(milliseconds: number): void {
    this.do({ kind: 'advance', milliseconds });
  }

  healEverything(): void {
    for (const { fault, target } of [...this.cluster.state.faults.values()]) this.operation('fault.heal', { fault, target });
  }

  expect(invariants: readonly Invariant[]): void {
    const wrong = invariants.flatMap((invariant) => invariant.check(this.cluster).map((sentence) => `${invariant.name}: ${sentence}`));
    expect([...wrong, ...this.writes.wrong]).toEqual([]);
  }
}

function settles(seed: number, actions: readonly Action[]): void {
  const lesson = new Class(seed);
  for (const step of actions) lesson.do(step);
  lesson.healEverything();
  lesson.rest(REST_MS);
  lesson.expect(RESTING);
}

describe('a cluster that was healed and left alone', () => {
  it('is as its specs say, whatever was done to it', () => {
    fc.assert(fc.property(fc.integer(), fc.array(action, { minLength: 5, maxLength: 40 }), settles), { numRuns: RUNS });
  });

  it('has no pod on a node that stayed dead', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(action, { minLength: 3, maxLength: 20 }), fc.constantFrom('worker-1', 'worker-2', 'worker-3'), (seed, actions, node) => {
        const lesson = new Class(seed);
        for (const step of actions) lesson.do(step);
        lesson.healEverything();
        lesson.rest(2 * MINUTE);
        lesson.operation('fault.break', { fault: 'node-crash', target: node });
        lesson.rest(EVICTION_MS);
        lesson.expect([noPodOnDeadNode(node)]);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('an eviction', () => {
  it('never breaks a budget', () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: evict(fc.constant('web')) },
      { weight: 2, arbitrary: fc.integer({ min: 0, max: 15_000 }).map((milliseconds): Action => ({ kind: 'advance', milliseconds })) },
      // Never below the budget: scaling down asks nobody.
      { weight: 1, arbitrary: fc.integer({ min: 3, max: 6 }).map((replicas) => scale('web', replicas)) },
    );
    let evictions = 0;
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 3 }), fc.array(step, { minLength: 5, maxLength: 40 }), (seed, minAvailable, steps) => {
        const lesson = new Class(seed);
        const watch = new BudgetWatch(lesson.cluster, 'web', minAvailable);
        lesson.do(webDeployment('web', 4));
        lesson.do(budget('web', minAvailable));
        lesson.rest(MINUTE);
        for (const one of steps) lesson.do(one);
        expect(watch.wrong).toEqual([]);
        evictions += watch.evictions;
      }),
      { numRuns: RUNS },
    );
    // Some were granted, or nothing was tried here.
    expect(evictions).toBeGreaterThan(0);
  });
});

describe('found by random runs', () => {
  const operation = (name: string, args: Record<string, unknown>): Action => ({ kind: 'input', input: { kind: 'operation', request: { name, args } } });

  it('a pod that the node controller marked as not ready is Ready again, also when its kubelet had nothing new to say', () => {
    settles(0, [operation('fault.break', { fault: 'node-crash', target: 'worker-1' }), operation('fault.break', { fault: 'apiserver-down' }), { kind: 'advance', milliseconds: 49_101 }]);
  });
});
