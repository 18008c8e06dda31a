import { expect, it } from 'vitest';
import { Bench, PODS, template } from './testing.ts';

const CONTROLLERS = '/api/v1/namespaces/default/replicationcontrollers';

it('keeps as many pods as a ReplicationController wants, adopts those that match and lets those go that do not', () => {
  const bench = new Bench();
  bench.create(PODS, { ...template({}, 'sleep 1000'), apiVersion: 'v1', kind: 'Pod', metadata: { name: 'stray', labels: { app: 'rc' } } });
  bench.create(CONTROLLERS, { apiVersion: 'v1', kind: 'ReplicationController', metadata: { name: 'rc' }, spec: { replicas: 3, selector: { app: 'rc' }, template: template({ app: 'rc' }, 'sleep 1000') } });
  bench.seconds(10);
  expect(bench.get(`${CONTROLLERS}/rc`).status).toMatchObject({ replicas: 3, readyReplicas: 3, availableReplicas: 3, fullyLabeledReplicas: 3, observedGeneration: 1 });
  expect(bench.events('ReplicationController')).toEqual(['SuccessfulCreate: Created pod: rc-*', 'SuccessfulCreate: Created pod: rc-*']);
  expect(bench.get(`${PODS}/stray`).metadata.ownerReferences).toMatchObject([{ kind: 'ReplicationController', name: 'rc', controller: true }]);
  bench.request('PATCH', `${PODS}/stray`, { metadata: { labels: { app: 'other' } } });
  bench.seconds(10);
  expect(bench.get(`${PODS}/stray`).metadata.ownerReferences).toBeUndefined();
  expect(bench.list(PODS)).toHaveLength(4);
  bench.request('PATCH', `${CONTROLLERS}/rc`, { spec: { replicas: 1 } });
  bench.seconds(60);
  expect(bench.list(PODS)).toHaveLength(2);
});
