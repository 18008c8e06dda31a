'use client';

import { useRouter } from 'next/navigation';
import { useRef, useState, type FormEvent } from 'react';
import { useTranslations } from 'use-intl';
import { publicApi, useErrorText } from '../_lib/api.ts';
import { rememberName, useRememberedName } from '../_lib/remembered-name.ts';
import { rememberSession } from '../_lib/sessions.ts';
import { Button } from '../_ui/button.tsx';
import { Dialog } from '../_ui/dialog.tsx';
import { Field } from '../_ui/field.tsx';
import { ROOM_LIMITS } from '../../server/rooms/types.ts';
import styles from './join-by-code.module.css';

const CODE = /^[A-Z0-9]{6}$/;

/** Joins by the six characters that stand on the instructor's screen. The name is asked for next. */
export function JoinByCode() {
  const t = useTranslations('front');
  const errorText = useErrorText();
  const router = useRouter();
  const [code, setCode] = useState('');
  const [codeError, setCodeError] = useState<string>();
  const [asking, setAsking] = useState(false);
  const [name, setName] = useRememberedName();
  const [nameError, setNameError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const nameInput = useRef<HTMLInputElement>(null);

  const ask = (event: FormEvent): void => {
    event.preventDefault();
    const good = CODE.test(code);
    setCodeError(good ? undefined : t('codeRequired'));
    if (good) setAsking(true);
  };
  const join = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() === '') {
      setNameError(t('nameRequired'));
      nameInput.current?.focus();
      return;
    }
    setBusy(true);
    publicApi()
      .room.joinByCode.mutate({ code, name: name.trim() })
      .then(
        async (joined) => {
          rememberName(name.trim());
          const { room } = await publicApi(joined.token).room.info.query();
          rememberSession({ roomId: joined.roomId, roomName: room.name, token: joined.token, participantId: joined.me.id, name: joined.me.name, role: joined.me.role, joinedAt: Date.now() });
          router.push(`/room/${joined.roomId}`);
        },
      )
      .catch((error: unknown) => {
        setNameError(errorText(error));
        setBusy(false);
      });
  };

  return (
    <>
      <form className={styles.form} onSubmit={ask}>
        <label className={styles.label} htmlFor="front-code">
          {t('joinTitle')}
        </label>
        <div className={styles.row}>
          <input
            id="front-code"
            className={styles.code}
            value={code}
            maxLength={6}
            inputMode="text"
            autoCapitalize="characters"
            autoComplete="off"
            spellCheck={false}
            placeholder="ABC123"
            aria-label={t('codeLabel')}
            aria-describedby="front-code-about"
            aria-invalid={codeError ? true : undefined}
            data-testid="join-code"
            onChange={(event) => {
              setCode(event.target.value.toUpperCase().replace(/[^A-Z0-9]/g, ''));
              setCodeError(undefined);
            }}
          />
          <Button type="submit" data-testid="join-code-submit">{t('join')}</Button>
        </div>
        <p id="front-code-about" className={codeError ? styles.error : styles.hint} {...(codeError ? { role: 'alert' } : {})}>
          {codeError ?? t('codeHint')}
        </p>
      </form>
      <Dialog open={asking} onOpenChange={setAsking} width="narrow" title={t('joinPage.titlePlain')}>
        <form className={styles.ask} onSubmit={join}>
          <Field ref={nameInput} label={t('joinPage.name')} hint={t('joinPage.nameHint')} error={nameError} value={name} maxLength={ROOM_LIMITS.nameCharacters} autoFocus autoComplete="nickname" data-testid="join-name" onChange={(event) => { setName(event.target.value); setNameError(undefined); }} />
          <Button type="submit" variant="primary" size="large" busy={busy} data-testid="join-submit">
            {busy ? t('joining') : t('join')}
          </Button>
        </form>
      </Dialog>
    </>
  );
}
