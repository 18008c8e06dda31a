import { describe, expect, it } from 'vitest';
import type { CausedWrite } from '../../server/rooms/service.ts';
import { actorOf } from './actors.ts';
import { effectsTree, later } from './effects-tree.ts';

const caused = (revision: number, causeId: number, resource = 'pods', causeKind: 'input' | 'write' = 'write'): CausedWrite => ({
  write: { revision, time: revision, writer: 'someone', verb: 'update', resource, key: `default/${revision}`, causeKind, causeId },
  change: { kind: 'spec' },
});

describe('effectsTree', () => {
  it('puts each effect under what it followed from, and counts Events without showing them', () => {
    const tree = effectsTree([caused(10, 3, 'deployments.apps', 'input'), caused(11, 10), caused(12, 10, 'events'), caused(13, 10), caused(14, 11), caused(15, 13)]);
    expect(tree.events).toBe(1);
    expect(tree.rows.map(({ caused: { write }, depth }) => [write.revision, depth])).toEqual([[10, 0], [11, 1], [14, 2], [13, 1], [15, 2]]);
  });

  it('holds a chain of thousands of writes', () => {
    const { rows } = effectsTree(Array.from({ length: 20_000 }, (_, index) => caused(index + 2, index + 1)));
    expect(rows.at(-1)?.depth).toBe(19_999);
  });
});

describe('later', () => {
  it('is in the unit that can be read', () => expect([0, 12.4, 999, 1_380, 42_000, 300_000].map(later)).toEqual(['+0 ms', '+12 ms', '+999 ms', '+1.4 s', '+42 s', '+5 min']));
});

describe('actorOf', () => {
  it('tells components from people’s programs', () => {
    expect(actorOf('kubelet worker-1')).toEqual({ kind: 'kubelet', name: 'kubelet', node: 'worker-1' });
    expect(actorOf('client kubernetes-admin')).toEqual({ kind: 'program', name: 'kubectl' });
    expect(actorOf('kubectl ada')).toEqual({ kind: 'program', name: 'kubectl' });
    expect(actorOf('coredns worker-1')).toEqual({ kind: 'component', name: 'coredns', node: 'worker-1' });
    expect(actorOf('replicaset-controller')).toEqual({ kind: 'controller', name: 'replicaset-controller' });
  });
});
