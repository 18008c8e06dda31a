'use client';

import { memo, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { ChatMessage } from '../../server/sync/protocol.ts';
import { clockTime } from '../_lib/format-time.ts';
import { Avatar } from '../_ui/avatar.tsx';
import { classes } from '../_ui/classes.ts';
import styles from './chat-log.module.css';

/** Messages of one person within this time stand under one name, ms of virtual time. */
const GROUP_MS = 5 * 60_000;

/** Chat messages, oldest first: live in class, and as they were in a review. @param me my participant id, if I am one of them */
export const ChatLog = memo(function ChatLog({ messages, colors, me }: { messages: readonly ChatMessage[]; colors: ReadonlyMap<string, string>; me?: string }) {
  const t = useTranslations('workspace.chat');
  const roles = useTranslations('common.roles');
  return (
    <div role="log" aria-live="polite" aria-label={t('title')} data-testid="chat-log">
      <ol className={styles.log}>
        {messages.map((message, index) => {
          const before = messages[index - 1];
          const follows = before !== undefined && before.participantId === message.participantId && message.time - before.time < GROUP_MS;
          return (
            <li key={message.id} className={classes(styles.message, follows && styles.follows)}>
              {!follows && <Avatar name={message.name} color={colors.get(message.participantId) ?? '#8793a8'} size={30} />}
              <div className={styles.body}>
                {!follows && (
                  <p className={styles.head}>
                    <span className={styles.name}>{message.participantId === me ? t('me', { name: message.name }) : message.name}</span>
                    {message.role === 'instructor' && <span className={styles.role}>{roles('instructor')}</span>}
                    <time className={styles.time} dateTime={new Date(message.time).toISOString()}>
                      {clockTime(message.time)}
                    </time>
                  </p>
                )}
                <p className={styles.text}>{withLinks(message.text)}</p>
              </div>
            </li>
          );
        })}
      </ol>
    </div>
  );
});

/** The text with its web addresses as links. */
function withLinks(text: string): ReactNode[] {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((part, index) =>
    index % 2 === 1 ? (
      <a key={index} href={part} target="_blank" rel="noopener noreferrer nofollow">
        {part}
      </a>
    ) : (
      part
    ),
  );
}
