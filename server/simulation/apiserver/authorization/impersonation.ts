/** Acting as somebody else (`k8s.io/apiserver/pkg/endpoints/filters/impersonation.go`): `kubectl --as`. */
import { badRequest, forbidden } from '../errors.ts';
import type { Store } from '../store.ts';
import type { UserInfo } from '../types.ts';
import { authorize, refusal, type Attributes } from './rbac.ts';

const AUTHENTICATED = 'system:authenticated';
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

function attributesOf(user: string): Attributes {
  const account = SERVICE_ACCOUNT.exec(user);
  if (account) return { verb: 'impersonate', group: '', resource: 'serviceaccounts', namespace: account[1] as string, name: account[2] as string };
  return { verb: 'impersonate', group: '', resource: 'users', name: user };
}

/**
 * The user that somebody acts as, with the groups that it has by itself.
 * @throws ApiError 400 without a user name, 403 when it is not allowed.
 */
export function impersonated(store: Store, user: UserInfo, wanted: UserInfo): UserInfo {
  if (wanted.username === '') throw badRequest('requested [{Group  ' + (wanted.groups[0] ?? '') + '     }] without impersonating a user');
  const needed: Attributes[] = [attributesOf(wanted.username), ...wanted.groups.map((name): Attributes => ({ verb: 'impersonate', group: '', resource: 'groups', name }))];
  for (const attributes of needed) {
    if (!authorize(store, user, attributes).allowed) throw forbidden({ group: '', plural: attributes.resource }, attributes.name ?? '', refusal(user, attributes));
  }
  const account = SERVICE_ACCOUNT.exec(wanted.username);
  const groups = wanted.groups.length > 0 || !account ? [...wanted.groups] : ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`];
  if (!groups.includes(AUTHENTICATED) && wanted.username !== 'system:anonymous') groups.push(AUTHENTICATED);
  return { username: wanted.username, groups };
}
