'use client';

/** The page of one recording: finds out who this browser was in it, fetches the manifest, and shows the review. */
import { Film } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { RecordingManifest } from '../../server/recordings/types.ts';
import { publicApi, useErrorText } from '../_lib/api.ts';
import { sessionOf, useSessions, type Session } from '../_lib/sessions.ts';
import { Button } from '../_ui/button.tsx';
import { EmptyState } from '../_ui/empty-state.tsx';
import { Spinner } from '../_ui/spinner.tsx';
import { ReviewProvider } from './review-context.tsx';
import styles from './review-page.module.css';
import { ReviewShell } from './review-shell.tsx';

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
  return <Opened key={session.token} session={session} />;
}

function Opening() {
  const t = useTranslations('replay.page');
  return (
    <main className={styles.whole}>
      <EmptyState icon={<Spinner size={28} />} title={t('opening')} live />
    </main>
  );
}

function Opened({ session }: { session: Session }) {
  const t = useTranslations('replay.page');
  const common = useTranslations('common');
  const errorText = useErrorText();
  const [manifest, setManifest] = useState<RecordingManifest>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let gone = false;
    publicApi(session.token)
      .recordings.manifest.query()
      .then(
        (found) => !gone && setManifest(found),
        (failure: unknown) => !gone && setError(failure),
      );
    return () => {
      gone = true;
    };
  }, [session.token, attempt]);
  if (error !== undefined) {
    return (
      <main className={styles.whole}>
        <EmptyState
          icon={<Film size={36} aria-hidden="true" />}
          title={t('failed')}
          live
          action={
            <div className={styles.choices}>
              <Button variant="primary" onClick={() => { setError(undefined); setAttempt(attempt + 1); }}>{common('retry')}</Button>
              <Button asChild><Link href="/recordings">{t('all')}</Link></Button>
            </div>
          }
        >
          {errorText(error)}
        </EmptyState>
      </main>
    );
  }
  if (!manifest) return <Opening />;
  return (
    <ReviewProvider session={session} manifest={manifest} fallback={<Opening />}>
      <ReviewShell />
    </ReviewProvider>
  );
}
