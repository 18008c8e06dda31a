'use client';

/** People beside the cluster, where there are any: a replay has none. The room gives this; the cluster view only draws it. */
import { createContext, use, useMemo, type ReactNode } from 'react';
import type { ObjectRef } from '../../server/rooms/service.ts';

export interface PresentPerson {
  id: string;
  name: string;
  /** `#rrggbb` */
  color: string;
  /** What they have open; null or absent when nothing. */
  selected?: ObjectRef | null;
}

export interface ClusterPresence {
  /** Everybody who has been here, for names and colours; `selected` only of those who are here now and are not oneself. */
  people: readonly PresentPerson[];
  /** The picture may be old: the connection is lost. */
  stale: boolean;
}

const NOBODY: ClusterPresence = { people: [], stale: false };
const PresenceContext = createContext<ClusterPresence>(NOBODY);

export function ClusterPresenceProvider({ presence, children }: { presence: ClusterPresence; children: ReactNode }) {
  return <PresenceContext value={presence}>{children}</PresenceContext>;
}

export function useClusterPresence(): ClusterPresence {
  return use(PresenceContext);
}

/** Who has an object open, by `resource key`; the same map until somebody opens something else. */
export function useOnlookers(): ReadonlyMap<string, readonly PresentPerson[]> {
  const { people } = useClusterPresence();
  return useMemo(() => {
    const found = new Map<string, PresentPerson[]>();
    for (const person of people) {
      if (!person.selected) continue;
      const name = `${person.selected.resource} ${person.selected.key}`;
      const there = found.get(name);
      if (there) there.push(person);
      else found.set(name, [person]);
    }
    return found;
  }, [people]);
}
