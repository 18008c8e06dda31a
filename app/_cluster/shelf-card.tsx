'use client';

/** The card of an object on the shelf: its name with a sign of its kind, and what it is about below. */
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ObjectRef } from '../../server/rooms/service.ts';
import { classes } from '../_ui/classes.ts';
import { Spoken } from '../_ui/spoken.tsx';
import { objectAttributes } from './model/object-ref.ts';
import { isSystemNamespace } from './model/scene.ts';
import { Onlookers } from './onlookers.tsx';
import type { PresentPerson } from './presence.tsx';
import styles from './shelf.module.css';

/** Who looks at an object. */
export interface Looks {
  /** Whether it is the open one. */
  selected: boolean;
  onlookers: readonly PresentPerson[] | undefined;
}

interface CardProps extends Looks {
  testId: string;
  row: { key: string; namespace: string; name: string };
  of: ObjectRef;
  /** What a screen reader says. */
  label: string;
  icon: LucideIcon;
  /** At the end of the line with the name. */
  end?: ReactNode;
  related?: boolean;
  /** Whether it has the colour of a workload's pods. */
  colored?: boolean;
  children?: ReactNode;
}

export function Card({ testId, row, of, label, icon: Icon, end, related = false, colored = false, selected, onlookers, children }: CardProps) {
  return (
    <button
      type="button"
      tabIndex={-1}
      data-nav=""
      data-testid={testId}
      data-key={row.key}
      {...objectAttributes(of)}
      className={classes(styles.card, colored && styles.colored, related && styles.related, selected && styles.selected, isSystemNamespace(row.namespace) && styles.system)}
      aria-current={selected || undefined}
    >
      <Spoken label={label}>
        <span className={styles.line}>
          <Icon size={13} className={styles.kindIcon} />
          <span className={styles.name}>{row.name}</span>
          {end}
        </span>
        {row.namespace !== 'default' && row.namespace !== '' && <span className={styles.namespace}>{row.namespace}</span>}
        {children}
      </Spoken>
      <Onlookers people={onlookers} />
    </button>
  );
}
