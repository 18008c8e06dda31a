/** The WebSocket side of the Yjs documents. See protocol.ts for what it speaks. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness';
import * as sync from 'y-protocols/sync';
import * as Y from 'yjs';
import { isRoomError } from '../rooms/errors.ts';
import { Bucket } from '../rooms/limits.ts';
import type { Room } from '../rooms/room.ts';
import type { Rooms } from '../rooms/rooms.ts';
import { ownAwareness } from './awareness-guard.ts';
import { CLOSE_REASONS, DOCUMENT_NAMES, MESSAGE_AWARENESS, MESSAGE_QUERY_AWARENESS, MESSAGE_SYNC, SYNC_LIMITS, SYNC_PROTOCOL_VERSION, WRITABLE_ROOTS, type AwarenessUser, type CloseReason, type DocumentName } from './protocol.ts';
import { judgeUpdate } from './update-guard.ts';

/** A connection that has not answered two pings is gone. */
const PING_MS = 25_000;
/** What a connection may send at once, in seconds of its rate. */
const BURST_SECONDS = 10;

export interface SyncServerOptions {
  rooms: Rooms;
  wallClock: () => number;
  log: { info(details: object, message: string): void; warn(details: object, message: string): void; error(details: object, message: string): void };
}

interface Connection {
  socket: WebSocket;
  participantId: string;
  document: DocumentName;
  bucket: Bucket;
  /** Yjs client id that this connection speaks for, once it has said so. */
  clientId: number | undefined;
  alive: boolean;
}

/** The connections to one live room. */
interface RoomConnections {
  room: Room;
  awareness: Awareness;
  connections: Set<Connection>;
}

export class SyncServer {
  readonly #webSockets = new WebSocketServer({ noServer: true, maxPayload: SYNC_LIMITS.maxMessageBytes * 4, perMessageDeflate: false });
  readonly #rooms = new Map<Room, RoomConnections>();
  readonly #options: SyncServerOptions;
  readonly #pinger: ReturnType<typeof setInterval>;

  constructor(options: SyncServerOptions) {
    this.#options = options;
    this.#pinger = setInterval(() => this.#ping(), PING_MS);
    this.#pinger.unref();
  }

  /** Takes over an HTTP upgrade to `/sync/…`. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      // Messages that come before the room is awake wait here; y-websocket speaks first.
      const early: RawData[] = [];
      const keep = (data: RawData): void => {
        if (early.length < 16) early.push(data);
      };
      webSocket.on('message', keep);
      webSocket.on('error', (error) => this.#options.log.info({ error: error.message }, 'a sync connection failed'));
      this.#accept(request, webSocket).then(
        (receive) => {
          webSocket.off('message', keep);
          if (!receive) return;
          webSocket.on('message', receive);
          for (const data of early) receive(data);
        },
        (error: unknown) => {
          this.#options.log.error({ error }, 'a sync connection could not be accepted');
          this.#close(webSocket, 'internal');
        },
      );
    });
  }

  /** Closes every connection; clients come back when the server does. */
  close(): void {
    clearInterval(this.#pinger);
    for (const { connections } of this.#rooms.values()) for (const { socket } of connections) this.#close(socket, 'shuttingDown');
    this.#webSockets.close();
  }

  async #accept(request: IncomingMessage, socket: WebSocket): Promise<((data: RawData) => void) | undefined> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [, , roomId, name] = url.pathname.split('/');
    const document = DOCUMENT_NAMES.find((candidate) => candidate === name);
    const token = url.searchParams.get('token');
    if (!roomId || !document) return this.#close(socket, 'notFound');
    if (url.searchParams.get('v') !== String(SYNC_PROTOCOL_VERSION)) return this.#close(socket, 'versionMismatch');
    if (!token) return this.#close(socket, 'unauthenticated');
    let room: Room;
    let participantId: string;
    try {
      const authenticated = await this.#options.rooms.authenticate(token);
      room = authenticated.room;
      participantId = authenticated.participant.id;
    } catch (error) {
      if (!isRoomError(error)) throw error;
      return this.#close(socket, error.code === 'room-failed' ? 'internal' : 'unauthenticated');
    }
    if (room.id !== roomId) return this.#close(socket, 'unauthenticated');
    if (socket.readyState !== socket.OPEN) return undefined;
    if (room.people.connectionCount >= SYNC_LIMITS.maxConnectionsPerRoom) return this.#close(socket, 'roomFull');
    if (room.people.connectionsOf(participantId) >= SYNC_LIMITS.maxConnectionsPerParticipant) return this.#close(socket, 'tooMany');
    return this.#join(room, { socket, participantId, document, bucket: this.#bucket(), clientId: undefined, alive: true });
  }

  #bucket(): Bucket {
    const perSecond = SYNC_LIMITS.maxMessagesPerSecond;
    return new Bucket(perSecond, perSecond * BURST_SECONDS, this.#options.wallClock);
  }

  #join(room: Room, connection: Connection): (data: RawData) => void {
    const shared = this.#connectionsOf(room);
    shared.connections.add(connection);
    const disconnected = room.people.connected(connection.participantId);
    const { socket } = connection;
    socket.on('pong', () => (connection.alive = true));
    socket.on('close', () => {
      shared.connections.delete(connection);
      if (connection.clientId !== undefined) removeAwarenessStates(shared.awareness, [connection.clientId], null);
      disconnected();
    });
    const doc = docOf(room, connection.document);
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, MESSAGE_SYNC);
    sync.writeSyncStep1(encoder, doc);
    this.#send(connection, encoding.toUint8Array(encoder));
    if (connection.document === 'workspace') this.#sendAwareness(shared, connection);
    return (data) => this.#receive(shared, connection, data);
  }

  #connectionsOf(room: Room): RoomConnections {
    const existing = this.#rooms.get(room);
    if (existing) return existing;
    const awareness = new Awareness(room.workspace.doc);
    awareness.setLocalState(null);
    const shared: RoomConnections = { room, awareness, connections: new Set() };
    this.#rooms.set(room, shared);
    for (const document of DOCUMENT_NAMES) {
      docOf(room, document).on('update', (update: Uint8Array, origin: unknown) => {
        const encoder = encoding.createEncoder();
        encoding.writeVarUint(encoder, MESSAGE_SYNC);
        sync.writeUpdate(encoder, update);
        this.#broadcast(shared, document, encoding.toUint8Array(encoder), origin);
      });
    }
    awareness.on('update', ({ added, updated, removed }: { added: number[]; updated: number[]; removed: number[] }) => {
      const encoder = encoding.createEncoder();
      encoding.writeVarUint(encoder, MESSAGE_AWARENESS);
      encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(awareness, [...added, ...updated, ...removed]));
      this.#broadcast(shared, 'workspace', encoding.toUint8Array(encoder), undefined);
    });
    room.onRemoved((participantId) => {
      for (const connection of shared.connections) if (connection.participantId === participantId) this.#close(connection.socket, 'removed');
    });
    room.onClosed(() => {
      this.#rooms.delete(room);
      for (const { socket } of shared.connections) this.#close(socket, 'shuttingDown');
      awareness.destroy();
    });
    return shared;
  }

  #receive(shared: RoomConnections, connection: Connection, data: RawData): void {
    if (!connection.bucket.take()) return this.#refuse(shared, connection, 'tooMany', 'more messages than its rate allows');
    const bytes = bytesOf(data);
    if (bytes.byteLength > SYNC_LIMITS.maxMessageBytes) return this.#refuse(shared, connection, 'tooLarge', `a message of ${bytes.byteLength} bytes`);
    try {
      const decoder = decoding.createDecoder(bytes);
      const type = decoding.readVarUint(decoder);
      if (type === MESSAGE_SYNC) this.#receiveSync(shared, connection, decoder);
      else if (type === MESSAGE_AWARENESS) this.#receiveAwareness(shared, connection, decoding.readVarUint8Array(decoder));
      else if (type === MESSAGE_QUERY_AWARENESS) this.#sendAwareness(shared, connection);
      else this.#refuse(shared, connection, 'badRequest', `a message of the unknown type ${type}`);
    } catch (error) {
      this.#refuse(shared, connection, 'badRequest', error instanceof Error ? error.message : String(error));
    }
  }

  #receiveSync(shared: RoomConnections, connection: Connection, decoder: decoding.Decoder): void {
    const doc = docOf(shared.room, connection.document);
    const type = decoding.readVarUint(decoder);
    const payload = decoding.readVarUint8Array(decoder);
    if (type === sync.messageYjsSyncStep1) {
      if (connection.document === 'cluster' && isStale(doc, payload)) return this.#close(connection.socket, 'staleDocument');
      const encoder = encoding.createEncoder();
      encoding.writeVarUint(encoder, MESSAGE_SYNC);
      encoding.writeVarUint(encoder, sync.messageYjsSyncStep2);
      encoding.writeVarUint8Array(encoder, Y.encodeStateAsUpdate(doc, payload));
      this.#send(connection, encoding.toUint8Array(encoder));
      return;
    }
    if (type !== sync.messageYjsSyncStep2 && type !== sync.messageYjsUpdate) return this.#refuse(shared, connection, 'badRequest', `a sync message of the unknown type ${type}`);
    const me = shared.room.people.get(connection.participantId);
    if (!me) return this.#refuse(shared, connection, 'removed', 'a participant who was removed');
    // The document of the cluster is checked by the same rule: nothing in it is writable. What changes nothing is harmless:
    // clients answer the server's first message with an empty update.
    const writable = connection.document === 'workspace' ? WRITABLE_ROOTS[me.role] : [];
    const verdict = judgeUpdate(doc, payload, writable, (clientId) => this.#mayWriteAs(shared, connection, clientId));
    if (!verdict.allowed) return this.#refuse(shared, connection, 'forbiddenWrite', verdict.why);
    if (!shared.room.workspace.hasRoomFor(payload.byteLength)) return this.#refuse(shared, connection, 'tooLarge', 'the workspace is full');
    Y.applyUpdate(doc, payload, connection);
  }

  #receiveAwareness(shared: RoomConnections, connection: Connection, update: Uint8Array): void {
    if (connection.document !== 'workspace') {
      // y-websocket takes a connection on which nothing comes back for dead.
      const encoder = encoding.createEncoder();
      encoding.writeVarUint(encoder, MESSAGE_AWARENESS);
      encoding.writeVarUint8Array(encoder, update);
      return this.#send(connection, encoding.toUint8Array(encoder));
    }
    const me = shared.room.people.get(connection.participantId);
    if (!me) return this.#refuse(shared, connection, 'removed', 'a participant who was removed');
    const user: AwarenessUser = { participantId: me.id, name: me.name, role: me.role, color: me.color, colorLight: `${me.color}33` };
    const verdict = ownAwareness(update, connection.clientId, (clientId) => this.#mayWriteAs(shared, connection, clientId), user);
    if (verdict.kind === 'too-large') return this.#refuse(shared, connection, 'tooLarge', 'an awareness state over the limit');
    connection.clientId ??= verdict.clientId;
    if (verdict.update) applyAwarenessUpdate(shared.awareness, verdict.update, connection);
  }

  /** A Yjs client id belongs to the participant whose live connection named it. */
  #mayWriteAs(shared: RoomConnections, connection: Connection, clientId: number): boolean {
    for (const other of shared.connections) {
      if (other.clientId === clientId && other.participantId !== connection.participantId) return false;
    }
    return clientId !== shared.room.workspace.doc.clientID && clientId !== shared.room.clusterDoc.clientID;
  }

  #sendAwareness(shared: RoomConnections, connection: Connection): void {
    const ids = [...shared.awareness.getStates().keys()];
    if (ids.length === 0) return;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, MESSAGE_AWARENESS);
    encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(shared.awareness, ids));
    this.#send(connection, encoding.toUint8Array(encoder));
  }

  #broadcast(shared: RoomConnections, document: DocumentName, message: Uint8Array, except: unknown): void {
    for (const connection of shared.connections) if (connection.document === document && connection !== except) this.#send(connection, message);
  }

  #send({ socket }: Connection, message: Uint8Array): void {
    if (socket.readyState !== socket.OPEN) return;
    // A reader that does not keep up would make the server hold everything for it; it comes back and gets the whole.
    if (socket.bufferedAmount > SYNC_LIMITS.maxBufferedBytes) return socket.terminate();
    socket.send(message);
  }

  #refuse(shared: RoomConnections, connection: Connection, reason: CloseReason, why: string): void {
    const { participantId, document } = connection;
    this.#options.log.warn({ roomId: shared.room.id, participantId, document, reason, why }, 'a sync message was refused');
    this.#close(connection.socket, reason);
  }

  #close(socket: WebSocket, reason: CloseReason): undefined {
    const { code, reason: text } = CLOSE_REASONS[reason];
    socket.close(code, text);
    return undefined;
  }

  #ping(): void {
    for (const { connections } of this.#rooms.values()) {
      for (const connection of connections) {
        if (!connection.alive) connection.socket.terminate();
        else {
          connection.alive = false;
          connection.socket.ping();
        }
      }
    }
  }
}

/** Whether a client knows rows that this life of the document never had: after a restart the server writes under a new id. */
function isStale(doc: Y.Doc, stateVector: Uint8Array): boolean {
  for (const [client, clock] of Y.decodeStateVector(stateVector)) if (clock > Y.getState(doc.store, client)) return true;
  return false;
}

function docOf(room: Room, document: DocumentName): Y.Doc {
  return document === 'cluster' ? room.clusterDoc : room.workspace.doc;
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return new Uint8Array(Buffer.concat(data));
  return data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
