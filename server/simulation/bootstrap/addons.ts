/**
 * What `kubeadm init` leaves in the cluster besides the control plane: the addons CoreDNS and kube-proxy, their
 * configuration, and — where a network plugin is wanted — the kindnet DaemonSet.
 */
import type { NewObject } from '../apiserver/client.ts';
import { KUBERNETES_VERSION } from '../config.ts';

export const COREDNS_IMAGE = 'registry.k8s.io/coredns/coredns:v1.14.6';
export const KUBE_PROXY_IMAGE = `registry.k8s.io/kube-proxy:${KUBERNETES_VERSION}`;
/** The sandbox image of this release. */
export const PAUSE_IMAGE = 'registry.k8s.io/pause:3.10.1';

/** A CoreDNS configuration as kubeadm's template produces it for `cluster.local`. */
const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`;

function metadata(name: string, labels?: Record<string, string>, annotations?: Record<string, string>): NewObject['metadata'] {
  return { name, namespace: 'kube-system', ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) };
}

function coreDns(): [string, NewObject][] {
  const labels = { 'k8s-app': 'kube-dns' };
  const probe = (path: string, port: string): Record<string, unknown> => ({ httpGet: { path, port, scheme: 'HTTP' } });
  const port = (containerPort: number, name: string, protocol = 'TCP'): Record<string, unknown> => ({ containerPort, name, protocol });
  return [
    ['serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata('coredns') }],
    ['configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('coredns'), data: { Corefile: COREFILE } }],
    [
      'services',
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: metadata(
          'kube-dns',
          { ...labels, 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
          { 'prometheus.io/port': '9153', 'prometheus.io/scrape': 'true' },
        ),
        spec: {
          clusterIP: '10.96.0.10',
          ports: [
            { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
            { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
            { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153 },
          ],
          selector: labels,
        },
      },
    ],
    [
      'deployments.apps',
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: metadata('coredns', labels),
        spec: {
          replicas: 2,
          selector: { matchLabels: labels },
          strategy: { rollingUpdate: { maxUnavailable: 1 }, type: 'RollingUpdate' },
          template: {
            metadata: { labels },
            spec: {
              affinity: {
                podAntiAffinity: {
                  preferredDuringSchedulingIgnoredDuringExecution: [
                    {
                      podAffinityTerm: {
                        labelSelector: { matchExpressions: [{ key: 'k8s-app', operator: 'In', values: ['kube-dns'] }] },
                        topologyKey: 'kubernetes.io/hostname',
                      },
                      weight: 100,
                    },
                  ],
                },
              },
              containers: [
                {
                  args: ['-conf', '/etc/coredns/Corefile'],
                  image: COREDNS_IMAGE,
                  imagePullPolicy: 'IfNotPresent',
                  livenessProbe: { ...probe('/health', 'liveness-probe'), failureThreshold: 5, initialDelaySeconds: 60, successThreshold: 1, timeoutSeconds: 5 },
                  name: 'coredns',
                  ports: [port(53, 'dns', 'UDP'), port(53, 'dns-tcp'), port(9153, 'metrics'), port(8080, 'liveness-probe'), port(8181, 'readiness-probe')],
                  readinessProbe: probe('/ready', 'readiness-probe'),
                  resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
                  securityContext: {
                    allowPrivilegeEscalation: false,
                    capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
                    readOnlyRootFilesystem: true,
                  },
                  volumeMounts: [{ mountPath: '/etc/coredns', name: 'config-volume', readOnly: true }],
                },
              ],
              dnsPolicy: 'Default',
              nodeSelector: { 'kubernetes.io/os': 'linux' },
              priorityClassName: 'system-cluster-critical',
              serviceAccountName: 'coredns',
              tolerations: [
                { key: 'CriticalAddonsOnly', operator: 'Exists' },
                { effect: 'NoSchedule', key: 'node-role.kubernetes.io/control-plane' },
              ],
              volumes: [{ configMap: { items: [{ key: 'Corefile', path: 'Corefile' }], name: 'coredns' }, name: 'config-volume' }],
            },
          },
        },
      },
    ],
  ];
}

function kubeProxy(server: string): [string, NewObject][] {
  const labels = { 'k8s-app': 'kube-proxy' };
  return [
    ['serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata('kube-proxy') }],
    [
      'configmaps',
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: metadata('kube-proxy', { app: 'kube-proxy' }),
        data: {
          'config.conf': 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclientConnection:\n  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf\nclusterCIDR: 10.244.0.0/16\nmode: ""\n',
          'kubeconfig.conf': `apiVersion: v1\nkind: Config\nclusters:\n- cluster:\n    certificate-authority: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt\n    server: ${server}\n  name: default\ncontexts:\n- context:\n    cluster: default\n    namespace: default\n    user: default\n  name: default\ncurrent-context: default\nusers:\n- name: default\n  user:\n    tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token\n`,
        },
      },
    ],
    [
      'daemonsets.apps',
      {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: metadata('kube-proxy', labels),
        spec: {
          selector: { matchLabels: labels },
          updateStrategy: { type: 'RollingUpdate' },
          template: {
            metadata: { labels },
            spec: {
              containers: [
                {
                  command: ['/usr/local/bin/kube-proxy', '--config=/var/lib/kube-proxy/config.conf', '--hostname-override=$(NODE_NAME)'],
                  env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } }],
                  image: KUBE_PROXY_IMAGE,
                  imagePullPolicy: 'IfNotPresent',
                  name: 'kube-proxy',
                  securityContext: { privileged: true },
                  volumeMounts: [
                    { mountPath: '/var/lib/kube-proxy', name: 'kube-proxy' },
                    { mountPath: '/run/xtables.lock', name: 'xtables-lock' },
                    { mountPath: '/lib/modules', name: 'lib-modules', readOnly: true },
                  ],
                },
              ],
              hostNetwork: true,
              nodeSelector: { 'kubernetes.io/os': 'linux' },
              priorityClassName: 'system-node-critical',
              serviceAccountName: 'kube-proxy',
              tolerations: [{ operator: 'Exists' }],
              volumes: [
                { configMap: { name: 'kube-proxy' }, name: 'kube-proxy' },
                { hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' }, name: 'xtables-lock' },
                { hostPath: { path: '/lib/modules', type: '' }, name: 'lib-modules' },
              ],
            },
          },
        },
      },
    ],
  ];
}

/** The network plugin's program; where it runs, NetworkPolicies are enforced. */
export const KINDNETD_IMAGE = 'docker.io/kindest/kindnetd';

/** The CNI DaemonSet that kind and minikube install. */
export function kindnet(): [string, NewObject][] {
  const labels = { app: 'kindnet', 'k8s-app': 'kindnet', tier: 'node' };
  return [
    ['serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata('kindnet') }],
    [
      'daemonsets.apps',
      {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: metadata('kindnet', labels),
        spec: {
          selector: { matchLabels: { app: 'kindnet' } },
          template: {
            metadata: { labels },
            spec: {
              containers: [
                {
                  env: [
                    { name: 'HOST_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.hostIP' } } },
                    { name: 'POD_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
                    { name: 'POD_SUBNET', value: '10.244.0.0/16' },
                  ],
                  image: `${KINDNETD_IMAGE}:v20251016-e0ae4f7b`,
                  imagePullPolicy: 'IfNotPresent',
                  name: 'kindnet-cni',
                  resources: { limits: { cpu: '100m', memory: '50Mi' }, requests: { cpu: '100m', memory: '50Mi' } },
                  securityContext: { capabilities: { add: ['NET_RAW', 'NET_ADMIN'] }, privileged: false },
                  volumeMounts: [{ mountPath: '/etc/cni/net.d', name: 'cni-cfg' }],
                },
              ],
              hostNetwork: true,
              serviceAccountName: 'kindnet',
              tolerations: [{ effect: 'NoSchedule', operator: 'Exists' }],
              volumes: [{ hostPath: { path: '/etc/cni/net.d', type: 'DirectoryOrCreate' }, name: 'cni-cfg' }],
            },
          },
        },
      },
    ],
  ];
}

/** The addons in the order in which kubeadm creates them. */
export function addons(server: string): [string, NewObject][] {
  return [...coreDns(), ...kubeProxy(server)];
}
