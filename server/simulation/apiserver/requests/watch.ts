/**
 * Watches from outside the simulation. They look and never change anything: no timers, no state, so that whether
 * somebody watches makes no difference to the cluster.
 */
import { groupVersion } from '../discovery.ts';
import { expired } from '../errors.ts';
import type { Store } from '../store.ts';
import type { KubeObject, WatchEvent, WatchEventType } from '../types.ts';
import type { Representation } from './representation.ts';
import { isTrue } from './request-info.ts';
import type { Selection } from './selection.ts';

export type WatchSink = (event: { type: string; object: unknown }) => void;

export interface Watch {
  stop(): void;
}

/** What one write means to a watch with selectors: objects come and go as they begin and cease to match. */
function transition(event: WatchEvent, selection: Selection): { type: WatchEventType; object: KubeObject } | undefined {
  const before = event.previous !== undefined && selection.matches(event.previous);
  const after = event.type !== 'DELETED' && selection.matches(event.object);
  if (after) return { type: before ? 'MODIFIED' : 'ADDED', object: event.object };
  if (!before) return undefined;
  if (event.type === 'DELETED') return { type: 'DELETED', object: event.object };
  // It stopped matching: the client gets what it knew, at the revision of the change.
  const known = event.previous as KubeObject;
  return { type: 'DELETED', object: { ...known, metadata: { ...known.metadata, resourceVersion: String(event.revision) } } };
}

/**
 * Starts a watch; everything it has to say goes to `sink`, at first during this call.
 * @throws ApiError 410 when the revision to start from is no longer kept.
 */
export function watch(store: Store, selection: Selection, representation: Representation, sink: WatchSink): Watch {
  const { query, resource } = selection.info;
  let first = true;
  const send = (type: string, object: KubeObject): void => {
    sink({ type, object: representation.event(object, first) });
    first = false;
  };

  const wantsInitial = isTrue(query.sendInitialEvents);
  const from = query.resourceVersion ?? '';
  if (wantsInitial || from === '' || from === '0') {
    for (const object of selection.list(store)) send('ADDED', object);
    if (wantsInitial && isTrue(query.allowWatchBookmarks)) {
      const { group, version, kind } = resource;
      const metadata = { resourceVersion: String(store.revision), creationTimestamp: null, annotations: { 'k8s.io/initial-events-end': 'true' } };
      sink({ type: 'BOOKMARK', object: { kind, apiVersion: groupVersion(group, version), metadata } });
    }
  } else {
    const missed = store.since(Number(from));
    if (!missed) throw expired(`too old resource version: ${from} (${store.recent[0]?.revision ?? store.revision})`);
    for (const event of missed) {
      if (event.resource !== resource.key) continue;
      const seen = transition(event, selection);
      if (seen) send(seen.type, seen.object);
    }
  }
  const stop = store.onWrite((event) => {
    if (event.resource !== resource.key) return;
    const seen = transition(event, selection);
    if (seen) send(seen.type, seen.object);
  });
  return { stop };
}
