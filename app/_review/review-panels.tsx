'use client';

/** What was said, noted and written by an instant of the class, and who was there. */
import { FileText, MessageSquare, NotebookPen, Pin, Users } from 'lucide-react';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useSelection } from '../_lib/selection.tsx';
import { Avatar } from '../_ui/avatar.tsx';
import { classes } from '../_ui/classes.ts';
import { CodeEditor, readOnly } from '../_ui/code-editor.tsx';
import { EmptyState } from '../_ui/empty-state.tsx';
import { Spinner } from '../_ui/spinner.tsx';
import { TabBar } from '../_ui/tabs.tsx';
import { ChatLog } from '../_workspace/chat-log.tsx';
import type { ReviewState } from './client.ts';
import { presenceAt } from './markers.ts';
import { atOf, useReview, useReviewState } from './review-context.tsx';
import styles from './review-panels.module.css';
import { reviewTime } from './times.ts';

const workspaceOf = (state: ReviewState): ReviewState['workspace'] => state.workspace;
const workspaceHereOf = (state: ReviewState): boolean => state.workspaceHere;

export function ReviewChat() {
  const t = useTranslations('replay.chat');
  const titles = useTranslations('workspace.chat');
  const { manifest, session } = useReview();
  const { chat } = useReviewState(workspaceOf);
  const here = useReviewState(workspaceHereOf);
  const colors = useMemo(() => new Map(manifest.participants.map(({ id, color }) => [id, color])), [manifest.participants]);
  const scroller = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, [chat]);
  return (
    <div className={styles.panel} data-testid="review-chat">
      <h2 className={styles.title}>{titles('title')}</h2>
      <div ref={scroller} className={styles.scroller}>
        {!here ? (
          <EmptyState icon={<Spinner size={22} />} title={t('loading')} live />
        ) : chat.length === 0 ? (
          <EmptyState icon={<MessageSquare size={26} aria-hidden="true" />} title={t('empty')} />
        ) : (
          <ChatLog messages={chat} colors={colors} me={session.participantId} />
        )}
      </div>
    </div>
  );
}

export function ReviewNotes() {
  const t = useTranslations('replay.notes');
  const titles = useTranslations('workspace.notes');
  const { manifest, seek } = useReview();
  const { select } = useSelection();
  const { notes, pins } = useReviewState(workspaceOf);
  return (
    <div className={styles.panel} data-testid="review-notes">
      <h2 className={styles.title}>{titles('title')}</h2>
      <div className={styles.scroller}>
        {notes.length === 0 && pins.length === 0 && <EmptyState icon={<NotebookPen size={26} aria-hidden="true" />} title={t('empty')} />}
        <ol className={styles.list}>
          {notes.map((note) => (
            <li key={note.id}>
              <button type="button" className={styles.note} title={t('seek')} onClick={() => seek(note.wall ?? note.time)}>
                <span className={styles.time}>{reviewTime((note.wall ?? note.time) - manifest.axis.from)}</span>
                <span className={styles.body}>
                  <span className={styles.text}>{note.text}</span>
                  <span className={styles.author}>{note.name}</span>
                </span>
              </button>
            </li>
          ))}
        </ol>
        {pins.length > 0 && (
          <section>
            <h3 className={styles.subtitle}>{t('pins')}</h3>
            <ul className={styles.list}>
              {pins.map(({ id, resource, key }) => (
                <li key={id}>
                  <button type="button" className={styles.note} onClick={() => select({ resource, key })}>
                    <Pin size={14} aria-hidden="true" />
                    <span className={styles.body}>{key}</span>
                    <span className={styles.author}>{resource.split('.')[0]}</span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </div>
  );
}

const tabId = (name: string): string => `review-file-${name}`;

export function ReviewFiles() {
  const t = useTranslations('replay.files');
  const titles = useTranslations('workspace.files');
  const { files } = useReviewState(workspaceOf);
  const [chosen, setChosen] = useState<string>();
  const current = files.find(({ name }) => name === chosen) ?? files[0];
  useEffect(() => {
    if (current && chosen === undefined) setChosen(current.name);
  }, [current, chosen]);
  return (
    <div className={styles.panel} data-testid="review-files">
      <h2 className={styles.title}>{titles('title')}</h2>
      {!current ? (
        <EmptyState icon={<FileText size={26} aria-hidden="true" />} title={t('empty')} />
      ) : (
        <>
          <TabBar label={t('tabs')} tabs={files.map(({ name }) => ({ id: tabId(name), label: name, icon: <FileText size={14} aria-hidden="true" />, selected: name === current.name, onSelect: () => setChosen(name) }))} />
          <div className={styles.editor} role="tabpanel" aria-labelledby={tabId(current.name)}>
            <CodeEditor key={current.name} text={current.text} label={t('label', { name: current.name })} extensions={readOnly} testId="review-file" />
          </div>
        </>
      )}
    </div>
  );
}

export function ReviewPeople() {
  const t = useTranslations('replay.people');
  const roles = useTranslations('common.roles');
  const { manifest } = useReview();
  const { markers, participants } = manifest;
  // A text, so that the panel draws again when somebody comes or goes, and not ten times a second.
  const key = useReviewState((state) => {
    const { joined, here } = presenceAt(markers, atOf(state));
    return JSON.stringify([joined, [...here]]);
  });
  const [joined, here] = JSON.parse(key) as [string[], string[]];
  return (
    <div className={styles.panel} data-testid="review-people">
      <h2 className={styles.title}>{t('title')}</h2>
      <div className={styles.scroller}>
        {joined.length === 0 && <EmptyState icon={<Users size={26} aria-hidden="true" />} title={t('none')} />}
        <ul className={styles.list}>
          {[...participants].sort((x, y) => rank(x.name) - rank(y.name)).map(({ id, name, role, color }) => (
            <li key={id} className={classes(styles.person, !here.includes(name) && styles.absent)} data-here={here.includes(name)}>
              <Avatar name={name} color={color} size={28} />
              <span className={styles.body}>
                <span className={styles.name}>{name}</span>
                <span className={styles.author}>{roles(role)}</span>
              </span>
              <span className={styles.presence}>{here.includes(name) ? t('here') : joined.includes(name) ? t('away') : t('later')}</span>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );

  function rank(name: string): number {
    return here.includes(name) ? 0 : joined.includes(name) ? 1 : 2;
  }
}
