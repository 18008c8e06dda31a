'use client';

/** The room, connected. Only ever loaded in a browser: a server that loads its libraries too would have each of them twice. */
import type { ReactNode } from 'react';
import type { Session } from '../_lib/sessions.ts';
import { RoomProvider } from './room-context.tsx';
import { RoomShell } from './room-shell.tsx';

export function Room({ session, fallback }: { session: Session; fallback: ReactNode }) {
  return (
    <RoomProvider session={session} fallback={fallback}>
      <RoomShell />
    </RoomProvider>
  );
}
