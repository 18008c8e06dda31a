import { describe, expect, it } from 'vitest';
import type { PodRow } from '../../../server/rooms/projection/types.ts';
import { pod } from './for-tests.ts';
import { podNaming, podTone, type Tone } from './pod-state.ts';

describe('the tone of a pod', () => {
  const cases: [string, Partial<PodRow>, Tone][] = [
    ['runs and is ready', {}, 'ready'],
    ['runs and is not ready', { isReady: false, ready: '0/1' }, 'pending'],
    ['waits for a node', { phase: 'Pending', status: 'Pending', isReady: false, node: '' }, 'pending'],
    ['is being made', { phase: 'Pending', status: 'ContainerCreating', isReady: false }, 'pending'],
    ['runs its init containers', { phase: 'Pending', status: 'Init:0/2', isReady: false }, 'pending'],
    ['has a failing init container', { phase: 'Pending', status: 'Init:CrashLoopBackOff', isReady: false }, 'failing'],
    ['cannot pull its image', { phase: 'Pending', status: 'ErrImagePull', isReady: false }, 'failing'],
    ['waits to pull again', { phase: 'Pending', status: 'ImagePullBackOff', isReady: false }, 'failing'],
    ['crashes again and again', { status: 'CrashLoopBackOff', isReady: false }, 'failing'],
    ['ran out of memory', { status: 'OOMKilled', isReady: false }, 'failing'],
    ['was evicted', { phase: 'Failed', status: 'Evicted', isReady: false }, 'failing'],
    ['is done', { phase: 'Succeeded', status: 'Completed', isReady: false }, 'done'],
    ['is on its way out', { status: 'Terminating', deleting: true }, 'leaving'],
  ];
  it.each(cases)('%s', (_name, rest, tone) => {
    expect(podTone(pod('default/x', rest))).toBe(tone);
  });

  it('is unknown on a node that does not report', () => {
    expect(podTone(pod('default/x', { isReady: false }), { ready: 'Unknown' })).toBe('unknown');
    expect(podTone(pod('default/x'), { ready: 'False' })).toBe('ready');
  });
});

describe('the name of a pod', () => {
  it.each([
    ['web-7957885594-wvf5x', { owner: { kind: 'ReplicaSet', name: 'web-7957885594' }, labels: { 'pod-template-hash': '7957885594' } }, 'web', 'wvf5x'],
    ['own-abcde', { owner: { kind: 'ReplicaSet', name: 'own' } }, 'own', 'abcde'],
    ['db-0', { owner: { kind: 'StatefulSet', name: 'db' } }, 'db', '0'],
    ['etcd-control-plane', { owner: { kind: 'Node', name: 'control-plane' } }, 'etcd', ''],
    ['alone', {}, 'alone', ''],
  ])('%s', (name, rest, base, suffix) => {
    expect(podNaming(pod(`default/${name}`, rest))).toEqual({ base, suffix });
  });
});
