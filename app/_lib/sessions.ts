/**
 * The rooms that this browser has joined: tokens stay here and nowhere else. A tab keeps its own choice, so that an instructor may
 * open a second tab as a student.
 */
import { useSyncExternalStore } from 'react';
import { z } from 'zod';
import { ROLES } from '../../server/rooms/types.ts';

const link = z.object({ secret: z.string(), path: z.string() });
const sessionSchema = z.object({
  roomId: z.string(),
  roomName: z.string(),
  token: z.string(),
  participantId: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  joinedAt: z.number(),
  /** Shown once by the server: only the browser that made the room has it. */
  instructorLink: link.optional(),
});

export type Session = z.infer<typeof sessionSchema>;

const STORAGE_KEY = 'quorum.sessions';
const TAB_KEY = 'quorum.tab-session.';
const MAX_SESSIONS = 200;
const NONE: readonly Session[] = [];

let cachedText: string | null = null;
let cached: readonly Session[] = NONE;
const listeners = new Set<() => void>();

/** All sessions, newest first; the same array until something changes. */
export function readSessions(): readonly Session[] {
  let text: string | null = null;
  try {
    text = localStorage.getItem(STORAGE_KEY);
  } catch {
    // Storage may be forbidden; then sessions last as long as the page.
    return cached;
  }
  if (text === cachedText) return cached;
  cachedText = text;
  cached = parse(text);
  return cached;
}

function parse(text: string | null): readonly Session[] {
  if (text === null) return NONE;
  try {
    const values: unknown = JSON.parse(text);
    if (!Array.isArray(values)) return NONE;
    return values.flatMap((value) => {
      const session = sessionSchema.safeParse(value);
      return session.success ? [session.data] : [];
    });
  } catch {
    return NONE;
  }
}

function write(sessions: readonly Session[]): void {
  cached = sessions;
  try {
    cachedText = JSON.stringify(sessions);
    localStorage.setItem(STORAGE_KEY, cachedText);
  } catch {
    cachedText = null;
  }
  for (const listener of listeners) listener();
}

/** Remembers a session, and that this tab is in the room as that participant. */
export function rememberSession(session: Session): void {
  const others = readSessions().filter((one) => one.token !== session.token);
  write([session, ...others].slice(0, MAX_SESSIONS));
  try {
    sessionStorage.setItem(TAB_KEY + session.roomId, session.token);
  } catch {
    // Without it the newest session of the room is used.
  }
}

/** Forgets a session whose token the server does not take any more. */
export function forgetSession(token: string): void {
  write(readSessions().filter((one) => one.token !== token));
}

/** Who this tab is in a room. */
export function sessionOf(roomId: string): Session | undefined {
  const ofRoom = readSessions().filter((one) => one.roomId === roomId);
  let token: string | null = null;
  try {
    token = sessionStorage.getItem(TAB_KEY + roomId);
  } catch {
    // As above.
  }
  return ofRoom.find((one) => one.token === token) ?? ofRoom[0];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}

/** All sessions; undefined while the page is still the server's. */
export function useSessions(): readonly Session[] | undefined {
  return useSyncExternalStore<readonly Session[] | undefined>(subscribe, readSessions, () => undefined);
}
