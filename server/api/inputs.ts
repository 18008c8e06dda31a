/** zod inputs that several routers share. Every text has a limit. */
import { z } from 'zod';
import { ROOM_LIMITS } from '../rooms/types.ts';

export const personName = z.string().trim().min(1).max(ROOM_LIMITS.nameCharacters);
export const identifier = z.string().min(1).max(64).regex(/^[A-Za-z0-9_-]+$/);
export const secret = z.string().min(16).max(128).regex(/^[A-Za-z0-9_-]+$/);
export const shortCode = z.string().trim().toUpperCase().length(6).regex(/^[A-Z0-9]+$/);

/** An object of the cluster: `resource` as `pods` or `deployments.apps`, `key` as `namespace/name` or `name`. */
export const objectReference = z.object({
  resource: z.string().min(1).max(120).regex(/^[a-z0-9.-]+$/),
  key: z.string().min(1).max(320).regex(/^[a-z0-9.:-]+(\/[a-z0-9.:-]+)?$/),
});

export const terminalSize = { columns: z.number().int().min(2).max(500), rows: z.number().int().min(2).max(300) };
export const faultName = z.string().min(1).max(60).regex(/^[a-z-]+$/);
export const faultTarget = z.string().max(320).default('');
