'use client';

/** What was asked for, beside what runs: workloads with their roll-out, Services, Ingresses, and what scales, guards and keeps them. */
import { memo, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { IngressRow, ServiceRow, SupportRow } from '../../server/rooms/projection/types.ts';
import { INGRESSES, supportRef, workloadRef } from './model/object-ref.ts';
import type { WorkloadScene } from './model/scene.ts';
import type { PresentPerson } from './presence.tsx';
import { Ingress, Service } from './shelf-service.tsx';
import { Support } from './shelf-support.tsx';
import { Workload } from './shelf-workload.tsx';
import styles from './shelf.module.css';

interface ShelfProps {
  workloads: readonly WorkloadScene[];
  services: readonly ServiceRow[];
  ingresses: readonly IngressRow[];
  supports: readonly SupportRow[];
  /** Keys of what belongs to the object that is pointed out. */
  relatedWorkloads: ReadonlySet<string>;
  relatedServices: ReadonlyMap<string, unknown>;
  /** `resource key` of the open object. */
  selected: string | undefined;
  onlookers: ReadonlyMap<string, readonly PresentPerson[]>;
}

export const Shelf = memo(function Shelf({ workloads, services, ingresses, supports, relatedWorkloads, relatedServices, selected, onlookers }: ShelfProps) {
  const t = useTranslations('cluster.shelf');
  /** What a card needs to know of who looks at its object. */
  const looks = (ref: { resource: string; key: string }) => ({ selected: selected === `${ref.resource} ${ref.key}`, onlookers: onlookers.get(`${ref.resource} ${ref.key}`) });
  return (
    <div className={styles.shelf} role="group" aria-label={t('label')} data-navgroup="">
      <Group title={t('workloads')} nothing={t('noWorkloads')}>
        {workloads.map((scene) => (
          <Workload key={scene.row.key} scene={scene} related={relatedWorkloads} selectedName={selected} {...looks(workloadRef(scene.row))} />
        ))}
      </Group>
      <Group title={t('ingresses')}>
        {ingresses.map((row) => (
          <Ingress key={row.key} row={row} {...looks({ resource: INGRESSES, key: row.key })} />
        ))}
      </Group>
      <Group title={t('services')} nothing={t('noServices')}>
        {services.map((row) => (
          <Service key={row.key} row={row} related={relatedServices.has(row.key)} {...looks({ resource: 'services', key: row.key })} />
        ))}
      </Group>
      <Group title={t('supports')}>
        {supports.map((row) => (
          <Support key={row.key} row={row} {...looks(supportRef(row))} />
        ))}
      </Group>
    </div>
  );
});

/** A titled list. @param nothing what is said of an empty one; without it, an empty one is not there. */
function Group({ title, nothing, children }: { title: string; nothing?: string; children: readonly ReactNode[] }) {
  if (children.length === 0 && nothing === undefined) return null;
  return (
    <section className={styles.group}>
      <h3 className={styles.title}>{title}</h3>
      {children.length === 0 ? <p className={styles.nothing}>{nothing}</p> : <ul className={styles.list}>{children}</ul>}
    </section>
  );
}
