'use client';

/** The page of a room: finds out who this browser is in it, connects, and shows the room. */
import { DoorOpen } from 'lucide-react';
import Link from 'next/link';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { sessionOf, useSessions } from '../_lib/sessions.ts';
import { Button } from '../_ui/button.tsx';
import { EmptyState } from '../_ui/empty-state.tsx';
import { Spinner } from '../_ui/spinner.tsx';
import { RoomProvider } from './room-context.tsx';
import { RoomShell } from './room-shell.tsx';
import styles from './room-page.module.css';

export function RoomPage({ roomId }: { roomId: string }) {
  const t = useTranslations('room');
  const sessions = useSessions();
  const session = useMemo(() => (sessions ? sessionOf(roomId) : undefined), [sessions, roomId]);
  const opening = (
    <main className={styles.whole}>
      <EmptyState icon={<Spinner size={28} />} title={t('opening')} live />
    </main>
  );
  if (!sessions) return opening;
  if (!session) {
    return (
      <main className={styles.whole}>
        <EmptyState icon={<DoorOpen size={36} aria-hidden="true" />} title={t('notInRoom')} action={<Button asChild variant="primary"><Link href="/">{t('toFrontPage')}</Link></Button>}>
          {t('notInRoomHint')}
        </EmptyState>
      </main>
    );
  }
  return (
    <RoomProvider session={session} fallback={opening}>
      <RoomShell />
    </RoomProvider>
  );
}
