/**
 * Participants as Kubernetes users. Instructors are who kubeadm's admin.conf names; everybody else is a user named like their
 * account in the terminal, in the group of their role. What those groups may do, bindings in the cluster say
 * (`server/simulation/bootstrap/rbac/kubeadm-roles.ts`), which an instructor can change like any other.
 */
import { AUTHENTICATED } from '../simulation/apiserver/authentication/users.ts';
import { PRIVILEGED_GROUP } from '../simulation/apiserver/authorization/authorizer.ts';
import type { UserInfo } from '../simulation/apiserver/types.ts';
import { OBSERVERS, STUDENTS } from '../simulation/bootstrap/rbac/kubeadm-roles.ts';
import type { ClusterConfig } from '../simulation/config.ts';
import type { Role } from './types.ts';

const ADMINISTRATOR = 'kubernetes-admin';

/** Names that no participant's user may have. */
export const RESERVED_USERS: readonly string[] = [ADMINISTRATOR];

/** @param account name of the participant's account in the room. */
export function kubernetesUser({ classroom }: Pick<ClusterConfig, 'classroom'>, role: Role, account: string): UserInfo {
  // Clusters of before know no roles, and everybody administered them.
  if (!classroom) return { username: ADMINISTRATOR, groups: [PRIVILEGED_GROUP, AUTHENTICATED] };
  switch (role) {
    case 'instructor':
      return { username: ADMINISTRATOR, groups: ['kubeadm:cluster-admins', AUTHENTICATED] };
    case 'student':
      return { username: account, groups: [STUDENTS, AUTHENTICATED] };
    case 'observer':
      return { username: account, groups: [OBSERVERS, AUTHENTICATED] };
  }
}
