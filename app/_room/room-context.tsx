'use client';

/** One participant's connection to one room: documents, API, and who it is. */
import { createContext, use, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { Participant } from '../../server/rooms/types.ts';
import type { RoomRow } from '../../server/rooms/projection/types.ts';
import { RoomSync, type SyncStatus } from '../../server/sync/client.ts';
import type { AwarenessState, AwarenessUser } from '../../server/sync/protocol.ts';
import { roomApi, type Api } from '../_lib/api.ts';
import { ClusterSourceProvider, type ClusterSource } from '../_lib/cluster-source.tsx';
import { SelectionProvider } from '../_lib/selection.tsx';
import type { Session } from '../_lib/sessions.ts';

export interface RoomConnection {
  session: Session;
  sync: RoomSync;
  api: Api;
}

const RoomContext = createContext<RoomConnection | undefined>(undefined);

/** Opens the connections; shows `fallback` until they are there. */
export function RoomProvider({ session, fallback, children }: { session: Session; fallback: ReactNode; children: ReactNode }) {
  const [connection, setConnection] = useState<RoomConnection>();
  useEffect(() => {
    const rpc = roomApi(session.token);
    const sync = new RoomSync({ server: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}`, roomId: session.roomId, token: session.token });
    setConnection({ session, sync, api: rpc.api });
    return () => {
      sync.destroy();
      rpc.close();
    };
  }, [session]);
  const source = useMemo(() => connection && liveSource(connection), [connection]);
  if (!connection || !source) return fallback;
  return (
    <RoomContext value={connection}>
      <ClusterSourceProvider source={source}>
        <SelectionProvider onSelect={(object) => connection.sync.awareness.setLocalStateField('selected', object)}>{children}</SelectionProvider>
      </ClusterSourceProvider>
    </RoomContext>
  );
}

function liveSource({ sync, api }: RoomConnection): ClusterSource {
  return {
    mode: 'live',
    view: () => sync.cluster,
    subscribe: (listener) => sync.subscribe(listener),
    object: (ref) => api.objects.get.query(ref),
    yaml: (ref) => api.objects.yaml.query(ref),
    describe: (ref) => api.objects.describe.query(ref),
    events: (ref) => api.objects.events.query(ref),
    logs: (query) => api.objects.logs.query(query),
    why: (revision) => api.objects.why.query({ revision }),
    effects: (causeKind, causeId) => api.objects.effects.query({ causeKind, causeId }),
    history: (ref) => api.objects.history.query(ref),
  };
}

export function useRoom(): RoomConnection {
  const room = use(RoomContext);
  if (!room) throw new Error('useRoom needs RoomProvider');
  return room;
}

const CONNECTING: SyncStatus = { kind: 'connecting' };

export function useSyncStatus(): SyncStatus {
  const { sync } = useRoom();
  return useSyncExternalStore((listener) => sync.subscribe(listener), () => sync.status, () => CONNECTING);
}

/** The room itself: name, settings, participants; undefined until it has arrived. */
export function useRoomRow(): RoomRow | undefined {
  const { sync } = useRoom();
  return useSyncExternalStore((listener) => sync.subscribe(listener), () => sync.room, () => undefined);
}

/** Who I am, as the server last said: an instructor may change roles. */
export function useMe(): Pick<Participant, 'id' | 'name' | 'role' | 'color'> {
  const { session } = useRoom();
  const mine = useRoomRow()?.participants.find(({ id }) => id === session.participantId);
  return useMemo(() => mine ?? { id: session.participantId, name: session.name, role: session.role, color: '#888888' }, [mine, session]);
}

/** Awareness of everybody who is connected, by client id; the same map until something changes. */
export function useAwareness(): ReadonlyMap<number, AwarenessState> {
  const { sync, session } = useRoom();
  const [store] = useState(() => {
    // The server says who somebody is, but not to themselves.
    const { participantId, name, role } = session;
    const me: AwarenessUser = { participantId, name, role, color: '#888888', colorLight: '#88888833' };
    const read = (): ReadonlyMap<number, AwarenessState> =>
      new Map([...sync.awareness.getStates()].flatMap(([id, state]) => (id === sync.awareness.clientID ? [[id, { ...state, user: me }]] : state.user === undefined ? [] : [[id, state as AwarenessState]])));
    let states = read();
    return {
      get: () => states,
      subscribe: (listener: () => void) => {
        const changed = (): void => {
          states = read();
          listener();
        };
        changed();
        sync.awareness.on('change', changed);
        return () => sync.awareness.off('change', changed);
      },
    };
  });
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}
