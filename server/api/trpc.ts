/**
 * The ladder of procedures: public → member → participant → student → instructor. Each step narrows the context, and each call is
 * checked on the server, whatever the page shows.
 */
import { initTRPC, TRPCError } from '@trpc/server';
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';
import { z } from 'zod';
import { isRoomError, RoleForbiddenError, TokenInvalidError, type RoomErrorCode } from '../rooms/errors.ts';
import type { Role } from '../rooms/types.ts';
import type { ApiContext } from './context.ts';

const TRPC_CODES: Record<RoomErrorCode, TRPC_ERROR_CODE_KEY> = {
  'room-not-found': 'NOT_FOUND',
  'token-invalid': 'UNAUTHORIZED',
  'role-forbidden': 'FORBIDDEN',
  'setting-forbidden': 'FORBIDDEN',
  'room-full': 'CONFLICT',
  'room-busy': 'TOO_MANY_REQUESTS',
  'room-failed': 'INTERNAL_SERVER_ERROR',
  'rate-limited': 'TOO_MANY_REQUESTS',
  'limit-exceeded': 'PAYLOAD_TOO_LARGE',
  'terminal-not-found': 'NOT_FOUND',
  'object-not-found': 'NOT_FOUND',
  'simulation-refused': 'UNPROCESSABLE_CONTENT',
  'storage-failed': 'INTERNAL_SERVER_ERROR',
  'participant-not-found': 'NOT_FOUND',
};

const t = initTRPC.context<ApiContext>().create({
  errorFormatter({ shape, error }) {
    const cause = error.cause;
    // `roomCode` is what the page translates; unexpected errors keep their words on the server.
    const roomCode: RoomErrorCode | 'invalid-input' | undefined = isRoomError(cause) ? cause.code : cause instanceof z.ZodError ? 'invalid-input' : undefined;
    const message = roomCode === undefined && shape.data.code === 'INTERNAL_SERVER_ERROR' ? 'The server failed.' : shape.message;
    const { stack: _stack, ...data } = shape.data;
    return { ...shape, message, data: { ...data, roomCode } };
  },
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** Turns a room's errors into tRPC's, keeping the original as cause. */
const withErrorCodes = t.middleware(async ({ next }) => {
  const result = await next();
  if (!result.ok && isRoomError(result.error.cause)) {
    const cause = result.error.cause;
    throw new TRPCError({ code: TRPC_CODES[cause.code], message: cause.message, cause });
  }
  return result;
});

export const publicProcedure = t.procedure.use(withErrorCodes);

/** Anybody who has joined a room, which may sleep on: reading a recording must not make it longer. Adds `roomId` and `me`. */
export const memberProcedure = publicProcedure.use(async ({ ctx, next }) => {
  if (ctx.token === undefined) throw new TokenInvalidError();
  const { roomId, participant } = await ctx.rooms.identify(ctx.token);
  return next({ ctx: { ...ctx, roomId, me: participant } });
});

/** Anybody who has joined a room. Adds `room` (awake) and `me`. */
export const participantProcedure = publicProcedure.use(async ({ ctx, next }) => {
  if (ctx.token === undefined) throw new TokenInvalidError();
  const { room, participant } = await ctx.rooms.authenticate(ctx.token);
  return next({ ctx: { ...ctx, room, me: participant } });
});

function atLeast(needed: Exclude<Role, 'observer'>) {
  return participantProcedure.use(({ ctx, next }) => {
    const enough = ctx.me.role === 'instructor' || (needed === 'student' && ctx.me.role === 'student');
    if (!enough) throw new RoleForbiddenError(ctx.me.role, needed);
    return next();
  });
}

/** Students and instructors: those who may change something. */
export const studentProcedure = atLeast('student');
export const instructorProcedure = atLeast('instructor');
