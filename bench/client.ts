/** A participant as a program: one tRPC WebSocket, and the room's documents. */
import { createTRPCClient, createWSClient, httpLink, wsLink, type TRPCClient } from '@trpc/client';
import WebSocket from 'ws';
import type { AppRouter } from '../server/api/root.ts';
import type { TerminalEvent } from '../server/rooms/types.ts';
import { RoomSync } from '../server/sync/client.ts';

const Socket = WebSocket as unknown as typeof globalThis.WebSocket;

export type Api = TRPCClient<AppRouter>;

/** Calls without identity, over HTTP. */
export function publicApi(port: number, token?: string): Api {
  return createTRPCClient<AppRouter>({ links: [httpLink({ url: `http://127.0.0.1:${port}/trpc`, headers: token ? { Authorization: `Bearer ${token}` } : {} })] });
}

/** Calls of a participant over one WebSocket. */
export function participantApi(port: number, token: string): { api: Api; close(): Promise<void> } {
  const client = createWSClient({ url: `ws://127.0.0.1:${port}/trpc`, connectionParams: { token }, WebSocket: Socket });
  return { api: createTRPCClient<AppRouter>({ links: [wsLink({ client })] }), close: () => client.close() };
}

export function roomSync(port: number, roomId: string, token: string): RoomSync {
  return new RoomSync({ server: `ws://127.0.0.1:${port}`, roomId, token, WebSocketPolyfill: Socket });
}

/** A terminal of which the whole text so far is known. */
export interface FollowedTerminal {
  id: string;
  text: () => string;
  /** Resolves with the text as soon as it contains something. */
  shows(something: string): Promise<string>;
  type(line: string): Promise<void>;
  stop(): void;
}

/** Follows a terminal; a new one when no id is given. */
export async function followTerminal(api: Api, terminalId?: string): Promise<FollowedTerminal> {
  const id = terminalId ?? (await api.terminal.create.mutate({ columns: 120, rows: 30 })).id;
  let text = '';
  let waiting: { something: string; resolve: (text: string) => void }[] = [];
  let started = (): void => {};
  const ready = new Promise<void>((resolve) => (started = resolve));
  const subscription = api.terminal.output.subscribe(
    { terminalId: id },
    {
      onData: (event: TerminalEvent) => {
        if (event.type === 'screen') text = event.data;
        else if (event.type === 'output') text += event.data;
        started();
        waiting = waiting.filter(({ something, resolve }) => {
          if (!text.includes(something)) return true;
          resolve(text);
          return false;
        });
      },
    },
  );
  await ready;
  return {
    id,
    text: () => text,
    shows: (something) => (text.includes(something) ? Promise.resolve(text) : new Promise((resolve) => waiting.push({ something, resolve }))),
    type: async (line) => void (await api.terminal.input.mutate({ terminalId: id, data: `${line}\r` })),
    stop: () => subscription.unsubscribe(),
  };
}
