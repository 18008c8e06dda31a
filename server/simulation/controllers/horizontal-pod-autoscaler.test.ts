import { beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../cluster.ts';
import { defaultConfig } from '../config.ts';
import { settledCluster } from '../harness/settled.ts';
import type { KubeObject } from '../apiserver/types.ts';

const START = Date.UTC(2026, 10, 24, 0, 30, 0);
const ADMIN = { username: 'kubernetes-admin', groups: ['system:masters'] };
const HPAS = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const PODS = '/api/v1/namespaces/default/pods';
const LOOP = 'while sleep 0.01; do wget -q -O- http://php-apache; done';

function bench(): { cluster: Cluster; request(method: string, path: string, body?: object): KubeObject & { items: KubeObject[] }; seconds(count: number): void } {
  const cluster = settledCluster(defaultConfig(7, START));
  return {
    cluster,
    request(method, path, body) {
      const response = cluster.handle({ method, path, user: ADMIN, ...(body ? { body } : {}), ...(method === 'PATCH' ? { contentType: 'application/merge-patch+json' } : {}) } as Parameters<Cluster['handle']>[0]);
      if (response.status >= 400) throw new Error((response.body as { message?: string }).message);
      return response.body as KubeObject & { items: KubeObject[] };
    },
    seconds: (count) => cluster.advance(cluster.now + count * 1_000),
  };
}

const phpApache = {
  metadata: { name: 'php-apache' },
  spec: {
    selector: { matchLabels: { run: 'php-apache' } },
    template: {
      metadata: { labels: { run: 'php-apache' } },
      spec: { containers: [{ name: 'php-apache', image: 'registry.k8s.io/hpa-example', ports: [{ containerPort: 80 }], resources: { limits: { cpu: '500m' }, requests: { cpu: '200m' } } }] },
    },
  },
};
const service = { metadata: { name: 'php-apache' }, spec: { selector: { run: 'php-apache' }, ports: [{ port: 80 }] } };
const load = { metadata: { name: 'load' }, spec: { containers: [{ name: 'load', image: 'busybox', command: ['/bin/sh', '-c', LOOP] }] } };

function autoscaler(spec: object = {}): object {
  return {
    metadata: { name: 'php-apache' },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'php-apache' }, minReplicas: 1, maxReplicas: 10, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }], ...spec },
  };
}

interface Shown {
  status: { desiredReplicas: number; currentReplicas?: number; lastScaleTime?: string; currentMetrics?: { resource?: { current: { averageUtilization: number; averageValue: string } } }[]; conditions: { type: string; status: string; reason: string; message: string }[] };
}

describe('the walkthrough', () => {
  const { cluster, request, seconds } = bench();
  const status = (): Shown['status'] => (request('GET', `${HPAS}/php-apache`) as unknown as Shown).status;
  const reasons = (): Record<string, string> => Object.fromEntries(status().conditions.map(({ type, status: value, reason }) => [type, `${value} ${reason}`]));
  const events = (): string[] => request('GET', '/api/v1/namespaces/default/events').items.filter((event) => (event.involvedObject as { kind: string }).kind === 'HorizontalPodAutoscaler').map((event) => `${event.reason as string}: ${event.message as string}`);
  const utilization = (): number | undefined => status().currentMetrics?.[0]?.resource?.current.averageUtilization;

  beforeAll(() => {
    request('POST', DEPLOYMENTS, phpApache);
    request('POST', '/api/v1/namespaces/default/services', service);
    request('POST', HPAS, autoscaler());
  });

  it('says what is missing without metrics-server', () => {
    seconds(40);
    const problem = 'failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)';
    expect(status().conditions.find(({ type }) => type === 'ScalingActive')).toMatchObject({ status: 'False', reason: 'FailedGetResourceMetric', message: `the HPA was unable to compute the replica count: ${problem}` });
    expect(reasons().AbleToScale).toBe('True SucceededGetScale');
    expect(events()).toEqual([`FailedGetResourceMetric: ${problem}`, `FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${problem}`]);
  });

  it('rests at the minimum while there is nothing to do, and writes nothing then', () => {
    cluster.apply({ kind: 'operation', request: { name: 'minikube.addon', args: { name: 'metrics-server', state: 'on' } } }, 1);
    seconds(180);
    expect(utilization()).toBe(0);
    expect(reasons()).toEqual({ AbleToScale: 'True ScaleDownStabilized', ScalingActive: 'True ValidMetricFound', ScalingLimited: 'False DesiredWithinRange' });
    seconds(300);
    expect(reasons()).toEqual({ AbleToScale: 'True ReadyForNewScale', ScalingActive: 'True ValidMetricFound', ScalingLimited: 'True TooFewReplicas' });
    const version = request('GET', `${HPAS}/php-apache`).metadata.resourceVersion;
    seconds(60);
    expect(request('GET', `${HPAS}/php-apache`).metadata.resourceVersion).toBe(version);
  });

  it('adds pods under load until their usage is at the target', () => {
    request('POST', PODS, load);
    let highest = 0;
    for (let i = 0; i < 40; i++) {
      seconds(15);
      highest = Math.max(highest, utilization() ?? 0);
    }
    expect(highest).toBeGreaterThan(100);
    expect(status().desiredReplicas).toBeGreaterThanOrEqual(5);
    expect(status().desiredReplicas).toBeLessThanOrEqual(10);
    expect(utilization()).toBeLessThanOrEqual(60);
    expect(events().some((event) => /^SuccessfulRescale: New size: \d+; reason: cpu resource utilization \(percentage of request\) above target$/.test(event))).toBe(true);
  });

  it('keeps them for five minutes after the load, and takes them away then', () => {
    const before = status().desiredReplicas;
    request('DELETE', `${PODS}/load`, { gracePeriodSeconds: 0 });
    seconds(240);
    expect(utilization()).toBe(0);
    expect(status().desiredReplicas).toBe(before);
    expect(reasons().AbleToScale).toBe('True ScaleDownStabilized');
    seconds(240);
    expect(status().desiredReplicas).toBe(1);
    expect(events()).toContain('SuccessfulRescale: New size: 1; reason: All metrics below target');
  });

  it('goes on the same from a snapshot', () => {
    const copy = (cluster.constructor as unknown as { restore(config: unknown, snapshot: unknown): Cluster }).restore(cluster.config, structuredClone(cluster.snapshot()));
    cluster.advance(cluster.now + 120_000);
    copy.advance(cluster.now);
    expect(copy.hash()).toBe(cluster.hash());
  });
});
