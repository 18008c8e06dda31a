import { describe, expect, it } from 'vitest';
import { age, humanDuration } from './duration.ts';

const S = 1_000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

describe('ages', () => {
  it.each([
    [0, '0s'], [1 * S, '1s'], [119 * S, '119s'], [2 * M, '2m'], [2 * M + 1 * S, '2m1s'], [9 * M + 59 * S, '9m59s'], [10 * M, '10m'], [10 * M + 59 * S, '10m'],
    [179 * M, '179m'], [3 * H, '3h'], [3 * H + 1 * M, '3h1m'], [7 * H + 59 * M, '7h59m'], [8 * H + 59 * M, '8h'], [47 * H, '47h'], [2 * D, '2d'], [2 * D + 1 * H, '2d1h'],
    [7 * D + 23 * H, '7d23h'], [8 * D + 23 * H, '8d'], [729 * D, '729d'], [730 * D, '2y'], [731 * D, '2y1d'], [8 * 365 * D, '8y'], [9 * 365 * D + 100 * D, '9y'],
    [-1 * S, '0s'], [-2 * S, '<invalid>'],
  ])('of %i ms read %s', (milliseconds, text) => expect(humanDuration(milliseconds)).toBe(text));

  it('of what has no time is unknown', () => expect([age(undefined, 0), age(null, 0), age('2026-11-24T00:00:00Z', Date.UTC(2026, 10, 24, 0, 5))]).toEqual(['<unknown>', '<unknown>', '5m']));
});
