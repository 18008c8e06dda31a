/** Everything on one port: tRPC over HTTP and WebSocket, the Yjs WebSocket, the Kubernetes API of the rooms, recordings, health, and pages. */
import type http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type net from 'node:net';
import type { Duplex } from 'node:stream';
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { WebSocketServer } from 'ws';
import type { Certificate } from './certificate.ts';
import type { ApiContext } from './api/context.ts';
import { appRouter } from './api/root.ts';
import { KUBE_API_PATH, KubeApi } from './kubeapi/kube-api.ts';
import { handleKubeconfig, KUBECONFIG_PATH } from './kubeconfig.ts';
import { onePort } from './one-port.ts';
import { withDescriptions } from './openapi-descriptions.ts';
import { handleRecordings, RECORDINGS_PATH } from './recordings/http.ts';
import { RoomClusters } from './rooms/kube-connection.ts';
import type { Rooms } from './rooms/rooms.ts';
import { ROOM_LIMITS } from './rooms/types.ts';
import { SyncServer, type SyncServerOptions } from './sync/sync-server.ts';

/** One tRPC call's body: a request's limit, as JSON in JSON. */
const MAX_BODY_BYTES = ROOM_LIMITS.requestBytes * 2;
const KEEP_ALIVE_MS = 30_000;

export interface PageHandlers {
  request: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Only in development: the reload channel of Next.js. */
  upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
}

export interface HttpServerOptions {
  rooms: Rooms;
  trustProxy: boolean;
  /** For secure connections on the same port; without it there are none. */
  certificate?: Certificate;
  wallClock: () => number;
  log: SyncServerOptions['log'];
}

export class HttpServer {
  /** What listens. */
  readonly server: net.Server;
  /** What answers: one for plain connections, one for secure ones. */
  readonly httpServers: readonly http.Server[];
  readonly #closeAllConnections: () => void;
  readonly #options: HttpServerOptions;
  readonly #kubeApi: KubeApi;
  readonly #sync: SyncServer;
  readonly #rpcSockets = new WebSocketServer({ noServer: true, maxPayload: MAX_BODY_BYTES, perMessageDeflate: false });
  readonly #rpc: ReturnType<typeof applyWSSHandler>;
  /** Undefined while they are being prepared. */
  #pages: PageHandlers | 'none' | undefined;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#kubeApi = new KubeApi({ clusters: new RoomClusters(options.rooms), wallClock: options.wallClock, log: options.log, withDescriptions });
    this.#sync = new SyncServer(options);
    this.#rpc = applyWSSHandler({
      wss: this.#rpcSockets,
      router: appRouter,
      createContext: ({ req, info }) => this.#context(req, typeof info.connectionParams?.token === 'string' ? info.connectionParams.token : undefined),
      keepAlive: { enabled: true, pingMs: KEEP_ALIVE_MS, pongWaitMs: 10_000 },
      onError: ({ error, path }) => this.#failed(path, error),
    });
    const { listener, servers, closeAllConnections } = onePort(options.certificate, (request, response) => this.#request(request, response));
    this.server = listener;
    this.httpServers = servers;
    this.#closeAllConnections = closeAllConnections;
    for (const server of servers) server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** From now on other paths are answered by these. */
  usePages(pages: PageHandlers | 'none'): void {
    this.#pages = pages;
  }

  /** Ends every connection and stops listening. */
  async close(): Promise<void> {
    this.#rpc.broadcastReconnectNotification();
    this.#sync.close();
    for (const client of this.#rpcSockets.clients) client.close(1001);
    this.#rpcSockets.close();
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.#closeAllConnections();
    this.#kubeApi.close();
    await closed;
  }

  #request(request: IncomingMessage, response: ServerResponse): void {
    const path = pathOf(request);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    // The secret of a link is in the fragment; nothing of an address goes to other sites either.
    response.setHeader('Referrer-Policy', 'no-referrer');
    if (path === '/healthz') {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
      response.end(JSON.stringify({ ok: true, rooms: this.#options.rooms.liveCount }));
    } else if (path.startsWith('/trpc/')) {
      void nodeHTTPRequestHandler({
        req: request,
        res: response,
        path: path.slice('/trpc/'.length),
        router: appRouter,
        maxBodySize: MAX_BODY_BYTES,
        createContext: ({ info }) => this.#context(request, bearer(request) ?? (typeof info.connectionParams?.token === 'string' ? info.connectionParams.token : undefined)),
        onError: ({ error, path: procedure }) => this.#failed(procedure, error),
      });
    } else if (path.startsWith(KUBE_API_PATH)) {
      void this.#kubeApi.request(request, response);
    } else if (path === KUBECONFIG_PATH) {
      void handleKubeconfig(this.#options.rooms, request, response, bearer(request), this.#options.certificate?.cert, this.#options.trustProxy);
    } else if (path.startsWith(RECORDINGS_PATH)) {
      void handleRecordings(this.#options.rooms, request, response, (error) => this.#options.log.error({ error, path }, 'a recording could not be read'));
    } else if (this.#pages === undefined) {
      response.writeHead(503, { 'Retry-After': '1', 'Content-Type': 'text/plain' });
      response.end('Quorum is starting.\n');
    } else if (this.#pages === 'none') {
      response.writeHead(404, { 'Content-Type': 'text/plain' });
      response.end('Not found.\n');
    } else {
      this.#pages.request(request, response).catch((error: unknown) => {
        this.#options.log.error({ error, path }, 'a page could not be served');
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const path = pathOf(request);
    if (path.startsWith(KUBE_API_PATH)) void this.#kubeApi.upgrade(request, socket, head);
    else if (path.startsWith('/sync/')) this.#sync.handleUpgrade(request, socket, head);
    else if (path === '/trpc') this.#rpcSockets.handleUpgrade(request, socket, head, (webSocket) => this.#rpcSockets.emit('connection', webSocket, request));
    else if (this.#pages === undefined || this.#pages === 'none' || !this.#pages.upgrade?.(request, socket, head)) socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
  }

  #context(request: IncomingMessage, token: string | undefined): ApiContext {
    return { rooms: this.#options.rooms, address: this.#addressOf(request), token };
  }

  #addressOf(request: IncomingMessage): string {
    const forwarded = this.#options.trustProxy ? request.headers['x-forwarded-for'] : undefined;
    // The last entry is the one that our own proxy added; the others a client may have made up.
    const last = (Array.isArray(forwarded) ? forwarded.join(',') : forwarded)?.split(',').at(-1)?.trim();
    return last || request.socket.remoteAddress || 'unknown';
  }

  #failed(path: string | undefined, error: { code: string; message: string; cause?: unknown }): void {
    if (error.code === 'INTERNAL_SERVER_ERROR') this.#options.log.error({ path, error: error.cause ?? error }, 'a procedure failed');
    else if (error.code === 'FORBIDDEN' || error.code === 'UNAUTHORIZED' || error.code === 'TOO_MANY_REQUESTS') this.#options.log.warn({ path, code: error.code, message: error.message }, 'a call was refused');
  }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] as string;
}

function bearer(request: IncomingMessage): string | undefined {
  const match = /^Bearer (.+)$/.exec(request.headers.authorization ?? '');
  return match?.[1];
}
