import { describe, expect, it } from 'vitest';
import { fakeCluster } from './testing/fake-cluster.ts';

interface Condition {
  type: string;
  status: string;
}

const hog = (megabytes: number, requestMi: number, priority = 0): object => ({
  priority,
  containers: [{ name: 'c', image: 'polinux/stress', command: ['stress', '--vm', '1', '--vm-bytes', `${megabytes}M`], resources: requestMi > 0 ? { requests: { memory: `${requestMi}Mi` } } : {} }],
});

/** Who was evicted, in order of the pods' names. */
function evicted(pods: Record<string, object>): string[] {
  const { run, pod, store } = fakeCluster(1);
  for (const [name, spec] of Object.entries(pods)) pod(name, spec);
  run(40_000);
  return store.list('pods').filter((object) => (object.status as { reason?: string }).reason === 'Evicted').map((object) => object.metadata.name);
}

describe('a machine of 4 GiB that runs short of memory', () => {
  it.each([
    ['the one beyond its request before the one within it', { large: hog(2_400, 2_500), small: hog(1_400, 0) }, ['small']],
    ['of two beyond their requests the one of lower priority', { vip: hog(2_400, 0, 1_000), low: hog(1_400, 0) }, ['low']],
    ['of two of equal priority the one further beyond its request', { near: hog(2_400, 2_300), far: hog(1_400, 0) }, ['far']],
    ['nobody while there is enough', { one: hog(1_800, 0), two: hog(1_800, 0) }, []],
    ['nobody whose priority is critical', { critical: hog(3_750, 0, 2_000_001_000) }, []],
  ])('evicts %s', (_, pods, expected) => {
    expect(evicted(pods)).toEqual(expected);
  });

  it('tells of its pressure, refuses pods that ask for nothing, and calms down after five minutes', () => {
    const { run, pod, store, events } = fakeCluster(1);
    const pressure = (): string | undefined => (store.get('nodes', 'node-1')?.status as { conditions: Condition[] }).conditions.find(({ type }) => type === 'MemoryPressure')?.status;
    pod('greedy', hog(3_800, 0));
    run(30_000);
    expect(pressure()).toBe('True');
    expect(events('node-1').map((event) => event.split(' ')[0])).toEqual(expect.arrayContaining(['EvictionThresholdMet', 'NodeHasInsufficientMemory']));
    pod('late', { containers: [{ name: 'c', image: 'nginx' }] });
    pod('asks', { containers: [{ name: 'c', image: 'nginx', resources: { requests: { memory: '64Mi' } } }] });
    run(20_000);
    expect(store.get('pods', 'default/late')?.status).toMatchObject({ phase: 'Failed', reason: 'Evicted', message: 'Pod was rejected: The node had condition: [MemoryPressure]. ' });
    expect(store.get('pods', 'default/asks')?.status).toMatchObject({ phase: 'Running' });
    run(310_000);
    expect(pressure()).toBe('False');
  });

  it('has the kernel kill the container that is worth least when there is none left', () => {
    const { run, pod, store, events } = fakeCluster(1);
    pod('asks', hog(2_000, 2_100));
    pod('asks-not', hog(2_500, 0));
    run(8_000);
    const reason = (name: string): unknown => {
      const [own] = (store.get('pods', `default/${name}`)?.status as { containerStatuses: { state: { terminated?: { reason: string } }; lastState: { terminated?: { reason: string } } }[] }).containerStatuses;
      return own?.state.terminated?.reason ?? own?.lastState.terminated?.reason;
    };
    expect([reason('asks'), reason('asks-not')]).toEqual([undefined, 'OOMKilled']);
    expect(events('node-1').some((event) => event.startsWith('SystemOOM'))).toBe(true);
  });
});

describe('a pod that fills the disk', () => {
  const writes = (command: string, extra: object = {}, resources: object = {}): object => ({ containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', `${command}; sleep 1000`], resources, volumeMounts: [{ name: 'v', mountPath: '/v' }] }], volumes: [{ name: 'v', emptyDir: {} }], ...extra });
  it.each<[string, object, string | undefined]>([
    ['beyond the size of an emptyDir', writes('fallocate -l 3M /v/x', { volumes: [{ name: 'v', emptyDir: { sizeLimit: '2Mi' } }] }), 'Usage of EmptyDir volume "v" exceeds the limit "2Mi". '],
    ['beyond its limit, in a volume', writes('fallocate -l 3M /v/x', {}, { limits: { 'ephemeral-storage': '2Mi' } }), 'Pod ephemeral local storage usage exceeds the total limit of containers 2Mi. '],
    ['within its limits', writes('fallocate -l 1M /v/x', {}, { limits: { 'ephemeral-storage': '2Mi' } }), undefined],
    ['without limits, while there is enough', writes('fallocate -l 30G /v/x'), undefined],
    ['of the machine', writes('fallocate -l 48G /v/x'), 'The node was low on resource: ephemeral-storage. '],
  ])('%s', (_, spec, message) => {
    const { run, pod, store } = fakeCluster(1);
    pod('p', spec);
    run(30_000);
    const status = store.get('pods', 'default/p')?.status as { phase: string; message?: string };
    if (message === undefined) expect(status.phase).toBe('Running');
    else expect(status).toMatchObject({ phase: 'Failed', reason: 'Evicted', message: expect.stringContaining(message) as string });
  });
});
