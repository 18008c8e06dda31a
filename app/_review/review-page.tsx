'use client';

/** The page of one recording: finds out who this browser was in it, and shows the review. */
import { Film } from 'lucide-react';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { sessionOf, useSessions } from '../_lib/sessions.ts';
import { Button } from '../_ui/button.tsx';
import { EmptyState } from '../_ui/empty-state.tsx';
import { Spinner } from '../_ui/spinner.tsx';
import styles from './review-page.module.css';

const Review = dynamic(() => import('./review.tsx').then((module) => module.Review), { ssr: false, loading: () => <Opening /> });

export function ReviewPage({ roomId }: { roomId: string }) {
  const t = useTranslations('replay.page');
  const sessions = useSessions();
  const session = useMemo(() => (sessions ? sessionOf(roomId) : undefined), [sessions, roomId]);
  if (!sessions) return <Opening />;
  if (!session) {
    return (
      <main className={styles.whole}>
        <EmptyState icon={<Film size={36} aria-hidden="true" />} title={t('notYours')} action={<Button asChild variant="primary"><Link href="/recordings">{t('all')}</Link></Button>}>
          {t('notYoursHint')}
        </EmptyState>
      </main>
    );
  }
  return <Review key={session.token} session={session} fallback={<Opening />} />;
}

function Opening() {
  const t = useTranslations('replay.page');
  return (
    <main className={styles.whole}>
      <EmptyState icon={<Spinner size={28} />} title={t('opening')} live />
    </main>
  );
}
