/** The actor over a small deterministic cluster of its own: what it promises does not depend on Kubernetes. */
import { describe, expect, it } from 'vitest';
import type { Cluster } from '../simulation/cluster.ts';
import { Store } from '../simulation/apiserver/store.ts';
import { Kernel, type KernelEvent } from '../simulation/kernel/kernel.ts';
import { Random } from '../simulation/kernel/random.ts';
import { applyEntry, advance, horizonAfter } from '../recordings/apply.ts';
import type { LogEntry } from '../recordings/types.ts';
import { RoomActor, type Applied } from './actor.ts';
import { Journal } from './journal.ts';
import { MemoryStore } from './store/memory-store.ts';
import type { JournalBatch } from './store/types.ts';

const START = 1_700_000_000_000;

/** Writes an object every now and then, and one for every input: enough to tell states apart. */
class TinyCluster {
  readonly config = { classroom: true };
  readonly kernel = new Kernel(START, 7);
  readonly store = new Store(this.kernel);
  constructor() {
    this.kernel.register({ name: 'beat', state: { beats: 0 }, handle: (event) => this.#beat(event) });
    this.kernel.schedule(START + 100, 'beat', 'beat');
  }
  get now(): number {
    return this.kernel.now;
  }
  get revision(): number {
    return this.store.revision;
  }
  advance(until: number): void {
    this.kernel.advance(until);
  }
  nextEventTime(): number | undefined {
    return this.kernel.nextEventTime();
  }
  stepWrite(limit: number): void {
    const before = this.revision;
    for (;;) {
      const next = this.kernel.nextEventTime();
      if (next === undefined || next > limit) return this.kernel.advance(limit);
      this.kernel.step();
      if (this.revision !== before) return;
    }
  }
  hash(): string {
    return this.kernel.hash();
  }
  apply(input: { request: { name: string } }, sequence: number): unknown {
    this.kernel.cause = { kind: 'input', id: sequence };
    if (input.request.name === 'refuse') throw new Error('refused');
    this.#write(`${input.request.name}-${this.kernel.random.suffix()}`);
    return sequence;
  }
  #beat(_event: KernelEvent): void {
    this.#write(`beat-${this.kernel.random.suffix()}`);
    this.kernel.schedule(this.now + 50 + this.kernel.random.below(400), 'beat', 'beat');
  }
  #write(name: string): void {
    this.store.put('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, uid: name, resourceVersion: '', creationTimestamp: '' } }, 'test');
  }
}

function asCluster(tiny: TinyCluster): Cluster {
  return tiny as unknown as Cluster;
}

/** A store whose writes can be held back and made to fail. */
class GatedStore extends MemoryStore {
  gate: Promise<void> = Promise.resolve();
  failing = false;
  override async append(batch: JournalBatch): Promise<void> {
    await this.gate;
    if (this.failing) throw new Error('disk full');
    await super.append(batch);
  }
}

function open(options: { store?: GatedStore; rate?: 'paused' | 1 | 10 | 60 | 'slow' } = {}) {
  const store = options.store ?? new GatedStore();
  const tiny = new TinyCluster();
  const wall = { now: 0 };
  const applied: Applied[] = [];
  const shown = { revision: 0 };
  const broken: unknown[] = [];
  const actor = new RoomActor({
    lastWall: 0,
    roomId: 'r',
    cluster: asCluster(tiny),
    lastSequence: 0,
    rate: options.rate ?? 1,
    journal: new Journal(store, () => {}, 0),
    wallClock: () => wall.now,
    onProgress: () => (shown.revision = tiny.revision),
    onApplied: (one) => applied.push(one),
    onSimulationFailure: (error) => {
      throw error;
    },
    onBroken: (error) => broken.push(error),
  });
  const input = (name: string) => actor.input({ kind: 'operation', request: { name, args: {} } }, 'p');
  /** Lets wall-clock time pass with ticks, and everything that was begun finish. */
  const pass = async (milliseconds: number): Promise<void> => {
    for (let left = milliseconds; left > 0; left -= 50) {
      wall.now += Math.min(50, left);
      actor.tick();
      for (let i = 0; i < 12; i++) await Promise.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { actor, tiny, store, wall, applied, shown, broken, input, pass };
}

/** What a restart makes of a durable log. */
function restored(log: LogEntry[]): TinyCluster {
  const tiny = new TinyCluster();
  let horizon = START;
  for (const entry of log) {
    try {
      applyEntry(asCluster(tiny), entry, () => {});
    } catch {
      // Refused then, refused now.
    }
    horizon = horizonAfter(entry, horizon, tiny.now);
  }
  if (tiny.now < horizon) advance(asCluster(tiny), horizon, () => {});
  return tiny;
}

describe('RoomActor', () => {
  it('L1: applies nothing before the log has it', async () => {
    const { actor, tiny, store, input } = open({ rate: 'paused' });
    let release = (): void => {};
    store.gate = new Promise((resolve) => (release = resolve));
    const waiting = input('a');
    await new Promise((resolve) => setImmediate(resolve));
    expect(tiny.revision).toBe(0);
    release();
    await waiting;
    expect(tiny.revision).toBe(1);
    expect((await store.logEntries('r', 1, 9)).length).toBe(1);
    await actor.stop();
  });

  it('L4: answers with what the input returned or threw, and logs both', async () => {
    const { store, input } = open({ rate: 'paused' });
    expect((await input('a')).outcome).toEqual({ ok: true, value: 1 });
    const refused = await input('refuse');
    expect(refused.outcome.ok).toBe(false);
    expect((await store.lastLogEntry('r'))?.sequence).toBe(2);
  });

  it('L2: applies inputs that wait together in their order, with one time', async () => {
    const { input } = open({ rate: 'paused' });
    const results = await Promise.all(['a', 'b', 'c'].map(input));
    expect(results.map(({ entry }) => entry.sequence)).toEqual([1, 2, 3]);
    expect(new Set(results.map(({ entry }) => entry.time)).size).toBe(1);
  });

  it('L3: refuses an input that could not be logged and gives up', async () => {
    const { store, tiny, broken, input } = open({ rate: 'paused' });
    store.failing = true;
    await expect(input('a')).rejects.toMatchObject({ code: 'storage-failed' });
    expect(tiny.revision).toBe(0);
    expect(broken).toHaveLength(1);
    await expect(input('b')).rejects.toMatchObject({ code: 'room-failed' });
  });

  it('C1: lets no time pass while nobody is there', async () => {
    const { tiny, pass } = open();
    await pass(3_000);
    expect(tiny.now).toBe(START);
  });

  it('C2: runs at its rate while somebody is there', async () => {
    const { actor, pass } = open({ rate: 10 });
    actor.setAwake(true);
    await pass(5_000);
    const passed = actor.now - START;
    expect(passed).toBeGreaterThan(48_000);
    expect(passed).toBeLessThanOrEqual(50_000);
  });

  it('C2: stands still when paused, makes one write a step, and jumps', async () => {
    const { actor, tiny, pass } = open({ rate: 1 });
    actor.setAwake(true);
    await pass(1_000);
    await actor.clock({ action: 'pause' }, 'p');
    const { now } = tiny;
    await pass(2_000);
    expect(tiny.now).toBe(now);
    const { revision } = tiny;
    await actor.clock({ action: 'step' }, 'p');
    expect(tiny.revision).toBe(revision + 1);
    const before = tiny.now;
    await actor.clock({ action: 'jump', seconds: 300 }, 'p');
    expect(tiny.now).toBe(before + 300_000);
    expect(actor.rate).toBe('paused');
  });

  it('C2: makes a write at a time in slow motion', async () => {
    const { actor, tiny, pass } = open({ rate: 'slow' });
    actor.setAwake(true);
    await pass(400);
    expect(tiny.revision).toBe(1);
    await pass(800);
    expect(tiny.revision).toBe(2);
    expect(actor.rate).toBe('slow');
  });

  it('L6: goes on from the log at or after what was shown, whenever it is killed', async () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = new Random(seed);
      const { actor, store, shown, wall, input, pass, tiny } = open({ rate: ([1, 10, 60] as const)[random.below(3)] ?? 1 });
      actor.setAwake(true);
      const steps = 3 + random.below(25);
      for (let i = 0; i < steps; i++) {
        switch (random.below(8)) {
          case 0:
            await actor.clock({ action: 'pause' }, 'p');
            break;
          case 1:
            await actor.clock({ action: 'run', rate: ([1, 10, 60] as const)[random.below(3)] ?? 1 }, 'p');
            break;
          case 2:
            await actor.clock({ action: 'step' }, 'p');
            break;
          case 3:
            await actor.clock({ action: 'jump', seconds: 1 + random.below(30) }, 'p');
            break;
          case 4:
            await input('refuse');
            break;
          case 5:
            await Promise.all([input('x'), input('y')]);
            break;
          default:
            await pass(random.below(1_500));
        }
      }
      // Killed here: only the log survives.
      const log = await store.logEntries('r', 1, Number.MAX_SAFE_INTEGER);
      const again = restored(log);
      expect(again.revision, `seed ${seed}`).toBeGreaterThanOrEqual(shown.revision);
      expect(again.now, `seed ${seed}`).toBeGreaterThanOrEqual(actor.now);
      // The cluster that was killed, had it lived without further inputs, is the one that came back.
      if (tiny.now < again.now) tiny.advance(again.now);
      expect(again.hash(), `seed ${seed}`).toBe(tiny.hash());
      wall.now += 1;
      await actor.stop();
    }
  });
});
