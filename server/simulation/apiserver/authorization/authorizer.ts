/** Whether somebody may do something: the authorizers of `--authorization-mode=Node,RBAC`, one after the other, after the group that may do everything. */
import { forbidden, forbiddenPath } from '../errors.ts';
import type { Store } from '../store.ts';
import type { ApiError, UserInfo } from '../types.ts';
import { authorizeNode } from './node.ts';
import { authorizeByRoles, type Decision } from './rbac.ts';
import { fullResource, isPath, type Attributes } from './rules.ts';

export const PRIVILEGED_GROUP = 'system:masters';

export function authorize(store: Store, user: UserInfo, attributes: Attributes): Decision {
  if (user.groups.includes(PRIVILEGED_GROUP)) return { allowed: true, reason: '' };
  const byNode = authorizeNode(store, user, attributes);
  if (byNode?.allowed) return byNode;
  const byRoles = authorizeByRoles(store, user, attributes);
  if (byRoles.allowed) return byRoles;
  return { allowed: false, reason: [byNode?.reason, byRoles.reason].filter(Boolean).join('\n') };
}

/** @throws ApiError 403 when somebody may not do something. */
export function mustAuthorize(store: Store, user: UserInfo, attributes: Attributes): void {
  const decision = authorize(store, user, attributes);
  if (!decision.allowed) throw refusal(user, attributes, decision.reason);
}

/** The refusal (`responsewriters.ForbiddenStatusError`). */
function refusal(user: UserInfo, attributes: Attributes, reason: string): ApiError {
  const why = reason === '' ? '' : `: ${reason}`;
  const who = `User ${JSON.stringify(user.username)} cannot ${attributes.verb}`;
  if (isPath(attributes)) return forbiddenPath(`${who} path "${attributes.path}"${why}`);
  const { group, resource, namespace, name } = attributes;
  const scope = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope';
  return forbidden({ group, plural: resource }, name ?? '', `${who} resource "${fullResource(attributes)}" in API group "${group}" ${scope}${why}`);
}
