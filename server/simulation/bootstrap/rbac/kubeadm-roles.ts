/**
 * The roles and bindings that kubeadm makes (`cmd/kubeadm/app/phases`), those of its addons and of the network plugin, and
 * in a class those of its participants.
 */
import { account, clusterRole, clusterRoleBinding, group, READ, role, roleBinding, rule, user, type Policy } from './policy.ts';

const SYSTEM = 'kube-system';
/** Machines that join with a bootstrap token. */
const JOINING = group('system:bootstrappers:kubeadm:default-node-token');
const NODES = group('system:nodes');

/** Groups of the participants of a class. */
export const STUDENTS = 'quorum:students';
export const OBSERVERS = 'quorum:observers';

/** One ConfigMap that some may read. */
function readable(name: string, configMap: string, subjects: Parameters<typeof roleBinding>[3]): Policy[] {
  return [role(SYSTEM, name, [rule('get', 'core', 'configmaps', configMap)]), roleBinding(SYSTEM, name, { kind: 'Role', name }, subjects)];
}

/** Before the addons: who administers, and what a machine needs to join. */
export const KUBEADM_ROLES: readonly Policy[] = [
  clusterRoleBinding('kubeadm:cluster-admins', 'cluster-admin', [group('kubeadm:cluster-admins')]),
  ...readable('kubeadm:nodes-kubeadm-config', 'kubeadm-config', [JOINING, NODES]),
  ...readable('kubeadm:kubelet-config', 'kubelet-config', [NODES, JOINING]),
  clusterRole('kubeadm:get-nodes', [rule('get', 'core', 'nodes')]),
  clusterRoleBinding('kubeadm:get-nodes', 'kubeadm:get-nodes', [JOINING]),
  clusterRoleBinding('kubeadm:kubelet-bootstrap', 'system:node-bootstrapper', [JOINING]),
  clusterRoleBinding('kubeadm:node-autoapprove-bootstrap', 'system:certificates.k8s.io:certificatesigningrequests:nodeclient', [JOINING]),
  clusterRoleBinding('kubeadm:node-autoapprove-certificate-rotation', 'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient', [NODES]),
  role('kube-public', 'kubeadm:bootstrap-signer-clusterinfo', [rule('get', 'core', 'configmaps', 'cluster-info')]),
  roleBinding('kube-public', 'kubeadm:bootstrap-signer-clusterinfo', { kind: 'Role', name: 'kubeadm:bootstrap-signer-clusterinfo' }, [user('system:anonymous')]),
];

export const ADDON_ROLES: readonly Policy[] = [
  clusterRole('system:coredns', [rule('list watch', 'core', 'endpoints services pods namespaces'), rule('list watch', 'discovery.k8s.io', 'endpointslices')]),
  clusterRoleBinding('system:coredns', 'system:coredns', [account('coredns')]),
  clusterRoleBinding('kubeadm:node-proxier', 'system:node-proxier', [account('kube-proxy')]),
  ...readable('kube-proxy', 'kube-proxy', [JOINING]),
];

export const KINDNET_ROLES: readonly Policy[] = [
  clusterRole('kindnet', [rule('list watch', 'core', 'nodes pods namespaces'), rule('list watch', 'networking.k8s.io', 'networkpolicies')]),
  clusterRoleBinding('kindnet', 'kindnet', [account('kindnet')]),
];

const CLUSTER_VIEWER = 'quorum:cluster-viewer';

/**
 * What participants may do until the instructor decides otherwise: students everything, so that labs work as written;
 * observers look at what is in namespaces (`view`: no Secrets) and at what is in none.
 */
export const CLASS_ROLES: readonly Policy[] = [
  clusterRoleBinding(STUDENTS, 'cluster-admin', [group(STUDENTS)]),
  clusterRoleBinding(OBSERVERS, 'view', [group(OBSERVERS)]),
  clusterRole(CLUSTER_VIEWER, [
    rule(READ, 'core', 'nodes persistentvolumes componentstatuses'),
    rule(READ, 'metrics.k8s.io', 'nodes pods'),
    rule(READ, 'rbac.authorization.k8s.io', 'clusterroles clusterrolebindings roles rolebindings'),
    rule(READ, 'storage.k8s.io', '*'),
    rule(READ, 'scheduling.k8s.io', 'priorityclasses'),
    rule(READ, 'networking.k8s.io', 'ingressclasses servicecidrs ipaddresses'),
    rule(READ, 'coordination.k8s.io', 'leases'),
    rule(READ, 'apiextensions.k8s.io', 'customresourcedefinitions'),
    rule(READ, 'apiregistration.k8s.io', 'apiservices'),
    rule(READ, 'events.k8s.io', 'events'),
  ]),
  clusterRoleBinding(`${OBSERVERS}:cluster`, CLUSTER_VIEWER, [group(OBSERVERS)]),
];
