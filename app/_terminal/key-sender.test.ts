import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeySender, type Keys } from './key-sender.ts';

const LOST = new Error('lost');

/** A server that takes each piece once, behind a connection that loses pieces before they arrive, or answers after they did. */
function connection(fates: readonly ('arrives' | 'lost' | 'unanswered')[]) {
  const taken: string[] = [];
  const received = new Map<string, number>();
  const refused: unknown[] = [];
  const server = { shell: 'one' };
  let count = 0;
  const call = async (data: string, { sender, sequence, again }: Keys): Promise<void> => {
    await Promise.resolve();
    const fate = fates[count++] ?? 'arrives';
    if (fate === 'lost') throw LOST;
    if ((again === undefined || again === server.shell) && sequence > (received.get(sender) ?? 0)) {
      received.set(sender, sequence);
      taken.push(data);
    }
    if (fate === 'unanswered') throw LOST;
  };
  const sender = new KeySender('me', { call, lost: (error) => error === LOST, refused: (error) => refused.push(error), wait: () => Promise.resolve() });
  sender.shell = 'one';
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 400; turn++) await Promise.resolve();
  };
  return { sender, taken, refused, server, settle };
}

describe('KeySender', () => {
  it('delivers every piece once and in order, whatever the connection does', async () => {
    const fate = fc.constantFrom<'arrives' | 'lost' | 'unanswered'>('arrives', 'arrives', 'lost', 'unanswered');
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { maxLength: 12 }), fc.array(fc.nat(3), { minLength: 1, maxLength: 10 }), async (fates, pauses) => {
        // A connection that has broken delivers nothing of what was sent on it afterwards.
        let broken = false;
        const ordered = fates.map((one) => (broken ? 'lost' : ((broken = one !== 'arrives'), one)));
        const { sender, taken, settle } = connection(pauses.every((pause) => pause === 0) ? ordered : fates);
        const sent = pauses.map((_pause, index) => `${index}`);
        for (const [index, pause] of pauses.entries()) {
          sender.send(sent[index] as string);
          if (pause > 0) await settle();
        }
        await settle();
        expect([...taken].sort((x, y) => Number(x) - Number(y))).toEqual(taken);
        expect(new Set(taken).size).toBe(taken.length);
        if (pauses.every((pause) => pause > 0)) expect(taken).toEqual(sent);
      }),
    );
  });

  it('does not type into a new shell what was meant for the one before, and goes on there', async () => {
    const { sender, taken, server, settle } = connection(['unanswered']);
    sender.send('kubectl delete pod web\r');
    server.shell = 'two';
    await settle();
    expect(taken).toEqual(['kubectl delete pod web\r']);
    sender.shell = 'two';
    sender.send('ls\r');
    await settle();
    expect(taken).toEqual(['kubectl delete pod web\r', 'ls\r']);
  });

  it('refuses what is more than can wait, and tells of refusals', async () => {
    const { sender, refused, settle } = connection(Array.from({ length: 5_000 }, () => 'lost' as const));
    for (let index = 0; index < 501; index++) sender.send('x');
    expect(refused).toEqual([undefined]);
    sender.close();
    await settle();
  });
});
