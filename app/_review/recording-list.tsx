'use client';

/** The sessions that this browser took part in. */
import { Clock3, Film, HardDrive, Hourglass, Play, Radio, Users } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import type { RecordingInfo } from '../../server/recordings/types.ts';
import { publicApi, useErrorText } from '../_lib/api.ts';
import { useSessions } from '../_lib/sessions.ts';
import { Avatar } from '../_ui/avatar.tsx';
import { Button } from '../_ui/button.tsx';
import { classes } from '../_ui/classes.ts';
import { EmptyState } from '../_ui/empty-state.tsx';
import { PageHeader } from '../_ui/page-header.tsx';
import { Spinner } from '../_ui/spinner.tsx';
import styles from './recording-list.module.css';
import { useDurationText } from './use-duration.ts';

/** The server takes so many tokens at once; sessions are kept up to as many. */
const MAX_TOKENS = 200;
const SHOWN_PEOPLE = 5;

export function RecordingList() {
  const t = useTranslations('replay.list');
  const common = useTranslations('common');
  const errorText = useErrorText();
  const sessions = useSessions();
  const [recordings, setRecordings] = useState<readonly RecordingInfo[]>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (!sessions) return;
    let gone = false;
    publicApi()
      .recordings.list.query({ tokens: sessions.slice(0, MAX_TOKENS).map(({ token }) => token) })
      .then(
        (list) => !gone && setRecordings(list),
        (failure: unknown) => !gone && setError(failure),
      );
    return () => {
      gone = true;
    };
  }, [sessions, attempt]);

  return (
    <div className={styles.page}>
      <PageHeader />
      <main className={styles.main}>
        <h1 className={styles.title}>{t('title')}</h1>
        <p className={styles.lead}>{t('lead')}</p>
        {error !== undefined ? (
          <EmptyState icon={<Film size={32} aria-hidden="true" />} title={t('failed')} live action={<Button onClick={() => { setError(undefined); setAttempt(attempt + 1); }}>{common('retry')}</Button>}>
            {errorText(error)}
          </EmptyState>
        ) : !recordings ? (
          <EmptyState icon={<Spinner size={28} />} title={t('loading')} live />
        ) : recordings.length === 0 ? (
          <EmptyState icon={<Film size={32} aria-hidden="true" />} title={t('empty')} action={<Button asChild variant="primary"><Link href="/">{t('toFront')}</Link></Button>}>
            {t('emptyHint')}
          </EmptyState>
        ) : (
          <ul className={styles.list}>
            {recordings.map((recording) => (
              <Recording key={recording.roomId} recording={recording} />
            ))}
          </ul>
        )}
      </main>
    </div>
  );
}

function Recording({ recording }: { recording: RecordingInfo }) {
  const t = useTranslations('replay.list');
  const format = useFormatter();
  const duration = useDurationText();
  const { roomId, name, createdAt, axis, startedAt, endedAt, participants, live, bytes } = recording;
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const more = participants.length - SHOWN_PEOPLE;
  return (
    <li className={styles.recording} data-testid="recording" data-room={roomId}>
      <Link href={`/recordings/${roomId}`} className={styles.play} tabIndex={-1} aria-hidden="true">
        <Play size={22} />
      </Link>
      <div className={styles.about}>
        <div className={styles.head}>
          <h2 className={styles.name}>
            <Link href={`/recordings/${roomId}`}>{name}</Link>
          </h2>
          <span className={classes(styles.state, live && styles.live)}>
            {live && <Radio size={12} aria-hidden="true" />}
            {live ? t('live') : t('ended')}
          </span>
        </div>
        <p className={styles.date}>
          <time dateTime={new Date(createdAt).toISOString()}>{format.dateTime(createdAt, { dateStyle: 'full', timeStyle: 'short', timeZone })}</time>
        </p>
        <dl className={styles.facts}>
          <Fact icon={<Clock3 size={14} aria-hidden="true" />} label={t('duration')} value={duration(axis.to - axis.from)} />
          <Fact icon={<Hourglass size={14} aria-hidden="true" />} label={t('clusterDuration')} value={duration(endedAt - startedAt)} />
          <Fact icon={<HardDrive size={14} aria-hidden="true" />} label={t('size')} value={bytes >= 1024 * 1024 ? t('mebibytes', { size: format.number(bytes / 1024 / 1024, { maximumFractionDigits: 1 }) }) : t('kibibytes', { size: format.number(Math.ceil(bytes / 1024)) })} />
        </dl>
      </div>
      <div className={styles.people}>
        <span className={styles.count}>
          <Users size={14} aria-hidden="true" />
          {t('people', { count: participants.length })}
        </span>
        <ul className={styles.avatars}>
          {participants.slice(0, SHOWN_PEOPLE).map((person) => (
            <li key={person.id} title={person.name}>
              <Avatar name={person.name} color={person.color} size={26} />
              <span className="visually-hidden">{person.name}</span>
            </li>
          ))}
          {more > 0 && <li className={styles.more}>{t('andMore', { count: more })}</li>}
        </ul>
      </div>
      <div className={styles.actions}>
        <Button asChild size="small" variant="primary">
          <Link href={`/recordings/${roomId}`}>{t('open')}</Link>
        </Button>
        <Button asChild size="small" variant="quiet">
          <Link href={`/room/${roomId}`}>{t('room')}</Link>
        </Button>
      </div>
    </li>
  );
}

function Fact({ icon, label, value }: { icon: React.ReactNode; label: string; value: string }) {
  return (
    <div className={styles.fact}>
      <dt>
        {icon}
        {label}
      </dt>
      <dd>{value}</dd>
    </div>
  );
}
