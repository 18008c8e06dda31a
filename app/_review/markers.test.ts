import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MARKER_KINDS, type Marker, type MarkerKind } from '../../server/recordings/types.ts';
import { activity, clusterMarkers, faultSpans, neighbours, presenceAt } from './markers.ts';

const even = (from: number, to: number) => (time: number): number => (to <= from ? 0 : (time - from) / (to - from));

let lastId = 0;
function mark(time: number, kind: MarkerKind = 'command', text = '', participantName?: string): Marker {
  return { id: ++lastId, kind, time: 0, wall: time, text, ...(participantName === undefined ? {} : { participantName }) };
}

const anyMarker = fc.record({ time: fc.integer({ min: 1_000, max: 9_000 }), kind: fc.constantFrom(...MARKER_KINDS) }).map(({ time, kind }) => mark(time, kind));

describe('clusterMarkers', () => {
  it('keeps every mark exactly once, in order, and no two groups closer than they may be', () => {
    fc.assert(
      fc.property(fc.array(anyMarker, { maxLength: 200 }), fc.integer({ min: 100, max: 3_000 }), (markers, width) => {
        const clusters = clusterMarkers(markers, even(1_000, 9_000), width, 24);
        expect(clusters.flatMap((cluster) => cluster.markers.map(({ id }) => id)).sort((x, y) => x - y)).toEqual(markers.map(({ id }) => id).sort((x, y) => x - y));
        for (const [index, { markers: group, position }] of clusters.entries()) {
          expect(group.length).toBeGreaterThan(0);
          expect(position).toBe(even(1_000, 9_000)((group[0] as Marker).wall));
          const next = clusters[index + 1];
          if (next) expect((next.position - position) * width).toBeGreaterThanOrEqual(24 - 1e-6);
        }
      }),
    );
  });

  it('lets the most telling kind stand for a group', () => {
    const [one] = clusterMarkers([mark(1_000), mark(1_001, 'fault'), mark(1_002, 'note')], even(1_000, 101_000), 1_000, 20);
    expect(one).toMatchObject({ kind: 'fault', position: 0 });
    expect(one?.markers).toHaveLength(3);
  });

  it('does not make one endless group of a chain of close marks', () => {
    const chain = Array.from({ length: 50 }, (_, index) => mark(index * 1_000));
    expect(clusterMarkers(chain, even(0, 50_000), 500, 25).length).toBeGreaterThan(10);
  });

  it('has a place for everything in a recording without length', () => {
    expect(clusterMarkers([mark(5), mark(5)], even(5, 5), 800, 24)).toMatchObject([{ position: 0 }]);
  });
});

describe('activity', () => {
  it('is 1 where most happened, and counts the last instant', () => {
    const bars = activity([mark(0), mark(10), mark(11), mark(100)], even(0, 100), 10);
    expect(bars).toEqual([0.5, 1, 0, 0, 0, 0, 0, 0, 0, 0.5]);
  });
});

describe('spans', () => {
  it('of a fault last until it is healed, or to the end; others are told apart', () => {
    const markers = [mark(10, 'fault', 'node-crash worker-1'), mark(20, 'fault', 'dns-down'), mark(30, 'heal', 'node-crash worker-1'), mark(40, 'fault', 'node-crash worker-1'), mark(45, 'heal', 'never broken')];
    expect(faultSpans(markers, 100)).toEqual([
      { text: 'node-crash worker-1', from: 10, to: 30 },
      { text: 'dns-down', from: 20, to: 100 },
      { text: 'node-crash worker-1', from: 40, to: 100 },
    ]);
  });
});

describe('neighbours', () => {
  it('are the nearest times before and after, never the present one', () => {
    expect(neighbours([mark(30), mark(10), mark(20), mark(20)], 20)).toEqual({ previous: 10, next: 30 });
    expect(neighbours([mark(30)], 5)).toEqual({ next: 30 });
    expect(neighbours([], 5)).toEqual({});
  });
});

describe('presenceAt', () => {
  const markers = [mark(0, 'join', 'instructor', 'Grace'), mark(10, 'join', 'student', 'Ada'), mark(20, 'away', '', 'Ada'), mark(30, 'back', '', 'Ada')];
  it.each([
    [5, ['Grace'], ['Grace']],
    [10, ['Grace', 'Ada'], ['Grace', 'Ada']],
    [25, ['Grace', 'Ada'], ['Grace']],
    [30, ['Grace', 'Ada'], ['Grace', 'Ada']],
  ])('at %i', (time, joined, here) => {
    const presence = presenceAt(markers, time);
    expect(presence.joined).toEqual(joined);
    expect([...presence.here].sort()).toEqual([...here].sort());
  });
});
