import type { Kernel } from '../../kernel/kernel.ts';
import { unauthorized } from '../errors.ts';
import type { Store } from '../store.ts';
import type { UserInfo } from '../types.ts';
import { authenticateCertificate } from './certificates.ts';
import { authenticateToken } from './tokens.ts';

/** What a client shows; without either it is nobody. */
export interface Credentials {
  /** A token, of which a wrong one is refused. */
  bearer?: string;
  /** A client certificate, PEM. Whoever shows it has been seen to have its private key. */
  certificate?: string;
}

/** Whom credentials make their bearer, or where none are given the client's own user. A certificate counts more than a token. @throws ApiError 401 for those that are not good. */
export function userOfCredentials({ store, kernel }: { store: Store; kernel: Kernel }, own: UserInfo, credentials: Credentials | undefined): UserInfo {
  if (!credentials) return own;
  const { bearer, certificate } = credentials;
  const user = (certificate === undefined ? undefined : authenticateCertificate(store, kernel.now, certificate)) ?? (bearer === undefined ? undefined : authenticateToken(store, kernel.seed, kernel.now, bearer));
  if (!user) throw unauthorized();
  return user;
}
