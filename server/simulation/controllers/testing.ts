/** A whole cluster for tests of controllers: manifests in, time, objects and events out. */
import type { Cluster } from '../cluster.ts';
import { defaultConfig } from '../config.ts';
import type { KubeObject } from '../apiserver/types.ts';
import { settledCluster } from '../harness/settled.ts';

const START = Date.UTC(2026, 10, 24, 0, 30, 0);
const ADMIN = { username: 'kubernetes-admin', groups: ['system:masters'] };

/** Containers of it do what `sleep N; exit M` says, and start 1.2 s after they were scheduled. */
export class Bench {
  readonly cluster: Cluster;

  constructor(seed = 7) {
    this.cluster = settledCluster({ ...defaultConfig(seed, START), networkPlugin: 'none', recorderWorkloads: true });
  }

  /** @throws Error with the status message when the API server refuses. */
  request(method: string, path: string, body?: object): KubeObject & { items?: KubeObject[] } {
    const response = this.cluster.handle({ method, path, user: ADMIN, ...(body ? { body } : {}), ...(method === 'PATCH' ? { contentType: 'application/merge-patch+json' } : {}) } as Parameters<Cluster['handle']>[0]);
    if (response.status >= 400) throw new Error((response.body as { message?: string }).message);
    return response.body as KubeObject & { items?: KubeObject[] };
  }

  create(base: string, object: object): KubeObject {
    return this.request('POST', base, object);
  }

  seconds(count: number): void {
    this.cluster.advance(this.cluster.now + count * 1_000);
  }

  get(path: string): KubeObject {
    return this.request('GET', path);
  }

  list(path: string): KubeObject[] {
    return this.request('GET', path).items ?? [];
  }

  /** Reasons and messages of the events about objects of a kind, without made-up suffixes. */
  events(kind: string): string[] {
    return this.list('/api/v1/namespaces/default/events')
      .filter((event) => (event.involvedObject as { kind: string }).kind === kind)
      .map((event) => `${event.reason as string}: ${(event.message as string).replace(/-[a-z0-9]{5}(?= |$)/g, '-*')}`);
  }
}

export const PODS = '/api/v1/namespaces/default/pods';

/** A pod template of one container that runs a shell command. */
export function template(labels: Record<string, string>, command: string, extra: object = {}): object {
  return { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', command] }], ...extra } };
}
