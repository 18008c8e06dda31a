'use client';

/** One terminal on the screen: xterm fed by the server, keystrokes sent to it. Also shows those of others, read-only. */
import '@xterm/xterm/css/xterm.css';
import type { FitAddon } from '@xterm/addon-fit';
import type { Terminal } from '@xterm/xterm';
import { useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { ROOM_LIMITS, type TerminalEvent, type TerminalInfo } from '../../server/rooms/types.ts';
import { CodedError, errorCode } from '../_lib/api.ts';
import { usePreferences } from '../_lib/providers.tsx';
import { useRoom } from '../_room/room-context.tsx';
import { writeClipboard } from '../_ui/copy-button.tsx';
import { useNotices } from '../_ui/notices.tsx';
import { Spinner } from '../_ui/spinner.tsx';
import { KeySender } from './key-sender.ts';
import { openScreen } from './screen.ts';
import { terminalTheme } from './terminal-theme.ts';
import styles from './terminal-view.module.css';

const RESIZE_AFTER_MS = 120;

export interface TerminalHandle {
  /** As if typed. */
  send(data: string): void;
  focus(): void;
}

interface TerminalViewProps {
  terminal: TerminalInfo;
  own: boolean;
  /** Whether it is the one that is seen. */
  active: boolean;
  onEvent(event: Extract<TerminalEvent, { type: 'open' | 'edit' | 'closed' }>): void;
  onHandle(handle: TerminalHandle | undefined): void;
}

interface Loaded {
  xterm: Terminal;
  fit: FitAddon;
}

async function load(parent: HTMLElement, label: string, own: boolean): Promise<Loaded> {
  const addons = Promise.all([import('@xterm/addon-fit'), import('@xterm/addon-web-links')]).then(([{ FitAddon: Fit }, { WebLinksAddon }]) => ({ fit: new Fit(), links: new WebLinksAddon() }));
  const xterm = await openScreen(
    parent,
    label,
    { cursorBlink: own && !window.matchMedia('(prefers-reduced-motion: reduce)').matches, disableStdin: !own },
    addons.then(({ fit, links }) => [fit, links]),
  );
  const { fit } = await addons;
  return { xterm, fit };
}

export function TerminalView({ terminal, own, active, onEvent, onHandle }: TerminalViewProps) {
  const t = useTranslations('terminal');
  const { api } = useRoom();
  const { theme } = usePreferences();
  const notices = useNotices();
  const parent = useRef<HTMLDivElement>(null);
  const loaded = useRef<Loaded>(null);
  const [ready, setReady] = useState(false);
  const callbacks = useRef({ onEvent, onHandle, notices });
  callbacks.current = { onEvent, onHandle, notices };
  const { id, columns, rows } = terminal;
  const label = own ? t('mine', { title: terminal.title }) : t('of', { name: terminal.ownerName, title: terminal.title });

  useEffect(() => {
    const element = parent.current;
    if (!element) return;
    let gone = false;
    const cleanUps: (() => void)[] = [];
    void load(element, label, own).then(({ xterm, fit }) => {
      if (gone) return xterm.dispose();
      loaded.current = { xterm, fit };
      cleanUps.push(() => xterm.dispose());
      const fail = (error: unknown): void => callbacks.current.notices.failed(error);
      // What is typed right after the size has changed must not overtake it: the line would be drawn for another width.
      let sized: Promise<unknown> = Promise.resolve();
      const keys = new KeySender(crypto.getRandomValues(new Uint32Array(3)).join('-'), {
        call: (data, number) => sized.then(() => api.terminal.input.mutate({ terminalId: id, data, keys: number })),
        lost: (error) => errorCode(error) === 'network',
        refused: (error) => fail(error ?? new CodedError('network', 'too much waits to be sent')),
        wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      });
      cleanUps.push(() => keys.close());
      const send = (data: string): void => {
        for (let at = 0; at < data.length; at += ROOM_LIMITS.terminalInputCharacters) keys.send(data.slice(at, at + ROOM_LIMITS.terminalInputCharacters));
      };
      if (own) {
        xterm.onData(send);
        cleanUps.push(keepSize(element, xterm, fit, (coming) => (sized = coming.then((size) => api.terminal.resize.mutate({ terminalId: id, ...size })).catch(() => undefined))));
        callbacks.current.onHandle({ send, focus: () => xterm.focus() });
      } else xterm.resize(columns, rows);
      xterm.attachCustomKeyEventHandler((event) => copyKeys(event, xterm));
      const subscription = api.terminal.output.subscribe(
        { terminalId: id },
        {
          onData: (event) => {
            if (event.type === 'screen') {
              xterm.reset();
              if (!own) xterm.resize(event.columns, event.rows);
              xterm.write(event.data);
              keys.shell = event.shell;
              setReady(true);
            } else if (event.type === 'output') xterm.write(event.data);
            else if (event.type === 'resize') {
              if (!own) xterm.resize(event.columns, event.rows);
            } else callbacks.current.onEvent(event);
          },
          onError: fail,
        },
      );
      cleanUps.push(() => subscription.unsubscribe());
    });
    return () => {
      gone = true;
      loaded.current = null;
      callbacks.current.onHandle(undefined);
      for (const cleanUp of cleanUps.reverse()) cleanUp();
    };
    // The size is needed only to begin with, so that it is not among what begins anew.
  }, [api, id, own, label]);

  useEffect(() => {
    const apply = (): void => {
      if (loaded.current) loaded.current.xterm.options.theme = terminalTheme();
    };
    apply();
    const media = window.matchMedia('(prefers-color-scheme: dark)');
    media.addEventListener('change', apply);
    return () => media.removeEventListener('change', apply);
  }, [theme, ready]);

  useEffect(() => {
    if (active && ready && own) loaded.current?.xterm.focus();
  }, [active, ready, own]);

  return (
    <div className={styles.terminal} hidden={!active} {...(active ? { 'data-testid': own ? 'terminal' : 'watched-terminal' } : {})}>
      <div ref={parent} className={own ? styles.screen : styles.watched} />
      {!ready && (
        <div className={styles.opening} role="status">
          <Spinner /> {t('opening')}
        </div>
      )}
    </div>
  );
}

interface Size {
  columns: number;
  rows: number;
}

/**
 * Fits the terminal into its element, now and whenever that changes.
 * @param tell called when the size begins to change; the promise has the size a moment after the last change.
 */
function keepSize(element: HTMLElement, xterm: Terminal, fit: FitAddon, tell: (coming: Promise<Size>) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let settle: ((size: Size) => void) | undefined;
  const observer = new ResizeObserver(() => {
    // Hidden panels have no size; they keep the one that they had.
    if (element.clientWidth < 40 || element.clientHeight < 30) return;
    fit.fit();
    clearTimeout(timer);
    if (!settle) tell(new Promise((resolve) => (settle = resolve)));
    timer = setTimeout(() => {
      settle?.({ columns: xterm.cols, rows: xterm.rows });
      settle = undefined;
    }, RESIZE_AFTER_MS);
  });
  observer.observe(element);
  return () => {
    clearTimeout(timer);
    observer.disconnect();
  };
}

/** Ctrl-Shift-C copies, and so does Ctrl-C when something is selected; Ctrl-Shift-V is the browser's own. */
function copyKeys(event: KeyboardEvent, xterm: Terminal): boolean {
  if (event.type !== 'keydown' || !event.ctrlKey || event.altKey || event.metaKey) return true;
  const key = event.key.toLowerCase();
  if (key === 'v' && event.shiftKey) return false;
  if (key !== 'c' || (!event.shiftKey && !xterm.hasSelection())) return true;
  event.preventDefault();
  void writeClipboard(xterm.getSelection())
    .catch(() => undefined)
    .finally(() => xterm.focus());
  xterm.clearSelection();
  return false;
}
