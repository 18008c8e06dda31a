'use client';

import { useTranslations } from 'use-intl';
import styles from './key-row.module.css';

/** Keys that a phone's keyboard lacks. */
const KEYS = [
  { label: 'Tab', data: '\t' },
  { label: 'Esc', data: '\x1b' },
  { label: 'Ctrl-C', data: '\x03' },
  { label: 'Ctrl-D', data: '\x04' },
  { label: '↑', data: '\x1b[A', name: 'up' },
  { label: '↓', data: '\x1b[B', name: 'down' },
  { label: '←', data: '\x1b[D', name: 'left' },
  { label: '→', data: '\x1b[C', name: 'right' },
  { label: '|', data: '|' },
  { label: '-', data: '-' },
  { label: '/', data: '/' },
  { label: '=', data: '=' },
] as const;

export function KeyRow({ onKey }: { onKey(data: string): void }) {
  const t = useTranslations('terminal');
  return (
    <div className={styles.row} role="toolbar" aria-label={t('keys')}>
      {KEYS.map((key) => (
        // Pressing must not take the focus from the terminal, or the keyboard closes.
        <button key={key.label} type="button" className={styles.key} aria-label={'name' in key ? t(`arrows.${key.name}`) : key.label} onPointerDown={(event) => event.preventDefault()} onClick={() => onKey(key.data)}>
          {key.label}
        </button>
      ))}
    </div>
  );
}
