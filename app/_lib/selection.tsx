'use client';

/** Which object of the cluster is open beside the view. */
import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react';
import type { ObjectRef } from '../../server/rooms/service.ts';

interface Selection {
  selected: ObjectRef | null;
  /** Null closes. The same object again keeps it open. */
  select(object: ObjectRef | null): void;
}

const SelectionContext = createContext<Selection | undefined>(undefined);

export function SelectionProvider({ onSelect, children }: { /** Told of every change. */ onSelect?(object: ObjectRef | null): void; children: ReactNode }) {
  const [selected, setSelected] = useState<ObjectRef | null>(null);
  const select = useCallback(
    (object: ObjectRef | null) => {
      setSelected(object);
      onSelect?.(object);
    },
    [onSelect],
  );
  const value = useMemo(() => ({ selected, select }), [selected, select]);
  return <SelectionContext value={value}>{children}</SelectionContext>;
}

export function useSelection(): Selection {
  const selection = use(SelectionContext);
  if (!selection) throw new Error('useSelection needs SelectionProvider');
  return selection;
}
