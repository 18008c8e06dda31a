/** The API as the browser knows it: `import type { AppRouter }`. */
import { clockRouter } from './routers/clock.ts';
import { faultsRouter } from './routers/faults.ts';
import { objectsRouter } from './routers/objects.ts';
import { recordingsRouter } from './routers/recordings.ts';
import { roomRouter } from './routers/room.ts';
import { terminalRouter } from './routers/terminal.ts';
import { chatRouter, notesRouter, pinsRouter } from './routers/together.ts';
import { router } from './trpc.ts';

/**
 * Served at `/trpc`, over HTTP (queries, mutations, subscriptions as SSE) and over WebSocket at the same path. The participant token
 * goes as `Authorization: Bearer TOKEN`, or as `connectionParams: {token}` of wsLink and httpSubscriptionLink.
 */
export const appRouter = router({
  room: roomRouter,
  clock: clockRouter,
  faults: faultsRouter,
  objects: objectsRouter,
  terminal: terminalRouter,
  chat: chatRouter,
  notes: notesRouter,
  pins: pinsRouter,
  recordings: recordingsRouter,
});

export type AppRouter = typeof appRouter;
