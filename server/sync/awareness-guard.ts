/** A client's awareness message with everything removed that is not its own, and its identity set by the server. */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { SYNC_LIMITS, type AwarenessUser } from './protocol.ts';

interface Entry {
  clientId: number;
  clock: number;
  state: unknown;
}

export type AwarenessVerdict =
  /** What may be applied; undefined when nothing is left. */
  | { kind: 'accepted'; update: Uint8Array | undefined; clientId: number | undefined }
  | { kind: 'too-large' };

/**
 * @param bound the Yjs client id of this connection, once it has named it. Clients repeat what they heard of others; that is dropped.
 * @param mayBind whether a client id is free to be this connection's.
 * @throws Error when the message is not an awareness update.
 */
export function ownAwareness(update: Uint8Array, bound: number | undefined, mayBind: (clientId: number) => boolean, user: AwarenessUser): AwarenessVerdict {
  const entries = read(update);
  let own = bound;
  if (own === undefined) {
    // The first message of a connection is about the client itself alone.
    const only = entries.length === 1 ? entries[0] : undefined;
    if (!only || !mayBind(only.clientId)) return { kind: 'accepted', update: undefined, clientId: undefined };
    own = only.clientId;
  }
  const mine = entries.find((entry) => entry.clientId === own);
  if (!mine) return { kind: 'accepted', update: undefined, clientId: own };
  const state = typeof mine.state === 'object' && mine.state !== null && !Array.isArray(mine.state) ? { ...mine.state, user } : null;
  const text = JSON.stringify(state);
  if (text.length > SYNC_LIMITS.maxAwarenessBytes) return { kind: 'too-large' };
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 1);
  encoding.writeVarUint(encoder, mine.clientId);
  encoding.writeVarUint(encoder, mine.clock);
  encoding.writeVarString(encoder, text);
  return { kind: 'accepted', update: encoding.toUint8Array(encoder), clientId: own };
}

function read(update: Uint8Array): Entry[] {
  const decoder = decoding.createDecoder(update);
  const count = decoding.readVarUint(decoder);
  const entries: Entry[] = [];
  for (let i = 0; i < count; i++) {
    entries.push({ clientId: decoding.readVarUint(decoder), clock: decoding.readVarUint(decoder), state: JSON.parse(decoding.readVarString(decoder)) as unknown });
  }
  return entries;
}
