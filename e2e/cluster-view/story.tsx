/**
 * The cluster view on made-up clusters, without a server: to look at the large ones, and to measure what an update of a few rows costs.
 * `measure.mjs` builds and opens this; it is no page of the product.
 */
import { createRoot } from 'react-dom/client';
import { Tooltip } from 'radix-ui';
import { IntlProvider } from 'use-intl';
import { ClusterPanel } from '../../app/_cluster/cluster-panel.tsx';
import { ClusterSourceProvider, type ClusterSource } from '../../app/_lib/cluster-source.tsx';
import { SelectionProvider } from '../../app/_lib/selection.tsx';
import { MESSAGES } from '../../app/_messages/index.ts';
import '../../app/globals.css';
import { node, pod, service, tables, workload, write } from '../../app/_cluster/model/for-tests.ts';
import type { ClusterView, PodRow, ProgramRow, Tables } from '../../server/rooms/projection/types.ts';

const APPS = ['web', 'api', 'cart', 'mail'] as const;
const START = Date.UTC(2026, 10, 25);

function cluster(nodeCount: number, podCount: number): ClusterView {
  const nodes = Array.from({ length: nodeCount }, (_, index) => (index === 0 ? node('control-plane', { role: 'control-plane' }) : node(`worker-${index}`)));
  const pods = Array.from({ length: podCount }, (_, index): PodRow => {
    const app = APPS[index % APPS.length] as string;
    return pod(`default/${app}-7957885594-${index.toString(36).padStart(5, 'x')}`, { node: `worker-${1 + (index % (nodeCount - 1))}`, owner: { kind: 'ReplicaSet', name: `${app}-7957885594` }, labels: { app, 'pod-template-hash': '7957885594' }, createdAt: index });
  });
  const replicas = Math.ceil(podCount / APPS.length);
  const counts = { desired: replicas, ready: replicas, updated: replicas, available: replicas };
  const all: Tables = {
    ...tables({
      nodes,
      pods,
      workloads: APPS.flatMap((app) => [workload(`Deployment/default/${app}`, counts), workload(`ReplicaSet/default/${app}-7957885594`, { ...counts, owner: { kind: 'Deployment', name: app }, rollout: '1' })]),
      services: APPS.map((app) => service(`default/${app}`, { endpoints: pods.filter(({ labels }) => labels.app === app).map(({ key }) => ({ pod: key, ready: true })) })),
    }),
    programs: new Map(['kube-apiserver', 'etcd', 'kube-scheduler', 'kube-controller-manager'].map((key): [string, ProgramRow] => [key, { key, program: key, node: 'control-plane', state: 'running' }])),
  };
  return { meta: { revision: 1, now: START, rate: 1, paused: false, startedAt: START, clusterName: 'story', kubernetesVersion: 'v1.37.2' }, tables: all, writes: [] };
}

const STATES: Partial<PodRow>[] = [
  { status: 'ContainerCreating', phase: 'Pending', isReady: false, ready: '0/1' },
  { status: 'Running', phase: 'Running', isReady: true, ready: '1/1' },
  { status: 'CrashLoopBackOff', isReady: false, ready: '0/1' },
];

class Story {
  view: ClusterView;
  revision = 1;
  readonly listeners = new Set<() => void>();

  constructor(nodeCount: number, podCount: number) {
    this.view = cluster(nodeCount, podCount);
  }

  /** As a message of the server would: other rows for some pods, a workload's counts, a node, and the writes. */
  change(count: number): void {
    const pods = new Map(this.view.tables.pods);
    const keys = [...pods.keys()];
    const writes = [...this.view.writes];
    for (let index = 0; index < count; index++) {
      const key = keys[(this.revision * 7919) % keys.length] as string;
      const row = pods.get(key) as PodRow;
      this.revision++;
      pods.set(key, { ...row, ...STATES[this.revision % STATES.length] });
      writes.push(write(this.revision, { writer: `kubelet ${row.node}`, verb: 'update', key, node: row.node, time: START, change: { kind: 'pod-status', from: 'Pending', to: 'Running', readyBefore: '0/1', ready: '1/1' } }));
    }
    const workloads = new Map(this.view.tables.workloads);
    const web = workloads.get('Deployment/default/web');
    if (web) workloads.set(web.key, { ...web, ready: this.revision % web.desired });
    this.view = { meta: { ...this.view.meta, revision: this.revision }, tables: { ...this.view.tables, pods, workloads }, writes: writes.slice(-100) };
    for (const listener of this.listeners) listener();
  }
}

const parameters = new URLSearchParams(location.hash.slice(1));
const story = new Story(Number(parameters.get('nodes') ?? 100), Number(parameters.get('pods') ?? 2000));
(window as unknown as { story: Story }).story = story;

const never = (): Promise<never> => new Promise(() => undefined);
const source: ClusterSource = {
  mode: 'replay',
  view: () => story.view,
  subscribe: (listener) => {
    story.listeners.add(listener);
    return () => story.listeners.delete(listener);
  },
  object: never,
  yaml: never,
  describe: never,
  events: never,
};

createRoot(document.getElementById('root') as HTMLElement).render(
  <IntlProvider locale="en" messages={MESSAGES.en} timeZone="UTC">
    <Tooltip.Provider>
      <ClusterSourceProvider source={source}>
        <SelectionProvider>
          <ClusterPanel />
        </SelectionProvider>
      </ClusterSourceProvider>
    </Tooltip.Provider>
  </IntlProvider>,
);
