import fc from 'fast-check';
import { expect, it } from 'vitest';
import { takeFirst } from './first-of-map.ts';

it('takes what a look from the beginning would take, whatever comes, goes and comes back', () => {
  const step = fc.oneof(fc.record({ kind: fc.constant('add' as const), key: fc.nat(8) }), fc.record({ kind: fc.constant('drop' as const), key: fc.nat(8) }), fc.constant({ kind: 'take' as const, key: 0 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const queue = new Map<number, string>();
      for (const { kind, key } of steps) {
        if (kind === 'add') queue.set(key, `value ${key}`);
        else if (kind === 'drop') queue.delete(key);
        else {
          const [expected] = queue;
          expect(takeFirst(queue)).toEqual(expected);
        }
      }
    }),
  );
});
