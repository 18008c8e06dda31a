import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SortedKeys } from './sorted-keys.ts';

it('gives the present keys of a prefix in order, whatever came and went between lists', () => {
  const key = fc.constantFrom('a/x', 'a/y', 'a/z', 'a-b/x', 'b/x', 'b/y', 'c');
  const step = fc.oneof(fc.record({ kind: fc.constant('put' as const), key }), fc.record({ kind: fc.constant('remove' as const), key }), fc.record({ kind: fc.constant('list' as const), prefix: fc.constantFrom('', 'a/', 'a', 'b/', 'z') }));
  fc.assert(
    fc.property(fc.array(key), fc.array(step, { maxLength: 60 }), (initial, steps) => {
      const objects = new Map<string, true>(initial.map((one) => [one, true]));
      const keys = new SortedKeys(objects);
      for (const one of steps) {
        if (one.kind === 'put') {
          if (!objects.has(one.key)) {
            objects.set(one.key, true);
            keys.added(one.key);
          }
        } else if (one.kind === 'remove') {
          if (objects.delete(one.key)) keys.removed();
        } else {
          const listed = [...keys.startingWith(one.prefix)].filter((listedKey) => objects.has(listedKey));
          expect(listed).toEqual([...objects.keys()].filter((present) => present.startsWith(one.prefix)).sort());
        }
      }
    }),
  );
});
