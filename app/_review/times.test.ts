import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationParts, linkTime, readLinkTime, reviewTime } from './times.ts';

describe('times of a recording', () => {
  it.each([
    [0, '0:00:00'],
    [999, '0:00:00'],
    [59_999, '0:00:59'],
    [3_600_000, '1:00:00'],
    [36_061_000, '10:01:01'],
    [-5, '0:00:00'],
  ])('%i ms are %s', (elapsed, text) => expect(reviewTime(elapsed)).toBe(text));

  it.each([
    ['75', 75_000],
    ['75.5', 75_500],
    ['1:15', 75_000],
    ['0:01:15', 75_000],
    ['1:00:00.25', 3_600_250],
  ])('reads %s from a link', (text, elapsed) => expect(readLinkTime(text)).toBe(elapsed));

  it.each([[null], [''], ['-3'], ['abc'], ['1:2:3:4'], ['1e9'], ['12345678901']])('does not read %s', (text) => expect(readLinkTime(text)).toBeUndefined());

  it('comes back from a link to within a tenth of a second, and never later', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 * 3_600_000 }), (elapsed) => {
        const back = readLinkTime(linkTime(elapsed)) as number;
        expect(back).toBeLessThanOrEqual(elapsed);
        expect(elapsed - back).toBeLessThan(100);
      }),
    );
  });

  it('says durations in whole seconds', () => expect(durationParts(3_723_600)).toEqual({ hours: 1, minutes: 2, seconds: 4 }));
});
