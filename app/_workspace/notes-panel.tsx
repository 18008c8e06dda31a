'use client';

/** The instructor's notes on the time line, and objects that somebody pinned for everyone. */
import { NotebookPen, Pin, Trash2 } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { useTranslations } from 'use-intl';
import type * as Y from 'yjs';
import { ROOM_LIMITS } from '../../server/rooms/types.ts';
import { WORKSPACE_ROOTS, type NoteEntry, type PinEntry } from '../../server/sync/protocol.ts';
import { clockTime } from '../_lib/format-time.ts';
import { useSelection } from '../_lib/selection.tsx';
import { useMe, useRoom } from '../_room/room-context.tsx';
import { Button, IconButton } from '../_ui/button.tsx';
import { EmptyState } from '../_ui/empty-state.tsx';
import { useNotices } from '../_ui/notices.tsx';
import styles from './notes-panel.module.css';
import { useY } from './use-y.ts';

const notesOf = (map: Y.Map<NoteEntry>): NoteEntry[] => [...map.values()].sort((x, y) => x.time - y.time || (x.id < y.id ? -1 : 1));
const pinsOf = (map: Y.Map<PinEntry>): PinEntry[] => [...map.values()].sort((x, y) => (x.key < y.key ? -1 : 1));

export function NotesPanel() {
  const t = useTranslations('workspace.notes');
  const { sync, api } = useRoom();
  const me = useMe();
  const notices = useNotices();
  const { select } = useSelection();
  const notes = useY(sync.workspace.getMap<NoteEntry>(WORKSPACE_ROOTS.notes), notesOf);
  const pins = useY(sync.workspace.getMap<PinEntry>(WORKSPACE_ROOTS.pins), pinsOf);
  const mayWrite = me.role === 'instructor';
  return (
    <div className={styles.panel}>
      <h2 className={styles.title}>{t('title')}</h2>
      {mayWrite && <AddNote />}
      {notes.length === 0 ? (
        <EmptyState icon={<NotebookPen size={26} aria-hidden="true" />} title={t('empty')}>
          {mayWrite ? t('emptyInstructor') : t('emptyStudent')}
        </EmptyState>
      ) : (
        <ol className={styles.list}>
          {notes.map((note) => (
            <li key={note.id} className={styles.note}>
              <time className={styles.time} dateTime={new Date(note.time).toISOString()}>
                {clockTime(note.time)}
              </time>
              <div className={styles.body}>
                <p className={styles.text}>{note.text}</p>
                <p className={styles.author}>{note.name}</p>
              </div>
              {mayWrite && (
                <IconButton label={t('remove')} size="small" side="left" onClick={() => void api.notes.remove.mutate({ id: note.id }).catch((error: unknown) => notices.failed(error))}>
                  <Trash2 size={15} aria-hidden="true" />
                </IconButton>
              )}
            </li>
          ))}
        </ol>
      )}
      {pins.length > 0 && (
        <section>
          <h3 className={styles.subtitle}>{t('pins')}</h3>
          <ul className={styles.list}>
            {pins.map((pin) => (
              <li key={pin.id} className={styles.pin}>
                <button type="button" className={styles.pinName} onClick={() => select({ resource: pin.resource, key: pin.key })}>
                  <Pin size={14} aria-hidden="true" />
                  <span>{pin.key}</span>
                  <span className={styles.author}>{pin.resource.split('.')[0]}</span>
                </button>
                {me.role !== 'observer' && (
                  <IconButton label={t('unpin')} size="small" side="left" onClick={() => void api.pins.remove.mutate({ id: pin.id }).catch((error: unknown) => notices.failed(error))}>
                    <Trash2 size={15} aria-hidden="true" />
                  </IconButton>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function AddNote() {
  const t = useTranslations('workspace.notes');
  const { api } = useRoom();
  const notices = useNotices();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() === '') return;
    setBusy(true);
    api.notes.add
      .mutate({ text: text.trim() })
      .then(() => setText(''), (error: unknown) => notices.failed(error))
      .finally(() => setBusy(false));
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <textarea className={styles.input} rows={2} value={text} maxLength={ROOM_LIMITS.noteCharacters} placeholder={t('placeholder')} aria-label={t('placeholder')} data-testid="note-input" onChange={(event) => setText(event.target.value)} />
      <div className={styles.formEnd}>
        <span className={styles.hint}>{t('hint')}</span>
        <Button type="submit" size="small" variant="primary" busy={busy} disabled={text.trim() === ''} data-testid="note-add">
          {t('add')}
        </Button>
      </div>
    </form>
  );
}
