'use client';

/** What is broken now, in a strip that cannot be overlooked. */
import { Flame } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import type { MetaRow, Tables } from '../../server/rooms/projection/types.ts';
import { elapsedTime } from '../_lib/format-time.ts';
import { useVirtualNow } from '../_lib/virtual-clock.ts';
import type { Messages } from '../_messages/index.ts';
import styles from './active-faults.module.css';

type FaultName = keyof Messages['controls']['faults']['names'];

export function ActiveFaults({ faults, meta }: { faults: Tables['faults']; meta: MetaRow }) {
  const rows = useMemo(() => [...faults.values()].sort((x, y) => x.since - y.since || (x.key < y.key ? -1 : 1)), [faults]);
  return rows.length === 0 ? null : <Strip rows={rows} meta={meta} />;
}

function Strip({ rows, meta }: { rows: readonly { key: string; name: string; target: string; since: number }[]; meta: MetaRow }) {
  const t = useTranslations('cluster');
  const names = useTranslations('controls.faults.names');
  const now = useVirtualNow(meta) ?? meta.now;
  return (
    <div className={styles.strip}>
      <Flame size={14} aria-hidden="true" className={styles.flame} />
      <ul className={styles.list} aria-label={t('faults')}>
        {rows.map((row) => (
          <li key={row.key} className={styles.fault} data-testid="active-fault" data-key={row.key}>
            <span className={styles.name}>{names.has(row.name as FaultName) ? names(row.name as FaultName) : row.name}</span>
            {row.target !== '' && <span className={styles.target}>{row.target}</span>}
            <span className={styles.since}>{elapsedTime(now - row.since)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
