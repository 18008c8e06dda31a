import { describe, expect, it } from 'vitest';
import { Bench, PODS, template } from './testing.ts';

const BUDGETS = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

function start(budget: object, replicas = 4): Bench {
  const bench = new Bench();
  bench.create(DEPLOYMENTS, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: template({ app: 'web' }, 'sleep 1000') } });
  bench.create(BUDGETS, { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'b' }, spec: { selector: { matchLabels: { app: 'web' } }, ...budget } });
  bench.seconds(10);
  return bench;
}

const status = (bench: Bench): Record<string, unknown> => bench.get(`${BUDGETS}/b`).status as Record<string, unknown>;

describe('a PodDisruptionBudget', () => {
  const cases: [string, object, { expectedPods: number; desiredHealthy: number; disruptionsAllowed: number }][] = [
    ['of a number that must stay', { minAvailable: 3 }, { expectedPods: 4, desiredHealthy: 3, disruptionsAllowed: 1 }],
    ['of a share that must stay, rounded up', { minAvailable: '60%' }, { expectedPods: 4, desiredHealthy: 3, disruptionsAllowed: 1 }],
    ['of a number that may go', { maxUnavailable: 2 }, { expectedPods: 4, desiredHealthy: 2, disruptionsAllowed: 2 }],
    ['of a share that may go, rounded up', { maxUnavailable: '30%' }, { expectedPods: 4, desiredHealthy: 2, disruptionsAllowed: 2 }],
    ['that nobody can satisfy', { minAvailable: 9 }, { expectedPods: 4, desiredHealthy: 9, disruptionsAllowed: 0 }],
  ];
  it.each(cases)('%s', (_, spec, expected) => {
    const bench = start(spec);
    expect(status(bench)).toMatchObject({ currentHealthy: 4, observedGeneration: 1, ...expected });
    expect((status(bench).conditions as { reason: string }[])[0]?.reason).toBe(expected.disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods');
  });

  it('lets evictions through one by one, and no more than it has', () => {
    const bench = start({ minAvailable: 3 });
    const [first, second] = bench.list(PODS).map((pod) => pod.metadata.name) as [string, string];
    const evict = (name: string): unknown => bench.request('POST', `${PODS}/${name}/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } });
    evict(first);
    expect(() => evict(second)).toThrow("Cannot evict pod as it would violate the pod's disruption budget.");
    bench.seconds(60);
    evict(second);
  });

  it('says when it selects nothing', () => {
    const bench = start({ minAvailable: 1, selector: { matchLabels: { app: 'none' } } });
    expect(bench.events('PodDisruptionBudget')[0]).toBe('NoPods: No matching pods found');
  });
});
