'use client';

/** `status.conditions`, the ones that need attention first. */
import { useTranslations } from 'use-intl';
import { age } from '../../../server/simulation/apiserver/tables/duration.ts';
import type { KubeObject } from '../../../server/simulation/apiserver/types.ts';
import { useClusterView } from '../../_lib/cluster-source.tsx';
import { useVirtualNow } from '../../_lib/virtual-clock.ts';
import type { Tone } from '../../_ui/status.tsx';
import { Row, Rows, Section } from '../parts.tsx';

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

/** Conditions that say that something is wrong when they are True. */
const BAD_WHEN_TRUE = /Pressure$|^ReplicaFailure$|^NetworkUnavailable$|^Failed$|^FailureTarget$|^DisruptionTarget$/;

function toneOf({ type, status }: Condition): Tone {
  if (status === 'Unknown') return 'unknown';
  const good = (status === 'True') !== BAD_WHEN_TRUE.test(type);
  return good ? 'ready' : status === 'True' ? 'failing' : 'pending';
}

export function Conditions({ object }: { object: KubeObject }) {
  const t = useTranslations('inspector.overview');
  const now = useVirtualNow(useClusterView()?.meta);
  const conditions = (object.status?.conditions ?? []) as Condition[];
  if (conditions.length === 0) return null;
  return (
    <Section title={t('conditions')}>
      <Rows>
        {conditions.map((condition) => {
          const tone = toneOf(condition);
          return (
            <Row key={condition.type} tone={tone} end={<>{condition.status}{now !== undefined && condition.lastTransitionTime && ` · ${age(condition.lastTransitionTime, now)}`}</>} detail={tone === 'ready' ? undefined : [condition.reason, condition.message].filter(Boolean).join(': ')}>
              {condition.type}
            </Row>
          );
        })}
      </Rows>
    </Section>
  );
}
