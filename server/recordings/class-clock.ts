/**
 * Which virtual time it was at a moment of the class. Between two stamps the clock went at the rate of the first, but never past where
 * the second found it: a server that was killed, or a simulation that fell behind, made it stand for a while. No Node APIs here.
 */
import type { ClockStamp } from './types.ts';

export class ClassClock {
  /** @param stamps in order. Without any, the virtual time is the axis: recordings from before wall clocks were kept. */
  constructor(private readonly stamps: readonly ClockStamp[]) {}

  /** Virtual time at a moment (wall clock), whole ms. Never falls as the moment rises. */
  timeAt(wall: number): number {
    const index = this.#indexAt(wall);
    const stamp = this.stamps[index];
    const next = this.stamps[index + 1];
    if (!stamp) return Math.min(wall, next?.time ?? Infinity);
    const { rate, time } = stamp;
    const passed = wall - stamp.wall;
    if (rate === 'leap') return next && next.wall > stamp.wall ? Math.floor(time + ((next.time - time) * passed) / (next.wall - stamp.wall)) : time;
    return Math.min(Math.floor(time + passed * rate), next?.time ?? Infinity);
  }

  /** How fast it went at a moment (wall clock); undefined where that was not recorded. */
  rateAt(wall: number): ClockStamp['rate'] | undefined {
    return this.stamps[this.#indexAt(wall)]?.rate;
  }

  /** The last stamp at or before a moment; -1 before the first. */
  #indexAt(wall: number): number {
    let low = 0;
    let high = this.stamps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.stamps[middle] as ClockStamp).wall <= wall) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
