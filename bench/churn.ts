/** Creating, scaling and deleting in a large cluster: 1,000 nodes, 20,000 pods. */
import { advanceUntil, deployment, DEPLOYMENTS, podCount, readyReplicas, send, settledCluster } from './cluster.ts';
import { memoryOf, rounded, Stopwatch, type Measurement } from './report.ts';

const NODES = 1_000;
const PODS = 20_000;
const SCALED = 10_000;

export function benchChurn(): Measurement {
  const figures: Measurement['figures'] = {};
  const timed = (what: string, work: () => void): number => {
    const watch = new Stopwatch();
    work();
    const seconds = watch.wallSeconds;
    figures[`${what}WallSeconds`] = rounded(seconds);
    figures[`${what}CpuSeconds`] = rounded(watch.cpuSeconds);
    return seconds;
  };
  let cluster!: ReturnType<typeof settledCluster>;
  timed('setUp', () => (cluster = settledCluster(NODES)));
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const seconds = timed('create', () => {
    send(cluster, { method: 'POST', path: DEPLOYMENTS, body: deployment('load', PODS) });
    advanceUntil(cluster, `${PODS} pods Ready`, () => readyReplicas(cluster, 'load') === PODS);
  });
  figures.podsBoundPerSecond = rounded(PODS / seconds);
  globalThis.gc?.();
  figures.bytesPerPod = rounded((process.memoryUsage().heapUsed - before) / PODS);
  const scale = (replicas: number): void => {
    send(cluster, { method: 'PATCH', path: `${DEPLOYMENTS}/load/scale`, contentType: 'application/merge-patch+json', body: { spec: { replicas } } });
  };
  timed('scaleDown', () => {
    scale(SCALED);
    advanceUntil(cluster, `${SCALED} pods left`, () => podCount(cluster, 'load') === SCALED);
  });
  timed('scaleUp', () => {
    scale(PODS);
    advanceUntil(cluster, `${PODS} pods Ready again`, () => readyReplicas(cluster, 'load') === PODS);
  });
  timed('delete', () => {
    send(cluster, { method: 'DELETE', path: `${DEPLOYMENTS}/load`, query: { propagationPolicy: 'Background' } });
    advanceUntil(cluster, 'no pods left', () => podCount(cluster, 'load') === 0);
  });
  figures.peakResidentMiB = memoryOf(process.pid).peakMiB;
  return { name: `${PODS.toLocaleString('en')} pods on ${NODES.toLocaleString('en')} nodes: create, scale to ${SCALED.toLocaleString('en')} and back, delete`, figures, goal: 'bytesPerPod < 8192' };
}
