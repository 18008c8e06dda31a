import { checkBinding, checkRole } from '../authorization/escalation.ts';
import { RBAC } from '../authorization/rbac.ts';
import { semanticEqual } from '../registry/equal.ts';
import type { KubeObject, UserInfo } from '../types.ts';
import type { AdmissionPlugin, AdmissionRequest } from './types.ts';

const ROLES: readonly string[] = [`roles.${RBAC}`, `clusterroles.${RBAC}`];
const BINDINGS: readonly string[] = [`rolebindings.${RBAC}`, `clusterrolebindings.${RBAC}`];

function userOf({ options: { context } }: AdmissionRequest): UserInfo {
  return { username: context.username, groups: context.groups ?? [] };
}

/** Whether nothing but what the garbage collector needs has changed. */
function sameContent(draft: KubeObject, existing: KubeObject): boolean {
  const content = ({ metadata, ...rest }: KubeObject): unknown => ({ ...rest, labels: metadata.labels, annotations: metadata.annotations });
  return semanticEqual(content(draft), content(existing));
}

/** Not a plugin of the real API server, where storage itself asks; before validation it is in both. Components are trusted. */
export const roleEscalation = {
  name: 'RoleEscalation',
  resources: [...ROLES, ...BINDINGS],
  create(draft, { store }, request) {
    if (request.options.trusted) return;
    if (ROLES.includes(request.resource.key)) checkRole(store, userOf(request), request.resource, draft);
    else checkBinding(store, userOf(request), request.resource, draft);
  },
  update(draft, existing, { store }, request) {
    if (request.options.trusted || sameContent(draft, existing)) return;
    if (ROLES.includes(request.resource.key)) checkRole(store, userOf(request), request.resource, draft, existing);
    else checkBinding(store, userOf(request), request.resource, draft);
  },
} satisfies AdmissionPlugin;
