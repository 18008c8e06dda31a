import type { ReactNode } from 'react';
import styles from './spoken.module.css';

/** What eyes see at a glance, and the same in words for those who listen: `3/3` is «3 of 3 ready». To be put into a button or link. */
export function Spoken({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <span className="visually-hidden">{label}</span>
      <span className={styles.seen} aria-hidden="true">
        {children}
      </span>
    </>
  );
}
