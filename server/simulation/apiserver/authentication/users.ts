/** Names of users and groups (`k8s.io/apiserver/pkg/authentication/user`). */
import type { UserInfo } from '../types.ts';

export const AUTHENTICATED = 'system:authenticated';
export const UNAUTHENTICATED = 'system:unauthenticated';
export const ANONYMOUS = 'system:anonymous';

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** Whoever asks without credentials. */
export const anonymous: UserInfo = { username: ANONYMOUS, groups: [UNAUTHENTICATED] };

/** The service account that a user name belongs to. */
export function serviceAccountOf(username: string): { namespace: string; name: string } | undefined {
  const match = SERVICE_ACCOUNT.exec(username);
  return match ? { namespace: match[1] as string, name: match[2] as string } : undefined;
}

export function serviceAccountName(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** The groups that every service account of a namespace is in, but for `system:authenticated`. */
export function serviceAccountGroups(namespace: string): string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
}
