'use client';

/**
 * The object that somebody selected, from all sides. Knows a cluster source, the selection and, in a live room, LiveRoom: it is the same in
 * class and in review.
 */
import { useCallback, useEffect, useState } from 'react';
import type { ObjectRef } from '../../server/rooms/service.ts';
import { useClusterSource } from '../_lib/cluster-source.tsx';
import { useSelection } from '../_lib/selection.tsx';
import { FindObject } from './find-object.tsx';
import styles from './inspector.module.css';
import { sameRef } from './kinds.ts';
import { ObjectView } from './object-view.tsx';
import type { TabName } from './tabs.ts';

/** Objects that one can go back to. */
const MAX_TRAIL = 30;

export function Inspector() {
  const source = useClusterSource();
  const { selected, select } = useSelection();
  const [tab, setTab] = useState<TabName>('overview');
  const [trail, setTrail] = useState<readonly ObjectRef[]>([]);
  const [searching, setSearching] = useState(false);
  useEffect(() => {
    setSearching(false);
    if (selected) setTrail((before) => (sameRef(before.at(-1), selected) ? before : [...before, selected].slice(-MAX_TRAIL)));
  }, [selected]);
  const previous = trail.at(-2);
  const back = useCallback(() => {
    setTrail((before) => before.slice(0, -1));
    if (previous) select(previous);
  }, [previous, select]);
  return (
    <div className={styles.inspector} data-testid="inspector">
      {selected && !searching ? (
        <ObjectView
          key={`${selected.resource} ${selected.key}`}
          subject={selected}
          tab={tab}
          onTab={setTab}
          onBack={previous ? back : undefined}
          onSearch={() => setSearching(true)}
        />
      ) : (
        <FindObject
          recent={trail}
          onCancel={selected ? () => setSearching(false) : undefined}
          onOpen={(ref) => {
            setSearching(false);
            select(ref);
          }}
          replay={source.mode === 'replay'}
        />
      )}
    </div>
  );
}
