import { describe, expect, it } from 'vitest';
import { Bench, PODS, template } from './testing.ts';

const SETS = '/apis/apps/v1/namespaces/default/statefulsets';
const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';

function start(spec: object = {}, command = 'sleep 1000'): Bench {
  const bench = new Bench();
  bench.create(SETS, { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' }, spec: { serviceName: 'db', replicas: 3, selector: { matchLabels: { app: 'db' } }, template: template({ app: 'db' }, command), ...spec } });
  return bench;
}

const names = (bench: Bench): string[] => bench.list(PODS).map((pod) => pod.metadata.name);
const images = (bench: Bench): string[] => bench.list(PODS).map((pod) => (pod.spec as { containers: { image: string }[] }).containers[0]?.image ?? '');
const update = (bench: Bench, image: string): void => void bench.request('PATCH', `${SETS}/db`, { spec: { template: { spec: { containers: [{ name: 'c', image, command: ['sh', '-c', 'sleep 1000'] }] } } } });

describe('a StatefulSet', () => {
  it('makes its pods one after the other, each when the one before is ready', () => {
    const bench = start();
    bench.seconds(1);
    expect(names(bench)).toEqual(['db-0']);
    bench.seconds(15);
    expect(names(bench)).toEqual(['db-0', 'db-1', 'db-2']);
    expect(bench.events('StatefulSet')).toEqual(['SuccessfulCreate: create Pod db-0 in StatefulSet db successful', 'SuccessfulCreate: create Pod db-1 in StatefulSet db successful', 'SuccessfulCreate: create Pod db-2 in StatefulSet db successful']);
    expect(bench.get(`${SETS}/db`).status).toMatchObject({ replicas: 3, readyReplicas: 3, availableReplicas: 3, currentReplicas: 3, updatedReplicas: 3, collisionCount: 0 });
  });

  it('makes them all at once when order does not matter', () => {
    const bench = start({ podManagementPolicy: 'Parallel' });
    bench.seconds(1);
    expect(names(bench)).toEqual(['db-0', 'db-1', 'db-2']);
  });

  it('gives pods a name, an ordinal and a domain', () => {
    const bench = start({ replicas: 1, ordinals: { start: 5 } });
    bench.seconds(1);
    const pod = bench.get(`${PODS}/db-5`);
    expect(pod.metadata.labels).toMatchObject({ 'statefulset.kubernetes.io/pod-name': 'db-5', 'apps.kubernetes.io/pod-index': '5' });
    expect(pod.spec).toMatchObject({ hostname: 'db-5', subdomain: 'db' });
  });

  it('removes the last pods first, one at a time', () => {
    const bench = start();
    bench.seconds(16);
    bench.request('PATCH', `${SETS}/db`, { spec: { replicas: 1 } });
    bench.seconds(1);
    expect(names(bench)).toContain('db-1');
    bench.seconds(90);
    expect(names(bench)).toEqual(['db-0']);
    expect(bench.events('StatefulSet').slice(3)).toEqual(['SuccessfulDelete: delete Pod db-2 in StatefulSet db successful', 'SuccessfulDelete: delete Pod db-1 in StatefulSet db successful']);
  });

  it('updates from the last pod down to the partition', () => {
    const bench = start({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } });
    bench.seconds(16);
    update(bench, 'busybox:1.36');
    bench.seconds(150);
    expect(images(bench)).toEqual(['busybox', 'busybox:1.36', 'busybox:1.36']);
    const { currentRevision, updateRevision, updatedReplicas } = bench.get(`${SETS}/db`).status as Record<string, unknown>;
    expect(currentRevision).not.toBe(updateRevision);
    expect(updatedReplicas).toBe(2);
  });

  it('finishes an update by calling the new revision the current one', () => {
    const bench = start({ replicas: 2 });
    bench.seconds(10);
    update(bench, 'busybox:1.36');
    bench.seconds(120);
    const { currentRevision, updateRevision, currentReplicas } = bench.get(`${SETS}/db`).status as Record<string, unknown>;
    expect([currentRevision === updateRevision, currentReplicas]).toEqual([true, 2]);
    expect(bench.list('/apis/apps/v1/namespaces/default/controllerrevisions').map((revision) => revision.revision)).toEqual(expect.arrayContaining([1, 2]));
  });

  it('leaves running pods alone with OnDelete', () => {
    const bench = start({ replicas: 1, updateStrategy: { type: 'OnDelete' } });
    bench.seconds(6);
    update(bench, 'busybox:1.36');
    bench.seconds(60);
    expect(images(bench)).toEqual(['busybox']);
    bench.request('DELETE', `${PODS}/db-0`);
    bench.seconds(60);
    expect(images(bench)).toEqual(['busybox:1.36']);
  });

  it('makes a claim for each pod, keeps it, or deletes it with the pod when told so', () => {
    const volumeClaimTemplates = [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }];
    const bench = start({ podManagementPolicy: 'Parallel', replicas: 2, volumeClaimTemplates, persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Retain' } });
    bench.seconds(2);
    expect(bench.list(CLAIMS).map((claim) => claim.metadata.name)).toEqual(['data-db-0', 'data-db-1']);
    bench.request('PATCH', `${SETS}/db`, { spec: { replicas: 1 } });
    bench.seconds(60);
    expect(bench.list(CLAIMS).map((claim) => claim.metadata.name)).toEqual(['data-db-0']);
    bench.request('DELETE', `${SETS}/db`);
    bench.seconds(60);
    expect(bench.list(CLAIMS).map((claim) => claim.metadata.name)).toEqual(['data-db-0']);
  });
});
