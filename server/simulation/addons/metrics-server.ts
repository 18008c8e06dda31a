import { account, clusterRole, clusterRoleBinding, READ, roleBinding, rule } from '../bootstrap/rbac/policy.ts';
import type { Addon } from './types.ts';

const LABELS = { 'k8s-app': 'metrics-server' };
const IMAGE = 'registry.k8s.io/metrics-server/metrics-server:v0.8.0';

const ACCOUNT = account('metrics-server');
/** So that who may look at pods may also look at what they use. */
const AGGREGATED = { 'rbac.authorization.k8s.io/aggregate-to-admin': 'true', 'rbac.authorization.k8s.io/aggregate-to-edit': 'true', 'rbac.authorization.k8s.io/aggregate-to-view': 'true' };

export const metricsServer: Addon = {
  name: 'metrics-server',
  maintainer: 'Kubernetes',
  images: [IMAGE],
  objects: () => [
    clusterRole('system:aggregated-metrics-reader', [rule(READ, 'metrics.k8s.io', 'pods nodes')], { labels: { ...LABELS, ...AGGREGATED } }),
    clusterRole('system:metrics-server', [rule('get', 'core', 'nodes/metrics'), rule(READ, 'core', 'pods nodes')], { labels: LABELS }),
    clusterRoleBinding('metrics-server:system:auth-delegator', 'system:auth-delegator', [ACCOUNT], { labels: LABELS }),
    clusterRoleBinding('system:metrics-server', 'system:metrics-server', [ACCOUNT], { labels: LABELS }),
    roleBinding('kube-system', 'metrics-server-auth-reader', { kind: 'Role', name: 'extension-apiserver-authentication-reader' }, [ACCOUNT], { labels: LABELS }),
    ['serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'metrics-server', namespace: 'kube-system', labels: LABELS } }],
    [
      'services',
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'metrics-server', namespace: 'kube-system', labels: LABELS },
        spec: { ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 'https' }], selector: LABELS },
      },
    ],
    [
      'deployments.apps',
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'metrics-server', namespace: 'kube-system', labels: LABELS },
        spec: {
          selector: { matchLabels: LABELS },
          strategy: { rollingUpdate: { maxUnavailable: 0 } },
          template: {
            metadata: { labels: LABELS },
            spec: {
              containers: [
                {
                  args: ['--cert-dir=/tmp', '--secure-port=10250', '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname', '--kubelet-use-node-status-port', '--metric-resolution=60s', '--kubelet-insecure-tls'],
                  image: IMAGE,
                  imagePullPolicy: 'IfNotPresent',
                  livenessProbe: { failureThreshold: 3, httpGet: { path: '/livez', port: 'https', scheme: 'HTTPS' }, periodSeconds: 10 },
                  name: 'metrics-server',
                  ports: [{ containerPort: 10250, name: 'https', protocol: 'TCP' }],
                  readinessProbe: { failureThreshold: 3, httpGet: { path: '/readyz', port: 'https', scheme: 'HTTPS' }, periodSeconds: 10 },
                  resources: { requests: { cpu: '100m', memory: '200Mi' } },
                  volumeMounts: [{ mountPath: '/tmp', name: 'tmp-dir' }],
                },
              ],
              priorityClassName: 'system-cluster-critical',
              serviceAccountName: 'metrics-server',
              volumes: [{ emptyDir: {}, name: 'tmp-dir' }],
            },
          },
        },
      },
    ],
    [
      'apiservices.apiregistration.k8s.io',
      {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: 'v1beta1.metrics.k8s.io', labels: LABELS },
        spec: {
          group: 'metrics.k8s.io',
          groupPriorityMinimum: 100,
          insecureSkipTLSVerify: true,
          service: { name: 'metrics-server', namespace: 'kube-system', port: 443 },
          version: 'v1beta1',
          versionPriority: 100,
        },
      },
    ],
  ],
};
