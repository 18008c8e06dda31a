import type { ReactNode } from 'react';
import { PageHeader } from './page-header.tsx';
import styles from './plain-page.module.css';

/** A page that only says something: what was looked for is not there, or failed. */
export function PlainPage({ children }: { children: ReactNode }) {
  return (
    <>
      <PageHeader />
      <main className={styles.main}>{children}</main>
    </>
  );
}
