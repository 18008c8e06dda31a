'use client';

/** The bar above the room: which room, what time it is in the cluster, who is here. */
import { Film } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'use-intl';
import { ClockControls } from '../_controls/clock-controls.tsx';
import { Logo } from '../_ui/logo.tsx';
import { PreferencesMenu } from '../_ui/preferences-menu.tsx';
import { KubectlButton } from './kubectl-dialog.tsx';
import { PeopleMenu } from './people-menu.tsx';
import { useMe, useRoom, useRoomRow } from './room-context.tsx';
import styles from './room-header.module.css';
import { ShareButton } from './share-dialog.tsx';

export function RoomHeader({ narrow }: { narrow: boolean }) {
  const t = useTranslations('room');
  const { session } = useRoom();
  const room = useRoomRow();
  const me = useMe();
  return (
    <header className={styles.header}>
      <Link href="/" className={styles.home} aria-label={t('toFrontPage')}>
        <Logo size={26} />
      </Link>
      <h1 className={styles.name} title={room?.name ?? session.roomName}>
        {room?.name ?? session.roomName}
      </h1>
      <div className={styles.clock}>
        <ClockControls compact={narrow} />
      </div>
      <div className={styles.end}>
        <PeopleMenu />
        <Link href={`/recordings/${session.roomId}`} className={styles.recording} aria-label={t('share.recording')} title={t('share.recording')} target="_blank" data-testid="room-recording">
          <Film size={18} aria-hidden="true" />
        </Link>
        <KubectlButton />
        {me.role === 'instructor' && <ShareButton compact={narrow} />}
        <PreferencesMenu />
      </div>
    </header>
  );
}
