'use client';

import type { ObjectRef } from '../../server/rooms/service.ts';
import { useSelection } from '../_lib/selection.tsx';
import { classes } from '../_ui/classes.ts';
import { ToneMark } from '../_ui/status.tsx';
import { kindOf, split } from './kinds.ts';
import styles from './object-link.module.css';
import type { State } from './tone.ts';

interface ObjectLinkProps {
  to: ObjectRef;
  /** Says the kind before the name. */
  withKind?: boolean;
  /** Says the namespace when it is another than this one. */
  besides?: string | undefined;
  state?: State | undefined;
  /** Within a sentence: it breaks as the words around it do. */
  inText?: boolean;
  className?: string | undefined;
}

/** The name of an object; opens it. */
export function ObjectLink({ to, withKind = false, besides, state, inText = false, className }: ObjectLinkProps) {
  const { select } = useSelection();
  const { namespace, name } = split(to.key);
  const foreign = namespace !== undefined && besides !== undefined && namespace !== besides;
  return (
    <button type="button" className={classes(styles.link, inText && styles.inText, className)} title={`${kindOf(to.resource)} ${to.key}`} onClick={() => select(to)}>
      {state && <ToneMark tone={state.tone} size={9} />}
      {withKind && <span className={styles.kind}>{kindOf(to.resource)} </span>}
      <span className={styles.name}>
        {foreign && <span className={styles.kind}>{namespace}/</span>}
        {name}
      </span>
    </button>
  );
}
