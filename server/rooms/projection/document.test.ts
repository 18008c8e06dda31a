import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { ClusterDocumentReader, ClusterDocumentWriter } from './document.ts';
import { WRITE_RING_LENGTH, type MetaRow, type PodRow, type ProjectionChange, type WriteRow } from './types.ts';

const META: MetaRow = { revision: 1, now: 0, rate: 1, paused: false, startedAt: 0, clusterName: 'c', kubernetesVersion: 'v' };

function pod(key: string, status = 'Running'): PodRow {
  return { key, uid: key, namespace: 'd', name: key, node: 'n', status, ready: '1/1', isReady: true, restarts: 0, phase: 'Running', labels: {}, images: [], ip: '', createdAt: 0, deleting: false };
}

function write(revision: number): WriteRow {
  return { revision, time: 0, writer: 'w', verb: 'create', resource: 'pods', key: 'k', causeKind: 'boot', causeId: 0 };
}

function change(partial: Partial<ProjectionChange>): ProjectionChange {
  return { rows: {}, writes: [], ...partial };
}

/** A server document and a client's that follows it update by update. */
function pair() {
  const server = new Y.Doc();
  const client = new Y.Doc();
  server.on('update', (update: Uint8Array) => Y.applyUpdate(client, update));
  return { server, writer: new ClusterDocumentWriter(server), reader: new ClusterDocumentReader(client) };
}

describe('the cluster document', () => {
  it('has no view before the server has written', () => {
    expect(pair().reader.view).toBeUndefined();
  });

  it('carries rows, their changes and their removal', () => {
    const { writer, reader } = pair();
    writer.apply(change({ meta: META, rows: { pods: { set: [pod('a'), pod('b'), pod('c')], removed: [] } } }));
    writer.apply(change({ rows: { pods: { set: [pod('b', 'Error'), pod('d')], removed: ['c'] } } }));
    expect([...(reader.view?.tables.pods.values() ?? [])].map((row) => [row.key, row.status])).toEqual([['a', 'Running'], ['b', 'Error'], ['d', 'Running']]);
  });

  it('keeps unchanged rows and tables the same objects', () => {
    const { writer, reader } = pair();
    writer.apply(change({ meta: META, rows: { pods: { set: [pod('a'), pod('b')], removed: [] } } }));
    const before = reader.view;
    expect(reader.view).toBe(before);
    writer.apply(change({ rows: { pods: { set: [pod('b', 'Error')], removed: [] } } }));
    expect(reader.view).not.toBe(before);
    expect(reader.view?.tables.pods.get('a')).toBe(before?.tables.pods.get('a'));
    expect(reader.view?.tables.nodes).toBe(before?.tables.nodes);
  });

  it('holds the latest writes only', () => {
    const { writer, reader } = pair();
    writer.apply(change({ meta: META }));
    for (let revision = 1; revision <= 250; revision++) writer.apply(change({ writes: [write(revision)] }));
    expect(reader.view?.writes.map((row) => row.revision)).toEqual(Array.from({ length: WRITE_RING_LENGTH }, (_, index) => 151 + index));
  });

  it('tells subscribers once a change, and not about nothing', () => {
    const { writer, reader } = pair();
    let calls = 0;
    reader.subscribe(() => calls++);
    writer.apply(change({ meta: META, rows: { pods: { set: [pod('a')], removed: [] } } }));
    writer.apply(change({}));
    expect(calls).toBe(1);
  });

  it('D7: stays as large as the cluster however long it is written to', () => {
    const { server, writer } = pair();
    writer.apply(change({ meta: META, rows: { pods: { set: Array.from({ length: 200 }, (_, index) => pod(`pod-${index}`)), removed: [] } } }));
    const sizes: number[] = [];
    for (let round = 1; round <= 6_000; round++) {
      writer.apply(change({ meta: { ...META, revision: round }, rows: { pods: { set: [pod(`pod-${(round * 7) % 200}`, String(round))], removed: [] } }, writes: [write(round)] }));
      if (round % 2_000 === 0) sizes.push(Y.encodeStateAsUpdate(server).byteLength);
    }
    expect((sizes[2] ?? 0) / (sizes[0] ?? 1)).toBeLessThan(1.1);
  });

  it('changes every one of 2,000 rows in one update', () => {
    const { writer, reader } = pair();
    writer.apply(change({ meta: META, rows: { pods: { set: Array.from({ length: 2_000 }, (_, index) => pod(`pod-${index}`)), removed: [] } } }));
    writer.apply(change({ rows: { pods: { set: Array.from({ length: 2_000 }, (_, index) => pod(`pod-${index}`, 'Error')), removed: [] } } }));
    const rows = [...(reader.view?.tables.pods.values() ?? [])];
    expect(rows).toHaveLength(2_000);
    expect(rows.every(({ status }) => status === 'Error')).toBe(true);
  });
});
