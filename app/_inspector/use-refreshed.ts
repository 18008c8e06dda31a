'use client';

/** What is fetched about an object, kept up to date on the screen. */
import { useEffect, useRef, useState } from 'react';
import { WRITE_RING_LENGTH, type ClusterView } from '../../server/rooms/projection/types.ts';
import type { ObjectRef } from '../../server/rooms/service.ts';
import { errorCode } from '../_lib/api.ts';
import { rowOf } from './kinds.ts';
import { NOTHING_LOADED, Refresher, type Loaded } from './refresher.ts';

export function isGone(error: unknown): boolean {
  return error !== undefined && errorCode(error) === 'object-not-found';
}

/**
 * @param load fetches it; the newest one is used.
 * @param key what it is about: another key begins anew.
 * @param version fetched again when this changes, at most once in `everyMs`.
 */
export function useRefreshed<T>(load: () => Promise<T>, key: string, version: string | number, everyMs = 1_000): Loaded<T> & { refresh(): void } {
  const newest = useRef(load);
  newest.current = load;
  const refresher = useRef<{ request(): void }>(null);
  const [state, setState] = useState<{ key: string; loaded: Loaded<T> }>({ key, loaded: NOTHING_LOADED });
  const asked = useRef(version);
  useEffect(() => {
    const made = new Refresher<T>({ load: () => newest.current(), everyMs, tell: (loaded) => setState({ key, loaded }), final: isGone });
    refresher.current = made;
    made.request();
    return () => made.dispose();
  }, [key, everyMs]);
  useEffect(() => {
    if (asked.current === version) return;
    asked.current = version;
    refresher.current?.request();
  }, [version]);
  const loaded = state.key === key ? state.loaded : NOTHING_LOADED;
  return { ...loaded, refresh: () => refresher.current?.request() };
}

/** Changes whenever the object may have changed: its row did, or the latest writes name it, or they are too many to tell. */
export function useObjectVersion(view: ClusterView | undefined, ref: ObjectRef, mode: 'live' | 'replay'): string {
  const row = rowOf(view, ref)?.row;
  const count = useRef({ row, changes: 0 });
  if (count.current.row !== row) count.current = { row, changes: count.current.changes + 1 };
  return `${count.current.changes} ${latestWrite(view, mode, (resource, key) => resource === ref.resource && key === ref.key)}`;
}

/** Changes whenever there may be a new Event about the object. */
export function eventsVersion(view: ClusterView | undefined, ref: ObjectRef, mode: 'live' | 'replay'): number {
  const prefix = `${ref.key.includes('/') ? ref.key : `default/${ref.key}`}.`;
  return latestWrite(view, mode, (resource, key) => resource === 'events' && key.startsWith(prefix));
}

/** Revision of the latest write that matches. A replay leaps, so that there every revision counts. */
function latestWrite(view: ClusterView | undefined, mode: 'live' | 'replay', matches: (resource: string, key: string) => boolean): number {
  if (!view) return 0;
  if (mode === 'replay') return view.meta.revision;
  for (let index = view.writes.length - 1; index >= 0; index--) {
    const write = view.writes[index];
    if (write && matches(write.resource, write.key)) return write.revision;
  }
  // Never there, or pushed out of the ring before it was seen: looked at again once the ring has turned over.
  return -Math.floor((view.writes[0]?.revision ?? 0) / WRITE_RING_LENGTH);
}
