/**
 * Which database etcd opens when it starts: the one in the data directory that its manifest names. It is one file of the
 * machine, which says whether it is the database in use or one that `etcdutl snapshot restore` has laid there.
 */
import type { Store } from './apiserver/store.ts';
import type { EtcdState } from './etcd.ts';
import type { FileLayer } from './kubelet/container-state.ts';

const IN_USE = 'etcd database in use\n';
const RESTORED = /^etcd database of snapshot ([0-9a-f]+)\n$/;
const WRITER = 'etcd';

export function databaseFile(directory: string): string {
  return `${directory}/member/snap/db`;
}

/** Lays the database of a snapshot into a directory. */
export function layRestored(files: FileLayer, directory: string, snapshot: string, now: number): void {
  files.set(directory, { directory: true, modified: now });
  files.set(databaseFile(directory), { text: `etcd database of snapshot ${snapshot}\n`, modified: now });
}

export function isEmptyDirectory(files: FileLayer, directory: string): boolean {
  return ![...files].some(([path, entry]) => path.startsWith(`${directory}/`) && !entry.removed);
}

/** The directory that an etcd manifest has for its data. */
export function dataDirectoryOf(pod: Record<string, unknown>): string {
  const volumes = ((pod.spec as { volumes?: { name: string; hostPath?: { path: string } }[] } | undefined)?.volumes ?? []);
  return volumes.find(({ name }) => name === 'etcd-data')?.hostPath?.path ?? '/var/lib/etcd';
}

/**
 * The only member starts on a data directory. Another database than before changes everything that is stored; one that is
 * left behind can be gone back to.
 */
export function openDatabase(store: Store, etcd: EtcdState, files: FileLayer, directory: string, now: number): void {
  const inUse = { text: IN_USE, modified: now };
  const text = files.get(databaseFile(directory))?.text;
  const before = etcd.dataDirectory;
  etcd.dataDirectory = directory;
  if (before === null || (before === directory && text === IN_USE)) {
    files.set(databaseFile(directory), inUse);
    return;
  }
  if (before !== directory && files.has(databaseFile(before))) {
    const left = `${store.revision.toString(16)}`;
    store.save(left);
    layRestored(files, before, left, now);
  }
  const snapshot = RESTORED.exec(text ?? '')?.[1];
  store.replace(store.state.saved.get(snapshot ?? '')?.objects ?? new Map(), WRITER);
  files.set(databaseFile(directory), inUse);
}
