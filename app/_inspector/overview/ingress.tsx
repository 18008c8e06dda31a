'use client';

import { useTranslations } from 'use-intl';
import type { ClusterView, IngressRow } from '../../../server/rooms/projection/types.ts';
import { ObjectLink } from '../object-link.tsx';
import { Facts, Row, Rows, Section } from '../parts.tsx';

export function IngressOverview({ row, view }: { row: IngressRow; view: ClusterView }) {
  const t = useTranslations('inspector.overview');
  return (
    <>
      <Section title={t('addresses')}>
        <Facts
          facts={[
            [t('className'), row.className ? <ObjectLink key="class" to={{ resource: 'ingressclasses.networking.k8s.io', key: row.className }} /> : t('none')],
            [t('address'), row.addresses.length > 0 ? <code key="address">{row.addresses.join(', ')}</code> : t('noAddress')],
          ]}
        />
      </Section>
      <Section title={t('rules')} count={row.rules.length}>
        <Rows>
          {row.rules.map((rule, index) => {
            const key = `${row.namespace}/${rule.service}`;
            const service = view.tables.services.get(key);
            const ready = service?.endpoints.filter((endpoint) => endpoint.ready).length ?? 0;
            return (
              <Row key={index} tone={!service ? 'failing' : ready > 0 ? 'ready' : 'pending'} end={!service ? t('noSuchService') : t('readyEndpoints', { count: ready })} detail={rule.service && <>→ <ObjectLink to={{ resource: 'services', key }} withKind /> :{rule.port}</>}>
                <code>
                  {rule.host}
                  {rule.path}
                </code>
              </Row>
            );
          })}
        </Rows>
      </Section>
    </>
  );
}
