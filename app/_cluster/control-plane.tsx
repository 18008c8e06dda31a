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
        const running = row?.running ?? false;
        const pod = pods.get(key);
        return (
          <button
            key={key}
            type="button"
            tabIndex={-1}
            data-nav=""
            data-testid="program"
            data-key={key}
            data-running={running}
            data-station={key}
            data-explain={key}
            {...(pod ? { 'data-resource': 'pods', 'data-object': pod.key } : {})}
            className={classes(styles.program, styles[areaOf(key)], !running && styles.down, pod?.key === selectedPod && selectedPod !== undefined && styles.selected)}
          >
            <Spoken label={t(running ? 'running' : 'stopped', { name: key })}>
              <Icon size={15} className={styles.icon} />
              <span className={styles.name}>
                <span className={styles.prefix}>{key.startsWith('kube-') ? 'kube-' : ''}</span>
                {key.replace(/^kube-/, '')}
              </span>
              {running ? <span className={styles.acting} data-acting={key} /> : <span className={styles.word}>{t('down')}</span>}
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

/** Static pods of the control plane's programs. */
export function programPods(pods: Iterable<PodRow>, programs: Iterable<ProgramRow>): Map<string, PodRow> {
  const names = new Set([...programs].map(({ key }) => key));
  const found = new Map<string, PodRow>();
  for (const pod of pods) {
    const component = pod.labels.component;
    if (pod.owner?.kind === 'Node' && component !== undefined && names.has(component)) found.set(component, pod);
  }
  return found;
}
