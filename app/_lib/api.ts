/** The server as the pages see it. */
import { createTRPCClient, createWSClient, httpLink, TRPCClientError, wsLink, type TRPCClient } from '@trpc/client';
import { useTranslations } from 'use-intl';
import type { AppRouter } from '../../server/api/root.ts';
import type errors from '../_messages/en/errors.json';

export type Api = TRPCClient<AppRouter>;

/** For calls outside a room; with a token, in its participant's name. */
export function publicApi(token?: string): Api {
  return createTRPCClient<AppRouter>({ links: [httpLink({ url: '/trpc', ...(token ? { headers: { authorization: `Bearer ${token}` } } : {}) })] });
}

export interface RoomApi {
  api: Api;
  close(): void;
}

/** One WebSocket for everything of a room: keystrokes stay in order, output comes as it is printed. It reconnects by itself. */
export function roomApi(token: string): RoomApi {
  const client = createWSClient({
    url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/trpc`,
    connectionParams: { token },
    retryDelayMs: (attempt) => Math.min(250 * 2 ** attempt, 5_000),
    keepAlive: { enabled: true, intervalMs: 10_000, pongTimeoutMs: 5_000 },
  });
  return { api: createTRPCClient<AppRouter>({ links: [wsLink({ client })] }), close: () => void client.close() };
}

export type ErrorCode = keyof typeof errors;

/** A failure that did not come through tRPC, with a code that the messages know. */
export class CodedError extends Error {
  override readonly name = 'CodedError';
  constructor(
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** What went wrong, as a code that the messages know. */
export function errorCode(error: unknown): ErrorCode {
  if (error instanceof CodedError) return error.code;
  if (error instanceof TRPCClientError) {
    const data = error.data as { roomCode?: ErrorCode; code?: string } | null | undefined;
    if (data?.roomCode) return data.roomCode;
    if (data?.code === 'BAD_REQUEST') return 'invalid-input';
    return data ? 'unknown' : 'network';
  }
  return 'unknown';
}

/** @returns a function that words an error for a person. */
export function useErrorText(): (error: unknown) => string {
  const t = useTranslations('errors');
  return (error) => {
    const code = errorCode(error);
    return code === 'simulation-refused' || code === 'replay-failed' ? t(code, { message: error instanceof Error ? error.message : '' }) : t(code);
  };
}
