import { z } from 'zod';
import { RoleForbiddenError } from '../../rooms/errors.ts';
import { ROOM_LIMITS } from '../../rooms/types.ts';
import { memberProcedure, publicProcedure, router } from '../trpc.ts';

export const recordingsRouter = router({
  /** Sessions that the caller took part in, by the tokens that its browser keeps. Newest first; unknown tokens are left out. */
  list: publicProcedure.input(z.object({ tokens: z.array(z.string().max(200)).max(200) })).query(({ ctx, input }) => ctx.rooms.recordings.list(input.tokens)),
  /** Everything about one session but its bulk data (see server/recordings/types.ts for where that is). */
  manifest: memberProcedure.query(({ ctx }) => ctx.rooms.recordings.manifest(ctx.roomId, ctx.me)),
  /** Forks a session at a moment (wall clock, ms) into a new live room, with the caller as its instructor. */
  fork: memberProcedure
    .input(z.object({ wall: z.number().int(), roomName: z.string().trim().max(ROOM_LIMITS.roomNameCharacters).default('') }))
    .mutation(({ ctx, input }) => {
      if (ctx.me.role !== 'instructor') throw new RoleForbiddenError(ctx.me.role, 'instructor');
      return ctx.rooms.fork({ roomId: ctx.roomId, me: ctx.me, address: ctx.address, ...input });
    }),
});
