/** exec and attach over WebSocket: streams are channels, the first byte of each message (`v5.channel.k8s.io` and its elders). */
import { WebSocketServer, type WebSocket } from 'ws';
import type { ApiResponse } from '../../simulation/apiserver/types.ts';
import { UNREAD_BYTES } from '../limits.ts';
import { badRequest } from '../statuses.ts';
import { commandOptions, exitStatus, failureStatus, startCommand, type CommandOptions } from './command.ts';
import type { RemoteTarget, Upgrade } from './upgrade.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
/** v5 only: the next byte names a stream that has ended. */
const CLOSE = 255;

/** What we speak, best first. */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'v4.base64.channel.k8s.io'] as const;
type Protocol = (typeof PROTOCOLS)[number];
const MAX_MESSAGE_BYTES = 1_048_576;
/** Proxies on the way close connections on which nothing happens, wall-clock ms. */
const PING_MS = 30_000;

const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false, handleProtocols: (offered) => PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false });

/** @returns the response that refuses it. @throws ApiError, ConnectionError */
export async function commandOverWebSocket({ connection, request, socket, head, query, impersonate }: Upgrade, target: RemoteTarget): Promise<ApiResponse | undefined> {
  const offered = String(request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  if (!PROTOCOLS.some((protocol) => offered.includes(protocol))) return badRequest(`unable to negotiate protocol: client supports ${JSON.stringify(offered)}, server supports ${JSON.stringify(PROTOCOLS)}`);
  const options = commandOptions(target, query, impersonate);
  const command = await startCommand(connection, options);
  if (socket.destroyed) {
    command.process.kill();
    return undefined;
  }
  server.handleUpgrade(request, socket, head, (webSocket) => serve(webSocket, command, options, () => connection.touch()));
  return undefined;
}

function serve(webSocket: WebSocket, { process, connect }: Awaited<ReturnType<typeof startCommand>>, { input, stdout, stderr }: CommandOptions, touch: () => void): void {
  const protocol = webSocket.protocol as Protocol;
  const base64 = protocol === 'v4.base64.channel.k8s.io';
  const send = (channel: number, data: Buffer): void => {
    if (webSocket.readyState !== webSocket.OPEN) return;
    if (webSocket.bufferedAmount > UNREAD_BYTES) return webSocket.terminate();
    webSocket.send(base64 ? `${channel}${data.toString('base64')}` : Buffer.concat([Buffer.from([channel]), data]));
  };
  const decoder = new TextDecoder();
  webSocket.on('message', (message: Buffer) => {
    const channel = base64 ? message[0] as number - 48 : message[0];
    const data = base64 ? Buffer.from(message.subarray(1).toString('latin1'), 'base64') : message.subarray(1);
    if (channel === STDIN && input.stdin && data.length > 0) process.write(decoder.decode(data, { stream: true }));
    if (channel === CLOSE && protocol === 'v5.channel.k8s.io' && data[0] === STDIN) process.end();
  });
  const ping = setInterval(() => {
    webSocket.ping();
    touch();
  }, PING_MS);
  webSocket.on('close', () => {
    clearInterval(ping);
    process.kill();
  });
  webSocket.on('error', () => webSocket.terminate());
  // Empty first messages tell the client which channels there are, as the real server's do.
  if (stdout) send(STDOUT, Buffer.alloc(0));
  if (stderr) send(STDERR, Buffer.alloc(0));
  send(ERROR, Buffer.alloc(0));
  connect({ stdout: (text) => stdout && send(STDOUT, Buffer.from(text)), stderr: (text) => stderr && send(STDERR, Buffer.from(text)) });
  process.done.then(
    (code) => send(ERROR, Buffer.from(JSON.stringify(exitStatus(code)))),
    (error: unknown) => send(ERROR, Buffer.from(JSON.stringify(failureStatus(error)))),
  ).finally(() => webSocket.close(1000));
}
