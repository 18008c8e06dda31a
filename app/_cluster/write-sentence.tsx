'use client';

/** A write in words: who did what to which object. */
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { Caption } from './model/caption.ts';
import styles from './write-sentence.module.css';

export function WriteSentence({ caption, times = 1 }: { caption: Caption; /** How many of the kind this stands for. */ times?: number }) {
  const t = useTranslations('cluster.write');
  return (
    <span className={styles.sentence}>
      {t.rich(`captions.${caption.key}`, { ...caption.values, who: (text: ReactNode) => <b className={styles.who}>{text}</b>, what: (text: ReactNode) => <span className={styles.what}>{text}</span>, actor: caption.values.who })}
      {times > 1 && <span className={styles.times}>{t('times', { count: times })}</span>}
    </span>
  );
}
