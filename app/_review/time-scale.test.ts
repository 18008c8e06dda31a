import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimeScale } from './time-scale.ts';

describe('TimeScale', () => {
  it('is even where nothing was leapt over', () => {
    const scale = new TimeScale(1_000, 11_000, []);
    expect([1_000, 6_000, 11_000].map((time) => scale.position(time))).toEqual([0, 0.5, 1]);
    expect(scale.time(0.25)).toBe(3_500);
  });

  it('gives a leap little room and the rest to the time that was lived through', () => {
    const scale = new TimeScale(0, 700_000, [{ from: 50_000, to: 650_000 }]);
    expect(scale.position(650_000) - scale.position(50_000)).toBeLessThan(0.06);
    expect(scale.position(50_000)).toBeGreaterThan(0.45);
  });

  it('rises with time, from 0 to 1, and comes back from a place to its time', () => {
    const spans = fc.array(fc.tuple(fc.integer({ min: -1_000, max: 100_000 }), fc.integer({ min: 0, max: 50_000 })).map(([from, length]) => ({ from, to: from + length })), { maxLength: 8 });
    fc.assert(
      fc.property(spans, fc.integer({ min: 1_000, max: 120_000 }), fc.array(fc.integer({ min: 0, max: 120_000 }), { minLength: 2, maxLength: 20 }), (leaps, end, raw) => {
        const scale = new TimeScale(0, end, leaps);
        const times = raw.map((time) => Math.min(time, end)).sort((x, y) => x - y);
        const places = times.map((time) => scale.position(time));
        for (const [index, place] of places.entries()) {
          expect(place).toBeGreaterThanOrEqual(index === 0 ? 0 : (places[index - 1] as number));
          expect(place).toBeLessThanOrEqual(1);
          expect(Math.abs(scale.time(place) - (times[index] as number))).toBeLessThanOrEqual(1);
        }
        expect(scale.position(0)).toBe(0);
        expect(scale.position(end)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('has a place for everything in a recording without length', () => {
    const scale = new TimeScale(5, 5, [{ from: 5, to: 9 }]);
    expect(scale.position(5)).toBe(0);
    expect(scale.time(0.7)).toBe(5);
  });
});
