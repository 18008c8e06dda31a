/**
 * The synchronisation protocol, version 1. Shared by server and browser: no Node APIs here.
 *
 * A client opens `ws(s)://HOST/sync/ROOM/DOCUMENT?token=TOKEN&v=1` and speaks y-protocols (sync and awareness), as the
 * WebsocketProvider of y-websocket 3 does with `new WebsocketProvider('ws://HOST/sync/ROOM', 'DOCUMENT', doc, {params: {token, v: '1'}})`.
 */
import type { Role } from '../rooms/types.ts';

export const SYNC_PROTOCOL_VERSION = 1;

/** Message types of y-websocket, the first varint of every message. */
export const MESSAGE_SYNC = 0;
export const MESSAGE_AWARENESS = 1;
export const MESSAGE_AUTH = 2;
export const MESSAGE_QUERY_AWARENESS = 3;

export const DOCUMENT_NAMES = ['cluster', 'workspace'] as const;
/** `cluster`: written by the server alone. `workspace`: see WORKSPACE_ROOTS. Awareness travels with `workspace`. */
export type DocumentName = (typeof DOCUMENT_NAMES)[number];

/**
 * Why the server closed a connection. As y-websocket has it: 4400 to 4499 are final (a client must not reconnect by itself), 4500 to
 * 4599 pass. A single message over four times the limit is cut off by WebSocket's own code 1009.
 */
export const CLOSE_REASONS = {
  badRequest: { code: 4400, retry: false, reason: 'the message could not be understood' },
  unauthenticated: { code: 4401, retry: false, reason: 'the token is not valid for this room' },
  forbiddenWrite: { code: 4403, retry: false, reason: 'this document, or this part of it, is not yours to write' },
  notFound: { code: 4404, retry: false, reason: 'there is no such room or document' },
  staleDocument: { code: 4409, retry: false, reason: 'the document is of an earlier life of the server; start with an empty one' },
  removed: { code: 4410, retry: false, reason: 'the instructor removed you from the room' },
  tooLarge: { code: 4413, retry: false, reason: 'the message or the document is over the size limit' },
  versionMismatch: { code: 4426, retry: false, reason: 'the page is older than the server; reload it' },
  tooMany: { code: 4529, retry: true, reason: 'too many messages; wait a moment' },
  roomFull: { code: 4430, retry: false, reason: 'the room has as many connections as it can hold' },
  internal: { code: 4500, retry: true, reason: 'the server failed' },
  shuttingDown: { code: 4503, retry: true, reason: 'the server is restarting' },
} as const satisfies Record<string, { code: number; retry: boolean; reason: string }>;

export type CloseReason = keyof typeof CLOSE_REASONS;

/** Whether a client may try again after the connection was closed with this code. */
export function mayReconnect(code: number): boolean {
  for (const reason of Object.values(CLOSE_REASONS)) if (reason.code === code) return reason.retry;
  return true;
}

/** Limits that the server holds connections to. */
export const SYNC_LIMITS = {
  /** One message from a client. */
  maxMessageBytes: 256 * 1024,
  /** Messages that one connection may send, on average over 10 s. Typing with cursors makes about 20. */
  maxMessagesPerSecond: 60,
  /** The whole encoded workspace document. */
  maxWorkspaceBytes: 8 * 1024 * 1024,
  /** One participant's awareness state as JSON. */
  maxAwarenessBytes: 8 * 1024,
  maxConnectionsPerRoom: 400,
  maxConnectionsPerParticipant: 12,
  /** Bytes waiting for a slow reader before its connection is dropped; it resynchronises when it comes back. */
  maxBufferedBytes: 16 * 1024 * 1024,
} as const;

/**
 * Root types of the workspace document.
 * - `files`: Y.Map<Y.Text>, by file name (`web.yaml`); in every terminal the folder MANIFESTS_FOLDER.
 *   Written by instructors and students directly.
 * - `chat`: Y.Array<ChatMessage>; `notes`: Y.Map<NoteEntry>; `pins`: Y.Map<PinEntry>. Written by the server on behalf of a
 *   participant (tRPC `chat.post`, `notes.*`, `pins.*`), so that nobody can speak in another's name.
 */
export const WORKSPACE_ROOTS = { files: 'files', chat: 'chat', notes: 'notes', pins: 'pins' } as const;

/** Root types that a role may write through the WebSocket. */
export const WRITABLE_ROOTS: Record<Role, readonly string[]> = {
  instructor: [WORKSPACE_ROOTS.files],
  student: [WORKSPACE_ROOTS.files],
  observer: [],
};

/** Where the shared files are in every terminal; terminals start there. */
export const MANIFESTS_FOLDER = '/manifests';
/** A name in `files`: no slashes, so that it is a file of MANIFESTS_FOLDER. */
export const FILE_NAME_PATTERN = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/;

export interface ChatMessage {
  id: string;
  participantId: string;
  name: string;
  role: Role;
  text: string;
  /** Virtual time, ms. */
  time: number;
  /** Wall clock, ms. */
  sentAt: number;
}

export interface NoteEntry {
  id: string;
  participantId: string;
  name: string;
  text: string;
  /** Virtual time that the note is about, ms. */
  time: number;
  /** The same moment of the class, wall clock, ms. Notes from before it was kept have none. */
  wall?: number;
}

/** An object that somebody pinned for everyone. */
export interface PinEntry {
  id: string;
  participantId: string;
  name: string;
  resource: string;
  /** `namespace/name`, or `name`. */
  key: string;
}

/** What one participant's awareness state holds. `user` is set by the server whatever the client sends. */
export interface AwarenessState {
  user: AwarenessUser;
  /** Where the participant looks, as the page names it. */
  view?: string;
  /** Object selected on the screen: `{resource, key}` as in WriteRow. */
  selected?: { resource: string; key: string } | null;
  handRaised?: boolean;
  /** y-codemirror.next's cursor. */
  cursor?: unknown;
}

export interface AwarenessUser {
  participantId: string;
  name: string;
  role: Role;
  /** `#rrggbb`, and a lighter one for selections (y-codemirror.next reads both). */
  color: string;
  colorLight: string;
}
