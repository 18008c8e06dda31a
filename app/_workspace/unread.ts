'use client';

import { useEffect, useState } from 'react';
import type * as Y from 'yjs';
import { WORKSPACE_ROOTS, type ChatMessage } from '../../server/sync/protocol.ts';
import { useMe, useRoom } from '../_room/room-context.tsx';
import { useY } from './use-y.ts';

const messagesOf = (chat: Y.Array<ChatMessage>): readonly ChatMessage[] => chat.toArray();

/** The chat, oldest first. */
export function useChat(): readonly ChatMessage[] {
  const { sync } = useRoom();
  return useY(sync.workspace.getArray<ChatMessage>(WORKSPACE_ROOTS.chat), messagesOf);
}

/** How many messages of others have come since the chat was last looked at. @param reading whether it is open now. */
export function useUnreadChat(reading: boolean): number {
  const { session } = useRoom();
  const me = useMe();
  const messages = useChat();
  const key = `quorum.read.${session.roomId}.${session.participantId}`;
  const [readUntil, setReadUntil] = useState(0);
  useEffect(() => {
    try {
      setReadUntil(Number(localStorage.getItem(key) ?? 0));
    } catch {
      // Then everything counts as unread.
    }
  }, [key]);
  const last = messages.at(-1)?.sentAt ?? 0;
  useEffect(() => {
    if (!reading || last <= readUntil) return;
    setReadUntil(last);
    try {
      localStorage.setItem(key, String(last));
    } catch {
      // As above.
    }
  }, [reading, last, readUntil, key]);
  return reading ? 0 : messages.filter((message) => message.sentAt > readUntil && message.participantId !== me.id).length;
}
