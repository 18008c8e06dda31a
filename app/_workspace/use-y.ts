'use client';

/** Yjs types as React state. */
import { useCallback, useSyncExternalStore } from 'react';

/** What all shared types of Yjs have in common here, whatever they hold. */
interface SharedType {
  observe(listener: () => void): void;
  unobserve(listener: () => void): void;
}

const cache = new WeakMap<object, { value: unknown }>();

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
      type.observe(changed);
      return () => type.unobserve(changed);
    },
    [type],
  );
  const read = (): T => {
    let entry = cache.get(type) as { value: T; derive?: unknown } | undefined;
    if (!entry || entry.derive !== derive) {
      entry = { value: derive(type), derive };
      cache.set(type, entry);
    }
    return entry.value;
  };
  return useSyncExternalStore(subscribe, read, read);
}
