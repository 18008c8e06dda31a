import { describe, expect, it } from 'vitest';
import { fenceposts, newReplicas, proportions, scaled, type IntOrPercent } from './deployment-arithmetic.ts';

describe('a number or a percentage of the replicas', () => {
  it.each<[IntOrPercent | undefined, number, boolean, number]>([
    ['25%', 10, true, 3],
    ['25%', 10, false, 2],
    ['25%', 4, true, 1],
    ['25%', 3, false, 0],
    ['100%', 7, false, 7],
    ['0%', 7, true, 0],
    [3, 100, true, 3],
    [undefined, 100, true, 0],
  ])('%s of %i, rounded up: %s, is %i', (value, total, up, expected) => expect(scaled(value, total, up)).toBe(expected));
});

describe('maxSurge is rounded up, maxUnavailable down, and both cannot be nothing', () => {
  it.each<[IntOrPercent, IntOrPercent, number, number, number]>([
    ['25%', '25%', 1, 1, 0],
    ['25%', '25%', 4, 1, 1],
    ['25%', '25%', 10, 3, 2],
    ['0%', '25%', 3, 0, 1],
    [0, 0, 5, 0, 1],
    [2, '50%', 10, 2, 5],
    [0, 5, 3, 0, 3],
  ])('surge %s, unavailable %s of %i: %i more, %i fewer', (surge, unavailable, desired, more, fewer) => expect(fenceposts(surge, unavailable, desired)).toEqual({ surge: more, unavailable: fewer }));
});

describe('a new ReplicaSet grows', () => {
  it.each([
    ['as far as the surge allows', 10, 0, 10, 3, 3],
    ['not beyond what is wanted', 10, 8, 9, 3, 10],
    ['not at all while there are as many pods as there may be', 10, 3, 13, 3, 3],
    ['by what the old one has given up', 10, 3, 11, 3, 5],
    ['at once where there was nothing', 5, 0, 0, 2, 5],
  ])('%s', (_, desired, newSet, all, surge, expected) => expect(newReplicas(desired, newSet, all, surge)).toBe(expected));
});

describe('scaling in the middle of an update is shared in proportion', () => {
  it.each([
    ['up, from 10 to 15 with a surge of 3', [8, 5], 13, 5, 18, [11, 7]],
    ['down, from 10 to 5 with a surge of 3', [8, 5], 13, -5, 8, [5, 3]],
    ['what rounding leaves goes to the largest', [3, 3, 3], 9, 1, 10, [4, 3, 3]],
    ['a set without pods gets none', [4, 0], 4, 2, 6, [6, 0]],
    ['to nothing', [2, 1], 3, -3, 0, [0, 0]],
  ])('%s', (_, sizes, maxReplicas, toAdd, whole, expected) => expect(proportions(sizes.map((size) => ({ size, maxReplicas })), toAdd, whole)).toEqual(expected));
});
