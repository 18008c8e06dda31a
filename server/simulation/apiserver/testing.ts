/** A small API server for tests: an empty store with the system namespaces, and short ways to ask it something. */
import { Environment } from '../environment.ts';
import { Kernel } from '../kernel/kernel.ts';
import type { WriteContext } from './client.ts';
import { CLUSTER_ROLES } from '../bootstrap/rbac/cluster-roles.ts';
import { KUBEADM_ROLES } from '../bootstrap/rbac/kubeadm-roles.ts';
import { ApiServer } from './handler.ts';
import { Store } from './store.ts';
import type { ApiRequest, ApiResponse, KubeObject, Status } from './types.ts';

export const TEST_START = Date.parse('2026-11-24T00:00:00Z');
export const ADMIN = { username: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated'] };
export const COMPONENT: WriteContext = { writer: 'test', username: 'system:kube-controller-manager' };

export interface TestServer {
  kernel: Kernel;
  store: Store;
  api: ApiServer;
  /** Answers `/path?query` as the administrator. */
  ask(method: ApiRequest['method'], url: string, body?: unknown, more?: Partial<ApiRequest>): ApiResponse;
  /** As ask(), and throws when the answer is a failure. */
  must(method: ApiRequest['method'], url: string, body?: unknown, more?: Partial<ApiRequest>): KubeObject;
  /** As ask(), and throws when it succeeds. */
  refused(method: ApiRequest['method'], url: string, body?: unknown, more?: Partial<ApiRequest>): Status;
}

export function testServer(seed = 1): TestServer {
  const kernel = new Kernel(TEST_START, seed);
  const environment = new Environment(kernel, 'control-plane', '192.168.49.2:6443');
  environment.change((state) => {
    for (const program of ['kube-apiserver', 'etcd', 'kube-scheduler', 'kube-controller-manager']) state.runningPrograms.add(program);
  });
  const store = new Store(kernel);
  const api = new ApiServer({ kernel, store, environment, logs: (namespace, pod) => `log of ${namespace}/${pod}\n`, usage: () => undefined, connect: () => ({ kind: 'failure', reason: 'refused', host: '10.244.0.1', port: 80, elapsedMs: 1 }) });
  for (const name of ['default', 'kube-system', 'kube-public']) {
    api.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, COMPONENT);
    api.create('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } }, COMPONENT);
  }
  const [administrator] = CLUSTER_ROLES;
  const [administrators] = KUBEADM_ROLES;
  for (const policy of [administrator, administrators]) if (policy) api.create(...policy, COMPONENT);
  const ask: TestServer['ask'] = (method, url, body, more) => {
    const [path = '', search = ''] = url.split('?');
    const query = Object.fromEntries(new URLSearchParams(search));
    return api.handle({ method, path, query, user: ADMIN, userAgent: 'kubectl/v1.37.2', ...(body === undefined ? {} : { body }), ...more });
  };
  return {
    kernel,
    store,
    api,
    ask,
    must(method, url, body, more) {
      const response = ask(method, url, body, more);
      if (response.status >= 300) throw new Error(`${method} ${url}: ${JSON.stringify(response.body)}`);
      return response.body as KubeObject;
    },
    refused(method, url, body, more) {
      const response = ask(method, url, body, more);
      if (response.status < 300) throw new Error(`${method} ${url} succeeded`);
      return response.body as Status;
    },
  };
}

export const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };

/** A pod of one container, as a client would send it. */
export function podBody(name: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'nginx' }], ...more } };
}
