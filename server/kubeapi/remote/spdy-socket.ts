/** An HTTP connection that has become SPDY. */
import type { Duplex } from 'node:stream';
import { UNREAD_BYTES } from '../limits.ts';
import { SpdyConnection, type SpdyStream } from './spdy.ts';

/** The first of our protocols that the client offers, in its order of preference. */
export function chosenProtocol(offered: string | string[] | undefined, ours: readonly string[]): string | undefined {
  const names = String(offered ?? '').split(',').map((name) => name.trim());
  return names.find((name) => ours.includes(name));
}

/** Answers the upgrade and speaks SPDY from then on. @param protocol of the streams, for the header of the answer. */
export function spdyOver(socket: Duplex, head: Buffer, protocol: string, onStream: (stream: SpdyStream) => void): SpdyConnection {
  const connection = new SpdyConnection((bytes) => {
    if (socket.destroyed) return;
    socket.write(bytes);
    if (socket.writableLength > UNREAD_BYTES) socket.destroy();
  }, onStream);
  const receive = (bytes: Buffer): void => {
    connection.receive(bytes).catch(() => socket.destroy());
  };
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`);
  socket.on('data', receive);
  socket.on('end', () => socket.end());
  socket.on('close', () => connection.close());
  if (head.length > 0) receive(head);
  return connection;
}
