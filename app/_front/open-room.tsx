'use client';

import { ArrowRight } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { useTranslations } from 'use-intl';
import type { RoomCreated } from '../../server/rooms/service.ts';
import { ROOM_LIMITS } from '../../server/rooms/types.ts';
import { publicApi } from '../_lib/api.ts';
import { rememberName, useRememberedName } from '../_lib/remembered-name.ts';
import { rememberSession } from '../_lib/sessions.ts';
import { Button } from '../_ui/button.tsx';
import { useNotices } from '../_ui/notices.tsx';
import styles from './open-room.module.css';

/** Makes a room in one click; names are optional. */
export function OpenRoom({ onMade }: { onMade(room: RoomCreated): void }) {
  const t = useTranslations('front');
  const common = useTranslations('common');
  const notices = useNotices();
  const [busy, setBusy] = useState(false);
  const [name, setName] = useRememberedName();
  const [roomName, setRoomName] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    const me = name.trim() || common('roles.instructor');
    publicApi()
      .room.create.mutate({ roomName: roomName.trim() || t('defaultRoomName'), name: me })
      .then(
        (room) => {
          if (name.trim()) rememberName(name.trim());
          rememberSession({
            roomId: room.roomId,
            roomName: roomName.trim() || t('defaultRoomName'),
            token: room.token,
            participantId: room.me.id,
            name: room.me.name,
            role: room.me.role,
            joinedAt: Date.now(),
            instructorLink: room.links.instructor,
          });
          onMade(room);
        },
        (error: unknown) => {
          notices.failed(error);
          setBusy(false);
        },
      );
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <div className={styles.fields}>
        <label className={styles.field}>
          <span className={styles.label}>{t('yourName')}</span>
          <input className={styles.input} value={name} maxLength={ROOM_LIMITS.nameCharacters} placeholder={t('yourNamePlaceholder')} autoComplete="nickname" onChange={(event) => setName(event.target.value)} data-testid="instructor-name" />
        </label>
        <label className={styles.field}>
          <span className={styles.label}>
            {t('roomName')} <span className={styles.optional}>{t('optional')}</span>
          </span>
          <input className={styles.input} value={roomName} maxLength={ROOM_LIMITS.roomNameCharacters} placeholder={t('roomNamePlaceholder')} onChange={(event) => setRoomName(event.target.value)} data-testid="room-name" />
        </label>
      </div>
      <Button type="submit" variant="primary" size="large" busy={busy} className={styles.submit ?? ''} data-testid="open-room">
        {busy ? t('opening') : t('open')}
        {!busy && <ArrowRight size={18} aria-hidden="true" />}
      </Button>
    </form>
  );
}
