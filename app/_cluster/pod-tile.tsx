'use client';

/** One pod with an element of its own: a tile with its name and state, or, where there are many, a cell with the shape of its state. */
import { RotateCw } from 'lucide-react';
import { memo } from 'react';
import { useTranslations } from 'use-intl';
import type { NodeRow, PodRow } from '../../server/rooms/projection/types.ts';
import { classes } from '../_ui/classes.ts';
import { Spoken } from '../_ui/spoken.tsx';
import { ToneMark } from '../_ui/status.tsx';
import { podNaming, podTone } from './model/pod-state.ts';
import type { Density } from './model/scene.ts';
import { Onlookers } from './onlookers.tsx';
import styles from './pod-tile.module.css';
import type { PresentPerson } from './presence.tsx';

interface PodTileProps {
  pod: PodRow;
  /** The Ready condition of its node. */
  nodeReady: NodeRow['ready'] | undefined;
  hue: number;
  density: Density;
  /** False when something else is pointed out. */
  lit: boolean;
  selected: boolean;
  onlookers: readonly PresentPerson[] | undefined;
}

export const PodTile = memo(function PodTile({ pod, nodeReady, hue, density, lit, selected, onlookers }: PodTileProps) {
  const t = useTranslations('cluster');
  const tone = podTone(pod, nodeReady && { ready: nodeReady });
  const { base, suffix } = podNaming(pod);
  const state = pod.status === 'Running' && !pod.isReady ? t('pod.notReady', { ready: pod.ready }) : pod.status;
  const label = pod.node === '' ? t('pod.labelWaiting', { name: pod.name, status: state }) : t('pod.label', { name: pod.name, status: state, node: pod.node });
  return (
    <li className={styles.item} data-flip={pod.key}>
      <button
        type="button"
        tabIndex={-1}
        data-nav=""
        data-testid="pod"
        data-key={pod.key}
        data-node={pod.node}
        data-status={pod.status}
        data-ready={pod.isReady}
        data-tone={tone}
        data-resource="pods"
        data-object={pod.key}
        data-lit={lit}
        aria-current={selected || undefined}
        className={classes(styles.pod, styles[density], styles[tone], selected && styles.selected)}
        style={{ '--hue': hue } as React.CSSProperties}
      >
        <Spoken label={label}>
          {density === 'roomy' ? (
            <>
              <span className={styles.name}>
                <span className={styles.base}>{base}</span>
                {suffix !== '' && <span className={styles.suffix}>{suffix}</span>}
              </span>
              <span className={styles.state}>
                <ToneMark tone={tone} size={8} />
                <span className={styles.word}>{state}</span>
                {pod.restarts > 0 && (
                  <span className={styles.restarts}>
                    <RotateCw size={9} />
                    {pod.restarts}
                  </span>
                )}
              </span>
            </>
          ) : (
            <ToneMark tone={tone} size={10} />
          )}
        </Spoken>
        <Onlookers people={onlookers} />
      </button>
    </li>
  );
});
