/**
 * The Kubernetes API of every room over HTTP, under `/k8s/ROOM/`, for real kubectl and client libraries. Authenticates, limits,
 * decodes and encodes; what a request means is the API server's (server/simulation/apiserver), as for the terminals.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { isProxied, isWatch } from '../simulation/apiserver/requests/request-info.ts';
import { ApiError, ConnectionError, type ApiResponse, type UserInfo } from '../simulation/apiserver/types.ts';
import { readBody, readRaw } from './body.ts';
import { BODY_BYTES, Limits, STREAMS_PER_PARTICIPANT } from './limits.ts';
import { encodingOf } from './negotiation.ts';
import { upgrade } from './remote/upgrade.ts';
import { respond } from './respond.ts';
import { bodyTooLarge, internalError, methodNotAllowed, notAcceptable, tooManyRequests, tooManyStreams, unauthorized, unsupportedBody } from './statuses.ts';
import { stream } from './watch-stream.ts';
import type { KubeClusters, KubeConnection, KubeRequest } from './types.ts';

/** Where the API is: `/k8s/ROOM/…`. */
export const KUBE_API_PATH = '/k8s/';

const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
const BEARER = /^bearer +(\S+) *$/i;
/** Tokens of browsers, which cannot set headers on WebSockets (`k8s.io/apiserver/pkg/authentication/request/websocket`). */
const TOKEN_PROTOCOL = 'base64url.bearer.authorization.k8s.io.';

export interface KubeApiOptions {
  clusters: KubeClusters;
  /** Wall clock, ms. */
  wallClock: () => number;
  log: { error(details: object, message: string): void };
  /** OpenAPI documents with what is said about kinds and fields. */
  withDescriptions?: (document: unknown) => unknown;
}

interface Target {
  roomId: string;
  /** As the API server sees it, `/api/v1/…`. */
  path: string;
  query: URLSearchParams;
}

export class KubeApi {
  readonly #options: KubeApiOptions;
  readonly #limits: Limits;
  readonly #upgraded = new Set<Duplex>();

  constructor(options: KubeApiOptions) {
    this.#options = options;
    this.#limits = new Limits(options.wallClock);
  }

  /** Answers a request. Never rejects. */
  async request(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = targetOf(request);
    try {
      await this.#serve(request, response, target);
    } catch (error) {
      if (error instanceof ConnectionError) {
        // Nothing answers: the connection ends without an answer, which is what clients of a dead API server see.
        request.socket.destroy();
        return;
      }
      const answer = this.#failed(error, target);
      if (response.headersSent) response.destroy();
      else respond(request, response, target.query, answer);
    }
  }

  /** Exec, attach and port-forward. Never rejects. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const target = targetOf(request);
    const refuse = (answer: ApiResponse): void => refuseUpgrade(socket, answer);
    try {
      const connection = await this.#connect(request, target);
      if (!connection) return refuse(unauthorized());
      const wait = this.#limits.take(connection.id);
      if (wait > 0) return refuse(tooManyRequests(wait));
      const close = this.#limits.open(connection.id);
      if (!close) return refuse(tooManyStreams(STREAMS_PER_PARTICIPANT));
      this.#upgraded.add(socket);
      socket.once('close', () => {
        close();
        this.#upgraded.delete(socket);
      });
      const impersonate = impersonationOf(request);
      const refused = await upgrade({ ...(impersonate ? { impersonate } : {}), connection, request, socket, head, path: target.path, query: target.query });
      if (refused) refuse(refused);
    } catch (error) {
      if (error instanceof ConnectionError) socket.destroy();
      else refuse(this.#failed(error, target));
    }
  }

  /** Ends the sessions that have taken over their connections. */
  close(): void {
    for (const socket of this.#upgraded) socket.destroy();
  }

  async #connect(request: IncomingMessage, target: Target): Promise<KubeConnection | undefined> {
    // Credentials of a kind that is not known are wrong ones, not none.
    if (request.headers.authorization !== undefined && !BEARER.test(request.headers.authorization)) return undefined;
    return this.#options.clusters.connect(target.roomId, tokenOf(request));
  }

  async #serve(request: IncomingMessage, response: ServerResponse, target: Target): Promise<void> {
    const { path, query } = target;
    const answer = (value: ApiResponse, encoding: ReturnType<typeof encodingOf> = 'json'): void => respond(request, response, query, value, encoding);
    const connection = await this.#connect(request, target);
    if (!connection) return answer(unauthorized());
    const wait = this.#limits.take(connection.id);
    if (wait > 0) return answer(tooManyRequests(wait));
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
    if (!METHODS.has(method)) return answer(methodNotAllowed());
    const encoding = encodingOf(request.headers.accept, path);
    if (!encoding) return answer(notAcceptable());
    const kubeRequest = requestOf(request, method as KubeRequest['method'], target);
    if (isProxied(path)) {
      kubeRequest.headers = forwardedHeaders(request);
      const raw = method === 'GET' ? Buffer.alloc(0) : await readRaw(request);
      if (!raw) return answer(bodyTooLarge(BODY_BYTES));
      if (raw.length > 0) kubeRequest.body = raw.toString('utf8');
    } else if (method !== 'GET') {
      const body = await readBody(request, request.headers['content-type']);
      if (body.kind === 'too-large') return answer(bodyTooLarge(BODY_BYTES));
      if (body.kind === 'unsupported') return answer(unsupportedBody());
      if (body.kind === 'value') kubeRequest.body = body.value;
      if (body.kind === 'malformed') kubeRequest.malformed = { problem: body.problem, summary: body.summary };
    }
    const following = path.endsWith('/log') && /^(1|t|true)$/i.test(query.get('follow') ?? '');
    if (method === 'GET' && (isWatch(kubeRequest) || following)) {
      const close = this.#limits.open(connection.id);
      if (!close) return answer(tooManyStreams(STREAMS_PER_PARTICIPANT));
      try {
        await stream(connection, kubeRequest, request, response, query);
      } finally {
        close();
      }
      return;
    }
    const result = await connection.request(kubeRequest);
    const describing = result.status === 200 && path.startsWith('/openapi/v3/') ? this.#options.withDescriptions : undefined;
    answer(describing ? { ...result, body: describing(result.body) } : result, encoding);
  }

  #failed(error: unknown, { path }: Target): ApiResponse {
    if (error instanceof ApiError) return { status: error.code, body: error.status };
    this.#options.log.error({ error, path }, 'a request to the Kubernetes API failed');
    return internalError(error instanceof Error ? error.message : String(error));
  }
}

function targetOf(request: IncomingMessage): Target {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const whole = mark < 0 ? url : url.slice(0, mark);
  const rest = whole.slice(KUBE_API_PATH.length);
  const slash = rest.indexOf('/');
  return { roomId: slash < 0 ? rest : rest.slice(0, slash), path: slash < 0 ? '/' : rest.slice(slash), query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)) };
}

function tokenOf(request: IncomingMessage): string | undefined {
  const header = BEARER.exec(request.headers.authorization ?? '')?.[1];
  if (header !== undefined) return header;
  for (const protocol of String(request.headers['sec-websocket-protocol'] ?? '').split(',')) {
    const name = protocol.trim();
    if (name.startsWith(TOKEN_PROTOCOL)) return Buffer.from(name.slice(TOKEN_PROTOCOL.length), 'base64url').toString('utf8');
  }
  return undefined;
}

/** Whom the client wants to act as. */
function impersonationOf(request: IncomingMessage): UserInfo | undefined {
  const groups = request.headersDistinct['impersonate-group'] ?? [];
  const user = request.headers['impersonate-user'];
  return user === undefined && groups.length === 0 ? undefined : { username: String(user ?? ''), groups };
}

function requestOf(request: IncomingMessage, method: KubeRequest['method'], { path, query }: Target): KubeRequest {
  const { headers } = request;
  const impersonate = impersonationOf(request);
  return {
    method,
    path,
    query: Object.fromEntries(query),
    ...(headers['content-type'] === undefined ? {} : { contentType: headers['content-type'] }),
    ...(headers.accept === undefined ? {} : { accept: headers.accept }),
    ...(headers['user-agent'] === undefined ? {} : { userAgent: headers['user-agent'] }),
    ...(impersonate ? { impersonate } : {}),
  };
}

/** What a proxy passes on: nothing that is between the client and us. */
function forwardedHeaders({ rawHeaders }: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (!/^(host|authorization|connection|keep-alive|transfer-encoding|content-length|upgrade|impersonate-.*)$/i.test(name)) headers[name] = rawHeaders[index + 1] as string;
  }
  return headers;
}

/** Refuses an upgrade with an ordinary answer. */
function refuseUpgrade(socket: Duplex, answer: ApiResponse): void {
  if (socket.destroyed) return;
  const body = `${JSON.stringify(answer.body)}\n`;
  socket.end(`HTTP/1.1 ${answer.status} ${answer.status === 401 ? 'Unauthorized' : 'Refused'}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
}

