import { z } from 'zod';
import { ROOM_LIMITS, TERMINAL_VISIBILITIES } from '../../rooms/types.ts';
import { identifier, terminalSize } from '../inputs.ts';
import { participantProcedure, router, studentProcedure } from '../trpc.ts';

const keyNumber = z.object({ sender: identifier, sequence: z.number().int().min(1), again: identifier.or(z.literal('')).optional() });

export const terminalRouter = router({
  /** My terminals and those shared with me. */
  list: participantProcedure.query(({ ctx }) => ctx.room.terminals.visibleTo(ctx.me)),
  /** Opens a new terminal of mine. */
  create: studentProcedure.input(z.object(terminalSize)).mutation(({ ctx, input }) => ctx.room.terminals.create(ctx.me, input)),
  /** Keystrokes, as xterm's onData gives them. Only the owner. */
  input: studentProcedure
    .input(z.object({ terminalId: identifier, data: z.string().min(1).max(ROOM_LIMITS.terminalInputCharacters), keys: keyNumber.optional() }))
    .mutation(({ ctx, input }) => ctx.room.terminals.input(ctx.me, input.terminalId, input.data, input.keys)),
  resize: studentProcedure
    .input(z.object({ terminalId: identifier, ...terminalSize }))
    .mutation(({ ctx, input }) => ctx.room.terminals.resize(ctx.me, input.terminalId, input)),
  setVisibility: studentProcedure
    .input(z.object({ terminalId: identifier, visibility: z.enum(TERMINAL_VISIBILITIES) }))
    .mutation(({ ctx, input }) => ctx.room.terminals.setVisibility(ctx.me, input.terminalId, input.visibility)),
  close: studentProcedure.input(z.object({ terminalId: identifier })).mutation(({ ctx, input }) => ctx.room.terminals.close(ctx.me, input.terminalId)),
  /** The answer to an `edit` event: the text, or null when cancelled. */
  answerEdit: studentProcedure
    .input(z.object({ terminalId: identifier, editId: identifier, text: z.string().max(ROOM_LIMITS.requestBytes).nullable() }))
    .mutation(({ ctx, input }) => ctx.room.terminals.answerEdit(ctx.me, input.terminalId, input.editId, input.text)),
  /** Live output. Begins with a `screen` event, also after every reconnection. */
  output: participantProcedure.input(z.object({ terminalId: identifier })).subscription(async function* ({ ctx, input, signal }) {
    yield* ctx.room.terminals.watch(ctx.me, input.terminalId, signal);
  }),
});
