/** Kubelets over a bare store, for tests of the node side: no admission, no scheduler, no controllers. */
import { Client, type ApiBackend, type DeleteOptions, type NewObject, type WriteContext } from '../../apiserver/client.ts';
import { objectKey, Store } from '../../apiserver/store.ts';
import { rfc3339 } from '../../apiserver/tables/duration.ts';
import { ApiError, type KubeObject } from '../../apiserver/types.ts';
import type { ComponentContext } from '../../component.ts';
import { WatchHub } from '../../watch-hub.ts';
import { Environment } from '../../environment.ts';
import { Kernel } from '../../kernel/kernel.ts';
import type { NetworkFailure } from '../../network/types.ts';
import { Kubelet } from '../kubelet.ts';
import { Containers } from '../server.ts';
import type { ContainerNetwork, KubeletOptions } from '../types.ts';

export const START = Date.UTC(2026, 10, 24);

class Backend implements ApiBackend {
  constructor(
    private readonly kernel: Kernel,
    private readonly store: Store,
  ) {}

  get(resource: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.store.get(resource, objectKey(namespace, name));
  }

  list(resource: string, namespace?: string): KubeObject[] {
    return this.store.list(resource, namespace);
  }

  create(resource: string, object: NewObject, context: WriteContext): KubeObject {
    const metadata = { ...object.metadata, name: object.metadata.name as string, uid: this.kernel.random.uuid(), resourceVersion: '', creationTimestamp: rfc3339(this.kernel.now) };
    return this.store.put(resource, { ...object, metadata } as KubeObject, context.writer);
  }

  update(resource: string, object: KubeObject, context: WriteContext): KubeObject {
    return this.store.put(resource, { ...object, metadata: { ...object.metadata } }, context.writer);
  }

  updateStatus(resource: string, object: KubeObject, context: WriteContext): KubeObject {
    return this.store.put(resource, { ...object, metadata: { ...object.metadata } }, context.writer);
  }

  delete(resource: string, namespace: string | undefined, name: string, options: DeleteOptions, context: WriteContext): void {
    const current = this.get(resource, namespace, name);
    if (!current) throw new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: `${resource} "${name}" not found`, reason: 'NotFound', code: 404 });
    const grace = options.gracePeriodSeconds ?? (current.spec as { terminationGracePeriodSeconds?: number })?.terminationGracePeriodSeconds ?? 30;
    if (resource !== 'pods' || grace === 0 || !(current.spec as { nodeName?: string }).nodeName) {
      this.store.remove(resource, objectKey(namespace, name), context.writer);
      return;
    }
    const metadata = { ...current.metadata, deletionTimestamp: rfc3339(this.kernel.now + grace * 1_000), deletionGracePeriodSeconds: grace, generation: (current.metadata.generation ?? 1) + 1 };
    this.store.put(resource, { ...current, metadata }, context.writer);
  }

  bind(): KubeObject {
    throw new Error('not used');
  }
}

export interface FakeCluster {
  kernel: Kernel;
  store: Store;
  environment: Environment;
  containers: Containers;
  kubelets: Kubelet[];
  user: Client;
  events(name: string): string[];
  pod(name: string, spec: object): void;
  run(milliseconds: number): void;
}

const unreachable: NetworkFailure = { kind: 'failure', reason: 'unreachable', host: '', port: 0, elapsedMs: 0 };

const noNetwork: ContainerNetwork = {
  request: () => unreachable,
  resolve: () => ({ kind: 'no-server', server: '10.96.0.10' }),
  question: () => undefined,
  ping: () => false,
  authority: () => undefined,
  connect: () => unreachable,
};

export function fakeCluster(nodes: number, options: Partial<KubeletOptions> = {}): FakeCluster {
  const kernel = new Kernel(START, 7);
  const environment = new Environment(kernel, 'node-1', '192.168.49.2:6443');
  environment.state.runningPrograms.add('kube-apiserver');
  environment.state.runningPrograms.add('etcd');
  const store = new Store(kernel);
  const hub = new WatchHub(store);
  const context: ComponentContext = { kernel, store, environment, hub };
  const backend = new Backend(kernel, store);
  const containers = new Containers(context);
  const user = new Client(backend, environment, { writer: 'test', username: 'test' }, 'node-1');
  for (const namespace of ['default', 'kube-system']) user.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt', namespace }, data: { 'ca.crt': 'simulated' } });
  const kubelets: Kubelet[] = [];
  for (let n = 1; n <= nodes; n++) {
    const name = `node-${n}`;
    const kubelet = new Kubelet(name, context, new Client(backend, environment, { writer: `kubelet ${name}`, username: `system:node:${name}` }, name), containers, {
      address: `192.168.49.${n + 1}`,
      cpu: 2,
      memoryMi: 4096,
      maxPods: 110,
      staticPods: [],
      recorderWorkloads: false,
      network: () => noNetwork,
      token: () => 'a token',
      programStarted: () => undefined,
      programStopped: () => undefined,
      programHealthy: () => true,
      ...options,
    });
    kubelet.attach();
    kubelets.push(kubelet);
    kubelet.start();
  }
  kernel.advance(START + 1_000);
  for (const [index, node] of store.list('nodes').entries()) store.put('nodes', { ...node, metadata: { ...node.metadata }, spec: { podCIDR: `10.${244 + (index >> 8)}.${index & 255}.0/24` } }, 'test');
  kernel.advance(START + 2_000);
  return {
    kernel,
    store,
    environment,
    containers,
    kubelets,
    user,
    events: (name) => store.list('events').filter((event) => (event.involvedObject as { name: string }).name === name).map((event) => `${event.reason as string} x${event.count as number} ${event.message as string}`),
    pod(name, spec) {
      const full = spec as { containers: { name: string; volumeMounts?: object[] }[]; nodeName?: string };
      user.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', generation: 1 }, spec: { restartPolicy: 'Always', terminationGracePeriodSeconds: 30, nodeName: 'node-1', ...full }, status: { phase: 'Pending', qosClass: 'BestEffort' } });
    },
    run(milliseconds) {
      kernel.advance(kernel.now + milliseconds);
    },
  };
}
