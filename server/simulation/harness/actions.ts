/**
 * Random things that people do to a cluster, for property tests: API requests, faults, requests over the network, time.
 * An action is plain data, so that a failing run can be pinned as a list.
 */
import fc from 'fast-check';
import type { ApiRequest } from '../apiserver/types.ts';
import type { Cluster } from '../cluster.ts';
import { ApiError, ConnectionError } from '../apiserver/types.ts';
import { FaultError } from '../faults/types.ts';
import type { SimulationInput } from '../inputs.ts';

export type Action =
  | { kind: 'advance'; milliseconds: number }
  | { kind: 'input'; input: SimulationInput }
  /** Asks to evict one of the pods that carry the label `app`: the n-th by name, counted round. */
  | { kind: 'evict'; app: string; index: number };

const USER = { username: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:masters', 'system:authenticated'] };
const NAMES = ['web', 'shop', 'db'];
const IMAGES = ['nginx:1.27', 'busybox:1.36', 'gcr.io/google-samples/kubernetes-bootcamp:v1', 'gcr.io/google-samples/kubernetes-bootcamp:v10', 'redis:7', 'nowhere.example/x:1'];

const api = (request: Omit<ApiRequest, 'user'>): Action => ({ kind: 'input', input: { kind: 'api', request: { ...request, user: USER } } });
const operation = (name: string, args: Record<string, unknown>): Action => ({ kind: 'input', input: { kind: 'operation', request: { name, args } } });

const name = fc.constantFrom(...NAMES);
const image = fc.constantFrom(...IMAGES);
const node = fc.constantFrom('worker-1', 'worker-2', 'worker-3');

function deployment(app: string, containerImage: string, replicas: number): Record<string, unknown> {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: app, labels: { app } },
    spec: {
      replicas,
      selector: { matchLabels: { app } },
      template: { metadata: { labels: { app } }, spec: { containers: [{ name: 'main', image: containerImage, ...(containerImage.startsWith('busybox') ? { command: ['sh', '-c', 'sleep 20; exit 1'] } : {}) }] } },
    },
  };
}

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const CRONTABS = '/apis/stable.example.com/v1/namespaces/default/crontabs';

/** @param most what a schema of the moment allows, so that definitions change. */
function cronTabs(most: number): Record<string, unknown> {
  const spec = { type: 'object', properties: { replicas: { type: 'integer', maximum: most, default: 1 } }, 'x-kubernetes-validations': [{ rule: 'self.replicas >= 0' }] };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'crontabs.stable.example.com' },
    spec: {
      group: 'stable.example.com',
      scope: 'Namespaced',
      names: { plural: 'crontabs', kind: 'CronTab', categories: ['all'] },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec } } }, subresources: { scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } } }],
    },
  };
}

function statefulSet(app: string, replicas: number, podManagementPolicy: string): Record<string, unknown> {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: `${app}-set` },
    spec: {
      serviceName: app,
      replicas,
      podManagementPolicy,
      selector: { matchLabels: { set: app } },
      template: { metadata: { labels: { set: app } }, spec: { containers: [{ name: 'main', image: 'redis:7' }] } },
    },
  };
}

function job(app: string, completions: number, exitCode: number): Record<string, unknown> {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `${app}-job` },
    spec: {
      completions,
      parallelism: 2,
      backoffLimit: 2,
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1.36', command: ['sh', '-c', `sleep 5; exit ${exitCode}`] }] } },
    },
  };
}

/** A budget for the pods of an app. */
export function budget(app: string, minAvailable: number): Action {
  return api({
    method: 'POST',
    path: '/apis/policy/v1/namespaces/default/poddisruptionbudgets',
    body: { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: app }, spec: { minAvailable, selector: { matchLabels: { app } } } },
  });
}

/** A Deployment of an app whose pods serve. */
export function webDeployment(app: string, replicas: number): Action {
  return api({ method: 'POST', path: '/apis/apps/v1/namespaces/default/deployments', body: deployment(app, 'nginx:1.27', replicas) });
}

/** Another number of replicas for a Deployment. */
export function scale(app: string, replicas: number): Action {
  return api({ method: 'PATCH', path: `/apis/apps/v1/namespaces/default/deployments/${app}`, contentType: 'application/merge-patch+json', body: { spec: { replicas } } });
}

/** An eviction of one of an app's pods. */
export const evict = (app: fc.Arbitrary<string>): fc.Arbitrary<Action> => fc.tuple(app, fc.nat(9)).map(([which, index]): Action => ({ kind: 'evict', app: which, index }));

/** One random action. */
export const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 20_000 }).map((milliseconds): Action => ({ kind: 'advance', milliseconds })) },
  { weight: 1, arbitrary: fc.integer({ min: 20_000, max: 400_000 }).map((milliseconds): Action => ({ kind: 'advance', milliseconds })) },
  {
    weight: 3,
    arbitrary: fc.tuple(name, image, fc.integer({ min: 0, max: 5 })).map(([app, containerImage, replicas]) =>
      api({ method: 'POST', path: '/apis/apps/v1/namespaces/default/deployments', body: deployment(app, containerImage, replicas) }),
    ),
  },
  { weight: 3, arbitrary: fc.tuple(name, fc.integer({ min: 0, max: 8 })).map(([app, replicas]) => scale(app, replicas)) },
  {
    weight: 2,
    arbitrary: fc.tuple(name, image).map(([app, containerImage]) =>
      api({
        method: 'PATCH',
        path: `/apis/apps/v1/namespaces/default/deployments/${app}`,
        contentType: 'application/strategic-merge-patch+json',
        body: { spec: { template: { spec: { containers: [{ name: 'main', image: containerImage }] } } } },
      }),
    ),
  },
  { weight: 1, arbitrary: name.map((app) => api({ method: 'DELETE', path: `/apis/apps/v1/namespaces/default/deployments/${app}` })) },
  {
    weight: 2,
    arbitrary: fc.tuple(name, fc.integer({ min: 0, max: 4 }), fc.constantFrom('OrderedReady', 'Parallel')).map(([app, replicas, policy]) =>
      api({ method: 'POST', path: '/apis/apps/v1/namespaces/default/statefulsets', body: statefulSet(app, replicas, policy) }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(name, fc.integer({ min: 0, max: 4 })).map(([app, replicas]) =>
      api({ method: 'PATCH', path: `/apis/apps/v1/namespaces/default/statefulsets/${app}-set`, contentType: 'application/merge-patch+json', body: { spec: { replicas } } }),
    ),
  },
  { weight: 1, arbitrary: name.map((app) => api({ method: 'DELETE', path: `/apis/apps/v1/namespaces/default/statefulsets/${app}-set` })) },
  {
    weight: 1,
    arbitrary: fc.tuple(name, fc.integer({ min: 1, max: 4 }), fc.constantFrom(0, 0, 1)).map(([app, completions, exitCode]) =>
      api({ method: 'POST', path: '/apis/batch/v1/namespaces/default/jobs', body: job(app, completions, exitCode) }),
    ),
  },
  { weight: 1, arbitrary: fc.tuple(name, fc.constantFrom('Background', 'Foreground', 'Orphan')).map(([app, propagationPolicy]) => api({ method: 'DELETE', path: `/apis/batch/v1/namespaces/default/jobs/${app}-job`, body: { propagationPolicy } })) },
  { weight: 2, arbitrary: fc.integer({ min: 2, max: 4 }).map((most) => api({ method: 'PATCH', path: `${DEFINITIONS}/crontabs.stable.example.com`, query: { fieldManager: 'test', force: 'true' }, contentType: 'application/apply-patch+yaml', body: cronTabs(most) })) },
  { weight: 1, arbitrary: fc.constant(api({ method: 'DELETE', path: `${DEFINITIONS}/crontabs.stable.example.com` })) },
  { weight: 2, arbitrary: fc.tuple(name, fc.integer({ min: 0, max: 4 })).map(([app, replicas]) => api({ method: 'PATCH', path: `${CRONTABS}/${app}`, query: { fieldManager: 'test' }, contentType: 'application/apply-patch+yaml', body: { apiVersion: 'stable.example.com/v1', kind: 'CronTab', metadata: { name: app }, spec: { replicas } } })) },
  { weight: 1, arbitrary: name.map((app) => api({ method: 'DELETE', path: `${CRONTABS}/${app}` })) },
  { weight: 1, arbitrary: fc.tuple(name, fc.integer({ min: 0, max: 4 })).map(([app, minAvailable]) => budget(app, minAvailable)) },
  { weight: 1, arbitrary: evict(name) },
  {
    weight: 1,
    arbitrary: name.map((app) =>
      api({
        method: 'POST',
        path: '/api/v1/namespaces/default/services',
        body: { apiVersion: 'v1', kind: 'Service', metadata: { name: app }, spec: { type: 'NodePort', selector: { app }, ports: [{ port: 80 }] } },
      }),
    ),
  },
  { weight: 1, arbitrary: name.map((app) => api({ method: 'DELETE', path: `/api/v1/namespaces/default/services/${app}` })) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('node-crash', 'node-partition', 'kubelet-stop'), node).map(([fault, target]) => operation('fault.break', { fault, target })) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('node-crash', 'node-partition', 'kubelet-stop'), node).map(([fault, target]) => operation('fault.heal', { fault, target })) },
  { weight: 1, arbitrary: fc.constantFrom('registry-down', 'scheduler-down', 'controller-manager-down', 'apiserver-down', 'etcd-down', 'dns-down').map((fault) => operation('fault.break', { fault })) },
  { weight: 2, arbitrary: fc.constantFrom('registry-down', 'scheduler-down', 'controller-manager-down', 'apiserver-down', 'etcd-down', 'dns-down').map((fault) => operation('fault.heal', { fault })) },
  { weight: 1, arbitrary: fc.constant(operation('node.join', { name: 'worker-4' })) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 30_000, max: 32_767 }).map((port): Action => ({ kind: 'input', input: { kind: 'http', from: 'outside', request: { method: 'GET', url: `http://192.168.49.3:${port}/`, headers: {} } } })),
  },
);

const controlPlane = fc.constantFrom('control-plane', 'control-plane-2', 'control-plane-3');

/** What happens to the machines of a control plane of several. */
export const controlPlaneAction: fc.Arbitrary<Action> = fc.oneof(
  fc.tuple(fc.constantFrom('fault.break', 'fault.heal', 'fault.heal'), fc.constantFrom('node-crash', 'node-partition', 'kubelet-stop'), controlPlane).map(([verb, fault, target]) => operation(verb, { fault, target })),
  controlPlane.map((machine) => operation('node.reset', { name: machine })),
  controlPlane.map((machine) => operation('node.join', { name: machine, controlPlane: true })),
  fc.constantFrom('worker-1', 'worker-2').map((machine) => operation('node.reset', { name: machine })),
  fc.constantFrom('worker-1', 'worker-2').map((machine) => operation('node.join', { name: machine })),
);

/** Carries an action out. What people are told is no failure of the simulation; anything else is thrown. */
export function perform(cluster: Cluster, step: Action, sequence: number): void {
  if (step.kind === 'advance') return cluster.advance(cluster.now + step.milliseconds);
  const input = step.kind === 'evict' ? evictionOf(cluster, step.app, step.index) : step.input;
  if (!input) return;
  try {
    cluster.apply(input, sequence);
  } catch (error) {
    const expected = error instanceof ApiError || error instanceof ConnectionError || error instanceof FaultError || (error instanceof Error && error.constructor === Error);
    if (!expected) throw error;
  }
}

function evictionOf(cluster: Cluster, app: string, index: number): SimulationInput | undefined {
  const pods = cluster.store.list('pods', 'default').filter((pod) => pod.metadata.labels?.app === app);
  const pod = pods[index % pods.length];
  if (!pod) return undefined;
  const { name: podName } = pod.metadata;
  return { kind: 'api', request: { method: 'POST', path: `/api/v1/namespaces/default/pods/${podName}/eviction`, body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: podName, namespace: 'default' } }, user: USER } };
}
