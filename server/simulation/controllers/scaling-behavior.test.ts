import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalize, noteScaling, type Behavior, type ScalingMemory } from './scaling-behavior.ts';

const NOW = 10_000_000;
const memory = (given: Partial<ScalingMemory> = {}): ScalingMemory => ({ recommendations: [], ups: [], downs: [], ...given });
const noted = (replicas: number, secondsAgo: number): { replicas: number; at: number } => ({ replicas, at: NOW - secondsAgo * 1_000 });
const defaults: Behavior = {
  scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, { type: 'Percent', value: 100, periodSeconds: 15 }] },
  scaleDown: { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
};

function outcome(given: ScalingMemory, behavior: Behavior | undefined, current: number, desired: number, minimum = 1, maximum = 100): [number, string, string] {
  const { replicas, conditions } = normalize(given, behavior, { current, desired, minimum, maximum, now: NOW });
  const [able, limited] = conditions;
  return [replicas, able?.reason ?? '', `${limited?.status ?? ''} ${limited?.reason ?? ''}`];
}

describe('without a behavior', () => {
  it.each<[string, ScalingMemory, number, number, [number, string, string]]>([
    ['follows', memory(), 3, 5, [5, 'ReadyForNewScale', 'False DesiredWithinRange']],
    ['at most doubles', memory(), 3, 20, [6, 'ReadyForNewScale', 'True ScaleUpLimit']],
    ['may always have four', memory(), 1, 20, [4, 'ReadyForNewScale', 'True ScaleUpLimit']],
    ['keeps the highest of five minutes', memory({ recommendations: [noted(6, 299), noted(9, 301)] }), 6, 2, [6, 'ScaleDownStabilized', 'False DesiredWithinRange']],
    ['goes down after that', memory({ recommendations: [noted(6, 301)] }), 6, 2, [2, 'ReadyForNewScale', 'False DesiredWithinRange']],
    ['stays above the minimum', memory(), 1, 0, [1, 'ReadyForNewScale', 'True TooFewReplicas']],
  ])('%s', (_name, given, current, desired, expected) => {
    expect(outcome(given, undefined, current, desired)).toEqual(expected);
  });

  it('stays below the maximum', () => {
    expect(outcome(memory(), undefined, 8, 12, 1, 10)).toEqual([10, 'ReadyForNewScale', 'True TooManyReplicas']);
  });

  it('remembers no more than the window', () => {
    const given = memory({ recommendations: [noted(6, 400), noted(5, 200)] });
    outcome(given, undefined, 5, 5);
    expect(given.recommendations).toEqual([noted(5, 200), noted(5, 0)]);
  });
});

describe('with a behavior', () => {
  const down = (scaleDown: Behavior['scaleDown']): Behavior => ({ ...defaults, scaleDown: { ...defaults.scaleDown, ...scaleDown } });
  const up = (scaleUp: Behavior['scaleUp']): Behavior => ({ ...defaults, scaleUp: { ...defaults.scaleUp, ...scaleUp } });
  it.each<[string, ScalingMemory, Behavior, number, number, [number, string, string]]>([
    ['adds four or doubles in a period', memory(), defaults, 2, 50, [6, 'ReadyForNewScale', 'True ScaleUpLimit']],
    ['counts what was added in the period', memory({ ups: [noted(4, 10)] }), defaults, 6, 50, [6, 'ReadyForNewScale', 'True ScaleUpLimit']],
    ['takes the smaller step', memory(), up({ selectPolicy: 'Min' }), 10, 50, [14, 'ReadyForNewScale', 'True ScaleUpLimit']],
    ['does not go up where that is disabled', memory(), up({ selectPolicy: 'Disabled' }), 10, 50, [10, 'ReadyForNewScale', 'True ScaleUpLimit']],
    ['keeps the highest of five minutes by default', memory({ recommendations: [noted(6, 299)] }), defaults, 6, 2, [6, 'ScaleDownStabilized', 'False DesiredWithinRange']],
    ['goes down at once without a window', memory({ recommendations: [noted(6, 15)] }), down({ stabilizationWindowSeconds: 0 }), 6, 2, [2, 'ReadyForNewScale', 'False DesiredWithinRange']],
    ['takes the lowest of the window on the way up', memory({ recommendations: [noted(4, 30)] }), up({ stabilizationWindowSeconds: 60 }), 3, 6, [4, 'ScaleUpStabilized', 'False DesiredWithinRange']],
    ['removes so many in a period', memory(), down({ stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] }), 6, 2, [5, 'ReadyForNewScale', 'True ScaleDownLimit']],
    ['counts what was removed in the period', memory({ downs: [noted(1, 30)] }), down({ stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] }), 5, 2, [5, 'ReadyForNewScale', 'True ScaleDownLimit']],
    ['removes a part', memory(), down({ stabilizationWindowSeconds: 0, policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }] }), 80, 2, [72, 'ReadyForNewScale', 'True ScaleDownLimit']],
    ['does not go down where that is disabled', memory(), down({ stabilizationWindowSeconds: 0, selectPolicy: 'Disabled' }), 6, 2, [6, 'ReadyForNewScale', 'True ScaleDownLimit']],
  ])('%s', (_name, given, behavior, current, desired, expected) => {
    expect(outcome(given, behavior, current, desired)).toEqual(expected);
  });

  it('forgets what no policy looks at any more', () => {
    const given = memory({ ups: [noted(2, 16), noted(1, 14)] });
    noteScaling(given, defaults, 3, 5, NOW);
    expect(given).toEqual(memory({ ups: [noted(1, 14), noted(2, 0)] }));
  });
});

describe('whatever happens', () => {
  const policy = fc.record({ type: fc.constantFrom<'Pods' | 'Percent'>('Pods', 'Percent'), value: fc.integer({ min: 1, max: 200 }), periodSeconds: fc.integer({ min: 1, max: 1_800 }) });
  const rules = fc.record({ stabilizationWindowSeconds: fc.integer({ min: 0, max: 3_600 }), selectPolicy: fc.constantFrom<'Max' | 'Min' | 'Disabled'>('Max', 'Min', 'Disabled'), policies: fc.array(policy, { minLength: 1, maxLength: 3 }) });
  const behaviors = fc.option(fc.record({ scaleUp: rules, scaleDown: rules }), { nil: undefined });

  it('the number stays whole and within its bounds, and the memory within the windows', () => {
    fc.assert(
      fc.property(behaviors, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 30 }), fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 300 }), (behavior, minimum, more, wishes) => {
        const given = memory();
        const maximum = minimum + more;
        let current = minimum;
        wishes.forEach((desired, i) => {
          const now = NOW + i * 15_000;
          const { replicas } = normalize(given, behavior, { current, desired, minimum, maximum, now });
          if (replicas !== current) noteScaling(given, behavior, current, replicas, now);
          current = replicas;
          expect(Number.isInteger(current) && current >= minimum && current <= maximum).toBe(true);
        });
        expect(given.recommendations.length).toBeLessThanOrEqual(3_600 / 15 + 1);
        expect(Math.max(given.ups.length, given.downs.length)).toBeLessThanOrEqual(1_800 / 15 + 1);
      }),
    );
  });
});
