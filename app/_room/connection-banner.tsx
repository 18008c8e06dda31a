'use client';

/** Says when the room on the screen is not the room as it is. */
import { CloudOff, LoaderCircle } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { forgetSession } from '../_lib/sessions.ts';
import { Button } from '../_ui/button.tsx';
import { classes } from '../_ui/classes.ts';
import styles from './connection-banner.module.css';
import { useRoom, useSyncStatus } from './room-context.tsx';

/** Connecting is not worth a word before this, ms. */
const PATIENCE_MS = 1_200;

export function ConnectionBanner() {
  const t = useTranslations('room.connection');
  const { session } = useRoom();
  const router = useRouter();
  const status = useSyncStatus();
  const [late, setLate] = useState(false);
  const waits = status.kind === 'connecting' || status.kind === 'reconnecting';
  useEffect(() => {
    if (!waits) return;
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [waits]);
  if (status.kind === 'connected') return null;
  if (status.kind !== 'closed') {
    if (!late) return null;
    return (
      <div className={classes(styles.banner, styles.waiting)} role="status" data-testid="connection-lost">
        <LoaderCircle size={16} className={styles.turning} aria-hidden="true" />
        {t(status.kind)}
      </div>
    );
  }
  const lostPlace = status.reason === 'unauthenticated' || status.reason === 'removed' || status.reason === 'notFound';
  return (
    <div className={classes(styles.banner, styles.closed)} role="alert" data-testid="connection-closed">
      <CloudOff size={16} aria-hidden="true" />
      <span className={styles.text}>{t(`reasons.${status.reason}`)}</span>
      {lostPlace ? (
        <Button size="small" onClick={() => { forgetSession(session.token); router.push('/'); }}>
          {t('front')}
        </Button>
      ) : (
        <Button size="small" onClick={() => location.reload()}>
          {t('reload')}
        </Button>
      )}
    </div>
  );
}
