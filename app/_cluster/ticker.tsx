'use client';

/** The line under the map: the write that is on its way, in words. In slow motion it is what one reads. */
import { ListEnd, PanelRightClose } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { useTranslations } from 'use-intl';
import type { WriteRow } from '../../server/rooms/projection/types.ts';
import type { ObjectRef } from '../../server/rooms/service.ts';
import { classes } from '../_ui/classes.ts';
import { captionOf } from './model/caption.ts';
import type { Stage } from './stage.ts';
import styles from './ticker.module.css';
import { WriteSentence } from './write-sentence.tsx';
import { ActorMark } from './writes.tsx';

interface TickerProps {
  stage: Stage;
  /** Shown before anything has been on the stage. */
  latest: WriteRow | undefined;
  /** Slow motion, or time that stands still. */
  single: boolean;
  listOpen: boolean;
  onToggleList(): void;
  onOpen(ref: ObjectRef): void;
}

export function Ticker({ stage, latest, single, listOpen, onToggleList, onOpen }: TickerProps) {
  const t = useTranslations('cluster.write');
  const beat = useSyncExternalStore(stage.subscribe, () => stage.beat, () => undefined);
  const write = beat?.write ?? latest;
  const caption = write && captionOf(write);
  return (
    <footer className={classes(styles.ticker, single && styles.single)}>
      <div className={styles.now} {...(single ? { role: 'status', 'aria-live': 'polite' } : {})}>
        {write && caption ? (
          <button type="button" key={write.revision} className={styles.write} data-testid={listOpen ? 'caption' : 'write'} data-revision={write.revision} data-writer={write.writer} onClick={() => onOpen(caption.object)}>
            <ActorMark write={write} size={single ? 24 : 18} />
            <span className={styles.text}>
              <WriteSentence caption={caption} times={beat?.count ?? 1} />
            </span>
            <span className={styles.revision}>{t('revision', { revision: write.revision })}</span>
          </button>
        ) : (
          <span className={styles.waiting}>{t('nothing')}</span>
        )}
      </div>
      <button type="button" className={styles.toggle} aria-expanded={listOpen} onClick={onToggleList} data-testid="writes-toggle">
        {listOpen ? <PanelRightClose size={15} aria-hidden="true" /> : <ListEnd size={15} aria-hidden="true" />}
        <span>{listOpen ? t('close') : t('open')}</span>
      </button>
    </footer>
  );
}
