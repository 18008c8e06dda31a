'use client';

/** The terminals of the class as they were: a tab each, read-only. */
import { SquareTerminal } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { EmptyState } from '../_ui/empty-state.tsx';
import { Spinner } from '../_ui/spinner.tsx';
import { TabBar } from '../_ui/tabs.tsx';
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
      <TabBar
        label={t('tabs')}
        tabs={terminals.map(({ id, ownerId, ownerName, title }) => ({
          id: `review-terminal-${id}`,
          label: t('of', { name: ownerName, title }),
          icon: <span className={styles.dot} style={{ background: manifest.participants.find((one) => one.id === ownerId)?.color ?? '#8793a8' }} />,
          selected: id === current?.id,
          disabled: !isOpen.has(id),
          title: isOpen.has(id) ? undefined : t('notYet'),
          onSelect: () => {
            setChosen(id);
            setFollow(false);
          },
          data: { 'data-testid': 'review-terminal-tab', 'data-terminal': id },
        }))}
      >
        <label className={styles.follow}>
          <input type="checkbox" checked={follow} onChange={(event) => setFollow(event.target.checked)} data-testid="review-follow" />
          {t('follow')}
        </label>
      </TabBar>
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
