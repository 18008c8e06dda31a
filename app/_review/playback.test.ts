import { describe, expect, it } from 'vitest';
import { Playback, type PlaybackPort } from './playback.ts';

/** A replay of `end` ms in which something happens at the given times. */
function fake(end: number, happenings: number[] = [], quiet?: { from: number; to: number }) {
  const wishes: number[] = [];
  let time = 0;
  let hold: Promise<void> | undefined;
  const port: PlaybackPort = {
    at: () => time,
    end: () => end,
    quietAt: (at) => (quiet && at >= quiet.from && at < quiet.to ? quiet : undefined),
    seek: async (target) => {
      wishes.push(target);
      await hold;
      const news = happenings.some((one) => one > time && one <= target);
      time = target;
      return news;
    },
    next: async (limit) => {
      time = Math.min(limit, happenings.find((one) => one > time) ?? limit);
      return time < limit;
    },
  };
  return { port, wishes, time: () => time, hold: (until: Promise<void> | undefined) => (hold = until), jump: (to: number) => (time = to) };
}

describe('Playback', () => {
  it('moves on by wall-clock time and speed, and stops at the end', async () => {
    const { port, wishes } = fake(5_000);
    const playback = new Playback(port);
    playback.setSpeed(10);
    playback.play(0);
    for (let now = 100; now <= 900; now += 100) await playback.tick(now);
    expect(wishes).toEqual([1_000, 2_000, 3_000, 4_000, 5_000]);
    expect(playback.state().playing).toBe(false);
  });

  it('asks for one picture at a time and does not pile up debt while one takes long', async () => {
    const { port, wishes, hold } = fake(1_000_000);
    const playback = new Playback(port);
    playback.play(0);
    let release = (): void => {};
    hold(new Promise((resolve) => (release = resolve)));
    const slow = playback.tick(100);
    await playback.tick(200);
    await playback.tick(5_000);
    expect(wishes).toEqual([100]);
    release();
    await slow;
    hold(undefined);
    await playback.tick(5_100);
    // Not five seconds at once: a slow simulation falls behind.
    expect(wishes).toEqual([100, 500]);
  });

  it('leaves out the time in which nothing happens, and says how much', async () => {
    const { port, time } = fake(1_000_000, [500, 400_000]);
    const playback = new Playback(port);
    playback.setSpeed('skip');
    playback.play(0);
    for (let now = 100; now <= 1_900; now += 100) await playback.tick(now);
    expect(time()).toBeLessThan(2_000);
    expect(playback.state().skipped).toBe(0);
    await playback.tick(2_100);
    expect(time()).toBe(400_000);
    expect(playback.state().skipped).toBeGreaterThan(390_000);
    await playback.tick(2_200);
    expect(time()).toBe(400_100);
  });

  it('leaps over a quiet stretch, in seconds, and goes on at its speed behind it', async () => {
    const { port, time } = fake(1_000_000, [], { from: 200, to: 300_200 });
    const playback = new Playback(port);
    playback.play(0);
    let now = 0;
    const pass = async (milliseconds: number): Promise<void> => {
      for (const until = now + milliseconds; now < until; ) await playback.tick((now += 100));
    };
    await pass(200);
    expect(time()).toBe(200);
    await pass(1_500);
    expect(time()).toBeCloseTo(150_200, -2);
    await pass(1_500);
    expect(time()).toBe(300_200);
    await pass(500);
    expect(time()).toBe(300_700);
  });

  it('goes on from where somebody went meanwhile, and does not begin at the end', async () => {
    const { port, wishes, jump } = fake(10_000);
    const playback = new Playback(port);
    playback.play(0);
    await playback.tick(100);
    playback.moved(7_000);
    await playback.tick(200);
    expect(wishes).toEqual([100, 7_100]);
    playback.pause();
    jump(10_000);
    playback.play(1_000);
    expect(playback.state().playing).toBe(false);
  });
});
