/** HTTP and HTTPS on one port: the first byte of a connection tells which of them a client speaks. */
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { Certificate } from './certificate.ts';

/** First byte of a TLS handshake. */
const TLS_HANDSHAKE = 0x16;
/** Who says nothing for this long is let go, ms. */
const FIRST_BYTE_MS = 60_000;

export interface OnePort {
  /** What listens. */
  readonly listener: net.Server;
  /** The HTTP server of plain and of secure connections. */
  readonly servers: readonly http.Server[];
  /** Ends every connection that is HTTP, and those that have said nothing yet, as browsers open them in advance. */
  closeAllConnections(): void;
}

/** @param certificate of secure connections; without one there are none. */
export function onePort(certificate: Certificate | undefined, request: http.RequestListener): OnePort {
  const plain = http.createServer(request);
  if (!certificate) return { listener: plain, servers: [plain], closeAllConnections: () => plain.closeAllConnections() };
  const secure = https.createServer({ key: certificate.key, cert: certificate.cert }, request);
  const silent = new Set<net.Socket>();
  const listener = net.createServer({ noDelay: true }, (socket) => {
    const drop = (): void => void socket.destroy();
    const forget = (): void => void silent.delete(socket);
    silent.add(socket);
    socket.on('close', forget);
    socket.on('error', drop);
    socket.setTimeout(FIRST_BYTE_MS, drop);
    const look = (): void => {
      // One byte at a time: reading leaves the rest where the next reader finds it.
      const first = socket.read(1) as Buffer | null;
      if (first === null) return void socket.once('readable', look);
      forget();
      socket.off('close', forget);
      socket.setTimeout(0);
      socket.off('timeout', drop);
      socket.off('error', drop);
      socket.unshift(first);
      (first[0] === TLS_HANDSHAKE ? secure : plain).emit('connection', socket);
    };
    look();
  });
  const closeAllConnections = (): void => {
    for (const server of [plain, secure]) server.closeAllConnections();
    for (const socket of silent) socket.destroy();
  };
  return { listener, servers: [plain, secure], closeAllConnections };
}
