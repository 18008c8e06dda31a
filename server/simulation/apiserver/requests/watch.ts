/**
 * Watches from outside the simulation. They look and never change anything: no timers, no state, so that whether
 * somebody watches makes no difference to the cluster.
 */
import { groupVersion } from '../discovery.ts';
import { expired, tooLargeRevision } from '../errors.ts';
import type { Store } from '../store.ts';
import type { KubeObject, WatchEvent, WatchEventType } from '../types.ts';
import { listOptions } from './list-options.ts';
import type { Representation } from './representation.ts';
import { isTrue } from './request-info.ts';
import type { Selection } from './selection.ts';

export type WatchSink = (event: { type: string; object: unknown }) => void;

export interface Watch {
  stop(): void;
  /** Tells the revision that the watch has reached, so that the client can take it up there. */
  bookmark(): void;
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

  const bookmark = (annotations?: Record<string, string>): void => {
    const { group, version, kind } = resource;
    sink({ type: 'BOOKMARK', object: representation.bookmark(groupVersion(group, version), kind, { resourceVersion: String(store.revision), creationTimestamp: null, ...(annotations ? { annotations } : {}) }) });
  };

  const options = listOptions(query, true);
  const wantsInitial = options.sendInitialEvents === true;
  const from = options.resourceVersion;
  if (Number(from) > store.revision) throw tooLargeRevision(Number(from), store.revision);
  if (options.sendInitialEvents === false && (from === '' || from === '0')) {
    // From now on, and nothing before.
  } else if (wantsInitial || from === '' || from === '0') {
    for (const object of selection.list(store)) send('ADDED', object);
    if (wantsInitial && isTrue(query.allowWatchBookmarks)) bookmark({ 'k8s.io/initial-events-end': 'true' });
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
  return { stop, bookmark: () => bookmark() };
}
