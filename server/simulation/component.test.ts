/** Components: what they keep of the objects that they watch. */
import { expect, it } from 'vitest';
import type { ApiRequest, KubeObject } from './apiserver/types.ts';
import { Cluster, SETTLE_MS } from './cluster.ts';
import type { ComponentState } from './component.ts';
import { defaultConfig } from './config.ts';

it('takes over the indexes of earlier versions, which held the objects beside their keys', () => {
  const config = defaultConfig(3, Date.UTC(2026, 0, 1));
  const [cluster, other] = [Cluster.create(config), Cluster.create(config)];
  for (const each of [cluster, other]) each.advance(config.startTime + SETTLE_MS);
  const { state } = cluster.kernel.part('kube-controller-manager') as { state: ComponentState<unknown> };
  const filed = new Map<string, Map<string, Map<string, KubeObject | undefined>>>();
  for (const [slot, values] of state.indexes) {
    const objects = state.cache.get(slot.slice(0, slot.lastIndexOf('/')));
    filed.set(slot, new Map([...values].map(([value, keys]) => [value, new Map([...keys].map((key) => [key, objects?.get(key)]))])));
  }
  expect(filed.size).toBeGreaterThan(5);
  state.indexes = filed as unknown as typeof state.indexes;
  expect(cluster.hash()).not.toBe(other.hash());
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } };
  const body = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template } };
  const request: ApiRequest = { method: 'POST', path: '/apis/apps/v1/namespaces/default/deployments', body, user: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] } };
  for (const each of [cluster, other]) expect((each.apply({ kind: 'api', request }, 1) as { status: number }).status).toBe(201);
  for (const each of [cluster, other]) each.advance(each.now + 60_000);
  expect(cluster.hash()).toBe(other.hash());
});
