'use client';

/** The name that somebody joined with last: most people have one. */
import { useEffect, useState } from 'react';

const KEY = 'quorum.name';

export function rememberName(name: string): void {
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // Then it is typed again.
  }
}

/** A state that begins as the remembered name. */
export function useRememberedName(): [string, (name: string) => void] {
  const [name, setName] = useState('');
  useEffect(() => {
    try {
      const remembered = localStorage.getItem(KEY);
      if (remembered) setName((typed) => typed || remembered);
    } catch {
      // As above.
    }
  }, []);
  return [name, setName];
}
