'use client';

/** What a link opens: who invites, then one field for a name. */
import { Link2Off } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useTranslations } from 'use-intl';
import { ROOM_LIMITS, type Role } from '../../server/rooms/types.ts';
import { publicApi, useErrorText } from '../_lib/api.ts';
import { rememberName, useRememberedName } from '../_lib/remembered-name.ts';
import { rememberSession, useSessions } from '../_lib/sessions.ts';
import { Button } from '../_ui/button.tsx';
import { EmptyState } from '../_ui/empty-state.tsx';
import { Field } from '../_ui/field.tsx';
import { PageHeader } from '../_ui/page-header.tsx';
import { Spinner } from '../_ui/spinner.tsx';
import styles from './join-page.module.css';

interface Invitation {
  roomName: string;
  role: Role;
  participants: number;
}

export function JoinPage({ roomId }: { roomId: string }) {
  const t = useTranslations('front.joinPage');
  const common = useTranslations('common');
  const errorText = useErrorText();
  const [secret, setSecret] = useState<string>();
  const [invitation, setInvitation] = useState<Invitation>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const given = location.hash.slice(1);
    setSecret(given);
    if (given === '') return;
    let gone = false;
    publicApi()
      .room.peek.query({ roomId, secret: given })
      .then(
        (found) => !gone && setInvitation(found),
        (failure: unknown) => !gone && setError(failure),
      );
    return () => {
      gone = true;
    };
  }, [roomId, attempt]);

  return (
    <div className={styles.page}>
      <PageHeader />
      <main className={styles.main}>
        {secret === '' ? (
          <EmptyState page icon={<Link2Off size={32} aria-hidden="true" />} title={t('failed')} action={<Button asChild><Link href="/">{common('home')}</Link></Button>}>
            {t('noSecret')}
          </EmptyState>
        ) : error !== undefined ? (
          <EmptyState page icon={<Link2Off size={32} aria-hidden="true" />} title={t('failed')} live action={<Button onClick={() => { setError(undefined); setAttempt(attempt + 1); }}>{common('retry')}</Button>}>
            {errorText(error)}
          </EmptyState>
        ) : invitation && secret ? (
          <Invited roomId={roomId} secret={secret} invitation={invitation} />
        ) : (
          <EmptyState page icon={<Spinner size={28} />} title={t('looking')} live />
        )}
      </main>
    </div>
  );
}

function Invited({ roomId, secret, invitation }: { roomId: string; secret: string; invitation: Invitation }) {
  const t = useTranslations('front.joinPage');
  const front = useTranslations('front');
  const roles = useTranslations('common.roles');
  const errorText = useErrorText();
  const router = useRouter();
  const already = useSessions()?.find((session) => session.roomId === roomId && session.role === invitation.role);
  const [another, setAnother] = useState(false);
  const [name, setName] = useRememberedName();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const enter = (): void => router.push(`/room/${roomId}`);
  const join = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() === '') {
      setProblem(front('nameRequired'));
      input.current?.focus();
      return;
    }
    setBusy(true);
    publicApi()
      .room.join.mutate({ roomId, secret, name: name.trim() })
      .then(
        (joined) => {
          rememberName(name.trim());
          rememberSession({ roomId, roomName: invitation.roomName, token: joined.token, participantId: joined.me.id, name: joined.me.name, role: joined.me.role, joinedAt: Date.now() });
          enter();
        },
        (error: unknown) => {
          setProblem(errorText(error));
          setBusy(false);
        },
      );
  };
  return (
    <section className={styles.card}>
      <h1 className={styles.title}>{t('title', { room: invitation.roomName })}</h1>
      <p className={styles.about}>
        <span>{t('as', { role: roles(invitation.role) })}</span>
        <span>{t('people', { count: invitation.participants })}</span>
      </p>
      {already && !another ? (
        <div className={styles.form}>
          <p>{t('again', { name: already.name })}</p>
          <Button variant="primary" size="large" onClick={() => { rememberSession(already); enter(); }} data-testid="join-go-on">
            {t('goOn', { name: already.name })}
          </Button>
          <Button variant="quiet" onClick={() => setAnother(true)} data-testid="join-another">{t('another')}</Button>
        </div>
      ) : (
        <form className={styles.form} onSubmit={join}>
          <Field ref={input} label={t('name')} hint={t('nameHint')} error={problem} value={name} maxLength={ROOM_LIMITS.nameCharacters} autoFocus autoComplete="nickname" data-testid="join-name" onChange={(event) => { setName(event.target.value); setProblem(undefined); }} />
          <Button type="submit" variant="primary" size="large" busy={busy} data-testid="join-submit">
            {busy ? front('joining') : t('submit')}
          </Button>
        </form>
      )}
    </section>
  );
}
