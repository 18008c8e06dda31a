/** etcdutl of etcd 3.6: snapshots in files, without etcd. */
import type { Cluster } from '../cluster.ts';
import { isEmptyDirectory, layRestored } from '../etcd-data.ts';
import { SAVED_LIMIT } from '../apiserver/store.ts';
import { API_VERSION, machineFiles, parse, size, table, VERSION, type EtcdFiles, type Flags } from './etcd-common.ts';
import { failed, printed, type NodeTool, type ToolResult } from './types.ts';

interface SnapshotFile {
  etcdSnapshot?: string;
  hash: string;
  revision: number;
  keys: number;
  bytes: number;
}

/** The snapshot in a file, or what etcdutl says of the file. */
function snapshotIn(files: EtcdFiles, path: string): SnapshotFile | ToolResult {
  const text = files.read(path);
  if (text === undefined) return failed(`Error: stat ${path}: no such file or directory`);
  try {
    const snapshot = JSON.parse(text) as SnapshotFile;
    if (snapshot.etcdSnapshot) return snapshot;
  } catch {
    // It is some other file.
  }
  return failed('Error: invalid database');
}

/** @param restore lays the database of a snapshot into a directory; absent where the machine's directories cannot be reached. */
export function etcdutl(args: readonly string[], files: EtcdFiles, restore?: (snapshot: SnapshotFile, path: string, flags: Flags) => ToolResult): ToolResult {
  const flags = parse(args);
  const [command, verb, path] = flags.words;
  if (command === 'version') return printed(`etcdutl version: ${VERSION}\nAPI version: ${API_VERSION}\n`);
  if (command !== 'snapshot' || (verb !== 'status' && verb !== 'restore')) return failed(`Error: unknown command ${JSON.stringify(flags.words.join(' '))} for "etcdutl"`);
  if (path === undefined) return failed(`Error: snapshot ${verb} requires exactly one argument`, 128);
  if (verb === 'restore' && !restore) return failed('etcdutl snapshot restore is not supported in a container; use it on the machine (ssh)');
  const snapshot = snapshotIn(files, path);
  if ('code' in snapshot) return snapshot;
  if (verb === 'restore') return (restore as NonNullable<typeof restore>)(snapshot, path, flags);
  const row = [snapshot.hash, String(snapshot.revision), String(snapshot.keys), size(snapshot.bytes), '3.6.0'];
  const format = flags.values.get('write-out') ?? flags.values.get('w');
  return printed(format === 'table' ? table(['HASH', 'REVISION', 'TOTAL KEYS', 'TOTAL SIZE', 'VERSION'], [row]) : `${row.join(', ')}\n`);
}

function restoreOn(cluster: Cluster, node: string): (snapshot: SnapshotFile, path: string, flags: Flags) => ToolResult {
  return (snapshot, path, { values }) => {
    const directory = (values.get('data-dir') ?? '').replace(/\/+$/, '');
    if (!directory.startsWith('/')) return failed('etcdutl snapshot restore needs --data-dir with an absolute path in Quorum');
    if (cluster.environment.state.etcd.members.length > 1) return failed('restoring a cluster of several members is not supported yet in Quorum');
    if (!cluster.store.state.saved.has(snapshot.hash)) return failed(`Error: the snapshot ${snapshot.hash} is no longer kept: Quorum keeps the last ${SAVED_LIMIT}`);
    const files = cluster.hostFilesOf(node);
    if (!files || !isEmptyDirectory(files, directory)) return failed(`Error: data-dir "${directory}" not empty or could not be read`);
    layRestored(files, directory, snapshot.hash, cluster.now);
    const details = JSON.stringify({ path, 'wal-dir': `${directory}/member/wal`, 'data-dir': directory, 'snap-dir': `${directory}/member/snap` });
    const line = (message: string): string => `${new Date(cluster.now).toISOString().slice(0, 19)}Z\tinfo\tsnapshot/v3_snapshot.go\t${message}\t${details}\n`;
    return { stdout: '', stderr: line('restoring snapshot') + line('restored snapshot'), code: 0 };
  };
}

export const etcdutlTool: NodeTool = {
  name: 'etcdutl',
  summary: 'snapshots of the database, in files',
  changes: (args) => args.includes('restore'),
  run: (cluster, node, args) => etcdutl(args, machineFiles(cluster, node), restoreOn(cluster, node)),
};
