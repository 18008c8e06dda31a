'use client';

/** One terminal of the recording: xterm in the size that the terminal had, drawn by what the replay sends. */
import '@xterm/xterm/css/xterm.css';
import type { Terminal } from '@xterm/xterm';
import { useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { TerminalUpdate } from '../../server/recordings/terminals.ts';
import type { RecordedTerminal } from '../../server/recordings/types.ts';
import { usePreferences } from '../_lib/providers.tsx';
import { FONT_SIZE, openScreen } from '../_terminal/screen.ts';
import { terminalTheme } from '../_terminal/terminal-theme.ts';
import { useReview } from './review-context.tsx';
import styles from './review-terminals.module.css';

/** A wide terminal is drawn smaller to fit, down to this. */
const SMALLEST_FONT_SIZE = 10.5;

const load = (parent: HTMLElement, label: string): Promise<Terminal> => openScreen(parent, label, { cursorBlink: false, disableStdin: true });

export function ReviewScreen({ terminal }: { terminal: RecordedTerminal }) {
  const t = useTranslations('replay.terminals');
  const { client } = useReview();
  const { theme } = usePreferences();
  const parent = useRef<HTMLDivElement>(null);
  const loaded = useRef<Terminal>(null);
  const [closed, setClosed] = useState(false);
  const { id } = terminal;
  const label = t('label', { name: terminal.ownerName, title: terminal.title });

  useEffect(() => {
    const element = parent.current;
    if (!element) return;
    let gone = false;
    const cleanUps: (() => void)[] = [];
    void load(element, label).then((xterm) => {
      if (gone) return xterm.dispose();
      loaded.current = xterm;
      const fit = (): void => fitFont(xterm, element);
      const observer = new ResizeObserver(fit);
      observer.observe(element);
      cleanUps.push(client.watchTerminal(id, (update) => { draw(xterm, update, fit, () => toCursor(xterm, element)); setClosed(update.closed); }), () => observer.disconnect(), () => xterm.dispose());
    });
    return () => {
      gone = true;
      loaded.current = null;
      for (const cleanUp of cleanUps) cleanUp();
    };
  }, [client, id, label]);

  useEffect(() => {
    const apply = (): void => {
      if (loaded.current) loaded.current.options.theme = terminalTheme();
    };
    apply();
    const media = window.matchMedia('(prefers-color-scheme: dark)');
    media.addEventListener('change', apply);
    return () => media.removeEventListener('change', apply);
  }, [theme]);

  return (
    <div className={styles.terminal} data-testid="review-terminal" data-terminal={id}>
      <div ref={parent} className={styles.screen} />
      {closed && <p className={styles.closed}>{t('closed')}</p>}
    </div>
  );
}

function draw(xterm: Terminal, { reset, parts }: TerminalUpdate, onResize: () => void, done: () => void): void {
  if (reset) xterm.reset();
  for (const part of parts) {
    if ('data' in part) xterm.write(part.data);
    // Behind what was printed before: a resize at once would wrap it otherwise.
    else xterm.write('', () => {
      xterm.resize(part.columns, part.rows);
      onResize();
    });
  }
  xterm.write('', done);
}

/** A wide terminal is drawn smaller, so that its lines are seen whole. */
function fitFont(xterm: Terminal, element: HTMLElement): void {
  const screen = element.querySelector<HTMLElement>('.xterm-screen');
  const size = xterm.options.fontSize ?? FONT_SIZE;
  if (!screen || element.clientWidth === 0 || screen.offsetWidth === 0) return;
  const wanted = Math.floor(((element.clientWidth - 32) / (screen.offsetWidth / size)) * 2) / 2;
  const next = Math.min(FONT_SIZE, Math.max(SMALLEST_FONT_SIZE, wanted));
  if (next !== size) xterm.options.fontSize = next;
}

/** The line that is printed is seen, also where the panel is lower than the terminal was. */
function toCursor(xterm: Terminal, element: HTMLElement): void {
  const screen = element.querySelector<HTMLElement>('.xterm-screen');
  if (!screen || xterm.rows === 0) return;
  const row = screen.offsetHeight / xterm.rows;
  const bottom = (xterm.buffer.active.cursorY + 2) * row;
  element.scrollTop = Math.max(0, bottom - element.clientHeight);
}
