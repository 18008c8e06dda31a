/**
 * Which made-up name of one run is which of the other. Names are told by their history: in which lines of which steps they
 * appear, and together with which others. Every name is paired at most once, so the same thing must stay the same thing.
 */
import { withoutCounts } from './masks.ts';
import { replaceNames, type MadeUpName, type NameKind } from './names.ts';
import type { Line } from './layout.ts';

/** All lines of one run: by step, then by what they are about. */
export type Run = Line[][][];

interface Thing {
  kind: NameKind;
  text: string;
  /** How often it appears in each kind of line of each step. */
  features: Map<string, number>;
  /** Others in the same lines, with the line they share. */
  companions: Map<Thing, Set<string>>;
  order: number;
}

export type Pairing = (side: 'expected' | 'actual', name: MadeUpName) => string;

/** A companion that is paired weighs more than a line, for or against. */
const COMPANION_WEIGHT = 3;

function things(run: Run): Map<string, Thing> {
  const all = new Map<string, Thing>();
  run.forEach((groups, step) => {
    for (const group of groups) {
      /** Where in the group each appears. */
      const present = new Map<Thing, string[]>();
      for (const line of group) {
        if (line.names.length === 0) continue;
        const feature = `${step}|${withoutCounts(replaceNames(line.masked, line.names, (name) => `‹${name.kind}›`))}`;
        for (const { kind, text } of line.names) {
          const key = `${kind}|${text}`;
          const thing = all.get(key) ?? { kind, text, features: new Map<string, number>(), companions: new Map<Thing, Set<string>>(), order: all.size };
          all.set(key, thing);
          thing.features.set(feature, (thing.features.get(feature) ?? 0) + 1);
          present.set(thing, [...(present.get(thing) ?? []), feature]);
        }
      }
      // What else is said about the same thing: two pods may differ in nothing but their status.
      const said = group.length > 1 ? group.filter((line) => line.names.length === 0).map((line) => `${step}|with|${withoutCounts(line.masked)}`) : [];
      for (const [one, ownPlaces] of present) {
        for (const feature of said) one.features.set(feature, (one.features.get(feature) ?? 0) + 1);
        for (const [other, theirPlaces] of present) {
          if (one === other) continue;
          const shared = one.companions.get(other) ?? new Set<string>();
          for (const own of ownPlaces) for (const theirs of theirPlaces) shared.add(`${own}\u0001${theirs}`);
          one.companions.set(other, shared);
        }
      }
    }
  });
  return all;
}

/** Lines that both histories have. */
function overlap(a: Map<string, number>, b: Map<string, number>): number {
  let sum = 0;
  for (const [feature, count] of a) sum += Math.min(count, b.get(feature) ?? 0);
  return sum;
}

function size(features: Map<string, number>): number {
  let sum = 0;
  for (const count of features.values()) sum += count;
  return sum;
}

/** The places of a pair, told from the other's side. */
function reversed(feature: string): string {
  const [own, theirs] = feature.split('\u0001') as [string, string];
  return `${theirs}\u0001${own}`;
}

/** Pairs the names of two runs. @returns the common title of a name of either side. */
export function pair(expected: Run, actual: Run): Pairing {
  const left = [...things(expected).values()];
  const right = [...things(actual).values()];
  const partner = new Map<Thing, Thing>();
  const candidates: { one: Thing; other: Thing; base: number }[] = [];
  for (const one of left) {
    for (const other of right) {
      if (one.kind !== other.kind) continue;
      const shared = overlap(one.features, other.features);
      // What one has and the other has not speaks against them, but less than what they share speaks for them.
      const different = size(one.features) + size(other.features) - 2 * shared;
      candidates.push({ one, other, base: shared * 2 - different });
    }
  }
  const bonus = new Map<(typeof candidates)[number], number>();
  const byThing = new Map<Thing, (typeof candidates)[number][]>();
  for (const candidate of candidates) {
    byThing.set(candidate.one, [...(byThing.get(candidate.one) ?? []), candidate]);
  }
  let open = candidates;
  while (open.length > 0) {
    let best = open[0] as (typeof candidates)[number];
    let bestScore = -Infinity;
    for (const candidate of open) {
      const score = candidate.base + (bonus.get(candidate) ?? 0) - Math.abs(candidate.one.order - candidate.other.order) / 10_000;
      if (score > bestScore) {
        best = candidate;
        bestScore = score;
      }
    }
    const { one, other } = best;
    partner.set(one, other);
    open = open.filter((candidate) => candidate.one !== one && candidate.other !== other);
    for (const [companion, features] of one.companions) {
      for (const candidate of byThing.get(companion) ?? []) {
        const theirs = candidate.other.companions.get(other);
        const together = theirs ? [...features].filter((feature) => theirs.has(reversed(feature))).length : 0;
        bonus.set(candidate, (bonus.get(candidate) ?? 0) + (together > 0 ? together * COMPANION_WEIGHT : -COMPANION_WEIGHT));
      }
    }
  }
  const titles = { expected: new Map<string, string>(), actual: new Map<string, string>() };
  const numbers = new Map<NameKind, number>();
  const title = (kind: NameKind): string => {
    const number = (numbers.get(kind) ?? 0) + 1;
    numbers.set(kind, number);
    return `‹${kind} ${number}›`;
  };
  for (const one of left) {
    const common = title(one.kind);
    titles.expected.set(`${one.kind}|${one.text}`, common);
    const other = partner.get(one);
    if (other) titles.actual.set(`${other.kind}|${other.text}`, common);
  }
  for (const other of right) {
    const key = `${other.kind}|${other.text}`;
    if (!titles.actual.has(key)) titles.actual.set(key, title(other.kind));
  }
  return (side, name) => titles[side].get(`${name.kind}|${name.text}`) ?? `‹${name.kind} ?›`;
}
