/** Clusters and requests that several benchmarks share. */
import { Cluster, SETTLE_MS } from '../server/simulation/cluster.ts';
import { defaultConfig, workerNode } from '../server/simulation/config.ts';
import type { ApiRequest, ApiResponse, UserInfo } from '../server/simulation/apiserver/types.ts';
import type { ClusterConfig } from '../server/simulation/config.ts';

export const ADMIN: UserInfo = { username: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated'] };
export const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
/** A run that needs more virtual time than this has not converged. */
const LIMIT_MS = 900_000;
const STEP_MS = 500;

export function configOf(nodes: number, podsPerNode = 110): ClusterConfig {
  const config = defaultConfig(1, Date.UTC(2026, 0, 1));
  return { ...config, nodes: [...config.nodes.slice(0, 1), ...Array.from({ length: nodes - 1 }, (_, index) => ({ ...workerNode(`worker-${index + 1}`), maxPods: podsPerNode }))] };
}

/** A cluster of so many machines, all of them Ready. */
export function settledCluster(nodes: number, podsPerNode?: number): Cluster {
  const config = configOf(nodes, podsPerNode);
  const cluster = Cluster.create(config);
  cluster.advance(config.startTime + SETTLE_MS);
  return cluster;
}

export function deployment(name: string, replicas: number): Record<string, unknown> {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'pause', image: 'registry.k8s.io/pause:3.10' }] } },
    },
  };
}

/** @throws Error with the Status when the request is refused. */
export function send(cluster: Cluster, request: Omit<ApiRequest, 'user'>): ApiResponse {
  const response = cluster.handle({ ...request, user: ADMIN });
  if (response.status >= 300) throw new Error(`${request.method} ${request.path}: ${JSON.stringify(response.body)}`);
  return response;
}

/** Lets virtual time pass until something is so. @throws Error when it does not become so. */
export function advanceUntil(cluster: Cluster, what: string, condition: () => boolean): void {
  const limit = cluster.now + LIMIT_MS;
  while (!condition()) {
    if (cluster.now >= limit) throw new Error(`${what}: not so after ${LIMIT_MS / 1_000} s of cluster time`);
    cluster.advance(cluster.now + STEP_MS);
  }
}

export function readyReplicas(cluster: Cluster, name: string): number {
  return (cluster.store.get('deployments.apps', `default/${name}`)?.status as { readyReplicas?: number } | undefined)?.readyReplicas ?? 0;
}

export function podCount(cluster: Cluster, name: string): number {
  let count = 0;
  for (const pod of cluster.store.values('pods')) if (pod.metadata.labels?.app === name) count++;
  return count;
}
