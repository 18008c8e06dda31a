/** Chat, notes and pins: written into the workspace document by the server, in the caller's name. */
import { z } from 'zod';
import { ROOM_LIMITS } from '../../rooms/types.ts';
import { identifier, objectReference } from '../inputs.ts';
import { instructorProcedure, router, studentProcedure } from '../trpc.ts';

export const chatRouter = router({
  post: studentProcedure.input(z.object({ text: z.string().trim().min(1).max(ROOM_LIMITS.chatCharacters) })).mutation(({ ctx, input }) => ctx.room.workspace.postChat(ctx.me, input.text)),
});

export const notesRouter = router({
  /** A note at this moment of the class; also a marker in the recording. */
  add: instructorProcedure.input(z.object({ text: z.string().trim().min(1).max(ROOM_LIMITS.noteCharacters) })).mutation(({ ctx, input }) => ctx.room.workspace.addNote(ctx.me, input.text)),
  remove: instructorProcedure.input(z.object({ id: identifier })).mutation(({ ctx, input }) => ctx.room.workspace.removeNote(ctx.me, input.id)),
});

export const pinsRouter = router({
  add: studentProcedure.input(objectReference).mutation(({ ctx, input }) => ctx.room.workspace.addPin(ctx.me, input)),
  remove: studentProcedure.input(z.object({ id: identifier })).mutation(({ ctx, input }) => ctx.room.workspace.removePin(ctx.me, input.id)),
});
