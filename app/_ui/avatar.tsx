import { classes } from './classes.ts';
import styles from './avatar.module.css';

/** Somebody's initials on their colour. The name must stand beside it or in `title`. @param size pixels */
export function Avatar({ name, color, size = 28, faded = false, title }: { name: string; color: string; size?: number; faded?: boolean; title?: string }) {
  return (
    <span className={classes(styles.avatar, faded && styles.faded)} style={{ '--person': color, width: size, height: size, fontSize: size * 0.4 } as React.CSSProperties} title={title} aria-hidden="true" data-initials={initials(name)} />
  );
}

/** `Ada Lovelace` → `AL`, `王小明` → `小明`. */
export function initials(name: string): string {
  const letters = [...name.trim()];
  if (letters.some((letter) => /\p{Script=Han}/u.test(letter))) return letters.filter((letter) => /\S/.test(letter)).slice(-2).join('');
  const words = name.trim().split(/\s+/);
  return words
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();
}
