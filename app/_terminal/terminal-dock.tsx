'use client';

/** My terminals as tabs, and those of others that I may watch. */
import { Eye, EyeOff, MonitorPlay, Plus, SquareTerminal } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { TerminalEvent, TerminalInfo } from '../../server/rooms/types.ts';
import { useErrorText } from '../_lib/api.ts';
import { useMe, useRoom, useRoomRow } from '../_room/room-context.tsx';
import { Button, IconButton } from '../_ui/button.tsx';
import { Dialog } from '../_ui/dialog.tsx';
import { EmptyState } from '../_ui/empty-state.tsx';
import { Menu, MenuItem } from '../_ui/menu.tsx';
import { useNotices } from '../_ui/notices.tsx';
import { Spinner } from '../_ui/spinner.tsx';
import { TabBar, type TabItem } from '../_ui/tabs.tsx';
import { EditDialog } from './edit-dialog.tsx';
import { KeyRow } from './key-row.tsx';
import { provideTerminal } from './run-in-terminal.ts';
import styles from './terminal-dock.module.css';
import { TerminalView, type TerminalHandle } from './terminal-view.tsx';

/** What a new terminal has until it is fitted into the page. */
const FIRST_SIZE = { columns: 100, rows: 24 };

interface Edit {
  terminalId: string;
  editId: string;
  fileName: string;
  text: string;
}

/** The list of terminals as the server has it: asked for again whenever the room says that it changed. */
function useTerminals(): { terminals: readonly TerminalInfo[] | undefined; error: unknown; refresh(): void } {
  const { api } = useRoom();
  const version = useRoomRow()?.terminalsVersion;
  const [terminals, setTerminals] = useState<readonly TerminalInfo[]>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let gone = false;
    api.terminal.list.query().then(
      (list) => {
        if (gone) return;
        setTerminals(list);
        setError(undefined);
      },
      (failure: unknown) => !gone && setError(failure),
    );
    return () => {
      gone = true;
    };
  }, [api, version, attempt]);
  const refresh = useCallback(() => setAttempt((before) => before + 1), []);
  return { terminals, error, refresh };
}

export function TerminalDock({ onDashboard }: { onDashboard?(): void }) {
  const t = useTranslations('terminal');
  const common = useTranslations('common');
  const { api } = useRoom();
  const me = useMe();
  const notices = useNotices();
  const errorText = useErrorText();
  const { terminals, error, refresh } = useTerminals();
  const [active, setActive] = useState<string>();
  const [watched, setWatched] = useState<ReadonlySet<string>>(new Set());
  const [creating, setCreating] = useState(false);
  const [edit, setEdit] = useState<Edit>();
  const [url, setUrl] = useState<string>();
  const handles = useRef(new Map<string, TerminalHandle>());
  const mayType = me.role !== 'observer';

  const mine = useMemo(() => (terminals ?? []).filter(({ ownerId }) => ownerId === me.id), [terminals, me.id]);
  const others = useMemo(() => (terminals ?? []).filter(({ ownerId }) => ownerId !== me.id), [terminals, me.id]);
  const shown = useMemo(() => [...mine, ...others.filter(({ id }) => watched.has(id))], [mine, others, watched]);
  const current = shown.find(({ id }) => id === active) ?? shown[0];

  const create = useCallback(() => {
    setCreating(true);
    api.terminal.create
      .mutate(FIRST_SIZE)
      .then(
        (terminal) => {
          setActive(terminal.id);
          refresh();
        },
        (failure: unknown) => notices.failed(failure),
      )
      .finally(() => setCreating(false));
  }, [api, notices, refresh]);

  // Whoever may type has a terminal from the first moment.
  const began = useRef(false);
  useEffect(() => {
    if (began.current || !terminals || !mayType) return;
    began.current = true;
    if (mine.length === 0) create();
  }, [terminals, mayType, mine, create]);

  const activeOwn = current && current.ownerId === me.id ? current.id : mine[0]?.id;
  useEffect(() => {
    if (!activeOwn) return;
    return provideTerminal((text) => {
      setActive(activeOwn);
      handles.current.get(activeOwn)?.send(text);
      handles.current.get(activeOwn)?.focus();
    });
  }, [activeOwn]);

  const onEvent = useCallback(
    (terminalId: string, event: Extract<TerminalEvent, { type: 'open' | 'edit' | 'closed' }>) => {
      if (event.type === 'closed') refresh();
      else if (event.type === 'edit') setEdit({ terminalId, editId: event.editId, fileName: event.fileName, text: event.text });
      else if (event.target.kind === 'dashboard') onDashboard?.();
      else setUrl(event.target.url);
    },
    [refresh, onDashboard],
  );

  const close = (terminal: TerminalInfo): void => {
    if (terminal.ownerId !== me.id) return setWatched(new Set([...watched].filter((id) => id !== terminal.id)));
    api.terminal.close.mutate({ terminalId: terminal.id }).then(refresh, (failure: unknown) => notices.failed(failure));
  };

  const tabOf = (terminal: TerminalInfo): TabItem => {
    const own = terminal.ownerId === me.id;
    const name = own ? t('title', { title: terminal.title }) : t('titleOf', { name: terminal.ownerName, title: terminal.title });
    return {
      id: `terminal-tab-${terminal.id}`,
      label: name,
      icon: own ? <SquareTerminal size={14} aria-hidden="true" /> : <MonitorPlay size={14} aria-hidden="true" />,
      selected: terminal.id === current?.id,
      onSelect: () => {
        setActive(terminal.id);
        handles.current.get(terminal.id)?.focus();
      },
      close: { label: own ? t('close', { name }) : t('stopWatching', { name }), onClose: () => close(terminal) },
    };
  };
  const watchable = others.filter(({ id }) => !watched.has(id));
  return (
    <div className={styles.dock}>
      <TabBar
        label={t('tabs')}
        tabs={shown.map((terminal) => tabOf(terminal))}
        add={
          mayType && (
            <IconButton label={t('new')} size="small" side="top" disabled={creating} onClick={create} data-testid="terminal-new">
              {creating ? <Spinner size={14} /> : <Plus size={16} aria-hidden="true" />}
            </IconButton>
          )
        }
      >
        {others.length > 0 && (
          <Menu
            trigger={
              <Button size="small" variant="quiet" icon={<MonitorPlay size={15} aria-hidden="true" />} data-testid="terminal-watch">
                {t('watch')}
              </Button>
            }
          >
            {watchable.length === 0 && <MenuItem disabled onSelect={() => undefined}>{t('watchingAll')}</MenuItem>}
            {watchable.map((terminal) => (
              <MenuItem key={terminal.id} onSelect={() => { setWatched(new Set([...watched, terminal.id])); setActive(terminal.id); }}>
                {t('titleOf', { name: terminal.ownerName, title: terminal.title })}
              </MenuItem>
            ))}
          </Menu>
        )}
        {current && current.ownerId === me.id && <Visibility terminal={current} />}
      </TabBar>
      <div className={styles.screens}>
        {shown.map((terminal) => (
          <TerminalView
            key={terminal.id}
            terminal={terminal}
            own={terminal.ownerId === me.id && mayType}
            active={terminal.id === current?.id}
            onEvent={(event) => onEvent(terminal.id, event)}
            onHandle={(handle) => (handle ? handles.current.set(terminal.id, handle) : handles.current.delete(terminal.id))}
          />
        ))}
        {!current && <NoTerminal error={error === undefined ? undefined : errorText(error)} loading={!terminals || creating} observer={!mayType} onRetry={refresh} onCreate={create} />}
      </div>
      {current && current.ownerId === me.id && mayType && <KeyRow onKey={(data) => handles.current.get(current.id)?.send(data)} />}
      {edit && (
        <EditDialog
          key={edit.editId}
          fileName={edit.fileName}
          text={edit.text}
          onAnswer={(text) =>
            api.terminal.answerEdit.mutate({ terminalId: edit.terminalId, editId: edit.editId, text }).then(
              () => {
                setEdit(undefined);
                handles.current.get(edit.terminalId)?.focus();
              },
              (failure: unknown) => notices.failed(failure),
            )
          }
        />
      )}
      {url !== undefined && (
        <Dialog
          open
          onOpenChange={() => setUrl(undefined)}
          width="narrow"
          title={t('url.title')}
          footer={
            <>
              <Button onClick={() => setUrl(undefined)}>{common('close')}</Button>
              <Button variant="primary" onClick={() => { if (activeOwn) handles.current.get(activeOwn)?.send(`curl ${url}\r`); setUrl(undefined); }}>
                {t('url.curl')}
              </Button>
            </>
          }
        >
          <p className={styles.url}>{url}</p>
          <p>{t('url.text')}</p>
        </Dialog>
      )}
    </div>
  );
}

function Visibility({ terminal }: { terminal: TerminalInfo }) {
  const t = useTranslations('terminal');
  const { api } = useRoom();
  const notices = useNotices();
  const everyone = terminal.visibility === 'everyone';
  return (
    <IconButton
      label={everyone ? t('visibility.everyone') : t('visibility.instructors')}
      size="small"
      side="top"
      pressed={everyone}
      data-testid="terminal-visibility"
      onClick={() => void api.terminal.setVisibility.mutate({ terminalId: terminal.id, visibility: everyone ? 'instructors' : 'everyone' }).catch((error: unknown) => notices.failed(error))}
    >
      {everyone ? <Eye size={16} aria-hidden="true" /> : <EyeOff size={16} aria-hidden="true" />}
    </IconButton>
  );
}

function NoTerminal({ error, loading, observer, onRetry, onCreate }: { error: string | undefined; loading: boolean; observer: boolean; onRetry(): void; onCreate(): void }) {
  const t = useTranslations('terminal');
  const common = useTranslations('common');
  if (error !== undefined) return <EmptyState title={error} live action={<Button onClick={onRetry}>{common('retry')}</Button>} />;
  if (loading) return <EmptyState icon={<Spinner />} title={t('opening')} live />;
  if (observer) return <EmptyState icon={<MonitorPlay size={28} aria-hidden="true" />} title={t('observer')}>{t('observerHint')}</EmptyState>;
  return (
    <EmptyState icon={<SquareTerminal size={28} aria-hidden="true" />} title={t('none')} action={<Button variant="primary" onClick={onCreate}>{t('new')}</Button>}>
      {t('noneHint')}
    </EmptyState>
  );
}
