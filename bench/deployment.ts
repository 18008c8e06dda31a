/** One Deployment on many nodes until every pod is Ready: wall clock, processor time and memory. */
import { advanceUntil, deployment, DEPLOYMENTS, readyReplicas, send, settledCluster } from './cluster.ts';
import { memoryOf, rounded, Stopwatch, type Measurement } from './report.ts';

const NODES = 500;

/** @param replicas how many pods. Measures from the create request to the status that says that the last pod is Ready. */
export function benchDeployment(replicas: number): Measurement {
  const cluster = settledCluster(NODES);
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  const revision = cluster.revision;
  const events = cluster.kernel.scheduled;
  const virtualStart = cluster.now;
  const watch = new Stopwatch();
  send(cluster, { method: 'POST', path: DEPLOYMENTS, body: deployment('load', replicas) });
  advanceUntil(cluster, `${replicas} pods Ready`, () => readyReplicas(cluster, 'load') === replicas);
  const { wallSeconds, cpuSeconds, mainThreadSeconds } = watch;
  const writes = cluster.revision - revision;
  const { peakMiB } = memoryOf(process.pid);
  globalThis.gc?.();
  const retained = process.memoryUsage().heapUsed - heapBefore;
  return {
    name: `deployment of ${replicas.toLocaleString('en')} replicas on ${NODES} nodes until all are Ready`,
    figures: {
      wallSeconds: rounded(wallSeconds),
      cpuSeconds: rounded(cpuSeconds),
      mainThreadCpuSeconds: rounded(mainThreadSeconds),
      podsBoundPerSecond: rounded(replicas / wallSeconds),
      apiWrites: writes,
      microsecondsPerWrite: rounded((wallSeconds * 1e6) / writes),
      eventsSimulatedPerSecond: rounded((cluster.kernel.scheduled - events) / wallSeconds),
      virtualSeconds: (cluster.now - virtualStart) / 1_000,
      peakResidentMiB: peakMiB,
      bytesPerPod: rounded(retained / replicas),
    },
    goal: replicas === 10_000 ? 'wallSeconds < 2, peakResidentMiB < 1024, bytesPerPod < 8192' : '',
  };
}
