/**
 * The API server's port as programs in the cluster find it: HTTP requests of `curl https://kubernetes.default/…`, with the
 * token of a service account or without any. Streams are not for it: a watch ends with what there is.
 */
import { statusText } from '../workloads/http.ts';
import type { Delivery, NetworkRequest } from '../network/types.ts';
import { authenticateToken } from './authentication/tokens.ts';
import { anonymous } from './authentication/users.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { unauthorized } from './errors.ts';
import { isWatch } from './requests/request-info.ts';
import type { Watch, WatchSink } from './requests/watch.ts';
import type { Store } from './store.ts';
import { ConnectionError, type ApiRequest, type ApiResponse, type UserInfo } from './types.ts';

const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
const ELAPSED_MS = 1;

/** The API server with what is in front of its storage. */
interface Server {
  readonly kernel: Kernel;
  readonly store: Store;
  handle(request: ApiRequest): ApiResponse;
  watch(request: ApiRequest, sink: WatchSink): Watch | ApiResponse;
}

export function serveNetwork(server: Server, request: NetworkRequest): Delivery {
  try {
    return serve(server, request);
  } catch (error) {
    if (error instanceof ConnectionError) return 'reset';
    throw error;
  }
}

function serve(server: Server, request: NetworkRequest): Delivery {
  if (!/^https:/i.test(request.url)) return { status: 400, statusText: 'Bad Request', headers: [], body: 'Client sent an HTTP request to an HTTPS server.\n', elapsedMs: ELAPSED_MS };
  const { status, body, contentType, warnings } = answer(server, request);
  const text = typeof body === 'string' ? body : `${JSON.stringify(body, null, 2)}\n`;
  const headers: [string, string][] = [['Content-Type', typeof body === 'string' ? (contentType ?? 'text/plain') : 'application/json']];
  for (const warning of warnings ?? []) headers.push(['Warning', `299 - ${JSON.stringify(warning)}`]);
  return { status, statusText: statusText(status), headers, body: request.method === 'HEAD' ? '' : text, elapsedMs: ELAPSED_MS };
}

function answer(server: Server, request: NetworkRequest): ApiResponse {
  const header = (name: string): string | undefined => Object.entries(request.headers).find(([key]) => key.toLowerCase() === name)?.[1];
  const token = /^bearer +(\S+) *$/i.exec(header('authorization') ?? '')?.[1];
  const user = header('authorization') === undefined ? anonymous : token === undefined ? undefined : authenticateToken(server.store, server.kernel.seed, server.kernel.now, token);
  if (!user) return { status: 401, body: unauthorized().status };
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const asked = METHODS.has(method) ? requestOf(method as ApiRequest['method'], request, user, header) : undefined;
  if (!asked) return { status: 405, body: '405: method not allowed', contentType: 'text/plain' };
  return isWatch(asked) ? watched(server, asked) : server.handle(asked);
}

function requestOf(method: ApiRequest['method'], { url, body }: NetworkRequest, user: UserInfo, header: (name: string) => string | undefined): ApiRequest {
  const { path, query } = target(url);
  const request: ApiRequest = { method, path, query, user };
  const [contentType, accept, userAgent] = [header('content-type'), header('accept'), header('user-agent')];
  // What curl sends with -d unless told otherwise is no form to the API server.
  if (contentType !== undefined && contentType !== 'application/x-www-form-urlencoded') request.contentType = contentType;
  if (accept !== undefined && accept !== '*/*') request.accept = accept;
  if (userAgent !== undefined) request.userAgent = userAgent;
  const acting = header('impersonate-user');
  const group = header('impersonate-group');
  if (acting !== undefined || group !== undefined) request.impersonate = { username: acting ?? '', groups: group === undefined ? [] : [group] };
  if (body === undefined || body === '') return request;
  try {
    request.body = JSON.parse(body);
  } catch (error) {
    request.malformed = { problem: error instanceof Error ? error.message : String(error), summary: body.slice(0, 100) };
  }
  return request;
}

/** Everything that a watch tells at once. */
function watched(server: Server, request: ApiRequest): ApiResponse {
  const events: unknown[] = [];
  const opened = server.watch(request, (event) => events.push(event));
  if ('status' in opened) return opened;
  opened.stop();
  return { status: 200, body: events.map((event) => `${JSON.stringify(event)}\n`).join(''), contentType: 'application/json' };
}

function target(url: string): { path: string; query: Record<string, string> } {
  const rest = url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/#.*$/, '');
  const mark = rest.indexOf('?');
  const path = mark < 0 ? rest : rest.slice(0, mark);
  const query: Record<string, string> = {};
  for (const pair of mark < 0 ? [] : rest.slice(mark + 1).split('&')) {
    const [name = '', ...value] = pair.split('=');
    if (name !== '') query[plain(name)] = plain(value.join('='));
  }
  return { path: path === '' ? '/' : path, query };
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
