'use client';

import { useSyncExternalStore } from 'react';

/** Whether a media query holds. @param query e.g. `(max-width: 60rem)`; false on the server. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = window.matchMedia(query);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => window.matchMedia(query).matches,
    () => false,
  );
}
