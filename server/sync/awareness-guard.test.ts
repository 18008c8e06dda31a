import { describe, expect, it } from 'vitest';
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { ownAwareness } from './awareness-guard.ts';
import { SYNC_LIMITS, type AwarenessUser } from './protocol.ts';

const ADA: AwarenessUser = { participantId: 'a', name: 'Ada', role: 'student', color: '#111111', colorLight: '#11111133' };
const anyId = (): boolean => true;

function client(state: Record<string, unknown>): { id: number; awareness: Awareness } {
  const doc = new Y.Doc();
  const awareness = new Awareness(doc);
  awareness.setLocalState(state);
  return { id: doc.clientID, awareness };
}

/** What a server's awareness holds after an accepted update. */
function applied(update: Uint8Array | undefined): Map<number, unknown> {
  const awareness = new Awareness(new Y.Doc());
  awareness.setLocalState(null);
  if (update) applyAwarenessUpdate(awareness, update, null);
  return new Map(awareness.getStates());
}

describe('ownAwareness', () => {
  it('D5: sets the identity, whatever the client says', () => {
    const { id, awareness } = client({ user: { name: 'Grace', role: 'instructor' }, handRaised: true });
    const verdict = ownAwareness(encodeAwarenessUpdate(awareness, [id]), undefined, anyId, ADA);
    expect(verdict).toMatchObject({ kind: 'accepted', clientId: id });
    expect(applied(verdict.kind === 'accepted' ? verdict.update : undefined).get(id)).toEqual({ user: ADA, handRaised: true });
  });

  it('D5: drops what a client repeats of others, and keeps its own', () => {
    const mine = client({ view: 'nodes' });
    const other = client({ view: 'pods' });
    applyAwarenessUpdate(mine.awareness, encodeAwarenessUpdate(other.awareness, [other.id]), null);
    const verdict = ownAwareness(encodeAwarenessUpdate(mine.awareness, [mine.id, other.id]), mine.id, anyId, ADA);
    expect([...applied(verdict.kind === 'accepted' ? verdict.update : undefined).keys()]).toEqual([mine.id]);
    const onlyOther = ownAwareness(encodeAwarenessUpdate(mine.awareness, [other.id]), mine.id, anyId, ADA);
    expect(onlyOther).toEqual({ kind: 'accepted', update: undefined, clientId: mine.id });
  });

  it('D4: does not take an id that is somebody else’s', () => {
    const { id, awareness } = client({ view: 'nodes' });
    expect(ownAwareness(encodeAwarenessUpdate(awareness, [id]), undefined, () => false, ADA)).toEqual({ kind: 'accepted', update: undefined, clientId: undefined });
  });

  it('lets a client say that it goes', () => {
    const { id, awareness } = client({ view: 'nodes' });
    awareness.setLocalState(null);
    const verdict = ownAwareness(encodeAwarenessUpdate(awareness, [id]), id, anyId, ADA);
    expect(applied(verdict.kind === 'accepted' ? verdict.update : undefined).size).toBe(0);
  });

  it('refuses a state over the limit and throws on garbage', () => {
    const { id, awareness } = client({ view: 'x'.repeat(SYNC_LIMITS.maxAwarenessBytes) });
    expect(ownAwareness(encodeAwarenessUpdate(awareness, [id]), undefined, anyId, ADA)).toEqual({ kind: 'too-large' });
    expect(() => ownAwareness(new Uint8Array([5, 1, 2]), undefined, anyId, ADA)).toThrow();
  });
});
