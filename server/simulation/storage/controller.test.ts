import { describe, expect, it } from 'vitest';
import { createCluster } from '../cluster.ts';
import { Bench, PODS, template } from '../controllers/testing.ts';
import { Kernel } from '../kernel/kernel.ts';
import { DiskArray } from './disk-array.ts';

const VOLUMES = '/api/v1/persistentvolumes';
const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims';
const ATTACHMENTS = '/apis/storage.k8s.io/v1/volumeattachments';

function bench(...addons: string[]): Bench {
  const made = new Bench();
  addons.forEach((name, index) => made.cluster.apply({ kind: 'operation', request: { name: 'minikube.addon', args: { name, state: 'on' } } }, index + 1));
  made.seconds(15);
  return made;
}

const claim = (name: string, storageClassName: string, extra: object = {}): object => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name }, spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage: '1Gi' } }, ...extra } });
const user = (name: string, claimName: string, extra: object = {}): object => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { ...(template({}, 'sleep 1000') as { spec: object }).spec, volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }], terminationGracePeriodSeconds: 1, ...extra } });
const phase = (made: Bench, name: string): string => (made.get(`${CLAIMS}/${name}`).status as { phase: string }).phase;

describe('a provisioner', () => {
  it('makes nothing while its program does not run, and catches up when it does', () => {
    const made = bench('default-storageclass');
    made.create(CLAIMS, claim('c', 'standard'));
    made.seconds(30);
    expect(phase(made, 'c')).toBe('Pending');
    made.cluster.apply({ kind: 'operation', request: { name: 'minikube.addon', args: { name: 'storage-provisioner', state: 'on' } } }, 9);
    made.seconds(30);
    expect(phase(made, 'c')).toBe('Bound');
  });

  it('leaves volumes of its predecessor alone', () => {
    const made = bench('default-storageclass', 'storage-provisioner');
    made.create(CLAIMS, claim('c', 'standard'));
    made.seconds(2);
    made.request('DELETE', '/api/v1/namespaces/kube-system/pods/storage-provisioner');
    made.seconds(40);
    made.cluster.apply({ kind: 'operation', request: { name: 'minikube.addon', args: { name: 'storage-provisioner', state: 'on' } } }, 9);
    made.seconds(10);
    made.request('DELETE', `${CLAIMS}/c`);
    made.seconds(10);
    expect(made.list(VOLUMES).map((volume) => (volume.status as { phase: string }).phase)).toEqual(['Released']);
  });

  it('of local paths puts the volume where the pod goes, and later pods there too', () => {
    const made = bench('storage-provisioner-rancher');
    made.create(CLAIMS, claim('c', 'local-path'));
    made.seconds(1);
    expect(phase(made, 'c')).toBe('Pending');
    made.create(PODS, user('a', 'c', { nodeSelector: { 'kubernetes.io/hostname': 'worker-3' } }));
    made.seconds(5);
    expect(made.list(VOLUMES)[0]?.spec).toMatchObject({ nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['worker-3'] }] }] } } });
    made.create(PODS, user('b', 'c'));
    made.seconds(5);
    expect(made.get(`${PODS}/b`).spec).toMatchObject({ nodeName: 'worker-3' });
  });

  it.each([
    ['storage-provisioner-rancher', 'local-path', 'NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes'],
    ['csi-block-driver', 'block', 'rpc error: code = InvalidArgument desc = volume capabilities not supported: a disk has one machine at a time, the claim wants ReadWriteMany'],
  ])('of %s refuses what it cannot do', (addon, storageClass, why) => {
    const made = bench(addon);
    made.create(CLAIMS, claim('c', storageClass, { accessModes: ['ReadWriteMany'] }));
    made.create(PODS, user('a', 'c'));
    made.seconds(5);
    expect(made.events('PersistentVolumeClaim')).toContain(`ProvisioningFailed: failed to provision volume with StorageClass "${storageClass}": ${why}`);
  });
});

describe('a disk', () => {
  it('is detached when its pod has gone, and attached where the next one goes', () => {
    const made = bench('csi-block-driver');
    made.create(CLAIMS, claim('c', 'block'));
    for (const node of ['worker-1', 'worker-2']) {
      made.create(PODS, user('p', 'c', { nodeSelector: { 'kubernetes.io/hostname': node } }));
      made.seconds(40);
      expect(made.get(`${PODS}/p`).status).toMatchObject({ phase: 'Running' });
      expect(made.list(ATTACHMENTS).map(({ spec, status }) => [(spec as { nodeName: string }).nodeName, (status as { attached: boolean }).attached])).toEqual([[node, true]]);
      made.request('DELETE', `${PODS}/p`);
      made.seconds(30);
      expect(made.list(ATTACHMENTS)).toEqual([]);
    }
    made.request('DELETE', `${CLAIMS}/c`);
    made.seconds(10);
    expect(made.list(VOLUMES)).toEqual([]);
  });

  it('is given to pods of one machine only', () => {
    const made = bench('csi-block-driver');
    made.create(CLAIMS, claim('c', 'block'));
    for (const [name, node] of [['a', 'worker-1'], ['b', 'worker-1'], ['c', 'worker-2']] as const) made.create(PODS, user(name, 'c', { nodeSelector: { 'kubernetes.io/hostname': node } }));
    made.seconds(60);
    const phases = made.list(PODS).map((pod) => (pod.status as { phase: string }).phase);
    // Which machine's pod comes first decides.
    expect([['Running', 'Running', 'Pending'], ['Pending', 'Pending', 'Running']]).toContainEqual(phases);
    expect(made.events('Pod').filter((event) => event.startsWith('FailedAttachVolume')).length).toBeGreaterThan(0);
  });

  it('goes on after a restore as if nothing had been', () => {
    const made = bench('csi-block-driver');
    made.create(CLAIMS, claim('c', 'block'));
    made.create(PODS, user('p', 'c'));
    made.seconds(3);
    const copy = createCluster(made.cluster.config);
    copy.kernel.restore(made.cluster.snapshot());
    made.seconds(60);
    copy.advance(made.cluster.now);
    expect(copy.hash()).toBe(made.cluster.hash());
  });
});

describe('the scheduler', () => {
  it('gives a machine no more disks than it takes, and uses the next', () => {
    const made = bench('csi-block-driver');
    const place = { nodeSelector: { 'kubernetes.io/hostname': 'worker-1' } };
    for (let n = 0; n < 17; n++) {
      made.create(CLAIMS, claim(`c${n}`, 'block'));
      made.create(PODS, user(`p${n}`, `c${n}`, place));
      made.seconds(1);
    }
    made.seconds(60);
    const waiting = made.list(PODS).filter((pod) => (pod.status as { phase: string }).phase === 'Pending');
    expect(waiting.map((pod) => pod.metadata.name)).toEqual(['p16']);
    expect(made.events('Pod').filter((event) => event.startsWith('FailedScheduling')).join()).toContain('1 node(s) exceed max volume count');
    made.create(CLAIMS, claim('more', 'block'));
    made.create(PODS, user('elsewhere', 'more'));
    made.seconds(40);
    expect((made.get(`${PODS}/elsewhere`).spec as { nodeName: string }).nodeName).not.toBe('worker-1');
  });

  it('gives a claim for one pod to one pod', () => {
    const made = bench('csi-block-driver');
    made.create(CLAIMS, claim('c', 'block', { accessModes: ['ReadWriteOncePod'] }));
    made.create(PODS, user('a', 'c'));
    made.seconds(40);
    made.create(PODS, user('b', 'c'));
    made.seconds(5);
    expect(made.events('Pod').filter((event) => event.startsWith('FailedScheduling')).join()).toContain('node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode');
    made.request('DELETE', `${PODS}/a`);
    made.seconds(60);
    expect(made.get(`${PODS}/b`).status).toMatchObject({ phase: 'Running' });
  });
});

it('a disk that was taken from a machine answers nothing more there', () => {
  const array = new DiskArray(new Kernel(0, 1));
  array.create('d');
  expect(array.files('d', 'a')).toBeUndefined();
  array.attach('d', 'a', false);
  array.files('d', 'a')?.set('/x', { text: 'x', modified: 0 });
  expect(() => array.attach('d', 'b', false)).toThrow('volume d is attached to node a');
  array.detach('d', 'a');
  array.attach('d', 'b', false);
  expect([array.files('d', 'a'), array.files('d', 'b')?.get('/x')?.text]).toEqual([undefined, 'x']);
});
