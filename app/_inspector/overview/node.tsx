'use client';

import { useTranslations } from 'use-intl';
import type { ClusterView, NodeRow } from '../../../server/rooms/projection/types.ts';
import type { KubeObject } from '../../../server/simulation/apiserver/types.ts';
import { Bar, Facts, Row, Rows, Section } from '../parts.tsx';
import { PodList } from './pod-list.tsx';

export function NodeOverview({ row, object, view }: { row: NodeRow; object: KubeObject | undefined; view: ClusterView }) {
  const t = useTranslations('inspector.overview');
  const pods = [...view.tables.pods.values()].filter(({ node }) => node === row.key);
  const info = (object?.status?.nodeInfo ?? {}) as { osImage?: string; containerRuntimeVersion?: string; kernelVersion?: string };
  return (
    <>
      <Section title={t('capacity')}>
        <Bar label="CPU" share={share(row.cpu.requestedMilli, row.cpu.allocatableMilli)} words={t('cpuOf', { used: cores(row.cpu.requestedMilli), total: cores(row.cpu.allocatableMilli) })} />
        <Bar label={t('memory')} share={share(row.memory.requestedMi, row.memory.allocatableMi)} words={t('memoryOf', { used: row.memory.requestedMi, total: row.memory.allocatableMi })} />
        <Bar label={t('pods')} share={share(row.pods.count, row.pods.allocatable)} words={t('podsOf', { used: row.pods.count, total: row.pods.allocatable })} />
      </Section>
      <Section title={t('machine')}>
        <Facts
          facts={[
            [t('role'), row.role === 'control-plane' ? t('controlPlane') : t('worker')],
            [t('power'), row.power !== 'up' && t(`powers.${row.power}`)],
            [t('scheduling'), row.schedulable ? t('schedulable') : t('cordoned')],
            [t('ip'), row.ip && <code key="ip">{row.ip}</code>],
            ['kubelet', row.version],
            [t('runtime'), info.containerRuntimeVersion],
            [t('os'), info.osImage],
          ]}
        />
      </Section>
      {row.taints.length > 0 && (
        <Section title={t('taints')} count={row.taints.length}>
          <Rows>
            {row.taints.map((taint) => (
              <Row key={`${taint.key} ${taint.effect}`} end={taint.effect}>
                <code>
                  {taint.key}
                  {taint.value ? `=${taint.value}` : ''}
                </code>
              </Row>
            ))}
          </Rows>
        </Section>
      )}
      <PodList title={t('pods')} pods={pods} where="none" />
    </>
  );
}

function share(used: number, total: number): number {
  return total > 0 ? used / total : 0;
}

/** `1.25`, without zeros at the end. */
function cores(milli: number): string {
  return String(Math.round(milli) / 1000);
}
