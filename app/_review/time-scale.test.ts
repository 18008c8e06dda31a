import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Span } from '../../server/recordings/types.ts';
import { TimeScale } from './time-scale.ts';

/** Stretches of a class, in order and apart, from steps to the beginning of each and over it. */
function stretches(steps: readonly (readonly [number, number])[], end: number): Span[] {
  let at = 0;
  return steps.flatMap(([before, length]) => {
    const from = at + before;
    at = from + length;
    return at < end ? [{ from, to: at }] : [];
  });
}

describe('TimeScale', () => {
  it('is even where nothing is quiet', () => {
    const scale = new TimeScale({ from: 1_000, to: 11_000 }, []);
    expect([1_000, 6_000, 11_000].map((at) => scale.position(at))).toEqual([0, 0.5, 1]);
    expect(scale.moment(0.25)).toBe(3_500);
  });

  it('gives a night little room and the rest to the class', () => {
    const hour = 3_600_000;
    const scale = new TimeScale({ from: 0, to: 14 * hour }, [{ from: hour, to: 13 * hour }]);
    expect(scale.position(13 * hour) - scale.position(hour)).toBeLessThan(0.03);
    expect(scale.position(hour)).toBeGreaterThan(0.48);
  });

  it('rises with time, from 0 to 1, and comes back from a place to its moment', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 40_000 }), fc.integer({ min: 1, max: 50_000 })), { maxLength: 8 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1_000, max: 120_000 }), fc.array(fc.integer({ min: 0, max: 120_000 }), { minLength: 2, maxLength: 20 }), (parts, end, raw) => {
        const scale = new TimeScale({ from: 0, to: end }, stretches(parts, end));
        const moments = raw.map((at) => Math.min(at, end)).sort((x, y) => x - y);
        const places = moments.map((at) => scale.position(at));
        for (const [index, place] of places.entries()) {
          expect(place).toBeGreaterThanOrEqual(index === 0 ? 0 : (places[index - 1] as number));
          expect(place).toBeLessThanOrEqual(1);
          expect(Math.abs(scale.moment(place) - (moments[index] as number))).toBeLessThanOrEqual(1);
        }
        expect(scale.position(0)).toBe(0);
        expect(scale.position(end)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('has a place for everything in a recording without length', () => {
    const scale = new TimeScale({ from: 5, to: 5 }, []);
    expect(scale.position(5)).toBe(0);
    expect(scale.moment(0.7)).toBe(5);
  });
});
