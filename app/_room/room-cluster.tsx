'use client';

/** The cluster view of a live room: the people in it, and whether the connection still stands. */
import { useMemo, useRef } from 'react';
import { ClusterPanel } from '../_cluster/cluster-panel.tsx';
import { ClusterPresenceProvider, type PresentPerson } from '../_cluster/presence.tsx';
import { useAwareness, useMe, useRoomRow, useSyncStatus } from './room-context.tsx';

export function RoomCluster() {
  const people = usePeople();
  const { kind } = useSyncStatus();
  const stale = kind === 'reconnecting' || kind === 'closed';
  const presence = useMemo(() => ({ people, stale }), [people, stale]);
  return (
    <ClusterPresenceProvider presence={presence}>
      <ClusterPanel />
    </ClusterPresenceProvider>
  );
}

/** The same array until a name, a colour or what somebody has open changes: awareness changes with every cursor. */
function usePeople(): readonly PresentPerson[] {
  const participants = useRoomRow()?.participants;
  const awareness = useAwareness();
  const me = useMe();
  const last = useRef<{ print: string; people: readonly PresentPerson[] }>({ print: '', people: [] });
  return useMemo(() => {
    const selected = new Map([...awareness.values()].filter(({ user }) => user.participantId !== me.id).map((state) => [state.user.participantId, state.selected ?? null]));
    const people = (participants ?? []).map(({ id, name, color }): PresentPerson => ({ id, name, color, selected: selected.get(id) ?? null }));
    const print = JSON.stringify(people);
    if (print !== last.current.print) last.current = { print, people };
    return last.current.people;
  }, [participants, awareness, me.id]);
}
