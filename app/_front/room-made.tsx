'use client';

import { ArrowRight, KeyRound } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useRef } from 'react';
import { useTranslations } from 'use-intl';
import type { RoomCreated } from '../../server/rooms/service.ts';
import { Button } from '../_ui/button.tsx';
import { CopyButton } from '../_ui/copy-button.tsx';
import { LinkField } from '../_ui/link-field.tsx';
import { QrCode } from '../_ui/qr-code.tsx';
import styles from './room-made.module.css';

/** The room is there: its links, as they go onto a projector or into a chat. */
export function RoomMade({ room }: { room: RoomCreated }) {
  const t = useTranslations('front');
  const title = useRef<HTMLHeadingElement>(null);
  // The page has changed under the button that was pressed.
  useEffect(() => title.current?.focus(), []);
  const student = location.origin + room.links.student.path;
  const local = /^(localhost|127\.|\[::1\])/.test(location.hostname);
  return (
    <section className={styles.made}>
      <h1 ref={title} className={styles.title} tabIndex={-1}>
        {t('made')}
      </h1>
      <p className={styles.text}>{t('madeText')}</p>
      {local && <p className={styles.warning}>{t('localhost', { host: location.host })}</p>}
      <div className={styles.card}>
        <div className={styles.qr}>
          <QrCode text={student} label={t('qr')} />
        </div>
        <div className={styles.links}>
          <div>
            <p className={styles.label}>{t('code')}</p>
            <p className={styles.code}>
              <span data-testid="room-code">{room.links.code}</span>
              <CopyButton text={room.links.code} name={t('code')} />
            </p>
          </div>
          <LinkField label={t('studentLink')} url={student} testId="student-link" />
          <LinkField
            label={t('instructorLink')}
            hint={
              <span className={styles.keep}>
                <KeyRound size={14} aria-hidden="true" /> {t('instructorWarning')}
              </span>
            }
            url={location.origin + room.links.instructor.path}
            testId="instructor-link"
          />
        </div>
      </div>
      <Button asChild variant="primary" size="large">
        <Link href={`/room/${room.roomId}`} data-testid="enter-room">
          {t('enter')}
          <ArrowRight size={18} aria-hidden="true" />
        </Link>
      </Button>
    </section>
  );
}
