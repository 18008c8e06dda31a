'use client';

/** The programs of the control plane as stations: kube-apiserver in the middle, and everybody who speaks with it. */
import { Cog, Database, Network, Shuffle, type LucideIcon } from 'lucide-react';
import { memo } from 'react';
import { useTranslations } from 'use-intl';
import type { PodRow, ProgramRow, Tables } from '../../server/rooms/projection/types.ts';
import { classes } from '../_ui/classes.ts';
import { Spoken } from '../_ui/spoken.tsx';
import styles from './control-plane.module.css';

const PROGRAMS: readonly { key: string; icon: LucideIcon }[] = [
  { key: 'kube-scheduler', icon: Shuffle },
  { key: 'kube-controller-manager', icon: Cog },
  { key: 'kube-apiserver', icon: Network },
  { key: 'etcd', icon: Database },
];

interface ProgramsProps {
  programs: Tables['programs'];
  /** Static pods of the programs, by program. */
  pods: ReadonlyMap<string, PodRow>;
  /** Key of the open pod. */
  selectedPod: string | undefined;
}

export const Programs = memo(function Programs({ programs, pods, selectedPod }: ProgramsProps) {
  const t = useTranslations('cluster.program');
  return (
    <div className={styles.programs} role="group" aria-label={t('group')}>
      {PROGRAMS.map(({ key, icon: Icon }) => {
        const row = programs.get(key);
        const state = row?.state ?? 'stopped';
        const broken = state === 'stopped' || state === 'stuck';
        const pod = pods.get(key);
        return (
          <button
            key={key}
            type="button"
            tabIndex={-1}
            data-nav=""
            data-testid="program"
            data-key={key}
            data-running={state !== 'stopped'}
            data-state={state}
            data-station={key}
            data-explain={key}
            {...(pod ? { 'data-resource': 'pods', 'data-object': pod.key } : {})}
            className={classes(styles.program, styles[areaOf(key)], state === 'stopped' && styles.down, state === 'stuck' && styles.stuck, pod?.key === selectedPod && selectedPod !== undefined && styles.selected)}
          >
            <Spoken label={t(state, { name: key })}>
              <Icon size={15} className={styles.icon} />
              <span className={styles.name}>
                <span className={styles.prefix}>{key.startsWith('kube-') ? 'kube-' : ''}</span>
                {key.replace(/^kube-/, '')}
              </span>
              {broken ? <span className={styles.word}>{t(state === 'stopped' ? 'down' : key === 'etcd' ? 'noMajority' : 'noStorage')}</span> : <span className={styles.acting} data-acting={key} />}
            </Spoken>
          </button>
        );
      })}
    </div>
  );
});

function areaOf(key: string): 'scheduler' | 'manager' | 'api' | 'etcd' {
  return ({ 'kube-scheduler': 'scheduler', 'kube-controller-manager': 'manager', 'kube-apiserver': 'api' } as const)[key] ?? 'etcd';
}

/** What a machine of the control plane runs besides, on the cards of those after the first. */
export function FurtherPrograms({ rows }: { rows: readonly ProgramRow[] }) {
  const t = useTranslations('cluster.program');
  return (
    <ul className={styles.further} aria-label={t('group')}>
      {rows.map(({ key, program, state }) => (
        <li key={key} className={styles.chip} data-testid="further-program" data-key={key} data-state={state} data-explain={program} title={t(state, { name: program })}>
          <span aria-hidden="true">{program.replace(/^kube-/, '').replace('controller-manager', 'manager')}</span>
          <span className="visually-hidden">{t(state, { name: program })}</span>
        </li>
      ))}
    </ul>
  );
}

/** The programs of machines after the first, by machine. */
export function furtherPrograms(programs: Iterable<ProgramRow>): Map<string, ProgramRow[]> {
  const byNode = new Map<string, ProgramRow[]>();
  for (const row of programs) {
    if (row.key === row.program) continue;
    const rows = byNode.get(row.node);
    if (rows) rows.push(row);
    else byNode.set(row.node, [row]);
  }
  for (const rows of byNode.values()) rows.sort((x, y) => (x.program < y.program ? -1 : 1));
  return byNode;
}

/** Static pods of the control plane's programs, by the key of the program's row. */
export function programPods(pods: Iterable<PodRow>, programs: Iterable<ProgramRow>): Map<string, PodRow> {
  const keys = new Map([...programs].map(({ key, program, node }) => [`${program} ${node}`, key]));
  const found = new Map<string, PodRow>();
  for (const pod of pods) {
    const key = pod.owner?.kind === 'Node' ? keys.get(`${pod.labels.component ?? ''} ${pod.node}`) : undefined;
    if (key !== undefined) found.set(key, pod);
  }
  return found;
}
