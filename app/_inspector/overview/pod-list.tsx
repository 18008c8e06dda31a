'use client';

/** Pods as links with their states; long lists are cut until somebody wants them. */
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import type { PodRow } from '../../../server/rooms/projection/types.ts';
import { Button } from '../../_ui/button.tsx';
import { ObjectLink } from '../object-link.tsx';
import { Row, Rows, Section } from '../parts.tsx';
import { podState } from '../tone.ts';

const FIRST_PODS = 25;
const MAX_PODS = 500;
const ORDER = ['failing', 'unknown', 'pending', 'leaving', 'ready', 'done'];

/** @param besides the namespace that need not be said */
export function PodList({ title, pods, besides, where = 'node' }: { title: string; pods: readonly PodRow[]; besides?: string | undefined; where?: 'node' | 'none' }) {
  const t = useTranslations('inspector.overview');
  const [all, setAll] = useState(false);
  const sorted = [...pods].sort((x, y) => ORDER.indexOf(podState(x).tone) - ORDER.indexOf(podState(y).tone) || (x.key < y.key ? -1 : 1));
  const shown = sorted.slice(0, all ? MAX_PODS : FIRST_PODS);
  return (
    <Section title={title} count={pods.length}>
      {pods.length === 0 && <p>{t('noPods')}</p>}
      <Rows>
        {shown.map((pod) => (
          <Row key={pod.key} tone={podState(pod).tone} end={where === 'node' && pod.node ? `${pod.status} · ${pod.node}` : pod.status}>
            <ObjectLink to={{ resource: 'pods', key: pod.key }} besides={besides ?? ''} />
          </Row>
        ))}
      </Rows>
      {sorted.length > shown.length && !all && (
        <Button size="small" variant="quiet" onClick={() => setAll(true)}>
          {t('showAll', { count: sorted.length })}
        </Button>
      )}
      {all && sorted.length > MAX_PODS && <p>{t('notShown', { count: sorted.length - MAX_PODS })}</p>}
    </Section>
  );
}
