import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClassClock } from './class-clock.ts';
import type { ClockStamp } from './types.ts';

const STAMPS: ClockStamp[] = [
  { wall: 1_000, time: 50_000, rate: 1 },
  { wall: 2_000, time: 51_000, rate: 0 },
  { wall: 12_000, time: 51_000, rate: 'leap' },
  { wall: 12_500, time: 351_000, rate: 60 },
  // The simulation had fallen behind.
  { wall: 13_500, time: 401_000, rate: 1 },
];

describe('ClassClock', () => {
  it.each([
    ['before the first stamp, no further than it', 500, 500],
    ['running', 1_400, 50_400],
    ['standing', 9_000, 51_000],
    ['in a leap, evenly', 12_250, 201_000],
    ['fast', 13_000, 381_000],
    ['no further than where the next stamp finds it', 13_400, 401_000],
    ['behind the last stamp', 15_500, 403_000],
  ])('%s', (_name, wall, time) => expect(new ClassClock(STAMPS).timeAt(wall)).toBe(time));

  it('says how fast the clock went', () => {
    const clock = new ClassClock(STAMPS);
    expect([500, 1_000, 3_000, 12_100, 12_500].map((wall) => clock.rateAt(wall))).toEqual([undefined, 1, 0, 'leap', 60]);
  });

  it('takes virtual time as the axis of a recording without stamps', () => {
    expect(new ClassClock([]).timeAt(77_000)).toBe(77_000);
    expect(new ClassClock([]).rateAt(77_000)).toBeUndefined();
  });

  it('never runs back', () => {
    const steps = fc.array(fc.record({ wall: fc.nat(5_000), time: fc.nat(400_000), rate: fc.constantFrom<ClockStamp['rate']>(0, 1, 10, 60, 'leap') }), { maxLength: 12 });
    fc.assert(
      fc.property(steps, fc.array(fc.nat(60_000), { minLength: 2, maxLength: 20 }), (parts, moments) => {
        let [wall, time] = [0, 0];
        const stamps = parts.map((part) => ({ wall: (wall += part.wall), time: (time += part.time), rate: part.rate }));
        const clock = new ClassClock(stamps);
        const times = moments.sort((x, y) => x - y).map((moment) => clock.timeAt(moment));
        for (const [index, one] of times.entries()) expect(one).toBeGreaterThanOrEqual(index === 0 ? 0 : (times[index - 1] as number));
      }),
    );
  });
});
