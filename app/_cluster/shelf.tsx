'use client';

/** What was asked for, beside what runs: workloads with their roll-out, Services with their endpoints, Ingresses with their rules. */
import { ArrowRight, Boxes, CirclePause, DoorOpen, Globe, Hexagon, Layers, ListChecks, Radio, Signpost, type LucideIcon } from 'lucide-react';
import { memo } from 'react';
import { useTranslations } from 'use-intl';
import type { IngressRow, ServiceRow, WorkloadKind, WorkloadRow } from '../../server/rooms/projection/types.ts';
import { classes } from '../_ui/classes.ts';
import { ToneMark, type Tone } from '../_ui/status.tsx';
import { INGRESSES, objectAttributes, workloadRef } from './model/object-ref.ts';
import { isSystemNamespace, type WorkloadScene } from './model/scene.ts';
import { Onlookers } from './onlookers.tsx';
import type { PresentPerson } from './presence.tsx';
import styles from './shelf.module.css';

const WORKLOAD_ICONS: Record<WorkloadKind, LucideIcon> = { Deployment: Layers, ReplicaSet: Boxes, StatefulSet: Boxes, DaemonSet: Hexagon, Job: ListChecks };
const SERVICE_ICONS: Record<ServiceRow['type'], LucideIcon> = { ClusterIP: Radio, NodePort: DoorOpen, LoadBalancer: Globe, ExternalName: Signpost };

interface ShelfProps {
  workloads: readonly WorkloadScene[];
  services: readonly ServiceRow[];
  ingresses: readonly IngressRow[];
  /** Keys of what belongs to the object that is pointed out. */
  relatedWorkloads: ReadonlySet<string>;
  relatedServices: ReadonlyMap<string, unknown>;
  /** `resource key` of the open object. */
  selected: string | undefined;
  onlookers: ReadonlyMap<string, readonly PresentPerson[]>;
}

export const Shelf = memo(function Shelf({ workloads, services, ingresses, relatedWorkloads, relatedServices, selected, onlookers }: ShelfProps) {
  const t = useTranslations('cluster.shelf');
  return (
    <div className={styles.shelf} role="group" aria-label={t('label')} data-navgroup="">
      <section className={styles.group}>
        <h3 className={styles.title}>{t('workloads')}</h3>
        {workloads.length === 0 ? (
          <p className={styles.nothing}>{t('noWorkloads')}</p>
        ) : (
          <ul className={styles.list}>
            {workloads.map((scene) => (
              <Workload key={scene.row.key} scene={scene} related={relatedWorkloads} selected={selected} onlookers={onlookers} />
            ))}
          </ul>
        )}
      </section>
      {ingresses.length > 0 && (
        <section className={styles.group}>
          <h3 className={styles.title}>{t('ingresses')}</h3>
          <ul className={styles.list}>
            {ingresses.map((row) => (
              <Ingress key={row.key} row={row} selected={selected === `${INGRESSES} ${row.key}`} />
            ))}
          </ul>
        </section>
      )}
      <section className={styles.group}>
        <h3 className={styles.title}>{t('services')}</h3>
        {services.length === 0 ? (
          <p className={styles.nothing}>{t('noServices')}</p>
        ) : (
          <ul className={styles.list}>
            {services.map((row) => (
              <Service key={row.key} row={row} related={relatedServices.has(row.key)} selected={selected === `services ${row.key}`} onlookers={onlookers.get(`services ${row.key}`)} />
            ))}
          </ul>
        )}
      </section>
    </div>
  );
});

function Namespace({ namespace }: { namespace: string }) {
  return namespace === 'default' ? null : <span className={styles.namespace}>{namespace}</span>;
}

interface WorkloadProps {
  scene: WorkloadScene;
  related: ReadonlySet<string>;
  selected: string | undefined;
  onlookers: ReadonlyMap<string, readonly PresentPerson[]>;
}

const Workload = memo(function Workload({ scene: { row, hue, replicaSets }, related, selected, onlookers }: WorkloadProps) {
  const t = useTranslations('cluster.shelf');
  const ref = workloadRef(row);
  const name = `${ref.resource} ${ref.key}`;
  const Icon = WORKLOAD_ICONS[row.kind];
  const rolling = replicaSets.length > 1;
  return (
    <li className={styles.entry} style={{ '--hue': hue } as React.CSSProperties}>
      <button
        type="button"
        tabIndex={-1}
        data-nav=""
        data-testid="workload"
        data-key={row.key}
        {...objectAttributes(ref)}
        className={classes(styles.card, related.has(row.key) && styles.related, selected === name && styles.selected, isSystemNamespace(row.namespace) && styles.system)}
        aria-label={row.kind === 'Job' ? t('jobLabel', { name: row.name, done: row.available, desired: row.desired }) : t('workloadLabel', { kind: row.kind, name: row.name, ready: row.ready, desired: row.desired, updated: row.updated })}
        aria-current={selected === name || undefined}
      >
        <span className={styles.line}>
          <Icon size={13} aria-hidden="true" className={styles.kindIcon} />
          <span className={styles.name}>{row.name}</span>
          {row.paused && <CirclePause size={12} aria-label={t('paused')} className={styles.paused} />}
          <span className={styles.count}>
            {row.kind === 'Job' ? row.available : row.ready}/{row.desired}
          </span>
        </span>
        <Namespace namespace={row.namespace} />
        {row.kind !== 'Deployment' && <span className={styles.kind}>{row.kind}</span>}
        {!rolling && <Progress row={row} />}
        <Onlookers people={onlookers.get(name)} />
      </button>
      {rolling && (
        <ul className={styles.replicaSets} aria-label={t('rollout', { name: row.name })}>
          {replicaSets.map((one, index) => (
            <ReplicaSet key={one.key} row={one} newest={index === 0} related={related.has(one.key)} selected={selected === `replicasets.apps ${one.namespace}/${one.name}`} />
          ))}
        </ul>
      )}
    </li>
  );
});

/** One generation of a Deployment, while there is more than one. */
function ReplicaSet({ row, newest, related, selected }: { row: WorkloadRow; newest: boolean; related: boolean; selected: boolean }) {
  const t = useTranslations('cluster.shelf');
  return (
    <li>
      <button
        type="button"
        tabIndex={-1}
        data-nav=""
        data-testid="workload"
        data-key={row.key}
        {...objectAttributes(workloadRef(row))}
        className={classes(styles.replicaSet, newest ? styles.newest : styles.older, related && styles.related, selected && styles.selected)}
        aria-label={t(newest ? 'newSetLabel' : 'oldSetLabel', { name: row.name, ready: row.ready, desired: row.desired })}
        title={row.images.join('\n')}
      >
        <span className={styles.line}>
          <span className={styles.revision}>{t(newest ? 'newSet' : 'oldSet', { revision: row.rollout ?? '?' })}</span>
          <span className={styles.image}>{imageTag(row.images)}</span>
          <span className={styles.count}>
            {row.ready}/{row.desired}
          </span>
        </span>
        <Progress row={row} />
      </button>
    </li>
  );
}

/** What usually differs between two generations: the tag of the first image. */
function imageTag(images: readonly string[]): string {
  const image = images[0] ?? '';
  const name = image.slice(image.lastIndexOf('/') + 1);
  return name.includes(':') ? name.slice(name.indexOf(':')) : name;
}

function Progress({ row }: { row: WorkloadRow }) {
  const done = row.kind === 'Job' ? row.available : row.ready;
  const present = row.kind === 'ReplicaSet' ? row.updated : Math.max(done, row.updated);
  const of = Math.max(row.desired, present, 1);
  return (
    <span className={styles.progress} aria-hidden="true">
      <span className={styles.present} style={{ width: `${(100 * present) / of}%` }} />
      <span className={styles.done} style={{ width: `${(100 * Math.min(done, of)) / of}%` }} />
    </span>
  );
}

/** More endpoints than this are a number. */
const MAX_DOTS = 12;

const Service = memo(function Service({ row, related, selected, onlookers }: { row: ServiceRow; related: boolean; selected: boolean; onlookers: readonly PresentPerson[] | undefined }) {
  const t = useTranslations('cluster.shelf');
  const Icon = SERVICE_ICONS[row.type];
  const ready = row.endpoints.filter((endpoint) => endpoint.ready).length;
  const tone: Tone = row.endpoints.length === 0 ? 'pending' : ready === 0 ? 'failing' : 'ready';
  const address = row.clusterIP === 'None' ? t('headless') : row.clusterIP;
  return (
    <li className={styles.entry}>
      <button
        type="button"
        tabIndex={-1}
        data-nav=""
        data-testid="service"
        data-key={row.key}
        {...objectAttributes({ resource: 'services', key: row.key })}
        className={classes(styles.card, styles.service, related && styles.related, selected && styles.selected, isSystemNamespace(row.namespace) && styles.system)}
        aria-label={t('serviceLabel', { name: row.name, type: row.type, ready, total: row.endpoints.length })}
        aria-current={selected || undefined}
      >
        <span className={styles.line}>
          <Icon size={13} aria-hidden="true" className={styles.kindIcon} />
          <span className={styles.name}>{row.name}</span>
          {row.type !== 'ClusterIP' && <span className={styles.type}>{row.type}</span>}
        </span>
        <Namespace namespace={row.namespace} />
        {address !== '' && (
          <span className={styles.address}>
            <span className={styles.ip}>{address}</span>
            <span className={styles.portList}>{row.ports.map(portText).join(' ')}</span>
          </span>
        )}
        {row.externalIPs.length > 0 && (
          <span className={styles.address}>
            <Globe size={10} aria-hidden="true" />
            <span className={styles.ip}>{row.externalIPs[0] === '<pending>' ? t('externalPending') : row.externalIPs.join(' ')}</span>
          </span>
        )}
        {row.selector !== undefined && (
          <span className={styles.endpoints} aria-hidden="true">
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
        <Onlookers people={onlookers} />
      </button>
    </li>
  );
});

/** `80→8080`, with the node's port where there is one: `80→8080 :30080`. */
function portText({ port, targetPort, nodePort, protocol }: ServiceRow['ports'][number]): string {
  return `:${port}${targetPort === port ? '' : `→${targetPort}`}${nodePort === undefined ? '' : ` (${nodePort})`}${protocol === 'TCP' ? '' : `/${protocol}`}`;
}

const Ingress = memo(function Ingress({ row, selected }: { row: IngressRow; selected: boolean }) {
  const t = useTranslations('cluster.shelf');
  return (
    <li className={styles.entry}>
      <button type="button" tabIndex={-1} data-nav="" data-testid="ingress" data-key={row.key} {...objectAttributes({ resource: INGRESSES, key: row.key })} className={classes(styles.card, styles.service, selected && styles.selected)} aria-label={t('ingressLabel', { name: row.name, count: row.rules.length })} aria-current={selected || undefined}>
        <span className={styles.line}>
          <Signpost size={13} aria-hidden="true" className={styles.kindIcon} />
          <span className={styles.name}>{row.name}</span>
          {row.addresses[0] !== undefined && <span className={styles.type}>{row.addresses[0]}</span>}
        </span>
        <Namespace namespace={row.namespace} />
        {row.rules.map((rule) => (
          <span key={`${rule.host}${rule.path}`} className={styles.rule}>
            <span className={styles.host}>
              {rule.host}
              {rule.path}
            </span>
            <ArrowRight size={10} aria-hidden="true" />
            <span className={styles.target}>{rule.service}</span>
          </span>
        ))}
      </button>
    </li>
  );
});
