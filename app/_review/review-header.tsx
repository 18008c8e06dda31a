'use client';

/** The bar above a review: which class, whether the replay is faithful, and what can be done with the moment. */
import { ArrowLeft, DoorOpen, Radio, RefreshCw, Share2 } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { publicApi } from '../_lib/api.ts';
import { Button, IconButton } from '../_ui/button.tsx';
import { writeClipboard } from '../_ui/copy-button.tsx';
import { useNotices } from '../_ui/notices.tsx';
import { PreferencesMenu } from '../_ui/preferences-menu.tsx';
import { FidelityBadge } from './fidelity-badge.tsx';
import { ForkButton } from './fork-dialog.tsx';
import { useReview } from './review-context.tsx';
import styles from './review-header.module.css';
import { linkTime, reviewTime } from './times.ts';

/** How often a live room is asked how far it has come. */
const POLL_MS = 5_000;

export function ReviewHeader({ narrow }: { narrow: boolean }) {
  const t = useTranslations('replay.page');
  const common = useTranslations('common');
  const format = useFormatter();
  const notices = useNotices();
  const { manifest, session, client } = useReview();
  const share = (): void => {
    const elapsed = client.state().at - manifest.axis.from;
    writeClipboard(`${location.origin}/recordings/${manifest.roomId}?t=${linkTime(elapsed)}`).then(
      () => notices.done(t('shared', { time: reviewTime(elapsed) })),
      () => notices.failedWith(common('copyFailed')),
    );
  };
  return (
    <header className={styles.header}>
      <Button asChild size="small" variant="quiet">
        <Link href="/recordings" aria-label={t('all')} title={t('all')}>
          <ArrowLeft size={17} aria-hidden="true" />
        </Link>
      </Button>
      <div className={styles.about}>
        <h1 className={styles.name} title={manifest.name}>
          {manifest.name}
        </h1>
        <p className={styles.date}>{format.dateTime(manifest.createdAt, { dateStyle: 'medium', timeStyle: 'short', timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone })}</p>
      </div>
      <div className={styles.middle}>
        {manifest.live && <LiveBadge />}
        <FidelityBadge />
      </div>
      <div className={styles.end}>
        <IconButton label={t('share')} onClick={share} data-testid="review-share">
          <Share2 size={18} aria-hidden="true" />
        </IconButton>
        <Button asChild size="small" variant="quiet">
          <Link href={`/room/${manifest.roomId}`} aria-label={t('toRoom')} title={t('toRoom')}>
            <DoorOpen size={17} aria-hidden="true" />
            {!narrow && t('toRoom')}
          </Link>
        </Button>
        {session.role === 'instructor' && <ForkButton compact={narrow} />}
        <PreferencesMenu />
      </div>
    </header>
  );
}

/** The room goes on meanwhile: how much more there is, and a way to have it. */
function LiveBadge() {
  const t = useTranslations('replay.page');
  const notices = useNotices();
  const { manifest, session, extend } = useReview();
  const [endsAt, setEndsAt] = useState(manifest.axis.to);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    let gone = false;
    const timer = setInterval(() => {
      if (document.hidden) return;
      publicApi()
        .recordings.list.query({ tokens: [session.token] })
        // Not being reachable for a moment is no news here.
        .then(([info]) => !gone && info && setEndsAt(info.axis.to), () => undefined);
    }, POLL_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [session.token]);
  const more = Math.floor((endsAt - manifest.axis.to) / 1_000);
  const refresh = (): void => {
    setBusy(true);
    publicApi(session.token)
      .recordings.manifest.query()
      .then(extend, (error: unknown) => notices.failed(error))
      .finally(() => setBusy(false));
  };
  return (
    <>
      <span className={styles.live} title={t('liveHint')}>
        <Radio size={13} aria-hidden="true" />
        {t('live')}
      </span>
      {more > 0 && (
        <Button size="small" variant="quiet" busy={busy} icon={<RefreshCw size={14} aria-hidden="true" />} onClick={refresh} data-testid="review-refresh">
          {t('more', { count: more })}
        </Button>
      )}
    </>
  );
}
