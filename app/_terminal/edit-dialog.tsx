'use client';

/** What `kubectl edit` opens: an editor in the browser instead of vi on the server. */
import { keymap, type EditorView } from '@codemirror/view';
import { useMemo, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '../_ui/button.tsx';
import { CodeEditor, editable, ownHistory } from '../_ui/code-editor.tsx';
import { Dialog } from '../_ui/dialog.tsx';
import styles from './edit-dialog.module.css';

interface EditDialogProps {
  fileName: string;
  text: string;
  /** The text, or null when given up. Rejections leave the dialog open. */
  onAnswer(text: string | null): Promise<void>;
}

export function EditDialog({ fileName, text, onAnswer }: EditDialogProps) {
  const t = useTranslations('terminal.edit');
  const common = useTranslations('common');
  const editor = useRef<EditorView>(null);
  const [busy, setBusy] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const answer = useRef<(value: string | null) => void>(() => undefined);
  answer.current = (value) => {
    setBusy(true);
    void onAnswer(value).finally(() => setBusy(false));
  };
  const save = useRef(() => answer.current(editor.current?.state.doc.toString() ?? text));
  const extensions = useMemo(() => [editable, ownHistory, keymap.of([{ key: 'Mod-s', run: () => (save.current(), true) }])], []);
  const changed = (): boolean => editor.current !== null && editor.current.state.doc.toString() !== text;
  const leave = (): void => {
    if (changed()) setLeaving(true);
    else answer.current(null);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && leave()}
      width="wide"
      title={<span className={styles.title}>{fileName}</span>}
      description={t('hint')}
      footer={
        leaving ? (
          <>
            <p className={styles.warning}>{t('unsaved')}</p>
            <Button onClick={() => setLeaving(false)}>{t('goOn')}</Button>
            <Button variant="danger" busy={busy} onClick={() => answer.current(null)}>
              {t('discard')}
            </Button>
          </>
        ) : (
          <>
            <Button onClick={leave}>{common('cancel')}</Button>
            <Button variant="primary" busy={busy} onClick={() => save.current()} data-testid="edit-save">
              {t('save')}
            </Button>
          </>
        )
      }
    >
      <div className={styles.editor}>
        <CodeEditor text={text} label={fileName} extensions={extensions} onView={(view) => { editor.current = view; view.focus(); }} testId="edit-editor" />
      </div>
    </Dialog>
  );
}
