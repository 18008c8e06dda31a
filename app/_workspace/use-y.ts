'use client';

/** Yjs types as React state. */
import { useCallback, useSyncExternalStore } from 'react';

/** What all shared types of Yjs have in common here, whatever they hold. */
interface SharedType {
  observe(listener: () => void): void;
  unobserve(listener: () => void): void;
}

/** Derived values by type and by how they were derived: several parts of the page may derive different things of one type. */
const cache = new WeakMap<object, Map<unknown, unknown>>();

/**
 * A value derived from a shared type; derived again when the type changed.
 * @param derive must be the same function from render to render
 */
export function useY<T, Type extends SharedType>(type: Type, derive: (type: Type) => T): T {
  const subscribe = useCallback(
    (listener: () => void) => {
      const changed = (): void => {
        cache.delete(type);
        listener();
      };
      // It may have changed while nobody looked.
      cache.delete(type);
      type.observe(changed);
      return () => type.unobserve(changed);
    },
    [type],
  );
  const read = (): T => {
    let values = cache.get(type);
    if (!values) cache.set(type, (values = new Map()));
    if (!values.has(derive)) values.set(derive, derive(type));
    return values.get(derive) as T;
  };
  return useSyncExternalStore(subscribe, read, read);
}
