/** The Roles and RoleBindings that the API server brings into its own namespaces (`bootstrappolicy/namespace_policy.go`). */
import { account, EVENTS, READ, role, roleBinding, rule, user, type Policy, type Subject } from './policy.ts';

const SYSTEM = 'kube-system';
const PUBLIC = 'kube-public';

/** The lock of a component that elects its leader. */
const leaderLock = (component: string, ...more: ReturnType<typeof rule>[]): Policy =>
  role(SYSTEM, `system::leader-locking-${component}`, [rule('watch', 'core', 'configmaps'), rule('get update', 'core', 'configmaps', component), ...more]);

const bind = (namespace: string, name: string, subjects: Subject[], to = name): Policy => roleBinding(namespace, name, { kind: 'Role', name: to }, subjects);

export const NAMESPACE_ROLES: readonly Policy[] = [
  role(SYSTEM, 'extension-apiserver-authentication-reader', [rule(READ, 'core', 'configmaps', 'extension-apiserver-authentication')]),
  role(SYSTEM, 'system:controller:bootstrap-signer', [rule(READ, 'core', 'secrets')]),
  role(SYSTEM, 'system:controller:cloud-provider', [rule(`${READ} create`, 'core', 'configmaps')]),
  role(SYSTEM, 'system:controller:token-cleaner', [rule(`${READ} delete`, 'core', 'secrets'), EVENTS]),
  leaderLock('kube-controller-manager', rule(`${READ} create update`, 'coordination.k8s.io', 'leases')),
  leaderLock('kube-scheduler'),
  role(PUBLIC, 'system:controller:bootstrap-signer', [rule(READ, 'core', 'configmaps'), rule('update', 'core', 'configmaps', 'cluster-info'), EVENTS]),
];

export const NAMESPACE_ROLE_BINDINGS: readonly Policy[] = [
  bind(SYSTEM, 'system::extension-apiserver-authentication-reader', [user('system:kube-controller-manager'), user('system:kube-scheduler')], 'extension-apiserver-authentication-reader'),
  bind(SYSTEM, 'system::leader-locking-kube-controller-manager', [user('system:kube-controller-manager'), account('kube-controller-manager'), account('leader-election-controller')]),
  bind(SYSTEM, 'system::leader-locking-kube-scheduler', [user('system:kube-scheduler'), account('kube-scheduler')]),
  bind(SYSTEM, 'system:controller:bootstrap-signer', [account('bootstrap-signer')]),
  bind(SYSTEM, 'system:controller:cloud-provider', [account('cloud-provider')]),
  bind(SYSTEM, 'system:controller:token-cleaner', [account('token-cleaner')]),
  bind(PUBLIC, 'system:controller:bootstrap-signer', [account('bootstrap-signer')]),
];
