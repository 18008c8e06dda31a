import type { NewObject } from '../apiserver/client.ts';
import { BLOCK_DRIVER } from '../storage/drivers/block.ts';
import type { Addon } from './types.ts';

const NAMESPACE = 'kube-system';
const CONTROLLER = 'csi-block-controller';
const NODE = 'csi-block-node';
const RBAC = 'rbac.authorization.k8s.io';
const ROLE = 'csi-block-controller-role';

/** Quorum's own: disks on the network, which machines are given one at a time. Its class grows and waits for the first pod. */
export const csiBlockDriver: Addon = {
  name: 'csi-block-driver',
  maintainer: 'Quorum',
  images: [`quorum.local/${CONTROLLER}:v1.0.0`, `quorum.local/${NODE}:v1.0.0`],
  objects: () => [
    ['csidrivers.storage.k8s.io', { apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', metadata: { name: BLOCK_DRIVER }, spec: { attachRequired: true, podInfoOnMount: false, volumeLifecycleModes: ['Persistent'] } }],
    ...[CONTROLLER, NODE].map((name): [string, NewObject] => ['serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: NAMESPACE } }]),
    [
      `clusterroles.${RBAC}`,
      {
        apiVersion: `${RBAC}/v1`,
        kind: 'ClusterRole',
        metadata: { name: ROLE },
        rules: [
          { apiGroups: [''], resources: ['persistentvolumes'], verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'] },
          { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: ['get', 'list', 'watch', 'update'] },
          { apiGroups: [''], resources: ['persistentvolumeclaims/status'], verbs: ['patch', 'update'] },
          { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
          { apiGroups: ['storage.k8s.io'], resources: ['storageclasses', 'csinodes', 'volumeattachments'], verbs: ['get', 'list', 'watch', 'patch'] },
          { apiGroups: ['storage.k8s.io'], resources: ['volumeattachments/status'], verbs: ['patch'] },
        ],
      },
    ],
    [`clusterrolebindings.${RBAC}`, { apiVersion: `${RBAC}/v1`, kind: 'ClusterRoleBinding', metadata: { name: CONTROLLER }, roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: ROLE }, subjects: [{ kind: 'ServiceAccount', name: CONTROLLER, namespace: NAMESPACE }] }],
    [
      'deployments.apps',
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: CONTROLLER, namespace: NAMESPACE, labels: { app: CONTROLLER } },
        spec: {
          selector: { matchLabels: { app: CONTROLLER } },
          template: {
            metadata: { labels: { app: CONTROLLER } },
            spec: {
              containers: [{ name: 'driver', image: `quorum.local/${CONTROLLER}:v1.0.0`, imagePullPolicy: 'IfNotPresent' }],
              nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
              priorityClassName: 'system-cluster-critical',
              serviceAccountName: CONTROLLER,
              tolerations: [{ operator: 'Exists' }],
            },
          },
        },
      },
    ],
    [
      'daemonsets.apps',
      {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name: NODE, namespace: NAMESPACE, labels: { app: NODE } },
        spec: {
          selector: { matchLabels: { app: NODE } },
          template: {
            metadata: { labels: { app: NODE } },
            spec: {
              containers: [{ name: 'driver', image: `quorum.local/${NODE}:v1.0.0`, imagePullPolicy: 'IfNotPresent', securityContext: { privileged: true }, volumeMounts: [{ mountPath: '/csi', name: 'plugin' }] }],
              hostNetwork: true,
              priorityClassName: 'system-node-critical',
              serviceAccountName: NODE,
              tolerations: [{ operator: 'Exists' }],
              volumes: [{ hostPath: { path: `/var/lib/kubelet/plugins/${BLOCK_DRIVER}`, type: 'DirectoryOrCreate' }, name: 'plugin' }],
            },
          },
        },
      },
    ],
    [
      'storageclasses.storage.k8s.io',
      { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'block' }, allowVolumeExpansion: true, provisioner: BLOCK_DRIVER, reclaimPolicy: 'Delete', volumeBindingMode: 'WaitForFirstConsumer' },
    ],
  ],
};
