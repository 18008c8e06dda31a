import type { Addon } from './types.ts';

const NAMESPACE = 'ingress-nginx';
const LABELS = { 'app.kubernetes.io/component': 'controller', 'app.kubernetes.io/instance': 'ingress-nginx', 'app.kubernetes.io/name': 'ingress-nginx' };
export const INGRESS_CONTROLLER_IMAGE = 'registry.k8s.io/ingress-nginx/controller';
const IMAGE = `${INGRESS_CONTROLLER_IMAGE}:v1.13.2`;

/** The nginx ingress controller on the control-plane node's ports 80 and 443. */
export const ingress: Addon = {
  name: 'ingress',
  maintainer: 'Kubernetes',
  images: [IMAGE],
  objects: () => [
    ['namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels: { 'app.kubernetes.io/instance': 'ingress-nginx', 'app.kubernetes.io/name': 'ingress-nginx' } } }],
    ['serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'ingress-nginx', namespace: NAMESPACE, labels: LABELS } }],
    ['configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'ingress-nginx-controller', namespace: NAMESPACE, labels: LABELS }, data: { 'hsts': 'false' } }],
    [
      'services',
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'ingress-nginx-controller', namespace: NAMESPACE, labels: LABELS },
        spec: {
          ports: [
            { appProtocol: 'http', name: 'http', port: 80, protocol: 'TCP', targetPort: 'http' },
            { appProtocol: 'https', name: 'https', port: 443, protocol: 'TCP', targetPort: 'https' },
          ],
          selector: LABELS,
          type: 'NodePort',
        },
      },
    ],
    [
      'ingressclasses.networking.k8s.io',
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'IngressClass',
        metadata: { name: 'nginx', labels: LABELS, annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
        spec: { controller: 'k8s.io/ingress-nginx' },
      },
    ],
    [
      'deployments.apps',
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'ingress-nginx-controller', namespace: NAMESPACE, labels: LABELS },
        spec: {
          selector: { matchLabels: LABELS },
          template: {
            metadata: { labels: LABELS },
            spec: {
              containers: [
                {
                  args: ['/nginx-ingress-controller', '--election-id=ingress-nginx-leader', '--controller-class=k8s.io/ingress-nginx', '--watch-ingress-without-class=true', '--configmap=$(POD_NAMESPACE)/ingress-nginx-controller'],
                  env: [
                    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
                    { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
                  ],
                  image: IMAGE,
                  imagePullPolicy: 'IfNotPresent',
                  livenessProbe: { failureThreshold: 5, httpGet: { path: '/healthz', port: 10254, scheme: 'HTTP' }, initialDelaySeconds: 10, periodSeconds: 10 },
                  name: 'controller',
                  ports: [
                    { containerPort: 80, hostPort: 80, name: 'http', protocol: 'TCP' },
                    { containerPort: 443, hostPort: 443, name: 'https', protocol: 'TCP' },
                  ],
                  readinessProbe: { failureThreshold: 3, httpGet: { path: '/healthz', port: 10254, scheme: 'HTTP' }, initialDelaySeconds: 10, periodSeconds: 10 },
                  resources: { requests: { cpu: '100m', memory: '90Mi' } },
                },
              ],
              nodeSelector: { 'kubernetes.io/os': 'linux', 'node-role.kubernetes.io/control-plane': '' },
              serviceAccountName: 'ingress-nginx',
              terminationGracePeriodSeconds: 0,
              tolerations: [{ effect: 'NoSchedule', key: 'node-role.kubernetes.io/control-plane', operator: 'Equal' }],
            },
          },
        },
      },
    ],
  ],
};
