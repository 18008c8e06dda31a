'use client';

/** Short notices at the edge of the page: that something was done, or why it was not. */
import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { Toast } from 'radix-ui';
import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useErrorText } from '../_lib/api.ts';
import { IconButton } from './button.tsx';
import { classes } from './classes.ts';
import styles from './notices.module.css';

interface Notice {
  id: number;
  kind: 'done' | 'failed';
  text: string;
}

interface NoticesApi {
  done(text: string): void;
  /** Words an error of the server. */
  failed(error: unknown): void;
  failedWith(text: string): void;
}

/** More at once would hide the page. */
const MAX_NOTICES = 4;
const NoticesContext = createContext<NoticesApi | undefined>(undefined);

export function useNotices(): NoticesApi {
  const notices = use(NoticesContext);
  if (!notices) throw new Error('useNotices needs Notices');
  return notices;
}

let lastId = 0;

export function Notices({ children }: { children: ReactNode }) {
  const t = useTranslations('common');
  const errorText = useErrorText();
  const [notices, setNotices] = useState<Notice[]>([]);
  const add = useCallback((kind: Notice['kind'], text: string) => {
    // The same words twice say no more than once.
    setNotices((before) => [...before.filter((one) => one.text !== text), { id: ++lastId, kind, text }].slice(-MAX_NOTICES));
  }, []);
  const api = useMemo<NoticesApi>(
    () => ({ done: (text) => add('done', text), failed: (error) => add('failed', errorText(error)), failedWith: (text) => add('failed', text) }),
    [add, errorText],
  );
  return (
    <NoticesContext value={api}>
      <Toast.Provider duration={6_000} label={t('notifications')}>
        {children}
        {notices.map(({ id, kind, text }) => (
          <Toast.Root key={id} className={classes(styles.notice, styles[kind])} type={kind === 'failed' ? 'foreground' : 'background'} onOpenChange={(open) => !open && setNotices((before) => before.filter((one) => one.id !== id))}>
            {kind === 'failed' ? <CircleAlert size={18} aria-hidden="true" /> : <CircleCheck size={18} aria-hidden="true" />}
            <Toast.Description className={styles.text}>{text}</Toast.Description>
            <Toast.Close asChild>
              <IconButton label={t('close')} size="small">
                <X size={16} aria-hidden="true" />
              </IconButton>
            </Toast.Close>
          </Toast.Root>
        ))}
        <Toast.Viewport className={styles.viewport} />
      </Toast.Provider>
    </NoticesContext>
  );
}
