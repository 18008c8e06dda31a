import { ChevronRight, Clock3, Flame, HeartPulse, LogOut, NotebookPen, TriangleAlert, Undo2, UserPlus } from 'lucide-react';
import type { ComponentType } from 'react';
import type { MarkerKind } from '../../server/recordings/types.ts';
import { classes } from '../_ui/classes.ts';
import styles from './marker-icon.module.css';

const ICONS: Record<MarkerKind, ComponentType<{ size?: number; 'aria-hidden'?: 'true' }>> = {
  command: ChevronRight,
  fault: Flame,
  heal: HeartPulse,
  'pod-failing': TriangleAlert,
  note: NotebookPen,
  clock: Clock3,
  join: UserPlus,
  away: LogOut,
  back: Undo2,
};

/** The sign of a kind of mark, in its colour. Decorative: say the kind beside it. @param size pixels of the whole disc */
export function MarkerIcon({ kind, size = 22 }: { kind: MarkerKind; size?: number }) {
  const Icon = ICONS[kind];
  return (
    <span className={classes(styles.disc, styles[kind])} style={{ width: size, height: size }}>
      <Icon size={Math.round(size * 0.6)} aria-hidden="true" />
    </span>
  );
}
