'use client';

/** The inspector with what only a live room has: pins, and my terminal. */
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import type * as Y from 'yjs';
import { WORKSPACE_ROOTS, type PinEntry } from '../../server/sync/protocol.ts';
import { Inspector } from '../_inspector/inspector.tsx';
import { LiveRoomProvider, type LiveRoom } from '../_inspector/live.tsx';
import { runInTerminal, typeInTerminal } from '../_terminal/run-in-terminal.ts';
import { useNotices } from '../_ui/notices.tsx';
import { useY } from '../_workspace/use-y.ts';
import { useMe, useRoom, useSyncStatus } from './room-context.tsx';
import { useShowTerminal } from './show-terminal.ts';

const pinsOf = (map: Y.Map<PinEntry>): PinEntry[] => [...map.values()];

export function RoomInspector() {
  const t = useTranslations('inspector.commands');
  const { sync, api } = useRoom();
  const me = useMe();
  const notices = useNotices();
  const status = useSyncStatus();
  const showTerminal = useShowTerminal();
  const pins = useY(sync.workspace.getMap<PinEntry>(WORKSPACE_ROOTS.pins), pinsOf);
  const mayAct = me.role !== 'observer';
  const connected = status.kind === 'connected' || status.kind === 'connecting';
  const live = useMemo((): LiveRoom => {
    const pinOf = (ref: { resource: string; key: string }): PinEntry | undefined => pins.find(({ resource, key }) => resource === ref.resource && key === ref.key);
    return {
      connected,
      isPinned: (ref) => pinOf(ref) !== undefined,
      ...(mayAct && {
        togglePin: (ref) => {
          const pin = pinOf(ref);
          const done: Promise<unknown> = pin ? api.pins.remove.mutate({ id: pin.id }) : api.pins.add.mutate(ref);
          done.catch((error: unknown) => notices.failed(error));
        },
        type: (line, enter) => {
          showTerminal();
          if (!(enter ? runInTerminal(line) : typeInTerminal(line))) return notices.failedWith(t('noTerminal'));
          if (!enter) notices.done(t('typed'));
        },
      }),
    };
  }, [connected, pins, mayAct, api, notices, showTerminal, t]);
  return (
    <LiveRoomProvider value={live}>
      <Inspector />
    </LiveRoomProvider>
  );
}
