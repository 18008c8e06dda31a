/** Messages that the pages never send: what somebody may try who writes a client of their own. */
import type { Page } from '@playwright/test';
import * as encoding from 'lib0/encoding';
import * as sync from 'y-protocols/sync';
import * as Y from 'yjs';
import { MESSAGE_SYNC, SYNC_PROTOCOL_VERSION, type DocumentName } from '../../server/sync/protocol.ts';
import { tokenOf } from './classroom.ts';

/** A synchronisation message with an update that somebody has written without asking the document. */
export function forgedUpdate(write: (doc: Y.Doc) => void): number[] {
  const doc = new Y.Doc();
  write(doc);
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, MESSAGE_SYNC);
  sync.writeUpdate(encoder, Y.encodeStateAsUpdate(doc));
  return [...encoding.toUint8Array(encoder)];
}

/** Sends bytes over a WebSocket of its own, as whoever sits at the page. @returns the code with which the server closed it. */
export async function sendAs(page: Page, document: DocumentName, message: number[] | { zeros: number }): Promise<number> {
  return page.evaluate(
    ([token, version, name, bytes]) =>
      new Promise<number>((resolve) => {
        const room = location.pathname.split('/')[2];
        const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/sync/${room}/${name}?token=${token}&v=${version}`);
        socket.onopen = () => socket.send(Array.isArray(bytes) ? new Uint8Array(bytes) : new Uint8Array(bytes.zeros));
        socket.onclose = ({ code }) => resolve(code);
      }),
    [await tokenOf(page), SYNC_PROTOCOL_VERSION, document, message] as const,
  );
}

export interface Refusal {
  status: number;
  /** `error.data.roomCode` of the answer; undefined where the call succeeded. */
  roomCode: string | undefined;
}

/** Calls a procedure as whoever sits at the page, whatever the page shows. */
export async function callAs(page: Page, procedure: string, input: unknown): Promise<Refusal> {
  return page.evaluate(
    async ([token, path, body]) => {
      const response = await fetch(`/trpc/${path}`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
      const answer = (await response.json()) as { error?: { data?: { roomCode?: string } } };
      return { status: response.status, roomCode: answer.error?.data?.roomCode };
    },
    [await tokenOf(page), procedure, input] as const,
  );
}
