'use client';

/** The page of a room: finds out who this browser is in it, connects, and shows the room. */
import { DoorOpen } from 'lucide-react';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { sessionOf, useSessions } from '../_lib/sessions.ts';
import { Button } from '../_ui/button.tsx';
import { EmptyState } from '../_ui/empty-state.tsx';
import { Spinner } from '../_ui/spinner.tsx';
import styles from './room-page.module.css';

const Room = dynamic(() => import('./room.tsx').then((module) => module.Room), { ssr: false, loading: () => <Opening /> });

function Opening() {
  const t = useTranslations('room');
  return (
    <main className={styles.whole}>
      <EmptyState page icon={<Spinner size={28} />} title={t('opening')} live />
    </main>
  );
}

export function RoomPage({ roomId }: { roomId: string }) {
  const t = useTranslations('room');
  const sessions = useSessions();
  const session = useMemo(() => (sessions ? sessionOf(roomId) : undefined), [sessions, roomId]);
  if (!sessions) return <Opening />;
  if (!session) {
    return (
      <main className={styles.whole}>
        <EmptyState page icon={<DoorOpen size={36} aria-hidden="true" />} title={t('notInRoom')} action={<Button asChild variant="primary"><Link href="/">{t('toFrontPage')}</Link></Button>}>
          {t('notInRoomHint')}
        </EmptyState>
      </main>
    );
  }
  return <Room session={session} fallback={<Opening />} />;
}
