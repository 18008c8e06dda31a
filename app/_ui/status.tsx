import { classes } from './classes.ts';
import styles from './status.module.css';

/** The states that colours stand for. Each has its own shape too. */
export type Tone = 'ready' | 'pending' | 'failing' | 'leaving' | 'unknown' | 'done';

/** The shape of a state, without words. @param size pixels */
export function ToneMark({ tone, size = 10 }: { tone: Tone; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 10 10" className={classes(styles.mark, styles[tone])} aria-hidden="true">
      {tone === 'ready' && <circle cx="5" cy="5" r="4.5" fill="currentColor" />}
      {tone === 'pending' && <path d="M5 .8a4.2 4.2 0 1 1 0 8.4A4.2 4.2 0 0 1 5 .8Zm0 1.4v5.6a2.8 2.8 0 0 0 0-5.6Z" fill="currentColor" fillRule="evenodd" />}
      {tone === 'failing' && <path d="M5 .5 9.7 9H.3Z" fill="currentColor" />}
      {tone === 'leaving' && <rect x="0.8" y="3.8" width="8.4" height="2.4" rx="1.2" fill="currentColor" />}
      {tone === 'unknown' && <path d="M5 .6 9.4 5 5 9.4.6 5Z" fill="none" stroke="currentColor" strokeWidth="1.6" />}
      {tone === 'done' && <path d="m1.2 5.4 2.6 2.6 5-6" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />}
    </svg>
  );
}

/** A state in a word, with its shape. */
export function StatusBadge({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span className={classes(styles.badge, styles[tone], styles[`${tone}Soft`])}>
      <ToneMark tone={tone} size={9} />
      {children}
    </span>
  );
}
