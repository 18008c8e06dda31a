'use client';

/** Manifest files that everybody edits together. In every terminal they are the folder /manifests. */
import { lintGutter } from '@codemirror/lint';
import { keymap } from '@codemirror/view';
import { FilePlus2, FileText, MoreHorizontal, Play, Sparkles } from 'lucide-react';
import { useMemo, useState, type FormEvent } from 'react';
import { useTranslations } from 'use-intl';
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next';
import * as Y from 'yjs';
import { FILE_NAME_PATTERN, WORKSPACE_ROOTS } from '../../server/sync/protocol.ts';
import { useMe, useRoom } from '../_room/room-context.tsx';
import { runInTerminal } from '../_terminal/run-in-terminal.ts';
import { Button, IconButton } from '../_ui/button.tsx';
import { CodeEditor, editable, readOnly } from '../_ui/code-editor.tsx';
import { Dialog } from '../_ui/dialog.tsx';
import { EmptyState } from '../_ui/empty-state.tsx';
import { Field } from '../_ui/field.tsx';
import { Menu, MenuItem, MenuSeparator } from '../_ui/menu.tsx';
import { useNotices } from '../_ui/notices.tsx';
import { TabBar } from '../_ui/tabs.tsx';
import styles from './editor-panel.module.css';
import { EXAMPLE_NAME, EXAMPLE_TEXT } from './examples.ts';
import { useY } from './use-y.ts';
import { yamlLint } from './yaml-lint.ts';

const namesOf = (files: Y.Map<Y.Text>): string[] => [...files.keys()].sort();

type Asking = { kind: 'new' } | { kind: 'rename'; name: string } | { kind: 'delete'; name: string };

export function EditorPanel() {
  const t = useTranslations('workspace.files');
  const { sync } = useRoom();
  const me = useMe();
  const notices = useNotices();
  const files = sync.workspace.getMap<Y.Text>(WORKSPACE_ROOTS.files);
  const names = useY(files, namesOf);
  const [chosen, setChosen] = useState<string>();
  const [asking, setAsking] = useState<Asking>();
  const current = chosen !== undefined && names.includes(chosen) ? chosen : names[0];
  const text = current === undefined ? undefined : files.get(current);
  const mayWrite = me.role !== 'observer';

  const add = (name: string, content: string): void => {
    files.set(name, new Y.Text(content));
    setChosen(name);
  };
  const apply = (): void => {
    if (current !== undefined && !runInTerminal(`kubectl apply -f ${current}`)) notices.failedWith(t('noTerminal'));
  };

  return (
    <div className={styles.panel}>
      <TabBar
        label={t('title')}
        tabs={names.map((name) => ({ id: `file-tab-${name}`, label: name, icon: <FileText size={14} aria-hidden="true" />, selected: name === current, onSelect: () => setChosen(name) }))}
        add={
          mayWrite && (
            <IconButton label={t('new')} size="small" onClick={() => setAsking({ kind: 'new' })} data-testid="file-new">
              <FilePlus2 size={16} aria-hidden="true" />
            </IconButton>
          )
        }
      >
        {mayWrite && current !== undefined && (
          <>
            <Button size="small" variant="primary" icon={<Play size={14} aria-hidden="true" />} title={t('applyHint', { name: current })} onClick={apply} data-testid="file-apply">
              {t('apply')}
            </Button>
            <Menu
              trigger={
                <IconButton label={t('more', { name: current })} size="small">
                  <MoreHorizontal size={16} aria-hidden="true" />
                </IconButton>
              }
            >
              <MenuItem onSelect={() => setAsking({ kind: 'rename', name: current })}>{t('rename')}</MenuItem>
              <MenuSeparator />
              <MenuItem danger onSelect={() => setAsking({ kind: 'delete', name: current })}>
                {t('delete')}
              </MenuItem>
            </Menu>
          </>
        )}
      </TabBar>
      {text && current !== undefined ? (
        <div className={styles.editor}>
          <SharedFile key={current} name={current} text={text} mayWrite={mayWrite} onApply={apply} />
        </div>
      ) : (
        <EmptyState
          icon={<FileText size={28} aria-hidden="true" />}
          title={t('empty')}
          action={
            mayWrite && (
              <div className={styles.choices}>
                <Button variant="primary" icon={<Sparkles size={16} aria-hidden="true" />} onClick={() => add(EXAMPLE_NAME, EXAMPLE_TEXT)} data-testid="file-example">
                  {t('example', { name: EXAMPLE_NAME })}
                </Button>
                <Button onClick={() => setAsking({ kind: 'new' })}>{t('new')}</Button>
              </div>
            )
          }
        >
          {mayWrite ? t('emptyHint') : t('emptyObserver')}
        </EmptyState>
      )}
      {asking && (asking.kind === 'delete' ? (
        <DeleteDialog name={asking.name} onClose={() => setAsking(undefined)} onDelete={() => { files.delete(asking.name); setAsking(undefined); }} />
      ) : (
        <NameDialog
          title={asking.kind === 'new' ? t('new') : t('rename')}
          initial={asking.kind === 'rename' ? asking.name : ''}
          taken={names}
          onClose={() => setAsking(undefined)}
          onName={(name) => {
            if (asking.kind === 'new') add(name, '');
            else if (name !== asking.name) {
              sync.workspace.transact(() => {
                files.set(name, new Y.Text(files.get(asking.name)?.toString() ?? ''));
                files.delete(asking.name);
              });
              setChosen(name);
            }
            setAsking(undefined);
          }}
        />
      ))}
    </div>
  );
}

function SharedFile({ name, text, mayWrite, onApply }: { name: string; text: Y.Text; mayWrite: boolean; onApply(): void }) {
  const t = useTranslations('workspace.files');
  const { sync } = useRoom();
  const [apply] = useState(() => ({ run: onApply }));
  apply.run = onApply;
  const extensions = useMemo(() => {
    const undoManager = new Y.UndoManager(text);
    return [
      yCollab(text, sync.awareness, { undoManager }),
      ...(mayWrite
        ? [keymap.of([{ key: 'Mod-Enter', run: () => (apply.run(), true) }, { key: 'Mod-s', run: () => true }, ...yUndoManagerKeymap]), editable, yamlLint, lintGutter()]
        : [readOnly]),
    ];
  }, [text, sync, mayWrite, apply]);
  return <CodeEditor text={text.toString()} label={t('editing', { name })} extensions={extensions} testId="editor" />;
}

function NameDialog({ title, initial, taken, onName, onClose }: { title: string; initial: string; taken: readonly string[]; onName(name: string): void; onClose(): void }) {
  const t = useTranslations('workspace.files');
  const common = useTranslations('common');
  const [name, setName] = useState(initial);
  const [error, setError] = useState<string>();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const full = name.trim().includes('.') ? name.trim() : `${name.trim()}.yaml`;
    if (!FILE_NAME_PATTERN.test(full)) setError(t('badName'));
    else if (full !== initial && taken.includes(full)) setError(t('taken'));
    else onName(full);
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title} width="narrow">
      <form className={styles.form} onSubmit={submit}>
        <Field label={t('name')} hint={t('nameHint')} error={error} value={name} autoFocus maxLength={100} spellCheck={false} placeholder="app.yaml" data-testid="file-name" onChange={(event) => { setName(event.target.value); setError(undefined); }} />
        <div className={styles.formEnd}>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button type="submit" variant="primary" data-testid="file-name-submit">
            {common('save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function DeleteDialog({ name, onDelete, onClose }: { name: string; onDelete(): void; onClose(): void }) {
  const t = useTranslations('workspace.files');
  const common = useTranslations('common');
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('deleteTitle', { name })}
      width="narrow"
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button variant="danger" onClick={onDelete}>
            {t('delete')}
          </Button>
        </>
      }
    >
      <p>{t('deleteText')}</p>
    </Dialog>
  );
}
