'use client';

import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';
import styles from './link-field.module.css';

/** A link to give away: its name, the address, and a button that copies it. */
export function LinkField({ label, hint, url, testId }: { label: string; hint?: ReactNode; url: string; testId?: string }) {
  return (
    <div className={styles.field}>
      <p className={styles.label}>{label}</p>
      {hint !== undefined && <p className={styles.hint}>{hint}</p>}
      <div className={styles.row}>
        <input className={styles.url} readOnly value={url} aria-label={label} data-testid={testId} onFocus={(event) => event.currentTarget.select()} />
        <CopyButton text={url} name={label} />
      </div>
    </div>
  );
}
