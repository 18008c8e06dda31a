'use client';

/** A review, with its manifest. Only ever loaded in a browser, as the room is. */
import { Film } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { RecordingManifest } from '../../server/recordings/types.ts';
import { publicApi, useErrorText } from '../_lib/api.ts';
import type { Session } from '../_lib/sessions.ts';
import { Button } from '../_ui/button.tsx';
import { EmptyState } from '../_ui/empty-state.tsx';
import { ReviewProvider } from './review-context.tsx';
import styles from './review-page.module.css';
import { ReviewShell } from './review-shell.tsx';

export function Review({ session, fallback }: { session: Session; fallback: ReactNode }) {
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
  if (!manifest) return fallback;
  return (
    <ReviewProvider session={session} manifest={manifest} fallback={fallback}>
      <ReviewShell />
    </ReviewProvider>
  );
}
