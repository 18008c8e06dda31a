/** What a room that was forked from a recording begins with beside the cluster: the shared files as they were. */
import * as Y from 'yjs';
import { WORKSPACE_ROOTS } from '../sync/protocol.ts';
import type { RoomStore } from './store/types.ts';

/**
 * The shared files of a room at a moment of its class (wall clock, ms), as an update for an empty workspace document. What people said and noted stays
 * in the recording: a fork is a new class. Undefined when there were no files.
 */
export async function forkedFiles(store: RoomStore, roomId: string, wall: number): Promise<Uint8Array | undefined> {
  const updates = await store.workspaceUpdates(roomId, wall);
  if (updates.length === 0) return undefined;
  const before = new Y.Doc();
  Y.applyUpdate(before, Y.mergeUpdates(updates.map(({ update }) => update)));
  const files = before.getMap<Y.Text>(WORKSPACE_ROOTS.files);
  if (files.size === 0) return undefined;
  const after = new Y.Doc();
  const copies = after.getMap<Y.Text>(WORKSPACE_ROOTS.files);
  after.transact(() => {
    for (const [name, text] of files) copies.set(name, new Y.Text(text.toString()));
  });
  return Y.encodeStateAsUpdate(after);
}
