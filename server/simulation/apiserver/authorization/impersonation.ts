/** Acting as somebody else (`k8s.io/apiserver/pkg/endpoints/filters/impersonation.go`): `kubectl --as`. */
import { badRequest } from '../errors.ts';
import type { Store } from '../store.ts';
import type { UserInfo } from '../types.ts';
import { ANONYMOUS, AUTHENTICATED, serviceAccountGroups, serviceAccountOf, UNAUTHENTICATED } from '../authentication/users.ts';
import { mustAuthorize } from './authorizer.ts';
import type { ResourceAttributes } from './rules.ts';

function attributesOf(user: string): ResourceAttributes {
  const account = serviceAccountOf(user);
  if (account) return { verb: 'impersonate', group: '', resource: 'serviceaccounts', ...account };
  return { verb: 'impersonate', group: '', resource: 'users', name: user };
}

/**
 * The user that somebody acts as, with the groups that it has by itself.
 * @throws ApiError 400 without a user name, 403 when it is not allowed.
 */
export function impersonated(store: Store, user: UserInfo, wanted: UserInfo): UserInfo {
  if (wanted.username === '') throw badRequest('requested [{Group  ' + (wanted.groups[0] ?? '') + '     }] without impersonating a user');
  mustAuthorize(store, user, attributesOf(wanted.username));
  for (const name of wanted.groups) mustAuthorize(store, user, { verb: 'impersonate', group: '', resource: 'groups', name });
  const account = serviceAccountOf(wanted.username);
  const groups = wanted.groups.length > 0 || !account ? [...wanted.groups] : serviceAccountGroups(account.namespace);
  const own = wanted.username === ANONYMOUS ? UNAUTHENTICATED : AUTHENTICATED;
  if (!groups.includes(AUTHENTICATED) && !groups.includes(UNAUTHENTICATED)) groups.push(own);
  return { username: wanted.username, groups };
}
