'use client';

/** The terminals of the class as they were: a tab each, read-only. */
import { SquareTerminal } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { classes } from '../_ui/classes.ts';
import { EmptyState } from '../_ui/empty-state.tsx';
import { Spinner } from '../_ui/spinner.tsx';
import type { ReviewState } from './client.ts';
import { ReviewScreen } from './review-screen.tsx';
import { useReview, useReviewState } from './review-context.tsx';
import styles from './review-terminals.module.css';

const openedOf = (state: ReviewState): readonly string[] => state.opened;
const lastActiveOf = (state: ReviewState): string | undefined => state.lastActive;
/** The tape reaches to the instant that is shown. */
const hereOf = (state: ReviewState): boolean => state.terminalsUntil !== undefined && state.at <= state.terminalsUntil + 1;

export function ReviewTerminals() {
  const t = useTranslations('replay.terminals');
  const { manifest } = useReview();
  const opened = useReviewState(openedOf);
  const lastActive = useReviewState(lastActiveOf);
  const here = useReviewState(hereOf);
  const [chosen, setChosen] = useState<string>();
  const [follow, setFollow] = useState(true);
  const terminals = useMemo(() => [...manifest.terminals].sort((x, y) => x.createdAt - y.createdAt), [manifest.terminals]);
  const isOpen = useMemo(() => new Set(opened), [opened]);
  const wanted = follow ? (lastActive ?? chosen) : chosen;
  const current = terminals.find(({ id }) => id === wanted && isOpen.has(id)) ?? terminals.find(({ id }) => isOpen.has(id));
  // What was followed stays when following ends.
  useEffect(() => {
    if (follow && lastActive !== undefined) setChosen(lastActive);
  }, [follow, lastActive]);

  if (terminals.length === 0) {
    return (
      <EmptyState icon={<SquareTerminal size={28} aria-hidden="true" />} title={t('noneAtAll')}>
        {t('noneAtAllHint')}
      </EmptyState>
    );
  }
  return (
    <div className={styles.dock}>
      <div className={styles.bar}>
        <div className={styles.tabs} role="tablist" aria-label={t('tabs')}>
          {terminals.map((terminal) => {
            const { id, ownerId, ownerName, title } = terminal;
            const color = manifest.participants.find((one) => one.id === ownerId)?.color ?? '#8793a8';
            return (
              <button
                key={id}
                type="button"
                role="tab"
                aria-selected={id === current?.id}
                disabled={!isOpen.has(id)}
                title={isOpen.has(id) ? undefined : t('notYet')}
                className={classes(styles.tab, id === current?.id && styles.selected)}
                onClick={() => {
                  setChosen(id);
                  setFollow(false);
                }}
                data-testid="review-terminal-tab"
                data-terminal={id}
              >
                <span className={styles.dot} style={{ background: color }} />
                {t('of', { name: ownerName, title })}
              </button>
            );
          })}
        </div>
        <label className={styles.follow}>
          <input type="checkbox" checked={follow} onChange={(event) => setFollow(event.target.checked)} data-testid="review-follow" />
          {t('follow')}
        </label>
      </div>
      <div className={styles.screens}>
        {current ? (
          <ReviewScreen key={current.id} terminal={current} />
        ) : here ? (
          <EmptyState icon={<SquareTerminal size={28} aria-hidden="true" />} title={t('none')}>
            {t('noneHint')}
          </EmptyState>
        ) : (
          <EmptyState icon={<Spinner size={24} />} title={t('loading')} live />
        )}
      </div>
    </div>
  );
}
