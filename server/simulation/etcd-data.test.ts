import { describe, expect, it } from 'vitest';
import { Store } from './apiserver/store.ts';
import type { KubeObject } from './apiserver/types.ts';
import { databaseFile, isEmptyDirectory, layRestored, openDatabase } from './etcd-data.ts';
import { newEtcd } from './etcd.ts';
import type { FileLayer } from './kubelet/container-state.ts';
import { Kernel } from './kernel/kernel.ts';

function map(name: string, value = 'a'): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', uid: name, resourceVersion: '', creationTimestamp: '' }, data: { value } } as unknown as KubeObject;
}

/** A store whose etcd runs on /var/lib/etcd, with two objects. */
function running(): { store: Store; open(directory: string): void; files: FileLayer; names(): string[]; heard: string[] } {
  const store = new Store(new Kernel(0, 1));
  const files: FileLayer = new Map();
  const etcd = newEtcd('control-plane');
  const heard: string[] = [];
  store.onWrite(({ type, key }) => heard.push(`${type} ${key}`));
  const open = (directory: string): void => openDatabase(store, etcd, files, directory, 0);
  open('/var/lib/etcd');
  store.put('configmaps', map('one'), 'test');
  store.put('configmaps', map('two'), 'test');
  return { store, open, files, heard, names: () => store.list('configmaps').map(({ metadata }) => metadata.name) };
}

describe('the database that etcd opens', () => {
  it('is the one in use when nothing has changed', () => {
    const { open, names, store } = running();
    const { revision } = store;
    open('/var/lib/etcd');
    expect(names()).toEqual(['one', 'two']);
    expect(store.revision).toBe(revision);
  });

  it('is what a snapshot held, and every watch hears of what that changes', () => {
    const { open, names, store, files, heard } = running();
    store.save('ab');
    store.remove('configmaps', 'default/one', 'test');
    store.put('configmaps', map('two', 'b'), 'test');
    store.put('configmaps', map('three'), 'test');
    heard.length = 0;
    layRestored(files, '/restored', 'ab', 0);
    const before = store.revision;
    open('/restored');
    expect(names()).toEqual(['one', 'two']);
    expect(store.get('configmaps', 'default/two')).toMatchObject({ data: { value: 'a' } });
    expect(heard).toEqual(['DELETED default/three', 'ADDED default/one', 'MODIFIED default/two']);
    expect(store.revision).toBe(before + 3);
  });

  it('is empty in an empty directory, and what was left can be gone back to', () => {
    const { open, names, files } = running();
    open('/elsewhere');
    expect(names()).toEqual([]);
    expect(isEmptyDirectory(files, '/elsewhere')).toBe(false);
    open('/var/lib/etcd');
    expect(names()).toEqual(['one', 'two']);
  });

  it('is gone when somebody removes its file', () => {
    const { open, names, files } = running();
    files.delete(databaseFile('/var/lib/etcd'));
    open('/var/lib/etcd');
    expect(names()).toEqual([]);
  });
});
