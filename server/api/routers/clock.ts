import { z } from 'zod';
import { ROOM_LIMITS } from '../../rooms/types.ts';
import { instructorProcedure, router } from '../trpc.ts';

const command = z.discriminatedUnion('action', [
  z.object({ action: z.literal('pause') }),
  z.object({ action: z.literal('run'), rate: z.union([z.literal('slow'), z.literal(1), z.literal(10), z.literal(60)]) }),
  z.object({ action: z.literal('step') }),
  z.object({ action: z.literal('jump'), seconds: z.number().int().min(1).max(ROOM_LIMITS.jumpSeconds) }),
]);

export const clockRouter = router({
  /** Resolves when it has been carried out, with the virtual time then. */
  control: instructorProcedure.input(command).mutation(({ ctx, input }) => ctx.room.controlClock(ctx.me, input)),
});
