'use client';

import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { ObjectRef } from '../../server/rooms/service.ts';
import { useClusterSource } from '../_lib/cluster-source.tsx';
import { Button } from '../_ui/button.tsx';
import { classes } from '../_ui/classes.ts';
import { Spinner } from '../_ui/spinner.tsx';
import { actorOf } from './actors.ts';
import { ChangeWords } from './change-words.tsx';
import { effectsTree, later } from './effects-tree.ts';
import styles from './effects-list.module.css';
import { sameRef } from './kinds.ts';
import { useRefreshed } from './use-refreshed.ts';
import { ACTOR_ICONS, type Cause } from './why-tab.tsx';

const FIRST_ROWS = 40;
/** Deeper ones are shown no further to the right. */
const MAX_INDENT = 6;

/** Everything that followed from a write or an input. */
export function EffectsList({ subject, cause, version }: { subject: ObjectRef; cause: Cause; version: number }) {
  const t = useTranslations('inspector.effects');
  const source = useClusterSource();
  const effects = useRefreshed(() => source.effects?.(cause.kind, cause.id) ?? Promise.resolve([]), `${cause.kind} ${cause.id}`, version, 2_000);
  const [all, setAll] = useState(false);
  const tree = useMemo(() => effectsTree(effects.data ?? []), [effects.data]);
  const shown = all ? tree.rows : tree.rows.slice(0, FIRST_ROWS);
  const begin = cause.time ?? tree.rows[0]?.caused.write.time ?? 0;
  const end = Math.max(begin, ...tree.rows.map(({ caused }) => caused.write.time));
  const actors = new Set(tree.rows.map(({ caused }) => caused.write.writer)).size;
  return (
    <section className={styles.effects} data-testid="inspector-effects">
      <h3 className={styles.heading}>{t('title')}</h3>
      {effects.data === undefined ? (
        <p className={styles.summary}>{effects.loading ? <Spinner size={16} /> : t('failed')}</p>
      ) : tree.rows.length === 0 ? (
        <p className={styles.summary}>{t('none')}</p>
      ) : (
        <p className={styles.summary}>{t('summary', { writes: tree.rows.length, components: actors, elapsed: later(end - begin).slice(1), events: tree.events })}</p>
      )}
      <ol className={styles.list}>
        {shown.map(({ caused, depth }) => {
          const actor = actorOf(caused.write.writer);
          const Icon = ACTOR_ICONS[actor.kind];
          return (
            <li key={caused.write.revision} className={classes(styles.effect, sameRef({ resource: caused.write.resource, key: caused.write.key }, subject) && styles.own)} style={{ '--depth': Math.min(depth, MAX_INDENT) } as React.CSSProperties} data-actor={actor.kind}>
              <span className={styles.icon}>
                <Icon size={13} aria-hidden="true" />
              </span>
              <span className={styles.words}>
                <span className={styles.actor}>{actor.node ? `${actor.name} (${actor.node})` : actor.name}</span> <ChangeWords caused={caused} subject={subject} />
              </span>
              <span className={styles.time}>{later(caused.write.time - begin)}</span>
            </li>
          );
        })}
      </ol>
      {tree.rows.length > shown.length && (
        <Button size="small" variant="quiet" onClick={() => setAll(true)}>
          {t('showAll', { count: tree.rows.length })}
        </Button>
      )}
    </section>
  );
}
