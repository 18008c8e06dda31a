/**
 * The client side of a room's documents, for browsers (and, with a WebSocket class, for tests). Keeps both connections, and starts
 * the document `cluster` afresh when the server was restarted.
 */
import { WebsocketProvider } from 'y-websocket';
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { ClusterDocumentReader } from '../rooms/projection/document.ts';
import type { ClusterView, RoomRow } from '../rooms/projection/types.ts';
import { CLOSE_REASONS, SYNC_PROTOCOL_VERSION, type CloseReason } from './protocol.ts';

export type SyncStatus =
  | { kind: 'connecting' }
  | { kind: 'connected' }
  /** The connection was lost; it is tried again. */
  | { kind: 'reconnecting' }
  /** It will not be tried again. */
  | { kind: 'closed'; reason: CloseReason | 'unknown' };

export interface RoomSyncOptions {
  /** `ws://host:port` or `wss://…`. */
  server: string;
  roomId: string;
  token: string;
  WebSocketPolyfill?: typeof WebSocket;
}

export class RoomSync {
  readonly workspace = new Y.Doc();
  readonly #options: RoomSyncOptions;
  readonly #workspaceProvider: WebsocketProvider;
  #clusterProvider: WebsocketProvider;
  #reader: ClusterDocumentReader;
  #lastView: ClusterView | undefined;
  #lastRoom: RoomRow | undefined;
  #status: SyncStatus = { kind: 'connecting' };
  #wasConnected = false;
  #destroyed = false;
  readonly #listeners = new Set<() => void>();

  constructor(options: RoomSyncOptions) {
    this.#options = options;
    this.#workspaceProvider = this.#provider('workspace', this.workspace);
    [this.#clusterProvider, this.#reader] = this.#openCluster();
  }

  /** Set the fields of AwarenessState but `user` with `awareness.setLocalStateField`. */
  get awareness(): Awareness {
    return this.#workspaceProvider.awareness;
  }

  /** The projection of the cluster; the same object until something changes. Keeps the last one while reconnecting. */
  get cluster(): ClusterView | undefined {
    return (this.#lastView = this.#reader.view ?? this.#lastView);
  }

  get room(): RoomRow | undefined {
    return (this.#lastRoom = this.#reader.room ?? this.#lastRoom);
  }

  get status(): SyncStatus {
    return this.#status;
  }

  /** Called when `cluster`, `room` or `status` changed. @returns how to stop. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  destroy(): void {
    this.#destroyed = true;
    this.#workspaceProvider.destroy();
    this.#clusterProvider.destroy();
    this.#reader.dispose();
    this.#listeners.clear();
  }

  #openCluster(): [WebsocketProvider, ClusterDocumentReader] {
    const doc = new Y.Doc();
    const reader = new ClusterDocumentReader(doc);
    reader.subscribe(() => this.#notify());
    return [this.#provider('cluster', doc), reader];
  }

  #provider(document: 'cluster' | 'workspace', doc: Y.Doc): WebsocketProvider {
    const { server, roomId, token, WebSocketPolyfill } = this.#options;
    const provider = new WebsocketProvider(`${server}/sync/${roomId}`, document, doc, {
      params: { token, v: String(SYNC_PROTOCOL_VERSION) },
      // Tabs of one browser may belong to different participants: they must not talk past the server.
      disableBc: true,
      ...(WebSocketPolyfill ? { WebSocketPolyfill } : {}),
    });
    provider.on('status', ({ status }) => this.#statusChanged(status));
    provider.on('closed', ({ code }) => this.#closed(document, code));
    return provider;
  }

  #statusChanged(status: 'connected' | 'disconnected' | 'connecting'): void {
    if (this.#destroyed || this.#status.kind === 'closed') return;
    const both = this.#workspaceProvider?.wsconnected && this.#clusterProvider?.wsconnected;
    if (both) this.#wasConnected = true;
    if (both) this.#status = { kind: 'connected' };
    else if (status !== 'connected') this.#status = { kind: this.#wasConnected ? 'reconnecting' : 'connecting' };
    this.#notify();
  }

  #closed(document: 'cluster' | 'workspace', code: number): void {
    if (this.#destroyed) return;
    if (document === 'cluster' && code === CLOSE_REASONS.staleDocument.code) {
      this.#clusterProvider.destroy();
      this.#reader.dispose();
      [this.#clusterProvider, this.#reader] = this.#openCluster();
      return;
    }
    const known = (Object.keys(CLOSE_REASONS) as CloseReason[]).find((reason) => CLOSE_REASONS[reason].code === code);
    this.#status = { kind: 'closed', reason: known ?? 'unknown' };
    this.#notify();
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
