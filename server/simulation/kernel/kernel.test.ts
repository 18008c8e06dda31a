import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Kernel, type KernelEvent, type Part, type Snapshot } from './kernel.ts';
import { Random, safeEncode } from './random.ts';

/** Records what it handles and schedules more, by plain-data rules, so that runs have something to diverge in. */
class Recorder implements Part {
  state: { seen: string[]; totals: Map<string, number> } = { seen: [], totals: new Map() };
  constructor(
    readonly name: string,
    private readonly kernel: Kernel,
  ) {
    kernel.register(this);
  }
  handle(event: KernelEvent): void {
    this.state.seen.push(`${event.time}/${event.type}/${event.cause.kind}${event.cause.id}`);
    this.state.totals.set(event.type, (this.state.totals.get(event.type) ?? 0) + 1);
    const { repeat = 0, delay = 0 } = (event.payload ?? {}) as { repeat?: number; delay?: number };
    if (repeat > 0) this.kernel.schedule(event.time + delay + this.kernel.random.below(3), this.name, event.type, { repeat: repeat - 1, delay });
  }
}

function setUp(seed = 1): { kernel: Kernel; part: Recorder } {
  const kernel = new Kernel(1_000, seed);
  return { kernel, part: new Recorder('recorder', kernel) };
}

describe('time and order', () => {
  it('K1: handles events by time, and by order of scheduling at one time', () => {
    const { kernel, part } = setUp();
    kernel.schedule(3_000, 'recorder', 'late');
    kernel.schedule(2_000, 'recorder', 'first');
    kernel.schedule(2_000, 'recorder', 'second');
    kernel.advance(5_000);
    expect(part.state.seen.map((entry) => entry.split('/')[1])).toEqual(['first', 'second', 'late']);
  });

  it('K2: an event in the past is due now', () => {
    const { kernel, part } = setUp();
    kernel.schedule(10, 'recorder', 'past');
    kernel.step();
    expect(part.state.seen).toEqual(['1000/past/boot0']);
    expect(kernel.now).toBe(1_000);
  });

  it('K3: advance handles what is due at its end and leaves the clock there', () => {
    const { kernel, part } = setUp();
    kernel.schedule(2_000, 'recorder', 'edge');
    kernel.advance(2_000);
    expect(part.state.seen).toHaveLength(1);
    kernel.advance(9_000);
    expect(kernel.now).toBe(9_000);
  });

  it('K5: a part that never lets time pass is stopped', () => {
    const kernel = new Kernel(0, 1);
    kernel.register({ name: 'loop', state: null, handle: () => void kernel.schedule(0, 'loop', 'again') });
    kernel.schedule(0, 'loop', 'again');
    expect(() => kernel.advance(1)).toThrow(/loop\/again/);
  });
});

const schedules = fc.array(fc.record({ at: fc.integer({ min: 0, max: 5_000 }), repeat: fc.integer({ min: 0, max: 6 }), delay: fc.integer({ min: 0, max: 700 }) }), { maxLength: 30 });

describe('determinism and snapshots', () => {
  it('K4 and K6: cutting a run into pieces changes nothing', () => {
    fc.assert(
      fc.property(schedules, fc.array(fc.integer({ min: 0, max: 9_000 }), { maxLength: 8 }), (events, cuts) => {
        const whole = setUp(7);
        const pieces = setUp(7);
        for (const { kernel } of [whole, pieces]) for (const { at, repeat, delay } of events) kernel.schedule(at, 'recorder', `e${repeat}`, { repeat, delay });
        whole.kernel.advance(12_000);
        for (const cut of [...cuts].sort((x, y) => x - y)) pieces.kernel.advance(cut);
        pieces.kernel.advance(12_000);
        expect(pieces.kernel.hash()).toBe(whole.kernel.hash());
      }),
    );
  });

  it('K9 and K10: a snapshot, sent as JSON and restored, continues as if nothing had happened', () => {
    fc.assert(
      fc.property(schedules, fc.integer({ min: 0, max: 9_000 }), (events, cut) => {
        const original = setUp(3);
        for (const { at, repeat, delay } of events) original.kernel.schedule(at, 'recorder', `e${repeat}`, { repeat, delay });
        original.kernel.advance(cut);
        const copy = setUp(99);
        copy.kernel.restore(JSON.parse(JSON.stringify(original.kernel.snapshot())) as Snapshot);
        expect(copy.kernel.hash()).toBe(original.kernel.hash());
        original.kernel.advance(20_000);
        copy.kernel.advance(20_000);
        expect(copy.kernel.hash()).toBe(original.kernel.hash());
        expect(copy.part.state).toEqual(original.part.state);
      }),
    );
  });

  it('K11: an API object in two places is one object after a restore', () => {
    const object = { apiVersion: 'v1', kind: 'Pod', metadata: { uid: 'u', name: 'p' } };
    const build = (): [Kernel, Part, Part] => {
      const kernel = new Kernel(0, 1);
      const one: Part = { name: 'one', state: null };
      const two: Part = { name: 'two', state: null };
      kernel.register(one);
      kernel.register(two);
      return [kernel, one, two];
    };
    const [kernel, one, two] = build();
    one.state = { list: [object] };
    two.state = new Map([['p', object]]);
    const [again, first, second] = build();
    again.restore(JSON.parse(JSON.stringify(kernel.snapshot())) as Snapshot);
    const listed = (first.state as { list: object[] }).list[0];
    expect(listed).toEqual(object);
    expect((second.state as Map<string, object>).get('p')).toBe(listed);
  });

  it('K12: refuses state that is not plain data', () => {
    for (const state of [new Date(0), () => 1, Number.NaN, { nested: [new (class Thing {})()] }]) {
      const kernel = new Kernel(0, 1);
      kernel.register({ name: 'odd', state });
      expect(() => kernel.snapshot()).toThrow(TypeError);
    }
  });

  it('keeps arrays that look like its own tags', () => {
    const kernel = new Kernel(0, 1);
    const part: Part = { name: 'p', state: { list: ['\u0000m', ['a', 1]] } };
    kernel.register(part);
    const snapshot = JSON.parse(JSON.stringify(kernel.snapshot())) as Snapshot;
    part.state = null;
    kernel.restore(snapshot);
    expect(part.state).toEqual({ list: ['\u0000m', ['a', 1]] });
  });

  it('K13 and K14: any change of state, or of its order, changes the hash', () => {
    const hashOf = (state: unknown): string => {
      const kernel = new Kernel(0, 1);
      kernel.register({ name: 'p', state });
      return kernel.hash();
    };
    const hashes = [{ a: 1, b: 2 }, { b: 2, a: 1 }, { a: 1 }, { a: '1', b: 2 }, [1, 2], [[1], 2], [1, [2]], new Map([['a', 1]]), new Set(['a', 1]), null, {}, [], ''].map(hashOf);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('K15: what is scheduled while an event is handled carries its cause', () => {
    const { kernel, part } = setUp();
    kernel.schedule(2_000, 'recorder', 'x', { repeat: 1, delay: 1 }, { kind: 'input', id: 42 });
    kernel.advance(5_000);
    expect(part.state.seen.map((entry) => entry.split('/')[2])).toEqual(['input42', 'input42']);
  });
});

describe('random', () => {
  it('K7: equal seeds give equal streams, and the state can be carried over', () => {
    const one = new Random(5);
    const two = new Random(5);
    expect(Array.from({ length: 50 }, () => one.uint32())).toEqual(Array.from({ length: 50 }, () => two.uint32()));
    const three = new Random(0);
    three.state = { ...one.state };
    expect(three.uuid()).toBe(one.uuid());
    expect(new Random(6).uint32()).not.toBe(new Random(5).uint32());
  });

  it('makes names in the alphabet of Kubernetes and well-formed UUIDs', () => {
    const random = new Random(1);
    expect(random.suffix()).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(safeEncode(1234567890)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{10}$/);
  });
});
