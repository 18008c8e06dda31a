'use client';

/** What matters about an object at a glance, by kind. */
import { ScrollText } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useClusterView } from '../_lib/cluster-source.tsx';
import type { KnownRow } from './kinds.ts';
import { Conditions } from './overview/conditions.tsx';
import { CronJobOverview } from './overview/cron-job.tsx';
import { GenericOverview } from './overview/generic.tsx';
import { IngressOverview } from './overview/ingress.tsx';
import { NodeOverview } from './overview/node.tsx';
import { PodOverview } from './overview/pod.tsx';
import { ServiceOverview } from './overview/service.tsx';
import { WorkloadOverview } from './overview/workload.tsx';
import { Pairs, Section } from './parts.tsx';
import styles from './overview.module.css';
import type { TabProps } from './tab-props.ts';

/** Written by the system for itself: long, and in the YAML for those who look. */
const QUIET_ANNOTATIONS = new Set(['kubectl.kubernetes.io/last-applied-configuration']);

export function Overview({ subject, object, known }: TabProps & { known: KnownRow | undefined }) {
  const t = useTranslations('inspector.overview');
  const view = useClusterView();
  const labels = object?.metadata.labels ?? {};
  const annotations = Object.fromEntries(Object.entries(object?.metadata.annotations ?? {}).filter(([key]) => !QUIET_ANNOTATIONS.has(key)));
  return (
    <div className={styles.overview}>
      {known?.table === 'pods' && <PodOverview row={known.row} object={object} />}
      {known?.table === 'nodes' && view && <NodeOverview row={known.row} object={object} view={view} />}
      {known?.table === 'workloads' && view && (known.row.kind === 'CronJob' ? <CronJobOverview row={known.row} object={object} view={view} /> : <WorkloadOverview row={known.row} object={object} view={view} />)}
      {known?.table === 'services' && view && <ServiceOverview row={known.row} view={view} />}
      {known?.table === 'ingresses' && view && <IngressOverview row={known.row} view={view} />}
      {!known && object && <GenericOverview subject={subject} object={object} />}
      {object && <Conditions object={object} />}
      {Object.keys(labels).length > 0 && (
        <Section title={t('labels')}>
          <Pairs pairs={labels} />
        </Section>
      )}
      {Object.keys(annotations).length > 0 && (
        <Section title={t('annotations')}>
          <Pairs pairs={annotations} />
        </Section>
      )}
      {object && [...QUIET_ANNOTATIONS].some((key) => object.metadata.annotations?.[key] !== undefined) && (
        <p className={styles.applied}>
          <ScrollText size={14} aria-hidden="true" />
          {t('applied')}
        </p>
      )}
    </div>
  );
}
