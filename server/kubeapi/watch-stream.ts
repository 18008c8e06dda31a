/** Answers that go on: watches as one JSON value a line, and logs that are followed. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { UNREAD_BYTES } from './limits.ts';
import { commonHeaders, respond } from './respond.ts';
import type { KubeConnection, KubeRequest, StreamControls } from './types.ts';

/** Bookmarks come about this often to whoever allows them, wall-clock ms: clients use them to take up a watch where it broke. */
const BOOKMARK_MS = 60_000;
/** A watch without a time limit ends after a while between half an hour and an hour, wall-clock ms (`--min-request-timeout`). */
const WATCH_MS = 45 * 60_000;
/** The room is told this often that somebody listens, wall-clock ms. */
const TOUCH_MS = 20_000;

/** Serves a watch or a followed log until it ends. */
export async function stream(connection: KubeConnection, kubeRequest: KubeRequest, request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
  const abort = new AbortController();
  const timers: ReturnType<typeof setTimeout>[] = [];
  const end = (): void => abort.abort();
  response.on('close', end);
  let begun = false;
  const begin = (type: string): void => {
    if (begun || response.destroyed) return;
    begun = true;
    response.writeHead(200, { ...commonHeaders({}), 'Content-Type': type, 'Transfer-Encoding': 'chunked' });
    response.flushHeaders();
  };
  const logging = kubeRequest.query?.watch === undefined;
  const write = (text: string): void => {
    if (response.destroyed || abort.signal.aborted) return;
    begin(logging ? 'text/plain' : 'application/json');
    response.write(text);
    if (response.writableLength > UNREAD_BYTES) end();
  };
  const opened = (controls: StreamControls): void => {
    begin(logging ? 'text/plain' : 'application/json');
    timers.push(setInterval(() => connection.touch(), TOUCH_MS));
    if (logging) return;
    timers.push(setTimeout(end, timeLimit(query)));
    if (/^(1|t|true)$/i.test(kubeRequest.query?.allowWatchBookmarks ?? '')) timers.push(setInterval(() => controls.bookmark(), BOOKMARK_MS));
  };
  try {
    const refused = await connection.stream(kubeRequest, (event) => write(typeof event === 'string' ? event : `${JSON.stringify(event)}\n`), abort.signal, opened);
    if (refused && !begun) respond(request, response, query, refused);
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
  if (begun) response.end();
}

/** How long a watch may last, ms. */
function timeLimit(query: URLSearchParams): number {
  const seconds = Number(query.get('timeoutSeconds') ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1_000, 24 * 3_600_000) : WATCH_MS;
}
