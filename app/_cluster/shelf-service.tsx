'use client';

/** Services with their endpoints, and Ingresses with their rules, on the shelf. */
import { ArrowRight, DoorOpen, Globe, Radio, Signpost, type LucideIcon } from 'lucide-react';
import { memo } from 'react';
import { useTranslations } from 'use-intl';
import type { IngressRow, ServiceRow } from '../../server/rooms/projection/types.ts';
import { ToneMark, type Tone } from '../_ui/status.tsx';
import { INGRESSES } from './model/object-ref.ts';
import { Card, type Looks } from './shelf-card.tsx';
import styles from './shelf.module.css';

const SERVICE_ICONS: Record<ServiceRow['type'], LucideIcon> = { ClusterIP: Radio, NodePort: DoorOpen, LoadBalancer: Globe, ExternalName: Signpost };
/** More endpoints than this are a number. */
const MAX_DOTS = 12;

export const Service = memo(function Service({ row, related, ...looks }: Looks & { row: ServiceRow; related: boolean }) {
  const t = useTranslations('cluster.shelf');
  const ready = row.endpoints.filter((endpoint) => endpoint.ready).length;
  const tone: Tone = row.endpoints.length === 0 ? 'pending' : ready === 0 ? 'failing' : 'ready';
  const address = row.clusterIP === 'None' ? t('headless') : row.clusterIP;
  return (
    <li className={styles.entry}>
      <Card
        testId="service"
        row={row}
        of={{ resource: 'services', key: row.key }}
        label={t('serviceLabel', { name: row.name, type: row.type, ready, total: row.endpoints.length })}
        icon={SERVICE_ICONS[row.type]}
        related={related}
        {...looks}
        end={row.type !== 'ClusterIP' && <span className={styles.type}>{row.type}</span>}
      >
        {address !== '' && (
          <span className={styles.address}>
            <span className={styles.ip}>{address}</span>
            <span className={styles.portList}>{row.ports.map(portText).join(' ')}</span>
          </span>
        )}
        {row.externalIPs.length > 0 && (
          <span className={styles.address}>
            <Globe size={10} />
            <span className={styles.ip}>{row.externalIPs[0] === '<pending>' ? t('externalPending') : row.externalIPs.join(' ')}</span>
          </span>
        )}
        {row.selector !== undefined && (
          <span className={styles.endpoints}>
            {row.endpoints.length === 0 ? (
              <span className={styles.noEndpoints}>
                <ToneMark tone={tone} size={8} />
                {t('noEndpoints')}
              </span>
            ) : row.endpoints.length <= MAX_DOTS ? (
              row.endpoints.map((endpoint) => <span key={endpoint.pod} className={endpoint.ready ? styles.dotReady : styles.dotNotReady} />)
            ) : (
              <span>{t('endpoints', { ready, total: row.endpoints.length })}</span>
            )}
          </span>
        )}
        <span className={styles.socket} data-socket={row.key} />
      </Card>
    </li>
  );
});

/** `80→8080`, with the node's port where there is one: `80→8080 :30080`. */
function portText({ port, targetPort, nodePort, protocol }: ServiceRow['ports'][number]): string {
  return `:${port}${targetPort === port ? '' : `→${targetPort}`}${nodePort === undefined ? '' : ` (${nodePort})`}${protocol === 'TCP' ? '' : `/${protocol}`}`;
}

export const Ingress = memo(function Ingress({ row, ...looks }: Looks & { row: IngressRow }) {
  const t = useTranslations('cluster.shelf');
  return (
    <li className={styles.entry}>
      <Card
        testId="ingress"
        row={row}
        of={{ resource: INGRESSES, key: row.key }}
        label={t('ingressLabel', { name: row.name, count: row.rules.length })}
        icon={Signpost}
        {...looks}
        end={row.addresses[0] !== undefined && <span className={styles.type}>{row.addresses[0]}</span>}
      >
        {row.rules.map((rule) => (
          <span key={`${rule.host}${rule.path}`} className={styles.rule}>
            <span className={styles.host}>
              {rule.host}
              {rule.path}
            </span>
            <ArrowRight size={10} />
            <span className={styles.target}>{rule.service}</span>
          </span>
        ))}
      </Card>
    </li>
  );
});
