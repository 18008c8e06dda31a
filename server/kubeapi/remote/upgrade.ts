/** Requests that take over the connection: exec, attach and port-forward, over WebSocket or SPDY. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ApiResponse, UserInfo } from '../../simulation/apiserver/types.ts';
import { badRequest } from '../statuses.ts';
import type { KubeConnection } from '../types.ts';
import { portForward } from './port-forward.ts';
import { commandOverSpdy } from './spdy-command.ts';
import { commandOverWebSocket } from './websocket-command.ts';

export interface Upgrade {
  connection: KubeConnection;
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
  path: string;
  query: URLSearchParams;
  impersonate?: UserInfo;
}

/** What a path asks for. */
export interface RemoteTarget {
  namespace: string;
  pod: string;
  verb: 'exec' | 'attach' | 'portforward';
}

function targetOf(path: string): RemoteTarget | undefined {
  const match = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/(exec|attach|portforward)\/?$/.exec(path);
  return match ? { namespace: decodeURIComponent(match[1] as string), pod: decodeURIComponent(match[2] as string), verb: match[3] as RemoteTarget['verb'] } : undefined;
}

/** Takes over the connection. @returns the response that refuses it. @throws ApiError, ConnectionError */
export async function upgrade(upgrade: Upgrade): Promise<ApiResponse | undefined> {
  const target = targetOf(upgrade.path);
  if (!target) return badRequest('the connection can only be upgraded for exec, attach and portforward of a pod');
  const asked = (upgrade.request.headers.upgrade ?? '').toLowerCase();
  const protocol = asked === 'websocket' ? 'websocket' : asked === 'spdy/3.1' ? 'spdy' : undefined;
  if (!protocol) return badRequest('unable to upgrade: missing upgrade headers in request: the connection can become a WebSocket or SPDY/3.1');
  if (target.verb === 'portforward') return portForward(upgrade, target, protocol);
  return protocol === 'websocket' ? commandOverWebSocket(upgrade, target) : commandOverSpdy(upgrade, target);
}
