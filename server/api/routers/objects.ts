import { z } from 'zod';
import { objectReference } from '../inputs.ts';
import { participantProcedure, router } from '../trpc.ts';

/** Whole objects, on demand. What kubectl would print comes from the same kubectl as in the terminal. */
export const objectsRouter = router({
  get: participantProcedure.input(objectReference).query(({ ctx, input }) => ctx.room.inspect.object(ctx.me, input)),
  yaml: participantProcedure.input(objectReference).query(({ ctx, input }) => ctx.room.inspect.yaml(ctx.me, input)),
  describe: participantProcedure.input(objectReference).query(({ ctx, input }) => ctx.room.inspect.describe(ctx.me, input)),
  events: participantProcedure.input(objectReference).query(({ ctx, input }) => ctx.room.inspect.events(ctx.me, input)),
  logs: participantProcedure
    .input(z.object({ key: objectReference.shape.key, container: z.string().max(63).optional(), previous: z.boolean().default(false), tailLines: z.number().int().min(1).max(5_000).default(500) }))
    .query(({ ctx, input }) => ctx.room.inspect.logs(ctx.me, input)),
  /** «Why is this here?»: the chain of writes and inputs that led to a revision, newest first. */
  why: participantProcedure.input(z.object({ revision: z.number().int().min(1) })).query(({ ctx, input }) => ctx.room.inspect.why(input.revision)),
  /** «What did this set off?»: the writes that followed from a revision or an input. */
  effects: participantProcedure
    .input(z.object({ causeKind: z.enum(['input', 'write']), causeId: z.number().int().min(1) }))
    .query(({ ctx, input }) => ctx.room.inspect.effects(input.causeKind, input.causeId)),
  /** The latest writes of an object, newest first. */
  history: participantProcedure.input(objectReference).query(({ ctx, input }) => ctx.room.inspect.history(input)),
});
