/** minikube's provisioner of volumes on the machine's disk, and the class that is the default one. */
import type { NewObject } from '../apiserver/client.ts';
import type { Addon } from './types.ts';

const NAME = 'storage-provisioner';
const NAMESPACE = 'kube-system';
const ROLE = 'system:persistent-volume-provisioner';
const RBAC = 'rbac.authorization.k8s.io';
const IMAGE = 'gcr.io/k8s-minikube/storage-provisioner:v5';
const mode = (value: string): Record<string, string> => ({ 'addonmanager.kubernetes.io/mode': value });

function rbac(kind: string, metadata: NewObject['metadata'], rest: Record<string, unknown>): [string, NewObject] {
  return [`${kind.toLowerCase()}s.${RBAC}`, { apiVersion: `${RBAC}/v1`, kind, metadata: { labels: mode('EnsureExists'), ...metadata }, ...rest }];
}

const subjects = [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }];

/** minikube's own provisioner: folders of a machine as volumes. */
export const storageProvisioner: Addon = {
  name: NAME,
  maintainer: 'minikube',
  images: [IMAGE],
  objects: () => [
    ['serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace: NAMESPACE, labels: mode('Reconcile') } }],
    rbac('ClusterRoleBinding', { name: NAME }, { roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: ROLE }, subjects }),
    rbac('Role', { name: ROLE, namespace: NAMESPACE }, {
      rules: [
        { apiGroups: [''], resources: ['endpoints'], verbs: ['watch', 'create'] },
        { apiGroups: [''], resourceNames: ['k8s.io-minikube-hostpath'], resources: ['endpoints'], verbs: ['get', 'update', 'create'] },
      ],
    }),
    rbac('RoleBinding', { name: ROLE, namespace: NAMESPACE }, { roleRef: { apiGroup: RBAC, kind: 'Role', name: ROLE }, subjects }),
    ['endpoints', { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'k8s.io-minikube-hostpath', namespace: NAMESPACE, labels: mode('Reconcile') } }],
    [
      'pods',
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: NAME, namespace: NAMESPACE, labels: { 'integration-test': NAME, ...mode('Reconcile') } },
        spec: {
          containers: [{ command: ['/storage-provisioner'], image: IMAGE, imagePullPolicy: 'IfNotPresent', name: NAME, volumeMounts: [{ mountPath: '/tmp', name: 'tmp' }] }],
          hostNetwork: true,
          // minikube starts it before other machines join, so that it is always found on the first; elsewhere it would stand in the way of a drain.
          nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
          serviceAccountName: NAME,
          tolerations: [{ effect: 'NoSchedule', key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' }],
          volumes: [{ hostPath: { path: '/tmp', type: 'Directory' }, name: 'tmp' }],
        },
      },
    ],
  ],
};

/** The class that claims get which name none. */
export const defaultStorageClass: Addon = {
  name: 'default-storageclass',
  maintainer: 'Kubernetes',
  objects: () => [
    [
      'storageclasses.storage.k8s.io',
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'standard', labels: mode('EnsureExists'), annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
        provisioner: 'k8s.io/minikube-hostpath',
      },
    ],
  ],
};
