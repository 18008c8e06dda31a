import { z } from 'zod';
import { faultName, faultTarget } from '../inputs.ts';
import { participantProcedure, router, studentProcedure } from '../trpc.ts';

export const faultsRouter = router({
  /** What can be broken and what is broken now. */
  list: participantProcedure.query(({ ctx }) => ctx.room.faults()),
  /** Instructors, and students when the settings allow. */
  break: studentProcedure.input(z.object({ fault: faultName, target: faultTarget })).mutation(({ ctx, input }) => ctx.room.breakFault(ctx.me, input.fault, input.target)),
  heal: studentProcedure.input(z.object({ fault: faultName, target: faultTarget })).mutation(({ ctx, input }) => ctx.room.healFault(ctx.me, input.fault, input.target)),
});
