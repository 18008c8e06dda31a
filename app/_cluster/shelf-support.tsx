'use client';

/** On the shelf: what scales workloads, guards them, says who reaches them, and keeps their data. In kubectl's own words. */
import { Database, HardDrive, Scaling, Shield, ShieldHalf, type LucideIcon } from 'lucide-react';
import { memo } from 'react';
import { useTranslations } from 'use-intl';
import type { SupportKind, SupportRow } from '../../server/rooms/projection/types.ts';
import { ToneMark, type Tone } from '../_ui/status.tsx';
import { supportRef } from './model/object-ref.ts';
import { Card, type Looks } from './shelf-card.tsx';
import styles from './shelf.module.css';

const ICONS: Record<SupportKind, LucideIcon> = { HorizontalPodAutoscaler: Scaling, PodDisruptionBudget: ShieldHalf, NetworkPolicy: Shield, PersistentVolumeClaim: HardDrive, PersistentVolume: Database };
const TONES: Readonly<Record<string, Tone>> = { Bound: 'ready', Available: 'ready', Released: 'leaving', Terminating: 'leaving', Failed: 'failing', Lost: 'failing' };

export const Support = memo(function Support({ row, ...looks }: Looks & { row: SupportRow }) {
  const t = useTranslations('cluster.shelf');
  const { kind, name, status, facts } = row;
  const about = [...(status === undefined ? [] : [status]), ...facts.map(({ column, value }) => `${column} ${value}`)].join(', ');
  return (
    <li className={styles.entry}>
      <Card testId="support" row={row} of={supportRef(row)} label={t('supportLabel', { kind, name, about })} icon={ICONS[kind]} {...looks}>
        <span className={styles.kind}>{kind}</span>
        {status !== undefined && (
          <span className={styles.status}>
            <ToneMark tone={TONES[status] ?? 'pending'} size={8} />
            {status}
          </span>
        )}
        <span className={styles.facts}>
          {facts.map(({ column, value }) => (
            <span key={column} className={styles.fact}>
              <span className={styles.column}>{column}</span>
              <span className={styles.value}>{value}</span>
            </span>
          ))}
        </span>
      </Card>
    </li>
  );
});
