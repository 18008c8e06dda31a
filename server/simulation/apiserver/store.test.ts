/** Storage: what is read is what was written last, whatever was read before. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Kernel } from '../kernel/kernel.ts';
import { Store } from './store.ts';
import type { KubeObject } from './types.ts';

const object = (name: string, namespace?: string): KubeObject => ({ apiVersion: 'v1', kind: 'Thing', metadata: { name, ...(namespace ? { namespace } : {}), uid: name, resourceVersion: '', creationTimestamp: '' } });

describe('the store', () => {
  const place = fc.record({ resource: fc.constantFrom('pods', 'events', 'nodes'), namespace: fc.constantFrom(undefined, 'a', 'b'), name: fc.constantFrom('x', 'y', 'a') });
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('get' as const), place }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('put' as const), place }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), place }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('clear' as const, 'restore' as const), place }) },
  );

  it('answers with what was written last', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const kernel = new Kernel(0, 1);
        const store = new Store(kernel);
        const expected = new Map<string, string>();
        for (const { do: action, place: { resource, namespace, name } } of steps) {
          const key = namespace ? `${namespace}/${name}` : name;
          const id = `${resource} ${key}`;
          if (action === 'put') expected.set(id, store.put(resource, object(name, namespace), 'test').metadata.resourceVersion);
          else if (action === 'remove') {
            store.remove(resource, key, 'test');
            expected.delete(id);
          } else if (action === 'clear') {
            store.clear();
            expected.clear();
          } else if (action === 'restore') kernel.restore(JSON.parse(JSON.stringify(kernel.snapshot())) as ReturnType<Kernel['snapshot']>);
          const found = store.get(resource, key);
          expect(found?.metadata.resourceVersion).toBe(expected.get(id));
          if (found) expect([found.metadata.name, found.metadata.namespace]).toEqual([name, namespace]);
        }
      }),
    );
  });
});
