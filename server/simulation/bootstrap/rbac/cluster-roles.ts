/** The ClusterRoles and their bindings that the API server brings (`plugin/pkg/auth/authorizer/rbac/bootstrappolicy`, 1.37). */
import type { Rule } from '../../apiserver/authorization/rules.ts';
import { account, clusterRole, clusterRoleBinding, EVENTS, group, READ, READ_WRITE, rule, urls, user, WRITE, type Policy } from './policy.ts';

const aggregateTo = (role: string): Record<string, string> => ({ [`rbac.authorization.k8s.io/aggregate-to-${role}`]: 'true' });

/** A role whose rules are those of all roles with a label. */
function aggregated(name: string, into?: string): Policy {
  const [resource, object] = clusterRole(name, [], into === undefined ? {} : { labels: aggregateTo(into) });
  const { rules, ...rest } = object;
  return [resource, { ...rest, aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregateTo(name) }] }, rules }];
}

const AUTHENTICATION = rule('create', 'authentication.k8s.io', 'tokenreviews');
const AUTHORIZATION = rule('create', 'authorization.k8s.io', 'subjectaccessreviews');

const ADMIN: Rule[] = [
  rule('create', 'authorization.k8s.io', 'localsubjectaccessreviews'),
  rule(READ_WRITE, 'rbac.authorization.k8s.io', 'roles rolebindings'),
];

const EDIT: Rule[] = [
  rule(READ, 'core', 'pods/attach pods/proxy pods/exec pods/portforward secrets services/proxy'),
  rule('impersonate', 'core', 'serviceaccounts'),
  rule(WRITE, 'core', 'pods pods/attach pods/proxy pods/exec pods/portforward'),
  rule('create', 'core', 'pods/eviction'),
  rule(WRITE, 'core', 'replicationcontrollers replicationcontrollers/scale serviceaccounts services services/proxy persistentvolumeclaims configmaps secrets events'),
  rule('create', 'core', 'serviceaccounts/token'),
  rule(WRITE, 'apps', 'statefulsets statefulsets/scale daemonsets deployments deployments/scale deployments/rollback replicasets replicasets/scale'),
  rule(WRITE, 'autoscaling', 'horizontalpodautoscalers'),
  rule(WRITE, 'batch', 'jobs cronjobs'),
  rule(WRITE, 'extensions', 'daemonsets deployments deployments/scale deployments/rollback ingresses replicasets replicasets/scale replicationcontrollers/scale networkpolicies'),
  rule(WRITE, 'policy', 'poddisruptionbudgets'),
  rule(WRITE, 'networking.k8s.io', 'networkpolicies ingresses'),
  rule(READ_WRITE, 'coordination.k8s.io', 'leases'),
  rule(WRITE, 'resource.k8s.io', 'resourceclaims resourceclaimtemplates'),
];

const VIEW: Rule[] = [
  rule(READ, 'core', 'pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status endpoints persistentvolumeclaims persistentvolumeclaims/status configmaps'),
  rule(READ, 'core', 'limitranges resourcequotas bindings events pods/status resourcequotas/status namespaces/status replicationcontrollers/status pods/log'),
  rule(READ, 'core', 'namespaces'),
  rule(READ, 'discovery.k8s.io', 'endpointslices'),
  rule(READ, 'apps', 'controllerrevisions statefulsets statefulsets/status statefulsets/scale daemonsets daemonsets/status deployments deployments/status deployments/scale replicasets replicasets/status replicasets/scale'),
  rule(READ, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
  rule(READ, 'batch', 'jobs cronjobs cronjobs/status jobs/status'),
  rule(READ, 'extensions', 'daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status replicasets replicasets/scale replicasets/status replicationcontrollers/scale networkpolicies'),
  rule(READ, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
  rule(READ, 'networking.k8s.io', 'networkpolicies ingresses ingresses/status'),
  rule(READ, 'resource.k8s.io', 'resourceclaims resourceclaims/status resourceclaimtemplates'),
];

/** What a kubelet may do; which objects exactly, the Node authorizer decides. */
export const NODE_RULES: readonly Rule[] = [
  AUTHENTICATION,
  rule('create', 'authorization.k8s.io', 'subjectaccessreviews localsubjectaccessreviews'),
  rule(READ, 'core', 'services'),
  rule(`${READ} create`, 'core', 'nodes'),
  rule('update patch', 'core', 'nodes/status'),
  rule('update patch', 'core', 'nodes'),
  rule('create update patch', 'core', 'events'),
  rule(READ, 'core', 'pods'),
  rule('create delete', 'core', 'pods'),
  rule('update patch', 'core', 'pods/status'),
  rule('create', 'core', 'pods/eviction'),
  rule(READ, 'core', 'secrets configmaps'),
  rule('get', 'core', 'persistentvolumeclaims persistentvolumes'),
  rule('get', 'core', 'endpoints'),
  rule(`${READ} create`, 'certificates.k8s.io', 'certificatesigningrequests'),
  rule('get create update patch delete', 'coordination.k8s.io', 'leases'),
  rule('get', 'storage.k8s.io', 'volumeattachments'),
  rule('create', 'core', 'serviceaccounts/token'),
  rule('get update patch', 'core', 'persistentvolumeclaims/status'),
  rule(READ, 'storage.k8s.io', 'csidrivers'),
  rule('get create update patch delete', 'storage.k8s.io', 'csinodes'),
  rule(READ, 'node.k8s.io', 'runtimeclasses'),
  rule('get', 'resource.k8s.io', 'resourceclaims'),
  rule('deletecollection', 'resource.k8s.io', 'resourceslices'),
  rule(READ, 'certificates.k8s.io', 'clustertrustbundles'),
  rule(`${READ} create`, 'certificates.k8s.io', 'podcertificaterequests'),
  rule('get', 'core', 'serviceaccounts'),
];

const SCHEDULER: Rule[] = [
  EVENTS,
  rule('create', 'coordination.k8s.io', 'leases'),
  rule('get update list watch', 'coordination.k8s.io', 'leases', 'kube-scheduler'),
  rule(READ, 'core', 'nodes'),
  rule(`${READ} delete`, 'core', 'pods'),
  rule('create', 'core', 'pods/binding bindings'),
  rule('patch update', 'core', 'pods/status'),
  rule(READ, 'core', 'services replicationcontrollers'),
  rule(READ, 'apps extensions', 'replicasets'),
  rule(READ, 'apps', 'statefulsets'),
  rule(READ, 'policy', 'poddisruptionbudgets'),
  rule(READ, 'core', 'persistentvolumeclaims persistentvolumes'),
  AUTHENTICATION,
  AUTHORIZATION,
  rule(READ, 'storage.k8s.io', 'csinodes'),
  rule(READ, 'storage.k8s.io', 'volumeattachments'),
  rule(READ, 'core', 'namespaces'),
  rule(READ, 'storage.k8s.io', 'csidrivers'),
  rule(READ, 'storage.k8s.io', 'csistoragecapacities'),
  rule(READ, 'resource.k8s.io', 'deviceclasses'),
  rule(`${READ} patch update`, 'resource.k8s.io', 'resourceclaims'),
  rule(`${READ} patch update`, 'resource.k8s.io', 'resourceclaims/status'),
  rule(`${READ} patch update`, 'core', 'pods/finalizers'),
  rule(READ, 'resource.k8s.io', 'resourceslices'),
  rule(READ, 'resource.k8s.io', 'devicetaintrules'),
];

const CONTROLLER_MANAGER: Rule[] = [
  EVENTS,
  rule('create', 'coordination.k8s.io', 'leases'),
  rule('get update', 'coordination.k8s.io', 'leases', 'kube-controller-manager'),
  rule('create', 'core', 'secrets serviceaccounts'),
  rule('delete', 'core', 'secrets'),
  rule('get', 'core', 'namespaces secrets serviceaccounts configmaps'),
  rule('update', 'core', 'secrets serviceaccounts'),
  AUTHENTICATION,
  AUTHORIZATION,
  rule('list watch', '*', '*'),
  rule('create', 'core', 'serviceaccounts/token'),
];

const HEALTH = '/healthz /livez /readyz';
const CSR = 'system:certificates.k8s.io:';

/** A role that may sign off certificates of one signer. */
const approver = (name: string, signer: string): Policy => clusterRole(`${CSR}${name}`, [rule('approve', 'certificates.k8s.io', 'signers', signer)]);

export const CLUSTER_ROLES: readonly Policy[] = [
  clusterRole('cluster-admin', [rule('*', '*', '*'), urls('*', '*')]),
  clusterRole('system:discovery', [urls('get', `${HEALTH} /version /version/ /openapi /openapi/* /api /api/* /apis /apis/*`)]),
  clusterRole('system:monitoring', [
    urls('get', '/metrics /metrics/slis /livez /readyz /healthz /livez/* /readyz/* /healthz/*'),
    urls('get', '/flagz'),
    urls('get', '/statusz'),
  ]),
  clusterRole('system:basic-user', [
    rule('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
    rule('create', 'authentication.k8s.io', 'selfsubjectreviews'),
  ]),
  clusterRole('system:public-info-viewer', [urls('get', `${HEALTH} /version /version/`)]),
  aggregated('admin'),
  aggregated('edit', 'admin'),
  aggregated('view', 'edit'),
  clusterRole('system:aggregate-to-admin', ADMIN, { labels: aggregateTo('admin') }),
  clusterRole('system:aggregate-to-edit', EDIT, { labels: aggregateTo('edit') }),
  clusterRole('system:aggregate-to-view', VIEW, { labels: aggregateTo('view') }),
  clusterRole('system:heapster', [rule(READ, 'core', 'events pods nodes namespaces'), rule(READ, 'extensions', 'deployments')]),
  clusterRole('system:node', [...NODE_RULES]),
  clusterRole('system:node-problem-detector', [rule('get', 'core', 'nodes'), rule('patch', 'core', 'nodes/status'), EVENTS]),
  clusterRole('system:kubelet-api-admin', [
    rule(READ, 'core', 'nodes'),
    rule('proxy', 'core', 'nodes'),
    rule('*', 'core', 'nodes/proxy nodes/metrics nodes/stats nodes/log'),
    rule('*', 'core', 'nodes/configz nodes/healthz nodes/pods'),
  ]),
  clusterRole('system:node-bootstrapper', [rule(`${READ} create`, 'certificates.k8s.io', 'certificatesigningrequests')]),
  clusterRole('system:auth-delegator', [AUTHENTICATION, AUTHORIZATION]),
  clusterRole('system:kube-aggregator', [rule(READ, 'core', 'services endpoints')]),
  clusterRole('system:kube-controller-manager', CONTROLLER_MANAGER),
  clusterRole('system:kube-dns', [rule('list watch', 'core', 'endpoints services')]),
  clusterRole('system:persistent-volume-provisioner', [
    rule(`${READ} create delete`, 'core', 'persistentvolumes'),
    rule(`${READ} update`, 'core', 'persistentvolumeclaims'),
    rule(READ, 'storage.k8s.io', 'storageclasses'),
    rule('watch', 'core', 'events'),
    EVENTS,
  ]),
  clusterRole(`${CSR}certificatesigningrequests:nodeclient`, [rule('create', 'certificates.k8s.io', 'certificatesigningrequests/nodeclient')]),
  clusterRole(`${CSR}certificatesigningrequests:selfnodeclient`, [rule('create', 'certificates.k8s.io', 'certificatesigningrequests/selfnodeclient')]),
  clusterRole('system:volume-scheduler', [
    rule(`${READ} patch update`, 'core', 'persistentvolumes'),
    rule(READ, 'storage.k8s.io', 'storageclasses'),
    rule(`${READ} patch update`, 'core', 'persistentvolumeclaims'),
  ]),
  approver('legacy-unknown-approver', 'kubernetes.io/legacy-unknown'),
  approver('kubelet-serving-approver', 'kubernetes.io/kubelet-serving'),
  approver('kube-apiserver-client-approver', 'kubernetes.io/kube-apiserver-client'),
  approver('kube-apiserver-client-kubelet-approver', 'kubernetes.io/kube-apiserver-client-kubelet'),
  clusterRole('system:service-account-issuer-discovery', [urls('get', '/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/')]),
  clusterRole('system:node-proxier', [
    rule('list watch', 'core', 'services endpoints'),
    rule(READ, 'core', 'nodes'),
    EVENTS,
    rule('list watch', 'networking.k8s.io', 'servicecidrs'),
    rule('list watch', 'discovery.k8s.io', 'endpointslices'),
  ]),
  clusterRole('system:kube-scheduler', SCHEDULER),
  clusterRole('system:cluster-trust-bundle-discovery', [rule(READ, 'certificates.k8s.io', 'clustertrustbundles')]),
];

const AUTHENTICATED = group('system:authenticated');

export const CLUSTER_ROLE_BINDINGS: readonly Policy[] = [
  clusterRoleBinding('cluster-admin', 'cluster-admin', [group('system:masters')]),
  clusterRoleBinding('system:monitoring', 'system:monitoring', [group('system:monitoring')]),
  clusterRoleBinding('system:discovery', 'system:discovery', [AUTHENTICATED]),
  clusterRoleBinding('system:basic-user', 'system:basic-user', [AUTHENTICATED]),
  clusterRoleBinding('system:public-info-viewer', 'system:public-info-viewer', [AUTHENTICATED, group('system:unauthenticated')]),
  clusterRoleBinding('system:node-proxier', 'system:node-proxier', [user('system:kube-proxy')]),
  clusterRoleBinding('system:kube-controller-manager', 'system:kube-controller-manager', [user('system:kube-controller-manager')]),
  clusterRoleBinding('system:kube-dns', 'system:kube-dns', [account('kube-dns')]),
  clusterRoleBinding('system:kube-scheduler', 'system:kube-scheduler', [user('system:kube-scheduler')]),
  clusterRoleBinding('system:volume-scheduler', 'system:volume-scheduler', [user('system:kube-scheduler')]),
  clusterRoleBinding('system:service-account-issuer-discovery', 'system:service-account-issuer-discovery', [group('system:serviceaccounts')]),
  clusterRoleBinding('system:cluster-trust-bundle-discovery', 'system:cluster-trust-bundle-discovery', [group('system:serviceaccounts')]),
  // Kubelets get their rights from the Node authorizer; the binding is there and empty.
  clusterRoleBinding('system:node', 'system:node', []),
];
