'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Logo } from './logo.tsx';
import styles from './page-header.module.css';
import { PreferencesMenu } from './preferences-menu.tsx';

/** The bar above every page that is not a room. */
export function PageHeader({ children }: { children?: ReactNode }) {
  const t = useTranslations('common');
  return (
    <header className={styles.header}>
      <Link href="/" className={styles.home}>
        <Logo size={28} />
        <span>{t('productName')}</span>
      </Link>
      <nav className={styles.end}>
        {children}
        <Link href="/recordings" className={styles.link}>
          {t('recordings')}
        </Link>
        <PreferencesMenu />
      </nav>
    </header>
  );
}
