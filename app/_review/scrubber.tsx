'use client';

/**
 * The time line of a class: where it was busy, what was broken and for how long, marks, and the play head. One slider for keyboard and
 * screen readers; what is drawn on it is also in the list of marks.
 */
import { memo, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useTranslations } from 'use-intl';
import { ClassClock } from '../../server/recordings/class-clock.ts';
import type { Marker } from '../../server/recordings/types.ts';
import { clockTime } from '../_lib/format-time.ts';
import { MarkerIcon } from './marker-icon.tsx';
import { activity, clusterMarkers, faultSpans, type MarkerCluster } from './markers.ts';
import { atOf, timeOf, usePlayback, useReview, useReviewState } from './review-context.tsx';
import styles from './scrubber.module.css';
import { TimeScale } from './time-scale.ts';
import { reviewTime } from './times.ts';
import { useDurationText } from './use-duration.ts';
import { useMarkerText } from './use-marker-text.ts';

const ARROW_MS = 5_000;
const PAGE_MS = 60_000;
/** Marks closer than this are drawn as one, pixels. */
const APART_PX = 24;
const BAR_PX = 5;
/** Marks named in a preview. */
const NAMED = 4;
/** Coming and going is in the list; on the track it would hide the rest. */
const HIDDEN: ReadonlySet<Marker['kind']> = new Set(['away', 'back']);

export function Scrubber() {
  const t = useTranslations('replay.transport');
  const { manifest, seek, playback } = useReview();
  const { playing } = usePlayback();
  const shown = useReviewState(atOf);
  const clusterTime = useReviewState(timeOf);
  const track = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(800);
  const [dragged, setDragged] = useState<number>();
  const [hovered, setHovered] = useState<number>();
  const resume = useRef(false);
  const { axis, quiet, markers } = manifest;
  const length = axis.to - axis.from;
  const at = dragged ?? shown;

  useLayoutEffect(() => {
    const element = track.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const scale = useMemo(() => new TimeScale(axis, quiet), [axis, quiet]);
  const clusters = useMemo(() => clusterMarkers(markers.filter(({ kind }) => !HIDDEN.has(kind)), (when) => scale.position(when), width, APART_PX), [markers, scale, width]);

  const momentAt = (event: PointerEvent): number => {
    const box = (track.current as HTMLDivElement).getBoundingClientRect();
    return scale.moment(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    resume.current = playback.state().playing;
    playback.pause();
    const mark = (event.target as HTMLElement).closest<HTMLElement>('[data-seek]')?.dataset.seek;
    const target = mark === undefined ? momentAt(event) : Number(mark);
    setDragged(target);
    seek(target);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const target = momentAt(event);
    setHovered(target);
    if (dragged === undefined || !event.currentTarget.hasPointerCapture(event.pointerId) || Math.abs(event.movementX) + Math.abs(event.movementY) === 0) return;
    setDragged(target);
    seek(target);
  };
  const onPointerUp = (): void => {
    if (dragged === undefined) return;
    setDragged(undefined);
    if (resume.current) playback.play(performance.now());
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const step = event.shiftKey ? 1_000 : ARROW_MS;
    const targets: Record<string, number> = {
      ArrowRight: at + step,
      ArrowUp: at + step,
      ArrowLeft: at - step,
      ArrowDown: at - step,
      PageUp: at + PAGE_MS,
      PageDown: at - PAGE_MS,
      Home: axis.from,
      End: axis.to,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    seek(target);
  };

  return (
    <div className={styles.frame}>
      <div
        ref={track}
        className={styles.scrubber}
        role="slider"
        tabIndex={0}
        aria-label={t('scrubber')}
        aria-valuemin={0}
        aria-valuemax={length}
        aria-valuenow={at - axis.from}
        aria-valuetext={t('scrubberValue', { time: reviewTime(at - axis.from), total: reviewTime(length), clock: clockTime(clusterTime) })}
        data-testid="review-scrubber"
        data-playing={playing || undefined}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={onPointerUp}
        onPointerLeave={() => setHovered(undefined)}
        onKeyDown={onKeyDown}
      >
        <Track width={width} clusters={clusters} scale={scale} />
        <div className={styles.played} style={{ width: `${scale.position(at) * 100}%` }} />
        <div className={styles.head} style={{ left: `${scale.position(at) * 100}%` }} />
        {hovered !== undefined && <Preview at={dragged ?? hovered} clusters={clusters} scale={scale} width={width} />}
      </div>
    </div>
  );
}

/** Everything on the track that stays while the head moves. */
const Track = memo(function Track({ width, clusters, scale }: { width: number; clusters: readonly MarkerCluster[]; scale: TimeScale }) {
  const t = useTranslations('replay.transport');
  const { manifest } = useReview();
  const { axis, quiet, markers } = manifest;
  const bars = useMemo(() => activity(markers.filter(({ kind }) => !HIDDEN.has(kind)), (moment) => scale.position(moment), Math.max(10, Math.floor(width / BAR_PX))), [markers, scale, width]);
  const spans = useMemo(() => faultSpans(markers, axis.to), [markers, axis.to]);
  const at = (moment: number): number => scale.position(moment) * 100;
  return (
    <div aria-hidden="true">
      <svg className={styles.activity} viewBox={`0 0 ${bars.length} 1`} preserveAspectRatio="none">
        {bars.map((height, index) => height > 0 && <rect key={index} x={index + 0.15} y={1 - Math.max(0.08, height)} width={0.7} height={Math.max(0.08, height)} />)}
      </svg>
      <div className={styles.line} />
      {quiet.map(({ from, to }) => (
        <div key={from} className={styles.quiet} style={{ left: `${at(from)}%`, width: `${at(to) - at(from)}%` }} />
      ))}
      {spans.map(({ text, from, to }) => (
        <div
          key={`${text} ${from}`}
          className={styles.span}
          style={{ left: `${at(from)}%`, width: `${Math.max(at(to) - at(from), 0.2)}%` }}
          title={t('broken', { fault: text, from: reviewTime(from - axis.from), to: reviewTime(to - axis.from) })}
        />
      ))}
      {clusters.map(({ kind, markers: group, position }) => (
        <span key={group[0]?.id} className={kind === 'command' ? styles.dot : styles.marker} style={{ left: `${position * 100}%` }} data-seek={group[0]?.wall}>
          {kind !== 'command' && <MarkerIcon kind={kind} size={20} />}
          {kind !== 'command' && group.length > 1 && <span className={styles.count}>{group.length > 99 ? '99+' : group.length}</span>}
        </span>
      ))}
    </div>
  );
});

/** The moment under the pointer, and the marks there. */
function Preview({ at, clusters, scale, width }: { at: number; clusters: readonly MarkerCluster[]; scale: TimeScale; width: number }) {
  const t = useTranslations('replay.markers');
  const track = useTranslations('replay.transport');
  const duration = useDurationText();
  const { manifest } = useReview();
  const textOf = useMarkerText();
  const { axis, quiet } = manifest;
  const clock = useMemo(() => new ClassClock(manifest.clock), [manifest.clock]);
  const position = scale.position(at);
  const stretch = quiet.find(({ from, to }) => at >= from && at < to);
  const near = clusters.find((cluster) => Math.abs(cluster.position - position) * width <= APART_PX / 2);
  const rest = (near?.markers.length ?? 0) - NAMED;
  return (
    <div className={styles.preview} style={{ left: `clamp(130px, ${position * 100}%, calc(100% - 130px))` }} aria-hidden="true">
      <p className={styles.previewTime}>
        {reviewTime(at - axis.from)} <span>{track('clock', { time: clockTime(clock.timeAt(at)) })}</span>
      </p>
      {stretch && <p className={styles.previewRest}>{track('quiet', { duration: duration(stretch.to - stretch.from) })}</p>}
      {near?.markers.slice(0, NAMED).map((marker) => (
        <p key={marker.id} className={styles.previewMark}>
          <MarkerIcon kind={marker.kind} size={16} />
          <span>
            {marker.participantName ? `${marker.participantName}: ` : ''}
            {textOf(marker) || t(`names.${marker.kind}`)}
          </span>
        </p>
      ))}
      {rest > 0 && <p className={styles.previewRest}>{t('more', { count: rest })}</p>}
    </div>
  );
}
