import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import styles from './empty-state.module.css';

/** What a part of the page says while it has nothing to show, waits, or failed. */
export function EmptyState({ icon, title, children, action, live = false, page = false }: { icon?: ReactNode; title: ReactNode; children?: ReactNode; action?: ReactNode; /** Read out when it appears. */ live?: boolean; /** It is all that the page has: its title is the page's. */ page?: boolean }) {
  const Title = page ? 'h1' : 'p';
  return (
    <div className={styles.empty} {...(live ? { role: 'status' } : {})}>
      {icon !== undefined && <div className={styles.icon}>{icon}</div>}
      <Title className={classes(styles.title, page && styles.large)}>{title}</Title>
      {children !== undefined && <div className={styles.text}>{children}</div>}
      {action !== undefined && <div className={styles.action}>{action}</div>}
    </div>
  );
}
