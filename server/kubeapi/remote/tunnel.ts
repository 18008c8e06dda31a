/**
 * One connection through a port-forward. The simulated network carries HTTP requests, not bytes: what the client sends is read as HTTP by
 * Node's own parser, handed to the pod, and answered.
 */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import { ApiError, ConnectionError } from '../../simulation/apiserver/types.ts';
import type { NetworkRequest } from '../../simulation/network/types.ts';
import { BODY_BYTES } from '../limits.ts';
import type { ForwardTarget, KubeConnection } from '../types.ts';

/** Headers of one connection only; Node writes its own. */
const HOP_HEADERS: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'upgrade', 'proxy-connection']);

interface Way {
  connection: KubeConnection;
  target: ForwardTarget;
  failed: (message: string) => void;
}

const ways = new WeakMap<Duplex, Way>();
const parser = http.createServer((request, response) => void serve(request, response));

/** The far end of a connection through a tunnel. */
export interface Tunnel {
  /** Bytes from the client. */
  write(data: Buffer): void;
  /** The client sends no more. */
  end(): void;
  destroy(): void;
}

/**
 * @param send bytes to the client.
 * @param closed nothing more comes from the pod.
 * @param failed the pod cannot be reached at that port.
 */
export function openTunnel(connection: KubeConnection, target: ForwardTarget, send: (data: Buffer) => void, closed: () => void, failed: (message: string) => void): Tunnel {
  const duplex = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, callback) {
      send(chunk);
      callback();
    },
    final(callback) {
      closed();
      callback();
    },
  });
  duplex.on('error', () => {});
  duplex.on('close', closed);
  ways.set(duplex, { connection, target, failed });
  parser.emit('connection', duplex);
  return {
    write: (data) => void duplex.push(data),
    end: () => void duplex.push(null),
    destroy: () => void duplex.destroy(),
  };
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const socket = request.socket as Duplex;
  const way = ways.get(socket);
  if (!way) return;
  const { connection, target, failed } = way;
  const give = (why: string): void => {
    failed(why);
    socket.destroy();
  };
  try {
    const body = await bodyOf(request);
    if (body === undefined) {
      response.writeHead(413, { Connection: 'close' });
      response.end();
      return;
    }
    const result = await connection.forward(target, { method: request.method ?? 'GET', url: `http://localhost:${target.port}${request.url ?? '/'}`, headers: headersOf(request), ...(body === '' ? {} : { body }) });
    if (result.kind === 'failure') return give(`error forwarding port ${target.port} to pod ${target.pod}, uid : failed to connect to localhost:${target.port} inside the pod's network: connection refused`);
    const length = ['Content-Length', String(Buffer.byteLength(result.body))];
    response.writeHead(result.status, result.statusText, [...result.headers.filter(([name]) => !HOP_HEADERS.has(name.toLowerCase())).flat(), ...length]);
    response.end(request.method === 'HEAD' ? undefined : result.body);
  } catch (error) {
    if (error instanceof ApiError || error instanceof ConnectionError) give(error.message);
    else give('the port-forward has failed');
  }
}

function headersOf(request: IncomingMessage): NetworkRequest['headers'] {
  const headers: Record<string, string> = {};
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] as string;
    if (!HOP_HEADERS.has(name.toLowerCase())) headers[name] = request.rawHeaders[index + 1] as string;
  }
  return headers;
}

/** Undefined when it is too large. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
