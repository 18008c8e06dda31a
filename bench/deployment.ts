/** One Deployment on many nodes until every pod is Ready: wall clock and memory. */
import { Cluster, SETTLE_MS } from '../server/simulation/cluster.ts';
import { defaultConfig, workerNode, type ClusterConfig } from '../server/simulation/config.ts';
import type { Measurement } from './report.ts';

const NODES = 500;
const USER = { username: 'kubernetes-admin', groups: ['system:masters'] };
/** A run that needs more virtual time than this has not converged. */
const LIMIT_MS = 600_000;

function largeConfig(): ClusterConfig {
  const config = defaultConfig(1, Date.UTC(2026, 0, 1));
  return { ...config, nodes: [...config.nodes.slice(0, 1), ...Array.from({ length: NODES - 1 }, (_, i) => workerNode(`worker-${i + 1}`))] };
}

/** @param replicas how many pods. Returns seconds of wall clock from the create request to the last pod Ready. */
export function benchDeployment(replicas: number): Measurement {
  const config = largeConfig();
  const cluster = Cluster.create(config);
  cluster.advance(config.startTime + SETTLE_MS);
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  const revision = cluster.revision;
  const virtualStart = cluster.now;
  const started = performance.now();
  const response = cluster.handle({
    method: 'POST',
    path: '/apis/apps/v1/namespaces/default/deployments',
    user: USER,
    body: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'load' },
      spec: {
        replicas,
        selector: { matchLabels: { app: 'load' } },
        strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
        template: { metadata: { labels: { app: 'load' } }, spec: { containers: [{ name: 'pause', image: 'registry.k8s.io/pause:3.10' }] } },
      },
    },
  });
  if (response.status !== 201) throw new Error(`the Deployment was refused: ${JSON.stringify(response.body)}`);
  for (;;) {
    cluster.advance(cluster.now + 500);
    const ready = (cluster.store.get('deployments.apps', 'default/load')?.status as { readyReplicas?: number } | undefined)?.readyReplicas ?? 0;
    if (ready === replicas) break;
    if (cluster.now - virtualStart > LIMIT_MS) throw new Error(`only ${ready} of ${replicas} pods were Ready after ${LIMIT_MS / 1_000} s of cluster time`);
  }
  const seconds = (performance.now() - started) / 1_000;
  const writes = cluster.revision - revision;
  const heapBeforeCollection = process.memoryUsage().heapUsed;
  globalThis.gc?.();
  const retained = process.memoryUsage().heapUsed;
  return {
    name: `deployment of ${replicas.toLocaleString('en')} replicas on ${NODES} nodes until all are Ready`,
    figures: {
      wallSeconds: Number(seconds.toFixed(3)),
      podsPerSecond: Math.round(replicas / seconds),
      apiWrites: writes,
      microsecondsPerWrite: Number(((seconds * 1e6) / writes).toFixed(1)),
      virtualSeconds: (cluster.now - virtualStart) / 1_000,
      heapPeakMiB: Math.round(heapBeforeCollection / 2 ** 20),
      heapRetainedMiB: Math.round(retained / 2 ** 20),
      bytesPerPod: Math.round((retained - heapBefore) / replicas),
    },
    goal: replicas === 10_000 ? 'wallSeconds < 2, memory < 1024 MiB' : '',
  };
}
