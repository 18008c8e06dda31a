'use client';

/** Links and settings of the room, for instructors. */
import { UserPlus } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { RoomLinks } from '../../server/rooms/service.ts';
import { useErrorText } from '../_lib/api.ts';
import { Button, IconButton } from '../_ui/button.tsx';
import { Dialog } from '../_ui/dialog.tsx';
import { EmptyState } from '../_ui/empty-state.tsx';
import { LinkField } from '../_ui/link-field.tsx';
import { useNotices } from '../_ui/notices.tsx';
import { QrCode } from '../_ui/qr-code.tsx';
import { Spinner } from '../_ui/spinner.tsx';
import { useRoom, useRoomRow } from './room-context.tsx';
import styles from './share-dialog.module.css';

export function ShareButton({ compact }: { compact: boolean }) {
  const t = useTranslations('room.share');
  const [open, setOpen] = useState(false);
  return (
    <>
      {compact ? (
        <IconButton label={t('button')} onClick={() => setOpen(true)} data-testid="share">
          <UserPlus size={18} aria-hidden="true" />
        </IconButton>
      ) : (
        <Button variant="primary" size="small" icon={<UserPlus size={16} aria-hidden="true" />} onClick={() => setOpen(true)} data-testid="share">
          {t('button')}
        </Button>
      )}
      <Dialog open={open} onOpenChange={setOpen} title={t('title')} description={t('description')} width="medium">
        <ShareContent />
      </Dialog>
    </>
  );
}

function ShareContent() {
  const t = useTranslations('room.share');
  const { api, session } = useRoom();
  const settings = useRoomRow()?.settings;
  const notices = useNotices();
  const errorText = useErrorText();
  const [links, setLinks] = useState<RoomLinks>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    let gone = false;
    api.room.links.query().then(
      (found) => !gone && setLinks(found),
      (failure: unknown) => !gone && setError(failure),
    );
    return () => {
      gone = true;
    };
  }, [api]);
  if (error !== undefined) return <EmptyState title={errorText(error)} live />;
  if (!links) return <EmptyState icon={<Spinner />} title={t('loading')} live />;
  const student = location.origin + links.student.path;
  return (
    <div className={styles.share}>
      {isLocal(location.hostname) && <p className={styles.warning}>{t('localhost', { host: location.host })}</p>}
      <div className={styles.main}>
        <div className={styles.qr}>
          <QrCode text={student} label={t('qr')} />
          <p className={styles.codeLabel}>{t('code')}</p>
          <p className={styles.code} data-testid="room-code">
            {links.code}
          </p>
        </div>
        <div className={styles.links}>
          <LinkField label={t('student')} hint={t('studentHint')} url={student} testId="student-link" />
          <LinkField label={t('observer')} hint={t('observerHint')} url={location.origin + links.observer.path} testId="observer-link" />
          {session.instructorLink ? (
            <LinkField label={t('instructor')} hint={t('instructorHint')} url={location.origin + session.instructorLink.path} testId="instructor-link" />
          ) : (
            <p className={styles.note}>{t('instructorGone')}</p>
          )}
        </div>
      </div>
      {settings && (
        <div className={styles.settings}>
          <label className={styles.setting}>
            <span>{t('visibility')}</span>
            <select className={styles.select} value={settings.terminalVisibility} onChange={(event) => void api.room.updateSettings.mutate({ terminalVisibility: event.target.value === 'everyone' ? 'everyone' : 'instructors' }).catch((failure: unknown) => notices.failed(failure))}>
              <option value="instructors">{t('visibilityInstructors')}</option>
              <option value="everyone">{t('visibilityEveryone')}</option>
            </select>
          </label>
          <Link href={`/recordings/${session.roomId}`} target="_blank">
            {t('recording')}
          </Link>
        </div>
      )}
    </div>
  );
}

function isLocal(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
