'use client';

/** Says whether the replay is what was recorded, and by what one may know. */
import { Popover } from 'radix-ui';
import { useTranslations } from 'use-intl';
import { SIMULATION_VERSION } from '../../server/recordings/version.ts';
import { StatusBadge } from '../_ui/status.tsx';
import type { ReviewState } from './client.ts';
import { useReview, useReviewState } from './review-context.tsx';
import styles from './review-header.module.css';
import { reviewTime } from './times.ts';

const fidelityOf = (state: ReviewState): ReviewState['fidelity'] => state.fidelity;

export function FidelityBadge() {
  const t = useTranslations('replay.fidelity');
  const { manifest } = useReview();
  const fidelity = useReviewState(fidelityOf);
  const took = useReviewState((state) => Math.round(state.tookMs));
  const { keyframes, axis } = manifest;
  const timeOfKeyframe = (sequence: number): string => reviewTime((keyframes.find((one) => one.sequence === sequence)?.wall ?? axis.from) - axis.from);
  const recorded = [...new Set(keyframes.map(({ simulationVersion }) => simulationVersion))].join(', ');
  const faithful = fidelity.kind === 'faithful';
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button type="button" className={styles.fidelity} data-testid="review-fidelity" data-kind={fidelity.kind}>
          <StatusBadge tone={!faithful ? 'failing' : fidelity.checkedKeyframes === 0 || recorded !== SIMULATION_VERSION ? 'pending' : 'ready'}>
            {faithful ? t('faithful', { count: fidelity.checkedKeyframes }) : t('diverged', { time: timeOfKeyframe(fidelity.keyframe) })}
          </StatusBadge>
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content aria-label={t('title')} className={styles.popover} sideOffset={8} collisionPadding={12}>
          <h2 className={styles.popoverTitle}>{t('title')}</h2>
          <p className={styles.popoverText}>{t('text')}</p>
          <dl className={styles.facts}>
            {faithful ? (
              <Fact label={t('checked')} value={t('of', { checked: fidelity.checkedKeyframes, total: keyframes.length })} />
            ) : (
              <>
                <Fact label={t('expected')} value={fidelity.expected} />
                <Fact label={t('actual')} value={fidelity.actual} />
              </>
            )}
            <Fact label={t('version')} value={recorded === SIMULATION_VERSION ? recorded : t('otherVersion', { recorded, playing: SIMULATION_VERSION })} />
            <Fact label={t('took')} value={t('milliseconds', { count: took })} />
          </dl>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div className={styles.fact}>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
