'use client';

/** All marks of a class, to find a moment by what happened. */
import { ListFilter } from 'lucide-react';
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { countUntil } from '../../server/recordings/moments.ts';
import { MARKER_KINDS, type Marker, type MarkerKind } from '../../server/recordings/types.ts';
import { Button } from '../_ui/button.tsx';
import { classes } from '../_ui/classes.ts';
import { EmptyState } from '../_ui/empty-state.tsx';
import { MarkerIcon } from './marker-icon.tsx';
import { inOrder } from './markers.ts';
import styles from './marker-list.module.css';
import { atOf, useReview, useReviewState } from './review-context.tsx';
import { reviewTime } from './times.ts';
import { useMarkerText } from './use-marker-text.ts';

/** Shown only to whoever asks for it: reloads of pages make many. */
const QUIET: readonly MarkerKind[] = ['away', 'back'];

export function MarkerList() {
  const t = useTranslations('replay.markers');
  const { manifest, seek } = useReview();
  const { markers, axis } = manifest;
  const [hidden, setHidden] = useState<ReadonlySet<MarkerKind>>(new Set(QUIET));
  const [person, setPerson] = useState('');
  const counts = useMemo(() => {
    const result = new Map<MarkerKind, number>();
    for (const { kind } of markers) result.set(kind, (result.get(kind) ?? 0) + 1);
    return result;
  }, [markers]);
  const people = useMemo(() => [...new Set(markers.flatMap(({ participantName }) => participantName ?? []))].sort(), [markers]);
  const shown = useMemo(
    () => inOrder(markers.filter(({ kind, participantName }) => !hidden.has(kind) && (person === '' || participantName === person))),
    [markers, hidden, person],
  );
  const current = useReviewState((state) => countUntil(shown, atOf(state))) - 1;
  const list = useRef<HTMLOListElement>(null);
  // The mark that was passed last stays in sight, unless somebody is choosing in the list.
  useEffect(() => {
    const element = list.current;
    if (!element || element.matches(':hover') || element.contains(document.activeElement)) return;
    const row = element.children[Math.max(0, current)] as HTMLElement | undefined;
    if (row) element.scrollTop = row.offsetTop - element.clientHeight / 2;
  }, [current]);

  if (markers.length === 0) return <EmptyState icon={<ListFilter size={26} aria-hidden="true" />} title={t('none')} />;
  return (
    <div className={styles.panel}>
      <header className={styles.header}>
        <h2 className={styles.title}>{t('title')}</h2>
        <label className={styles.person}>
          <span className="visually-hidden">{t('person')}</span>
          <select value={person} onChange={(event) => setPerson(event.target.value)} data-testid="review-marker-person">
            <option value="">{t('everyone')}</option>
            {people.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </header>
      <div className={styles.filters} role="group" aria-label={t('filters')}>
        {MARKER_KINDS.filter((kind) => counts.has(kind)).map((kind) => (
          <button
            key={kind}
            type="button"
            className={classes(styles.filter, !hidden.has(kind) && styles.on)}
            aria-pressed={!hidden.has(kind)}
            onClick={() => setHidden(toggled(hidden, kind))}
            data-testid="review-marker-filter"
            data-kind={kind}
          >
            <MarkerIcon kind={kind} size={16} />
            {t(`kinds.${kind}`)}
            <span className={styles.number}>{counts.get(kind)}</span>
          </button>
        ))}
      </div>
      {shown.length === 0 ? (
        <EmptyState title={t('noneFiltered')} action={<Button onClick={() => { setHidden(new Set()); setPerson(''); }}>{t('showAll')}</Button>} />
      ) : (
        <ol ref={list} className={styles.list}>
          {shown.map((marker, index) => (
            <Row key={marker.id} marker={marker} from={axis.from} current={index === current} past={index <= current} onSeek={seek} />
          ))}
        </ol>
      )}
    </div>
  );
}

const Row = memo(function Row({ marker, from, current, past, onSeek }: { marker: Marker; from: number; current: boolean; past: boolean; onSeek(at: number): void }) {
  const t = useTranslations('replay.markers');
  const textOf = useMarkerText();
  const { kind, wall, participantName } = marker;
  const text = textOf(marker);
  return (
    <li className={classes(styles.item, !past && styles.later)}>
      <button type="button" className={classes(styles.row, current && styles.current)} aria-current={current ? 'time' : undefined} onClick={() => onSeek(wall)} data-testid="review-marker" data-kind={kind} data-time={wall - from}>
        <MarkerIcon kind={kind} size={24} />
        <span className={styles.body}>
          <span className={styles.about}>
            <span className={styles.what}>{t(`names.${kind}`)}</span>
            {participantName && <span className={styles.who}>{participantName}</span>}
            <span className={styles.time}>{reviewTime(wall - from)}</span>
          </span>
          {text !== '' && <span className={classes(styles.text, (kind === 'command' || kind === 'fault' || kind === 'heal' || kind === 'pod-failing') && styles.code)}>{text}</span>}
        </span>
      </button>
    </li>
  );
});

function toggled(set: ReadonlySet<MarkerKind>, kind: MarkerKind): ReadonlySet<MarkerKind> {
  const next = new Set(set);
  if (!next.delete(kind)) next.add(kind);
  return next;
}
