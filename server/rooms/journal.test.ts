import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../recordings/types.ts';
import { Journal } from './journal.ts';
import type { JournalBatch } from './store/types.ts';

function entry(sequence: number): LogEntry {
  return { sequence, time: 0, wall: 0, payload: { kind: 'running', until: 0 } };
}

function recording(fail: (batch: JournalBatch) => boolean = () => false) {
  const batches: JournalBatch[] = [];
  const failures: unknown[] = [];
  const journal = new Journal(
    {
      append: async (batch) => {
        await Promise.resolve();
        if (fail(batch)) throw new Error('disk full');
        batches.push(batch);
      },
    },
    (error) => failures.push(error),
  );
  return { journal, batches, failures };
}

describe('Journal', () => {
  it('writes what is handed in together in one batch, and what comes meanwhile in the next', async () => {
    const { journal, batches } = recording();
    await Promise.all([journal.append('a', [entry(1)]), journal.append('b', [entry(1)]), journal.append('a', [entry(2), entry(3)])]);
    expect(batches.map((batch) => batch.log.map(({ roomId, entry: { sequence } }) => `${roomId}${sequence}`))).toEqual([['a1', 'b1', 'a2', 'a3']]);
    await journal.append('a', [entry(4)]);
    expect(batches).toHaveLength(2);
  });

  it('fails only the room whose entry cannot be written', async () => {
    const { journal } = recording((batch) => batch.log.some(({ roomId }) => roomId === 'bad'));
    const results = await Promise.allSettled([journal.append('good', [entry(1)]), journal.append('bad', [entry(1)]), journal.append('good', [entry(2)])]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('keeps the log when terminal output cannot be written, and says so', async () => {
    const { journal, batches, failures } = recording((batch) => batch.terminal.length > 0);
    journal.terminal('a', { terminalId: 't', sequence: 1, time: 0, wall: 0, kind: 'output', data: 'x' });
    await journal.append('a', [entry(1)]);
    await journal.drain();
    expect(batches.flatMap((batch) => batch.log)).toHaveLength(1);
    expect(failures).toHaveLength(1);
  });

  it('does not let a large backlog become one statement', async () => {
    const { journal, batches } = recording();
    await Promise.all(Array.from({ length: 1_200 }, (_, index) => journal.append('a', [entry(index + 1)])));
    expect(Math.max(...batches.map((batch) => batch.log.length))).toBeLessThanOrEqual(500);
    expect(batches.flatMap((batch) => batch.log.map((one) => one.entry.sequence))).toEqual(Array.from({ length: 1_200 }, (_, index) => index + 1));
  });
});
