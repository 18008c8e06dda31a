'use client';

/** What the class says to each other, and raised hands. */
import { ArrowDown, Hand, MessageSquare, SendHorizontal } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslations } from 'use-intl';
import { ROOM_LIMITS } from '../../server/rooms/types.ts';
import type { ChatMessage } from '../../server/sync/protocol.ts';
import { useAwareness, useMe, useRoom, useRoomRow } from '../_room/room-context.tsx';
import { Button, IconButton } from '../_ui/button.tsx';
import { EmptyState } from '../_ui/empty-state.tsx';
import { useNotices } from '../_ui/notices.tsx';
import styles from './chat-panel.module.css';
import { ChatLog } from './chat-log.tsx';
import { useChat } from './unread.ts';

/** The count of characters is shown from here on. */
const NEAR_LIMIT = ROOM_LIMITS.chatCharacters - 200;
const AT_BOTTOM_PX = 40;

export function ChatPanel() {
  const t = useTranslations('workspace.chat');
  const me = useMe();
  const messages = useChat();
  const participants = useRoomRow()?.participants;
  const colors = useMemo(() => new Map((participants ?? []).map(({ id, color }) => [id, color])), [participants]);
  const scroller = useRef<HTMLDivElement>(null);
  const [atBottom, setAtBottom] = useState(true);
  const toBottom = useCallback(() => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, []);
  useLayoutEffect(() => {
    if (atBottom) toBottom();
    // Only new messages move the view.
  }, [messages, atBottom, toBottom]);
  return (
    <div className={styles.panel}>
      <header className={styles.header}>
        <h2 className={styles.title}>{t('title')}</h2>
        <RaiseHand />
      </header>
      <div
        ref={scroller}
        className={styles.scroller}
        onScroll={({ currentTarget }) => setAtBottom(currentTarget.scrollHeight - currentTarget.scrollTop - currentTarget.clientHeight < AT_BOTTOM_PX)}
      >
        {messages.length === 0 && <EmptyState icon={<MessageSquare size={26} aria-hidden="true" />} title={t('empty')}>{t('emptyHint')}</EmptyState>}
        <ChatLog messages={messages} colors={colors} me={me.id} />
      </div>
      {!atBottom && (
        <Button size="small" className={styles.jump ?? ''} icon={<ArrowDown size={14} aria-hidden="true" />} onClick={toBottom}>
          {t('toNewest')}
        </Button>
      )}
      {me.role === 'observer' ? <p className={styles.readOnly}>{t('observer')}</p> : <Composer onSent={toBottom} />}
    </div>
  );
}

function Composer({ onSent }: { onSent(message: ChatMessage): void }) {
  const t = useTranslations('workspace.chat');
  const { api } = useRoom();
  const notices = useNotices();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const element = input.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${Math.min(element.scrollHeight, 160)}px`;
  }, [text]);
  const send = (): void => {
    const words = text.trim();
    if (words === '' || busy) return;
    setBusy(true);
    api.chat.post
      .mutate({ text: words })
      .then(
        (message) => {
          setText('');
          onSent(message);
        },
        // What was written stays.
        (error: unknown) => notices.failed(error),
      )
      .finally(() => {
        setBusy(false);
        input.current?.focus();
      });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // Enter that chooses a candidate of an input method must not send.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <div className={styles.composer}>
      <textarea ref={input} className={styles.input} rows={1} value={text} maxLength={ROOM_LIMITS.chatCharacters} placeholder={t('placeholder')} aria-label={t('placeholder')} data-testid="chat-input" onChange={(event) => setText(event.target.value)} onKeyDown={onKeyDown} />
      <IconButton label={t('send')} side="top" disabled={text.trim() === '' || busy} onClick={send}>
        <SendHorizontal size={18} aria-hidden="true" />
      </IconButton>
      {text.length > NEAR_LIMIT && <p className={styles.count}>{t('left', { count: ROOM_LIMITS.chatCharacters - text.length })}</p>}
    </div>
  );
}

function RaiseHand() {
  const t = useTranslations('workspace.chat');
  const { sync } = useRoom();
  const states = useAwareness();
  const raised = states.get(sync.awareness.clientID)?.handRaised === true;
  return (
    <Button size="small" variant={raised ? 'primary' : 'quiet'} icon={<Hand size={15} aria-hidden="true" />} aria-pressed={raised} onClick={() => sync.awareness.setLocalStateField('handRaised', !raised)} data-testid="raise-hand">
      {raised ? t('lowerHand') : t('raiseHand')}
    </Button>
  );
}
