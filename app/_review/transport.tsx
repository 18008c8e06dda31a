'use client';

/** Play, pause, speed, marks before and after, and what time it is. */
import { Gauge, Pause, Play, SkipBack, SkipForward } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { ClassClock } from '../../server/recordings/class-clock.ts';
import { clockTime } from '../_lib/format-time.ts';
import { Button, IconButton } from '../_ui/button.tsx';
import { Menu, MenuChoice } from '../_ui/menu.tsx';
import { Spinner } from '../_ui/spinner.tsx';
import { neighbours } from './markers.ts';
import { SPEEDS, type Speed } from './playback.ts';
import { atOf, timeOf, usePlayback, useReview, useReviewState } from './review-context.tsx';
import { Scrubber } from './scrubber.tsx';
import { reviewTime } from './times.ts';
import styles from './transport.module.css';
import { useDurationText } from './use-duration.ts';

const SPEED_NAMES = { 0.5: 'half', 1: 'one', 2: 'two', 10: 'ten', 60: 'sixty', skip: 'skip' } as const satisfies Record<Speed, string>;
/** Shorter leaps are not worth saying. */
const WORTH_SAYING_MS = 5_000;

export function Transport() {
  const t = useTranslations('replay.transport');
  const { manifest, playback, seek } = useReview();
  const { playing, speed, skipped } = usePlayback();
  const at = useReviewState(atOf);
  const time = useReviewState(timeOf);
  const seeking = useReviewState((state) => state.seeking);
  const duration = useDurationText();
  const { axis, markers } = manifest;
  const { previous, next } = useMemo(() => neighbours(markers, at), [markers, at]);
  const clock = useMemo(() => new ClassClock(manifest.clock), [manifest.clock]);
  const rate = clock.rateAt(at);
  const toggle = (): void => {
    if (playing) return playback.pause();
    // From the end it begins again.
    if (at >= axis.to) seek(axis.from);
    playback.play(performance.now());
  };

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== ' ' || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      // Where Space means something already, it keeps that meaning.
      if (event.target instanceof HTMLElement && event.target.closest('button, a, input, textarea, select, [contenteditable="true"], [role="menuitem"], [role="menuitemradio"], [role="tab"]')) return;
      event.preventDefault();
      if (playback.state().playing) playback.pause();
      else playback.play(performance.now());
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [playback]);

  return (
    <section className={styles.transport} aria-label={t('label')}>
      <Scrubber />
      <div className={styles.row}>
        <div className={styles.times}>
          <span className={styles.now} data-testid="review-time">
            {reviewTime(at - axis.from)}
          </span>
          <span className={styles.total}>{t('of', { total: reviewTime(axis.to - axis.from) })}</span>
          <span className={styles.waiting}>{seeking && !playing && <Spinner size={14} />}</span>
        </div>
        <div className={styles.buttons}>
          <IconButton label={t('previous')} side="top" disabled={previous === undefined} onClick={() => previous !== undefined && seek(previous)} data-testid="review-previous">
            <SkipBack size={18} aria-hidden="true" />
          </IconButton>
          <button type="button" className={styles.play} aria-label={playing ? t('pause') : t('play')} aria-pressed={playing} onClick={toggle} data-testid="review-play">
            {playing ? <Pause size={22} aria-hidden="true" /> : <Play size={22} aria-hidden="true" className={styles.playIcon} />}
          </button>
          <IconButton label={t('next')} side="top" disabled={next === undefined} onClick={() => next !== undefined && seek(next)} data-testid="review-next">
            <SkipForward size={18} aria-hidden="true" />
          </IconButton>
        </div>
        <div className={styles.end}>
          <span className={styles.note} role="status">
            {speed === 'skip' && skipped >= WORTH_SAYING_MS && t('skipped', { duration: duration(skipped) })}
          </span>
          <span className={styles.clock} data-testid="review-cluster-time">
            {t('clock', { time: clockTime(time) })}
            {rate !== undefined && <span className={styles.rate}>{rate === 0 ? t('stands') : rate === 'leap' ? t('leaps') : t('rate', { rate })}</span>}
          </span>
          <Menu
            trigger={
              <Button size="small" variant="quiet" icon={<Gauge size={15} aria-hidden="true" />} data-testid="review-speed">
                <span className="visually-hidden">{t('speed')} </span>
                {t(`speeds.${SPEED_NAMES[speed]}`)}
              </Button>
            }
          >
            <MenuChoice
              label={t('speed')}
              value={String(speed)}
              choices={SPEEDS.map((value) => ({ value: String(value), label: t(`speeds.${SPEED_NAMES[value]}`) }))}
              onChange={(value) => playback.setSpeed(SPEEDS.find((one) => String(one) === value) ?? 1)}
            />
          </Menu>
        </div>
      </div>
    </section>
  );
}
