import { describe, expect, it } from 'vitest';
import type { ClusterView } from '../../server/rooms/projection/types.ts';
import { findObjects } from './find.ts';

const NOTHING = { tables: { nodes: new Map(), workloads: new Map(), pods: new Map(), services: new Map(), ingresses: new Map() } } as unknown as ClusterView;

describe('what is typed to find an object without a row', () => {
  it.each([
    ['a kind and a name', 'cm settings', { resource: 'configmaps', key: 'default/settings' }],
    ['with a namespace', 'cm coredns -n kube-system', { resource: 'configmaps', key: 'kube-system/coredns' }],
    ['of the cluster', 'crd crontabs.stable.example.com', { resource: 'customresourcedefinitions.apiextensions.k8s.io', key: 'crontabs.stable.example.com' }],
    ['a kind that is defined in this cluster', 'crontabs.stable.example.com mine', { resource: 'crontabs.stable.example.com', key: 'default/mine' }],
    ['as kubectl prints it', 'crontabs.stable.example.com/mine -n team', { resource: 'crontabs.stable.example.com', key: 'team/mine' }],
  ])('%s', (_title, text, ref) => {
    expect(findObjects(NOTHING, text)).toEqual([{ ref, guessed: true }]);
  });
});
