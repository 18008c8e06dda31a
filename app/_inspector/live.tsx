'use client';

/** What an inspector can do only in a live room, for somebody who may: absent in a replay. */
import { createContext, use } from 'react';
import type { ObjectRef } from '../../server/rooms/service.ts';

export interface LiveRoom {
  /** Whether the room is heard of at this moment. */
  connected: boolean;
  isPinned(ref: ObjectRef): boolean;
  /** Pins for everyone, or takes the pin away. Absent for observers. */
  togglePin?(ref: ObjectRef): void;
  /** Types a command line into my terminal, and Enter where it needs no second thought. Absent for observers. */
  type?(line: string, enter: boolean): void;
}

const LiveRoomContext = createContext<LiveRoom | undefined>(undefined);

export const LiveRoomProvider = LiveRoomContext.Provider;

export function useLiveRoom(): LiveRoom | undefined {
  return use(LiveRoomContext);
}
