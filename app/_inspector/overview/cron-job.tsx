'use client';

import { useTranslations } from 'use-intl';
import type { ClusterView, WorkloadRow } from '../../../server/rooms/projection/types.ts';
import type { KubeObject } from '../../../server/simulation/apiserver/types.ts';
import { refOf } from '../kinds.ts';
import { ObjectLink } from '../object-link.tsx';
import { Facts, Row, Rows, Section } from '../parts.tsx';
import { workloadState } from '../tone.ts';
import { ownedBy } from './workload.tsx';

/** A CronJob: its schedule, and the Jobs that it made, newest first. */
export function CronJobOverview({ row, object, view }: { row: WorkloadRow; object: KubeObject | undefined; view: ClusterView }) {
  const t = useTranslations('inspector.overview');
  const jobs = ownedBy(view.tables.workloads.values(), row, 'Job').sort((x, y) => y.createdAt - x.createdAt);
  const spec = object?.spec ?? {};
  return (
    <>
      <Section title={t('template')}>
        <Facts
          facts={[
            [t('schedule'), <code key="schedule">{row.schedule}</code>],
            [t('timeZone'), spec.timeZone as string | undefined],
            [t('lastSchedule'), object?.status?.lastScheduleTime as string | undefined],
            [t('concurrency'), spec.concurrencyPolicy as string | undefined],
            [t('paused'), row.paused && t('suspended')],
            [t('images'), row.images.map((image) => <code key={image}>{image}</code>)],
          ]}
        />
      </Section>
      <Section title={t('jobs')} count={jobs.length}>
        <Rows>
          {jobs.map((job) => {
            const ref = refOf('Job', job.namespace, job.name);
            const { tone, word } = workloadState(job);
            return (
              <Row key={job.key} tone={tone} end={word}>
                {ref && <ObjectLink to={ref} />}
              </Row>
            );
          })}
        </Rows>
      </Section>
    </>
  );
}
