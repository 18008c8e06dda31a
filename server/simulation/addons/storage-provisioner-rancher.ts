import type { Addon } from './types.ts';

const NAMESPACE = 'local-path-storage';
const NAME = 'local-path-provisioner';
const ACCOUNT = 'local-path-provisioner-service-account';
const ROLE = 'local-path-provisioner-role';
const RBAC = 'rbac.authorization.k8s.io';
const IMAGE = 'docker.io/rancher/local-path-provisioner:v0.0.31';

/** Folders on the machine of the first pod; the class is the default one while the addon is on. */
export const storageProvisionerRancher: Addon = {
  name: 'storage-provisioner-rancher',
  maintainer: '3rd party (Rancher)',
  images: [IMAGE],
  objects: () => [
    ['namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }],
    ['serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: ACCOUNT, namespace: NAMESPACE } }],
    [
      `clusterroles.${RBAC}`,
      {
        apiVersion: `${RBAC}/v1`,
        kind: 'ClusterRole',
        metadata: { name: ROLE },
        rules: [
          { apiGroups: [''], resources: ['nodes', 'persistentvolumeclaims', 'configmaps', 'pods', 'pods/log'], verbs: ['get', 'list', 'watch'] },
          { apiGroups: [''], resources: ['persistentvolumes'], verbs: ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete'] },
          { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
          { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['get', 'list', 'watch'] },
        ],
      },
    ],
    [
      `clusterrolebindings.${RBAC}`,
      { apiVersion: `${RBAC}/v1`, kind: 'ClusterRoleBinding', metadata: { name: 'local-path-provisioner-bind' }, roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: ROLE }, subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace: NAMESPACE }] },
    ],
    ['configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'local-path-config', namespace: NAMESPACE }, data: { 'config.json': '{\n  "nodePathMap": [\n    {\n      "node": "DEFAULT_PATH_FOR_NON_LISTED_NODES",\n      "paths": ["/opt/local-path-provisioner"]\n    }\n  ]\n}\n' } }],
    [
      'deployments.apps',
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: NAME, namespace: NAMESPACE },
        spec: {
          replicas: 1,
          selector: { matchLabels: { app: NAME } },
          template: {
            metadata: { labels: { app: NAME } },
            spec: {
              containers: [
                {
                  command: ['local-path-provisioner', '--debug', 'start', '--config', '/etc/config/config.json'],
                  env: [{ name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }],
                  image: IMAGE,
                  imagePullPolicy: 'IfNotPresent',
                  name: NAME,
                  volumeMounts: [{ mountPath: '/etc/config/', name: 'config-volume' }],
                },
              ],
              serviceAccountName: ACCOUNT,
              volumes: [{ configMap: { name: 'local-path-config' }, name: 'config-volume' }],
            },
          },
        },
      },
    ],
    [
      'storageclasses.storage.k8s.io',
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'local-path', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
        provisioner: 'rancher.io/local-path',
        reclaimPolicy: 'Delete',
        volumeBindingMode: 'WaitForFirstConsumer',
      },
    ],
  ],
};
