import { describe, expect, it } from 'vitest';
import { Bench, PODS } from './testing.ts';

const VOLUMES = '/api/v1/persistentvolumes';
const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';
const CLASSES = '/apis/storage.k8s.io/v1/storageclasses';

const volume = (name: string, storage: string, extra: object = {}): object => ({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name }, spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], storageClassName: 'manual', hostPath: { path: '/mnt/x' }, ...extra } });
const claim = (name: string, storage: string, extra: object = {}): object => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'manual', resources: { requests: { storage } }, ...extra } });
const user = (name: string, claimName: string): object => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'sleep 1000'] }], volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }] } });
const phase = (bench: Bench, path: string): string => (bench.get(path).status as { phase: string }).phase;

function start(...objects: [string, object][]): Bench {
  const bench = new Bench();
  for (const [path, object] of objects) {
    bench.create(path, object);
    bench.seconds(0.1);
  }
  bench.seconds(3);
  return bench;
}

describe('a claim', () => {
  it('gets the smallest volume that is large enough', () => {
    const bench = start([VOLUMES, volume('large', '10Gi')], [VOLUMES, volume('middle', '5Gi')], [VOLUMES, volume('small', '1Gi')]);
    bench.create(CLAIMS, claim('c', '3Gi'));
    bench.seconds(1);
    expect(bench.get(`${CLAIMS}/c`).spec).toMatchObject({ volumeName: 'middle' });
    expect(bench.get(`${CLAIMS}/c`).status).toEqual({ phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '5Gi' } });
    expect(phase(bench, `${VOLUMES}/middle`)).toBe('Bound');
  });

  const cases: [string, object, string][] = [
    ['of another class', { storageClassName: 'other' }, 'ProvisioningFailed: storageclass.storage.k8s.io "other" not found'],
    ['of no class', { storageClassName: '' }, 'FailedBinding: no persistent volumes available for this claim and no storage class is set'],
    ['of another access mode', { accessModes: ['ReadWriteMany'], storageClassName: '' }, 'FailedBinding: no persistent volumes available for this claim and no storage class is set'],
  ];
  it.each(cases)('%s waits, and says why', (_, spec, event) => {
    const bench = start([VOLUMES, volume('v', '5Gi')], [CLAIMS, claim('c', '1Gi', spec)]);
    expect(phase(bench, `${CLAIMS}/c`)).toBe('Pending');
    expect(bench.events('PersistentVolumeClaim')).toContain(event);
  });

  it('finds a volume that came later at the next look, within 15 seconds', () => {
    const bench = start([CLAIMS, claim('c', '1Gi', { storageClassName: '' })]);
    bench.create(VOLUMES, volume('v', '5Gi', { storageClassName: '' }));
    bench.seconds(16);
    expect(phase(bench, `${CLAIMS}/c`)).toBe('Bound');
  });

  it('stays while a pod uses it, and leaves its volume released', () => {
    const bench = start([VOLUMES, volume('v', '5Gi')], [CLAIMS, claim('c', '1Gi')], [PODS, user('p', 'c')]);
    bench.request('DELETE', `${CLAIMS}/c`);
    bench.seconds(5);
    expect(bench.get(`${CLAIMS}/c`).metadata.deletionTimestamp).toBeDefined();
    bench.request('DELETE', `${PODS}/p`);
    bench.seconds(60);
    expect(bench.list(CLAIMS)).toEqual([]);
    expect(phase(bench, `${VOLUMES}/v`)).toBe('Released');
  });

  it('of a class that waits is bound where its first pod goes', () => {
    const onNode = { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['worker-2'] }] }] } };
    const bench = start(
      [CLASSES, { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'local' }, provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer' }],
      [VOLUMES, volume('v', '5Gi', { storageClassName: 'local', nodeAffinity: onNode })],
      [CLAIMS, claim('c', '1Gi', { storageClassName: 'local' })],
    );
    expect(bench.events('PersistentVolumeClaim')).toEqual(['WaitForFirstConsumer: waiting for first consumer to be created before binding']);
    bench.create(PODS, user('p', 'c'));
    bench.seconds(5);
    expect(phase(bench, `${CLAIMS}/c`)).toBe('Bound');
    expect(bench.get(`${PODS}/p`).spec).toMatchObject({ nodeName: 'worker-2' });
  });

  it('that does not exist, or is not bound, keeps a pod from being placed', () => {
    const bench = start([CLAIMS, claim('c', '1Gi', { storageClassName: '' })], [PODS, user('a', 'nosuch')], [PODS, user('b', 'c')]);
    expect(bench.events('Pod')).toEqual([
      'FailedScheduling: 0/4 nodes are available: persistentvolumeclaim "nosuch" not found. not found',
      'FailedScheduling: 0/4 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found',
    ]);
  });
});
