'use client';

/** A new live room that goes on from the moment on the screen. */
import { GitFork } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';
import { useTranslations } from 'use-intl';
import { ROOM_LIMITS } from '../../server/rooms/types.ts';
import { publicApi, useErrorText } from '../_lib/api.ts';
import { rememberSession } from '../_lib/sessions.ts';
import { Button } from '../_ui/button.tsx';
import { Dialog } from '../_ui/dialog.tsx';
import { Field } from '../_ui/field.tsx';
import styles from './review-header.module.css';
import { useReview } from './review-context.tsx';
import { reviewTime } from './times.ts';

export function ForkButton({ compact }: { compact: boolean }) {
  const t = useTranslations('replay.fork');
  const { client, playback } = useReview();
  const [moment, setMoment] = useState<number>();
  return (
    <>
      <Button
        size="small"
        variant="primary"
        icon={<GitFork size={15} aria-hidden="true" />}
        aria-label={t('button')}
        onClick={() => {
          playback.pause();
          setMoment(client.state().at);
        }}
        data-testid="review-fork"
      >
        {compact ? null : t('button')}
      </Button>
      {moment !== undefined && <ForkDialog moment={moment} onClose={() => setMoment(undefined)} />}
    </>
  );
}

function ForkDialog({ moment, onClose }: { moment: number; onClose(): void }) {
  const t = useTranslations('replay.fork');
  const common = useTranslations('common');
  const errorText = useErrorText();
  const router = useRouter();
  const { manifest, session } = useReview();
  const at = reviewTime(moment - manifest.axis.from);
  const [name, setName] = useState(() => t('nameDefault', { name: manifest.name, time: at }).slice(0, ROOM_LIMITS.roomNameCharacters));
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    const roomName = name.trim() || manifest.name;
    publicApi(session.token)
      .recordings.fork.mutate({ wall: moment, roomName })
      .then(
        (room) => {
          rememberSession({ roomId: room.roomId, roomName, token: room.token, participantId: room.me.id, name: room.me.name, role: room.me.role, joinedAt: Date.now(), instructorLink: room.links.instructor });
          router.push(`/room/${room.roomId}`);
        },
        (error: unknown) => {
          setProblem(errorText(error));
          setBusy(false);
        },
      );
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t('title')} description={t('text', { time: at })} width="narrow">
      <form className={styles.form} onSubmit={submit}>
        <Field label={t('name')} error={problem} value={name} maxLength={ROOM_LIMITS.roomNameCharacters} autoFocus data-testid="review-fork-name" onChange={(event) => { setName(event.target.value); setProblem(undefined); }} />
        <div className={styles.formEnd}>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button type="submit" variant="primary" busy={busy} data-testid="review-fork-submit">
            {busy ? t('busy') : t('submit')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
