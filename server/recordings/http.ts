/** The bulk data of recordings over HTTP (see types.ts for the paths). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzip, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { isRoomError } from '../rooms/errors.ts';
import type { Rooms } from '../rooms/rooms.ts';

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

export const RECORDINGS_PATH = '/api/recordings/';

/** Answers a request under RECORDINGS_PATH. Never rejects. */
export async function handleRecordings(rooms: Rooms, request: IncomingMessage, response: ServerResponse, onError: (error: unknown) => void): Promise<void> {
  try {
    if (request.method !== 'GET') return refuse(response, 405, 'method-not-allowed');
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [roomId, part, rest] = url.pathname.slice(RECORDINGS_PATH.length).split('/');
    const token = request.headers.authorization?.replace(/^Bearer /, '');
    if (!token) return refuse(response, 401, 'token-invalid');
    const caller = await rooms.identify(token);
    if (caller.roomId !== roomId) return refuse(response, 401, 'token-invalid');
    const number = (name: string, fallback: number): number => {
      const value = Number(url.searchParams.get(name) ?? fallback);
      return Number.isSafeInteger(value) ? value : fallback;
    };
    const { recordings } = rooms;
    switch (part) {
      case 'keyframes': {
        const keyframe = await recordings.keyframe(roomId, Number(rest));
        if (!keyframe) return refuse(response, 404, 'object-not-found');
        // A keyframe never changes, so that browsers may keep it.
        response.setHeader('Cache-Control', 'private, max-age=31536000, immutable');
        return await sendGzipped(request, response, Buffer.from(keyframe.snapshot));
      }
      case 'log':
        return await sendJson(request, response, await recordings.log(roomId, number('from', 1), number('to', Number.MAX_SAFE_INTEGER)));
      case 'terminals':
        return await sendJson(request, response, await recordings.terminalChunks(roomId, caller.participant, number('from', 0), number('to', Number.MAX_SAFE_INTEGER)));
      case 'workspace':
        return await sendJson(request, response, await recordings.workspace(roomId));
      default:
        return refuse(response, 404, 'object-not-found');
    }
  } catch (error) {
    if (isRoomError(error)) return refuse(response, error.code === 'token-invalid' ? 401 : 404, error.code);
    onError(error);
    refuse(response, 500, 'internal');
  }
}

async function sendJson(request: IncomingMessage, response: ServerResponse, value: unknown): Promise<void> {
  response.setHeader('Cache-Control', 'no-store');
  await sendGzipped(request, response, await gzipAsync(JSON.stringify(value), { level: 5 }));
}

async function sendGzipped(request: IncomingMessage, response: ServerResponse, gzipped: Buffer): Promise<void> {
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Vary', 'Accept-Encoding');
  if (/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    response.setHeader('Content-Encoding', 'gzip');
    response.end(gzipped);
  } else response.end(await gunzipAsync(gzipped));
}

function refuse(response: ServerResponse, status: number, code: string): void {
  if (!response.headersSent) response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify({ error: code }));
}
