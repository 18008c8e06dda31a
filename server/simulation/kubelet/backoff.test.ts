import { describe, expect, it } from 'vitest';
import { goDuration } from '../apiserver/tables/duration.ts';
import { inBackOffSince, inBackOffSinceUpdate, nextBackOff, type BackOff } from './backoff.ts';

describe('the back-off of a container that ends again and again', () => {
  it.each([
    [1, 10], [2, 20], [3, 40], [4, 80], [5, 160], [6, 300], [7, 300], [20, 300],
  ])('after failure %i is %i seconds', (failures, seconds) => {
    const backoff: BackOff = new Map();
    for (let n = 0; n < failures; n++) nextBackOff(backoff, 'c', 1_000, 1_000);
    expect(backoff.get('c')?.delayMs).toBe(seconds * 1_000);
    expect(inBackOffSinceUpdate(backoff, 'c', 1_000 + seconds * 1_000 - 1)).toBe(true);
    expect(inBackOffSinceUpdate(backoff, 'c', 1_000 + seconds * 1_000)).toBe(false);
  });

  it.each([
    [600_000, 20_000], [600_001, 10_000],
  ])('begins anew when the container ran long enough: after %i ms it is %i ms', (ran, delay) => {
    const backoff: BackOff = new Map();
    nextBackOff(backoff, 'c', 0, 0);
    nextBackOff(backoff, 'c', ran, ran);
    expect(backoff.get('c')?.delayMs).toBe(delay);
  });

  it('counts from the end of the container, and every container by itself', () => {
    const backoff: BackOff = new Map();
    nextBackOff(backoff, 'a', 5_000, 5_000);
    expect([inBackOffSince(backoff, 'a', 8_000, 17_999), inBackOffSince(backoff, 'a', 8_000, 18_001), inBackOffSince(backoff, 'b', 8_000, 8_000)]).toEqual([true, false, false]);
  });
});

describe('durations as Go prints them', () => {
  it.each([
    [0, '0s'], [450, '450ms'], [1_200, '1.2s'], [10_000, '10s'], [80_000, '1m20s'], [300_000, '5m0s'], [3_600_000, '1h0m0s'], [3_723_040, '1h2m3.04s'],
  ])('%i ms is %s', (milliseconds, text) => expect(goDuration(milliseconds)).toBe(text));
});
