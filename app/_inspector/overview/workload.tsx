'use client';

import { useTranslations } from 'use-intl';
import type { ClusterView, PodRow, WorkloadRow } from '../../../server/rooms/projection/types.ts';
import type { KubeObject } from '../../../server/simulation/apiserver/types.ts';
import { refOf } from '../kinds.ts';
import { ObjectLink } from '../object-link.tsx';
import { Facts, Numbers, Pairs, Row, Rows, Section } from '../parts.tsx';
import { workloadState } from '../tone.ts';
import { PodList } from './pod-list.tsx';
import styles from './pod.module.css';

export function WorkloadOverview({ row, object, view }: { row: WorkloadRow; object: KubeObject | undefined; view: ClusterView }) {
  const t = useTranslations('inspector.overview');
  const sets = row.kind === 'Deployment' ? ownedBy(view.tables.workloads.values(), row, 'ReplicaSet').sort((x, y) => Number(y.rollout ?? 0) - Number(x.rollout ?? 0)) : [];
  const owners = row.kind === 'Deployment' ? sets : [row];
  const pods = [...view.tables.pods.values()].filter((pod) => owners.some((owner) => owns(owner, pod)));
  const spec = object?.spec ?? {};
  const strategy = (spec.strategy ?? spec.updateStrategy) as { type?: string; rollingUpdate?: Record<string, unknown> } | undefined;
  const rolling = Object.entries(strategy?.rollingUpdate ?? {}).map(([name, value]) => `${name} ${String(value)}`).join(', ');
  const selector = (spec.selector as { matchLabels?: Record<string, string> } | undefined)?.matchLabels;
  const complete = row.ready >= row.desired;
  return (
    <>
      <Section title={t('replicas')}>
        <Numbers
          numbers={
            row.kind === 'Job'
              ? [[t('completions'), row.desired], [t('succeeded'), row.available, row.available >= row.desired ? 'ready' : undefined], [t('active'), row.updated]]
              : [[t('desired'), row.desired], [t('ready'), row.ready, row.desired === 0 ? undefined : complete ? 'ready' : 'pending'], [t('available'), row.available], ...(row.kind === 'ReplicaSet' ? [] : [[t('updated'), row.updated] as const])]
          }
        />
      </Section>
      <Section title={t('template')}>
        <Facts
          facts={[
            [t('images'), row.images.length > 0 && row.images.map((image) => <code key={image} className={styles.line}>{image}</code>)],
            [t('strategy'), strategy?.type && `${strategy.type}${rolling ? ` (${rolling})` : ''}`],
            [t('revision'), row.rollout],
            [t('paused'), row.paused && (row.kind === 'Job' ? t('suspended') : t('pausedYes'))],
            [t('selector'), selector && <Pairs key="selector" pairs={selector} />],
          ]}
        />
      </Section>
      {row.kind === 'Deployment' && (
        <Section title={t('replicaSets')} count={sets.length}>
          <Rows>
            {sets.map((set) => {
              const ref = refOf('ReplicaSet', set.namespace, set.name);
              return (
                <Row key={set.key} tone={workloadState(set).tone} end={t('readyOf', { ready: set.ready, desired: set.desired })} detail={<code>{set.images.join(', ')}</code>}>
                  {ref && <ObjectLink to={ref} />} {set.rollout !== undefined && <small>{t('revisionNumber', { revision: set.rollout })}</small>}
                </Row>
              );
            })}
          </Rows>
        </Section>
      )}
      <PodList title={t('pods')} pods={pods} besides={row.namespace} />
    </>
  );
}

function owns(owner: WorkloadRow, pod: PodRow): boolean {
  return pod.namespace === owner.namespace && pod.owner?.kind === owner.kind && pod.owner.name === owner.name;
}

/** Workloads of a kind that another one made. */
export function ownedBy(workloads: Iterable<WorkloadRow>, owner: WorkloadRow, kind: string): WorkloadRow[] {
  return [...workloads].filter((row) => row.kind === kind && row.namespace === owner.namespace && row.owner?.kind === owner.kind && row.owner.name === owner.name);
}
