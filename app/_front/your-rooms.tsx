'use client';

import Link from 'next/link';
import { useFormatter, useTranslations } from 'use-intl';
import { useSessions } from '../_lib/sessions.ts';
import { Button } from '../_ui/button.tsx';
import styles from './your-rooms.module.css';

const SHOWN = 6;

/** Rooms that this browser has joined, newest first. Nothing when there are none. */
export function YourRooms() {
  const t = useTranslations('front');
  const roles = useTranslations('common.roles');
  const format = useFormatter();
  const sessions = useSessions();
  const seen = new Set<string>();
  const rooms = (sessions ?? []).filter(({ roomId }) => !seen.has(roomId) && seen.add(roomId)).slice(0, SHOWN);
  if (rooms.length === 0) return null;
  return (
    <section className={styles.rooms}>
      <div className={styles.head}>
        <h2 className={styles.title}>{t('yourRooms')}</h2>
        <Link href="/recordings" className={styles.all}>
          {t('allRecordings')}
        </Link>
      </div>
      <ul className={styles.list}>
        {rooms.map((room) => (
          <li key={room.roomId} className={styles.room}>
            <div className={styles.about}>
              <p className={styles.name}>{room.roomName}</p>
              <p className={styles.role}>
                {t('asRole', { role: roles(room.role), name: room.name })} · {format.dateTime(room.joinedAt, { dateStyle: 'medium', timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone })}
              </p>
            </div>
            <Button asChild size="small" variant="quiet">
              <Link href={`/recordings/${room.roomId}`}>{t('review')}</Link>
            </Button>
            <Button asChild size="small">
              <Link href={`/room/${room.roomId}`}>{t('enterRoom')}</Link>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
