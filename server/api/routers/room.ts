import { z } from 'zod';
import { ROLES, ROOM_LIMITS, TERMINAL_VISIBILITIES } from '../../rooms/types.ts';
import { identifier, personName, secret, shortCode } from '../inputs.ts';
import { instructorProcedure, participantProcedure, publicProcedure, router } from '../trpc.ts';

export const roomRouter = router({
  /** Makes a room, with the caller as its instructor. */
  create: publicProcedure
    .input(z.object({ roomName: z.string().trim().max(ROOM_LIMITS.roomNameCharacters).default(''), name: personName.default('Instructor') }))
    .mutation(({ ctx, input }) => ctx.rooms.create({ ...input, address: ctx.address })),

  /** Joins by the secret of a link; the link decides the role. */
  join: publicProcedure
    .input(z.object({ roomId: identifier, secret, name: personName }))
    .mutation(({ ctx, input }) => ctx.rooms.join({ ...input, address: ctx.address })),

  /** Joins as a student by the short code. A few tries a minute per address. */
  joinByCode: publicProcedure
    .input(z.object({ code: shortCode, name: personName }))
    .mutation(({ ctx, input }) => ctx.rooms.joinByCode({ ...input, address: ctx.address })),

  /** What a link leads to, before a name is typed. */
  peek: publicProcedure
    .input(z.object({ roomId: identifier, secret }))
    .query(({ ctx, input }) => ctx.rooms.peek({ ...input, address: ctx.address })),

  /** The room as it is now and who I am in it. */
  info: participantProcedure.query(({ ctx }) => ({ room: ctx.room.info(), me: ctx.me })),

  /** Secrets of the links to give away. */
  links: instructorProcedure.query(({ ctx }) => ctx.room.links()),

  updateSettings: instructorProcedure
    .input(z.object({ studentsMayBreak: z.boolean().optional(), terminalVisibility: z.enum(TERMINAL_VISIBILITIES).optional() }))
    .mutation(({ ctx, input }) => ctx.room.updateSettings(ctx.me, input)),

  setRole: instructorProcedure
    .input(z.object({ participantId: identifier, role: z.enum(ROLES) }))
    .mutation(({ ctx, input }) => ctx.room.setRole(ctx.me, input.participantId, input.role)),

  /** Removes a participant; its token stops working. */
  remove: instructorProcedure
    .input(z.object({ participantId: identifier }))
    .mutation(({ ctx, input }) => ctx.room.removeParticipant(ctx.me, input.participantId)),
});
