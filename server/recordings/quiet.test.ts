import { describe, expect, it } from 'vitest';
import { quietSpans } from './quiet.ts';
import type { ClockStamp, Marker } from './types.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Activity in every slot of ten seconds from one time to another. */
const busy = (from: number, to: number): number[] => Array.from({ length: Math.floor((to - from) / 10_000) }, (_, index) => from / 10_000 + index);
const running: ClockStamp[] = [{ wall: 0, time: 0, rate: 1 }];
const jump = (wall: number, seconds: number): Marker => ({ id: wall, kind: 'clock', text: `jump ${seconds}`, time: wall, wall });

describe('quietSpans', () => {
  it('finds nothing in a class in which people are at work', () => {
    expect(quietSpans({ from: 0, to: HOUR }, busy(0, HOUR), running, [])).toEqual([]);
  });

  it('finds the night in which the room was empty and its clock stood', () => {
    const clock: ClockStamp[] = [...running, { wall: 31 * MINUTE, time: 31 * MINUTE, rate: 0 }, { wall: 14 * HOUR, time: 31 * MINUTE, rate: 1 }];
    const [night, ...others] = quietSpans({ from: 0, to: 15 * HOUR }, [...busy(0, 30 * MINUTE), ...busy(14 * HOUR, 15 * HOUR)], clock, []);
    expect(others).toEqual([]);
    // The minute that the clock ran on alone is shown.
    expect(night).toEqual({ from: 31 * MINUTE, to: 14 * HOUR });
  });

  it('finds a night in which the room was left open and the cluster ran', () => {
    expect(quietSpans({ from: 0, to: 12 * HOUR }, [...busy(0, HOUR), ...busy(11 * HOUR, 12 * HOUR)], running, [])).toEqual([{ from: HOUR + MINUTE, to: 11 * HOUR }]);
  });

  it('takes a pause in which things are done, or a short one, for a part of the class', () => {
    const paused: ClockStamp[] = [...running, { wall: 10 * MINUTE, time: 10 * MINUTE, rate: 0 }, { wall: 15 * MINUTE, time: 10 * MINUTE, rate: 1 }];
    expect(quietSpans({ from: 0, to: 20 * MINUTE }, busy(0, 20 * MINUTE), paused, [])).toEqual([]);
    const talkedFor = (length: number) => quietSpans({ from: 0, to: 20 * MINUTE }, [...busy(0, 11 * MINUTE), ...busy(11 * MINUTE + length, 20 * MINUTE)], paused, []);
    expect(talkedFor(50_000)).toEqual([]);
    expect(talkedFor(2 * MINUTE)).toEqual([{ from: 11 * MINUTE, to: 13 * MINUTE }]);
  });

  it('shortens jumps only where their virtual time is the axis', () => {
    const markers = [jump(10 * MINUTE, 300), jump(40 * MINUTE, 300)];
    const axis = { from: 0, to: HOUR };
    expect(quietSpans(axis, busy(0, HOUR), [], markers)).toEqual([
      { from: 10 * MINUTE, to: 15 * MINUTE },
      { from: 40 * MINUTE, to: 45 * MINUTE },
    ]);
    expect(quietSpans(axis, busy(0, HOUR), [{ wall: 30 * MINUTE, time: 30 * MINUTE, rate: 1 }], markers)).toEqual([{ from: 10 * MINUTE, to: 15 * MINUTE }]);
  });
});
