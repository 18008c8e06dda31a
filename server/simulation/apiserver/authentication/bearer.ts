import type { Kernel } from '../../kernel/kernel.ts';
import { unauthorized } from '../errors.ts';
import type { Store } from '../store.ts';
import type { UserInfo } from '../types.ts';
import { authenticateToken } from './tokens.ts';

/** Whom a token makes its bearer, or without one the client's own user. @throws ApiError 401 for a token that is not good. */
export function userOfBearer({ store, kernel }: { store: Store; kernel: Kernel }, own: UserInfo, token: string | undefined): UserInfo {
  if (token === undefined) return own;
  const user = authenticateToken(store, kernel.seed, kernel.now, token);
  if (!user) throw unauthorized();
  return user;
}
