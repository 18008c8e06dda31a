/** The API server of a cluster with 10,000 pods: requests a second, a large table, a watch that many clients share. */
import { ADMIN, advanceUntil, deployment, DEPLOYMENTS, readyReplicas, send, settledCluster } from './cluster.ts';
import { percentile, rounded, Stopwatch, type Measurement } from './report.ts';

const NODES = 500;
const PODS = 10_000;
const PODS_PATH = '/api/v1/namespaces/default/pods';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const WATCHERS = 100;

export function benchApi(): Measurement[] {
  const cluster = settledCluster(NODES);
  send(cluster, { method: 'POST', path: DEPLOYMENTS, body: deployment('load', PODS) });
  advanceUntil(cluster, `${PODS} pods Ready`, () => readyReplicas(cluster, 'load') === PODS);
  const names = cluster.store.list('pods', 'default').map((pod) => pod.metadata.name);
  const nameOf = (index: number): string => names[(index * 7_919) % names.length] as string;

  const requests: Measurement['figures'] = {};
  const measure = (what: string, count: number, request: (index: number) => void): void => {
    // A round to warm up.
    for (let index = 0; index < Math.ceil(count / 5); index++) request(index);
    const watch = new Stopwatch();
    for (let index = 0; index < count; index++) request(index);
    requests[`${what}PerSecond`] = rounded(count / watch.wallSeconds);
    requests[`${what}PerCpuSecond`] = rounded(count / watch.cpuSeconds);
  };
  measure('get', 20_000, (index) => send(cluster, { method: 'GET', path: `${PODS_PATH}/${nameOf(index)}` }));
  measure('list100', 300, () => send(cluster, { method: 'GET', path: PODS_PATH, query: { limit: '100' } }));
  measure('listBySelector', 100, () => send(cluster, { method: 'GET', path: PODS_PATH, query: { labelSelector: 'app=nothing' } }));
  measure('patch', 10_000, (index) =>
    send(cluster, { method: 'PATCH', path: `${PODS_PATH}/${nameOf(index)}`, contentType: 'application/strategic-merge-patch+json', body: { metadata: { annotations: { round: String(index) } } } }),
  );

  const tables: number[] = [];
  const tablesCpu: number[] = [];
  let bytes = 0;
  for (let round = 0; round < 12; round++) {
    const watch = new Stopwatch();
    const { body } = send(cluster, { method: 'GET', path: PODS_PATH, accept: TABLE });
    tables.push(watch.wallSeconds * 1_000);
    tablesCpu.push(watch.cpuSeconds * 1_000);
    if (round === 0) bytes = JSON.stringify(body).length;
  }
  const whole: number[] = [];
  for (let round = 0; round < 12; round++) {
    const watch = new Stopwatch();
    send(cluster, { method: 'GET', path: PODS_PATH });
    whole.push(watch.wallSeconds * 1_000);
  }

  let delivered = 0;
  const watches = Array.from({ length: WATCHERS }, () => {
    const watch = cluster.watch({ method: 'GET', path: PODS_PATH, query: { watch: 'true', resourceVersion: String(cluster.revision) }, user: ADMIN }, () => void delivered++);
    if (!('stop' in watch)) throw new Error(`the watch was refused: ${JSON.stringify(watch.body)}`);
    return watch;
  });
  const writes = 2_000;
  const fanOut = new Stopwatch();
  for (let index = 0; index < writes; index++) {
    send(cluster, { method: 'PATCH', path: `${PODS_PATH}/${nameOf(index)}`, contentType: 'application/merge-patch+json', body: { metadata: { annotations: { watched: String(index) } } } });
  }
  const seconds = fanOut.wallSeconds;
  for (const watch of watches) watch.stop();
  if (delivered !== writes * WATCHERS) throw new Error(`${delivered} of ${writes * WATCHERS} watch events arrived`);
  return [
    { name: `API requests with ${PODS.toLocaleString('en')} pods, one after the other, body as an object`, figures: requests, goal: '' },
    {
      name: `list of ${PODS.toLocaleString('en')} pods`,
      figures: { tableFirstMs: rounded(tables[0] ?? NaN), tableP50Ms: percentile(tables, 0.5), tableMaxMs: percentile(tables, 1), tableCpuP50Ms: percentile(tablesCpu, 0.5), tableKiB: rounded(bytes / 1_024), wholeP50Ms: percentile(whole, 0.5) },
      goal: 'as a Table under 100 ms',
    },
    {
      name: `watch: every change of a pod to ${WATCHERS} clients`,
      figures: { writes, eventsDelivered: delivered, writesPerSecond: rounded(writes / seconds), eventsDeliveredPerSecond: rounded(delivered / seconds) },
      goal: '',
    },
  ];
}
