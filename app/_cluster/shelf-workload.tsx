'use client';

/** A workload on the shelf: how many of its pods are ready, and its parts while there are several. */
import { Boxes, CalendarClock, CirclePause, Hexagon, Layers, ListChecks, type LucideIcon } from 'lucide-react';
import { memo } from 'react';
import { useTranslations } from 'use-intl';
import type { WorkloadKind, WorkloadRow } from '../../server/rooms/projection/types.ts';
import { classes } from '../_ui/classes.ts';
import { Spoken } from '../_ui/spoken.tsx';
import { objectAttributes, workloadRef } from './model/object-ref.ts';
import type { WorkloadScene } from './model/scene.ts';
import { Card, type Looks } from './shelf-card.tsx';
import styles from './shelf.module.css';

const ICONS: Record<WorkloadKind, LucideIcon> = { Deployment: Layers, ReplicaSet: Boxes, StatefulSet: Boxes, DaemonSet: Hexagon, Job: ListChecks, CronJob: CalendarClock };

interface WorkloadProps extends Looks {
  scene: WorkloadScene;
  related: ReadonlySet<string>;
  /** `resource key` of the open object, which may be a part. */
  selectedName: string | undefined;
}

export const Workload = memo(function Workload({ scene: { row, hue, parts }, related, selectedName, ...looks }: WorkloadProps) {
  const t = useTranslations('cluster.shelf');
  const label = useLabel();
  const cron = row.kind === 'CronJob';
  // One ReplicaSet is the Deployment itself; the last Job of a CronJob is worth seeing.
  const shown = cron || parts.length > 1 ? parts : [];
  return (
    <li className={styles.entry} style={{ '--hue': hue } as React.CSSProperties}>
      <Card
        testId="workload"
        row={row}
        of={workloadRef(row)}
        label={row.paused ? `${label(row)}, ${t('paused')}` : label(row)}
        icon={ICONS[row.kind]}
        colored
        related={related.has(row.key)}
        {...looks}
        end={
          <>
            {row.paused && <CirclePause size={12} className={styles.paused} />}
            <span className={classes(styles.count, cron && styles.schedule)}>{cron ? row.schedule : countOf(row)}</span>
          </>
        }
      >
        {row.kind !== 'Deployment' && <span className={styles.kind}>{row.kind}</span>}
        {shown.length === 0 && !cron && <Progress row={row} />}
      </Card>
      {shown.length > 0 && (
        <ul className={styles.parts} aria-label={t(cron ? 'jobs' : 'rollout', { name: row.name })}>
          {shown.map((one, index) => (
            <Part key={one.key} row={one} newest={index === 0} related={related.has(one.key)} selected={selectedName === nameOf(one)} />
          ))}
        </ul>
      )}
    </li>
  );
});

function nameOf(row: WorkloadRow): string {
  const { resource, key } = workloadRef(row);
  return `${resource} ${key}`;
}

/** `2/3`: ready of those that are wanted, or of a Job, completed. */
function countOf(row: WorkloadRow): string {
  return `${row.kind === 'Job' ? row.available : row.ready}/${row.desired}`;
}

/** @returns a function that says a workload to a screen reader. */
function useLabel(): (row: WorkloadRow) => string {
  const t = useTranslations('cluster.shelf');
  return (row) => {
    const { kind, name, ready, desired, updated, available, schedule = '' } = row;
    if (kind === 'Job') return t('jobLabel', { name, done: available, desired });
    if (kind === 'CronJob') return t('cronJobLabel', { name, schedule, active: updated });
    return t('workloadLabel', { kind, name, ready, desired, updated });
  };
}

/** One generation of a Deployment, or one run of a CronJob. */
function Part({ row, newest, related, selected }: { row: WorkloadRow; newest: boolean; related: boolean; selected: boolean }) {
  const t = useTranslations('cluster.shelf');
  const label = useLabel();
  const job = row.kind === 'Job';
  return (
    <li>
      <button
        type="button"
        tabIndex={-1}
        data-nav=""
        data-testid="workload"
        data-key={row.key}
        {...objectAttributes(workloadRef(row))}
        className={classes(styles.part, !newest && !job && styles.older, related && styles.related, selected && styles.selected)}
        title={row.images.join('\n')}
      >
        <Spoken label={job ? label(row) : t(newest ? 'newSetLabel' : 'oldSetLabel', { name: row.name, ready: row.ready, desired: row.desired })}>
          <span className={styles.line}>
            {job ? (
              <span className={styles.image}>{row.name}</span>
            ) : (
              <>
                <span className={styles.revision}>{t(newest ? 'newSet' : 'oldSet', { revision: row.rollout ?? '?' })}</span>
                <span className={styles.image}>{imageTag(row.images)}</span>
              </>
            )}
            <span className={styles.count}>{countOf(row)}</span>
          </span>
          <Progress row={row} />
        </Spoken>
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
    <span className={styles.progress}>
      <span className={styles.present} style={{ width: `${(100 * present) / of}%` }} />
      <span className={styles.done} style={{ width: `${(100 * Math.min(done, of)) / of}%` }} />
    </span>
  );
}
