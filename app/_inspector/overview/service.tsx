'use client';

import { useTranslations } from 'use-intl';
import type { ClusterView, ServiceRow } from '../../../server/rooms/projection/types.ts';
import { ObjectLink } from '../object-link.tsx';
import { Facts, Pairs, Row, Rows, Section } from '../parts.tsx';
import { podState } from '../tone.ts';

export function ServiceOverview({ row, view }: { row: ServiceRow; view: ClusterView }) {
  const t = useTranslations('inspector.overview');
  const selected = row.selector ? [...view.tables.pods.values()].filter((pod) => pod.namespace === row.namespace && Object.entries(row.selector ?? {}).every(([key, value]) => pod.labels[key] === value)) : [];
  const listed = new Set(row.endpoints.map(({ pod }) => pod));
  const missing = selected.filter(({ key }) => !listed.has(key)).sort((x, y) => (x.key < y.key ? -1 : 1));
  return (
    <>
      <Section title={t('addresses')}>
        <Facts
          facts={[
            [t('type'), row.type],
            [t('clusterIP'), row.clusterIP && <code key="ip">{row.clusterIP}</code>],
            [t('external'), row.externalIPs.length > 0 && <code key="external">{row.externalIPs.join(', ')}</code>],
            [t('dns'), row.type !== 'ExternalName' && <code key="dns">{`${row.name}.${row.namespace}.svc.cluster.local`}</code>],
            [t('selector'), row.selector ? <Pairs key="selector" pairs={row.selector} /> : t('noSelector')],
          ]}
        />
      </Section>
      {row.ports.length > 0 && (
        <Section title={t('portsTitle')} count={row.ports.length}>
          <Rows>
            {row.ports.map((port) => (
              <Row key={`${port.protocol} ${port.port}`} end={port.nodePort ? t('nodePort', { port: String(port.nodePort) }) : undefined}>
                <code>
                  {port.port} → {port.targetPort}/{port.protocol}
                </code>
                {port.name && <small> {port.name}</small>}
              </Row>
            ))}
          </Rows>
        </Section>
      )}
      {row.selector && (
        <Section title={t('endpoints')} count={row.endpoints.length}>
          {row.endpoints.length === 0 && missing.length === 0 && <p>{t('noEndpoints')}</p>}
          <Rows>
            {row.endpoints.map(({ pod, ready }) => {
              const known = view.tables.pods.get(pod);
              return (
                <Row key={pod} tone={ready ? 'ready' : 'pending'} end={ready ? t('getsTraffic') : t('notReady')} detail={known?.ip && <code>{known.ip}</code>}>
                  <ObjectLink to={{ resource: 'pods', key: pod }} besides={row.namespace} />
                </Row>
              );
            })}
            {missing.map((pod) => (
              <Row key={pod.key} tone={podState(pod).tone} end={pod.status} detail={t('selectedNotListed')}>
                <ObjectLink to={{ resource: 'pods', key: pod.key }} besides={row.namespace} />
              </Row>
            ))}
          </Rows>
        </Section>
      )}
    </>
  );
}
