/**
 * port-forward: over SPDY (kubectl up to 1.30), over SPDY in a WebSocket (kubectl from 1.31 on), and over the channels of a WebSocket
 * (client libraries). A connection is a pair of streams, one for its bytes and one for what goes wrong.
 */
import { WebSocketServer, type WebSocket } from 'ws';
import type { ApiResponse } from '../../simulation/apiserver/types.ts';
import { UNREAD_BYTES } from '../limits.ts';
import { badRequest } from '../statuses.ts';
import type { KubeConnection } from '../types.ts';
import { SpdyConnection, type SpdyStream } from './spdy.ts';
import { chosenProtocol, spdyOver } from './spdy-socket.ts';
import { openTunnel, type Tunnel } from './tunnel.ts';
import type { RemoteTarget, Upgrade } from './upgrade.ts';

const STREAM_PROTOCOL = 'portforward.k8s.io';
const TUNNELED = `SPDY/3.1+${STREAM_PROTOCOL}`;
const CHANNELS = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io'];
const MAX_MESSAGE_BYTES = 4 * 1_048_576;
const MAX_PORTS = 64;
const PING_MS = 30_000;

const server = new WebSocketServer({
  noServer: true,
  maxPayload: MAX_MESSAGE_BYTES,
  perMessageDeflate: false,
  handleProtocols: (offered) => [TUNNELED, ...CHANNELS].find((protocol) => offered.has(protocol)) ?? false,
});

/** @returns the response that refuses it. @throws ApiError, ConnectionError */
export async function portForward({ connection, request, socket, head, query }: Upgrade, target: RemoteTarget, protocol: 'websocket' | 'spdy'): Promise<ApiResponse | undefined> {
  await connection.checkForward({ namespace: target.namespace, pod: target.pod });
  if (protocol === 'spdy') {
    if (chosenProtocol(request.headers['x-stream-protocol-version'], [STREAM_PROTOCOL]) === undefined) return badRequest(`unable to upgrade: unable to negotiate protocol: server supports ["${STREAM_PROTOCOL}"]`);
    const pairs = new StreamPairs(connection, target);
    spdyOver(socket, head, STREAM_PROTOCOL, (stream) => pairs.add(stream));
    const touch = setInterval(() => connection.touch(), PING_MS);
    socket.on('close', () => {
      clearInterval(touch);
      pairs.close();
    });
    return undefined;
  }
  const chosen = chosenProtocol(request.headers['sec-websocket-protocol'], [TUNNELED, ...CHANNELS]);
  if (chosen === undefined) return badRequest(`unable to negotiate protocol: server supports ${JSON.stringify([TUNNELED, ...CHANNELS])}`);
  const ports = query.getAll('ports').flatMap((text) => text.split(',')).map(Number);
  if (chosen !== TUNNELED && (ports.length === 0 || ports.length > MAX_PORTS || ports.some((port) => !isPort(port)))) return badRequest('query parameter "ports" must be set to ports between 1 and 65535');
  server.handleUpgrade(request, socket, head, (webSocket) => {
    const ping = setInterval(() => {
      webSocket.ping();
      connection.touch();
    }, PING_MS);
    webSocket.on('close', () => clearInterval(ping));
    webSocket.on('error', () => webSocket.terminate());
    if (chosen === TUNNELED) tunneled(webSocket, connection, target);
    else channels(webSocket, connection, target, ports);
  });
  return undefined;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}

/** Pairs up the streams of connections by their `requestid`. */
class StreamPairs {
  readonly #waiting = new Map<string, { error?: SpdyStream; data?: SpdyStream }>();
  readonly #tunnels = new Set<Tunnel>();

  constructor(
    private readonly connection: KubeConnection,
    private readonly target: RemoteTarget,
  ) {}

  add(stream: SpdyStream): void {
    const id = stream.headers.get('requestid') ?? '';
    const pair = this.#waiting.get(id) ?? {};
    const type = stream.headers.get('streamtype');
    if (type !== 'error' && type !== 'data') return stream.reset();
    pair[type] = stream;
    this.#waiting.set(id, pair);
    if (!pair.error || !pair.data) return;
    this.#waiting.delete(id);
    this.#join(pair.error, pair.data);
  }

  close(): void {
    for (const tunnel of this.#tunnels) tunnel.destroy();
  }

  #join(error: SpdyStream, data: SpdyStream): void {
    const port = Number(data.headers.get('port'));
    if (!isPort(port)) {
      error.write(Buffer.from(`unable to parse port "${data.headers.get('port') ?? ''}"`));
      error.end();
      return data.reset();
    }
    const closed = (): void => {
      this.#tunnels.delete(tunnel);
      data.end();
      error.end();
    };
    const tunnel = openTunnel(this.connection, { namespace: this.target.namespace, pod: this.target.pod, port }, (bytes) => data.write(bytes), closed, (message) => error.write(Buffer.from(message)));
    this.#tunnels.add(tunnel);
    data.read({ data: (bytes) => tunnel.write(bytes), end: () => tunnel.end() });
    data.onClose = () => tunnel.destroy();
  }
}

function sender(webSocket: WebSocket): (bytes: Buffer) => void {
  return (bytes) => {
    if (webSocket.readyState !== webSocket.OPEN) return;
    if (webSocket.bufferedAmount > UNREAD_BYTES) return webSocket.terminate();
    webSocket.send(bytes);
  };
}

function tunneled(webSocket: WebSocket, connection: KubeConnection, target: RemoteTarget): void {
  const pairs = new StreamPairs(connection, target);
  const spdy = new SpdyConnection(sender(webSocket), (stream) => pairs.add(stream));
  webSocket.on('message', (bytes: Buffer) => {
    spdy.receive(bytes).catch(() => webSocket.terminate());
  });
  webSocket.on('close', () => {
    spdy.close();
    pairs.close();
  });
}

/** Each port has two channels, and each channel begins with the port's number. */
function channels(webSocket: WebSocket, connection: KubeConnection, target: RemoteTarget, ports: readonly number[]): void {
  const base64 = webSocket.protocol === 'v4.base64.channel.k8s.io';
  const send = sender(webSocket);
  const write = (channel: number, data: Buffer): void => send(base64 ? Buffer.from(`${String.fromCharCode(48 + channel)}${data.toString('base64')}`) : Buffer.concat([Buffer.from([channel]), data]));
  const tunnels = ports.map((port, index) => {
    const number = Buffer.alloc(2);
    number.writeUInt16LE(port);
    write(index * 2, number);
    write(index * 2 + 1, number);
    return openTunnel(connection, { namespace: target.namespace, pod: target.pod, port }, (bytes) => write(index * 2, bytes), () => webSocket.close(1000), (message) => write(index * 2 + 1, Buffer.from(message)));
  });
  webSocket.on('message', (message: Buffer) => {
    const channel = base64 ? (message[0] as number) - 48 : (message[0] as number);
    const data = base64 ? Buffer.from(message.subarray(1).toString('latin1'), 'base64') : message.subarray(1);
    if (channel % 2 === 0) tunnels[channel / 2]?.write(data);
  });
  webSocket.on('close', () => {
    for (const tunnel of tunnels) tunnel.destroy();
  });
}
