'use client';

/** Where everything begins: open a room, or join one. */
import { Clock3, Film, GitBranch, HeartCrack } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { RoomCreated } from '../../server/rooms/service.ts';
import { PageHeader } from '../_ui/page-header.tsx';
import { ClusterIllustration } from './cluster-illustration.tsx';
import styles from './front-page.module.css';
import { JoinByCode } from './join-by-code.tsx';
import { OpenRoom } from './open-room.tsx';
import { RoomMade } from './room-made.tsx';
import { YourRooms } from './your-rooms.tsx';

const POINTS = [
  { key: 'time', icon: Clock3 },
  { key: 'failure', icon: HeartCrack },
  { key: 'cause', icon: GitBranch },
  { key: 'recording', icon: Film },
] as const;

export function FrontPage() {
  const t = useTranslations('front');
  const [made, setMade] = useState<RoomCreated>();
  return (
    <div className={styles.page}>
      <PageHeader />
      {made ? (
        <main className={styles.made}>
          <RoomMade room={made} />
        </main>
      ) : (
        <main className={styles.main}>
          <section className={styles.hero}>
            <div className={styles.words}>
              <h1 className={styles.headline}>{t('headline')}</h1>
              <p className={styles.lead}>{t('lead')}</p>
              <OpenRoom onMade={setMade} />
              <JoinByCode />
            </div>
            <ClusterIllustration />
          </section>
          <YourRooms />
          <ul className={styles.points}>
            {POINTS.map(({ key, icon: Icon }) => (
              <li key={key} className={styles.point}>
                <Icon size={20} aria-hidden="true" className={styles.pointIcon} />
                <h2 className={styles.pointTitle}>{t(`points.${key}.title`)}</h2>
                <p className={styles.pointText}>{t(`points.${key}.text`)}</p>
              </li>
            ))}
          </ul>
        </main>
      )}
    </div>
  );
}
