/**
 * What kube-apiserver and kube-controller-manager create by themselves when they start (post-start hooks and
 * per-controller service accounts). Everything is created only where it is missing, as there.
 */
import { API_SERVICES, localApiServices } from '../apiserver/aggregation/api-services.ts';
import type { Client, NewObject } from '../apiserver/client.ts';
import { API_SERVER_PORT, SERVICE_CIDR } from '../config.ts';

const NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** Service accounts that `--use-service-account-credentials` gives to the controllers. */
const CONTROLLER_ACCOUNTS = [
  'attachdetach-controller', 'bootstrap-signer', 'certificate-controller', 'clusterrole-aggregation-controller',
  'cronjob-controller', 'daemon-set-controller', 'deployment-controller', 'device-taint-eviction-controller',
  'disruption-controller', 'endpoint-controller', 'endpointslice-controller', 'endpointslicemirroring-controller',
  'ephemeral-volume-controller', 'expand-controller', 'generic-garbage-collector', 'horizontal-pod-autoscaler',
  'job-controller', 'kube-apiserver-serving-clustertrustbundle-publisher', 'legacy-service-account-token-cleaner',
  'namespace-controller', 'node-controller', 'persistent-volume-binder', 'pod-garbage-collector',
  'podcertificaterequestcleaner', 'pv-protection-controller', 'pvc-protection-controller', 'replicaset-controller',
  'replication-controller', 'resource-claim-controller', 'resourcequota-controller', 'root-ca-cert-publisher',
  'service-account-controller', 'service-cidrs-controller', 'statefulset-controller', 'storage-version-migrator-controller',
  'token-cleaner', 'ttl-after-finished-controller', 'ttl-controller', 'validatingadmissionpolicy-status-controller',
  'volumeattributesclass-protection-controller',
];

/** Creates an object unless one of that name is there. */
export function createMissing(client: Client, resource: string, object: NewObject): void {
  if (!client.get(resource, object.metadata.namespace, object.metadata.name as string)) client.create(resource, object);
}

/**
 * Objects of the API server itself: system namespaces, the `kubernetes` service and its endpoints, system priority
 * classes, its authentication configuration.
 * @param address the control-plane machine's IP address.
 * @param now virtual time, ms.
 */
export function apiServerObjects(client: Client, address: string, now: number): void {
  for (const name of NAMESPACES) {
    createMissing(client, 'namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  for (const [name, value] of [['system-cluster-critical', 2_000_000_000], ['system-node-critical', 2_000_001_000]] as const) {
    createMissing(client, 'priorityclasses.scheduling.k8s.io', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value,
      preemptionPolicy: 'PreemptLowerPriority',
      description: name === 'system-node-critical'
        ? 'Used for system critical pods that must not be moved from their current node.'
        : 'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
    });
  }
  const configMap = (name: string, data: Record<string, string>): void =>
    createMissing(client, 'configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'kube-system' }, data });
  configMap('extension-apiserver-authentication', {
    'client-ca-file': 'simulated certificate authority',
    'requestheader-allowed-names': '["front-proxy-client"]',
    'requestheader-client-ca-file': 'simulated front-proxy authority',
    'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
    'requestheader-group-headers': '["X-Remote-Group"]',
    'requestheader-username-headers': '["X-Remote-User"]',
  });
  configMap('kube-apiserver-legacy-service-account-token-tracking', { since: new Date(now).toISOString().slice(0, 10) });
  for (const service of localApiServices()) createMissing(client, API_SERVICES, service);
  createMissing(client, 'servicecidrs.networking.k8s.io', { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'kubernetes' }, spec: { cidrs: [SERVICE_CIDR] } });
  const labels = { component: 'apiserver', provider: 'kubernetes' };
  createMissing(client, 'services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default', labels },
    spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: API_SERVER_PORT }], sessionAffinity: 'None', type: 'ClusterIP' },
  });
  createMissing(client, 'endpoints', {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: address }], ports: [{ name: 'https', port: API_SERVER_PORT, protocol: 'TCP' }] }],
  });
  createMissing(client, 'endpointslices.discovery.k8s.io', {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: 'https', port: API_SERVER_PORT, protocol: 'TCP' }],
  });
}

/** Service accounts of the controllers, created as kube-controller-manager builds a client for each. */
export function controllerAccounts(client: Client): void {
  for (const name of CONTROLLER_ACCOUNTS) {
    createMissing(client, 'serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'kube-system' } });
  }
}
